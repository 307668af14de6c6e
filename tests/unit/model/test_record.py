"""Records behave as frozen, slotted, keyword-only dataclasses do."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import pytest

from monitor.model.record import FEW, Record, field, fields, replace


class Point(Record):
    """A record with everything a record can have."""

    unit: ClassVar[str] = "m"
    x: int
    y: int = 2
    names: list[str] = field(default_factory=list)


class Place(Point):
    """A record of another one's kind."""

    z: int


class Tally(Record, frozen=False, kw_only=False):
    """A record that changes."""

    count: int
    step: int = 1


class Nothing(Record):
    """A record without a field."""


def test_fields_and_defaults() -> None:
    """A default stands where nothing is said; a made one is made anew."""
    first, second = Point(x=1), Point(x=1)
    assert (1, 2, [], "m") == (first.x, first.y, first.names, first.unit)
    assert first.names is not second.names


def test_few_and_many() -> None:
    """The first records are made otherwise than the later ones, and are the same."""

    class Line(Point):
        z: int = 3

    made = [Line(x=1, z=number) for number in range(FEW + 2)]
    assert [(1, 2, [], number) for number in range(FEW + 2)] == [dataclasses.astuple(one) for one in made]
    assert len({id(one.names) for one in made}) == len(made)


def test_inheritance() -> None:
    """The fields of the base come first, whichever class made a record first."""
    assert ("x", "y", "names", "z") == fields(Place)
    assert (1, 2, [], 3) == dataclasses.astuple(Place(x=1, z=3))
    assert isinstance(Place(x=1, z=3), Point)


@pytest.mark.parametrize("values", [{}, {"x": 1, "y": 2, "z": 3}])
def test_wrong_fields(values: dict[str, int]) -> None:
    """A field that is missing and one too many are mistakes, the first time and later."""
    for _ in range(2):
        with pytest.raises(TypeError):
            Point(**values)


def test_by_keyword_only() -> None:
    """Only a class that allows it takes values by their place."""
    assert (5, 1) == dataclasses.astuple(Tally(5))
    with pytest.raises(TypeError):
        Point(1)  # type: ignore[misc]


def test_frozen() -> None:
    """Nothing of a record changes, and nothing is added."""
    point = Point(x=1)
    for name in ("x", "other"):
        with pytest.raises(AttributeError):
            setattr(point, name, 2)
        with pytest.raises(AttributeError):
            delattr(point, name)
    assert not hasattr(point, "__dict__")


def test_not_frozen() -> None:
    """What may change takes no name that the class does not have, and is no key."""
    tally = Tally(1)
    tally.count += 1
    assert Tally(2) == tally
    with pytest.raises(AttributeError):
        tally.other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        hash(tally)


def test_equality() -> None:
    """Records of one class are equal when their fields are; another class is another thing."""
    assert Point(x=1) == Point(x=1, y=2)
    assert Point(x=1) != Point(x=2)
    assert Nothing() == Nothing()
    assert Tally(1, 2) != (1, 2)
    assert hash(Nothing()) == hash(Nothing())
    assert 1 == len({replace(Point(x=1), names=()), Point(x=1, names=())})


def test_replace() -> None:
    """A copy with changes is made by either tool."""
    point = Point(x=1)
    assert Point(x=5) == replace(point, x=5) == dataclasses.replace(point, x=5)
    with pytest.raises(TypeError):
        replace(point, other=1)


@pytest.mark.parametrize("kind", [Point, Place, Tally, Nothing])
def test_others_see_a_dataclass(kind: type[Record]) -> None:
    """The standard library finds the fields."""
    assert dataclasses.is_dataclass(kind)
    assert fields(kind) == tuple(one.name for one in dataclasses.fields(kind))


def test_repr() -> None:
    """A record shows its fields."""
    assert "Tally(count=1, step=2)" == repr(Tally(1, 2))
