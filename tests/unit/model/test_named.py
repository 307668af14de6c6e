"""Tuples with named fields: what others rely on."""

from __future__ import annotations

import copy
import pickle

import pytest

from monitor.model.named import NamedTuple


class Point(NamedTuple):
    """Some fields have defaults."""

    x: int
    y: int = 2
    label: str | None = None

    @property
    def sum(self) -> int:
        """A class may have methods as well."""
        return self.x + self.y


class Nothing(NamedTuple):
    """No field at all."""


class Order(NamedTuple):
    """Names that a constructor might use for itself."""

    make: str
    cls: int
    new: int = 3


class Corner(Point):
    """Another name for the same."""


def test_made_by_place_and_by_name() -> None:
    """Values come by their place or by their name, and defaults stand for the others."""
    assert (1, 2, None) == Point(1)
    assert (1, 3, "a") == Point(label="a", y=3, x=1)
    assert 4 == Point(1, 3).sum
    assert ("a", 2, 3) == Order("a", 2) == Order(make="a", cls=2)


def test_fields() -> None:
    """A field is read by its name, matched by its place, and never changed."""
    point = Point(1)
    assert (1, 2, None) == (point.x, point.y, point.label)
    assert ("x", "y", "label") == Point._fields
    match point:
        case Point(x, 2):
            assert 1 == x
    with pytest.raises(AttributeError):
        point.x = 5  # type: ignore[misc]  # that it is refused is what is tested
    with pytest.raises(AttributeError):
        point.z = 5  # type: ignore[attr-defined]  # the same


@pytest.mark.parametrize("values", [(), (1, 2, "a", 4)])
def test_wrong_number(values: tuple[object, ...]) -> None:
    """Too few values, or too many, are refused."""
    with pytest.raises(TypeError, match="Point"):
        Point(*values)  # type: ignore[arg-type]  # any


def test_replace() -> None:
    """One like another but for some fields; unknown ones are refused."""
    assert Point(1, 7) == Point(1)._replace(y=7)
    assert {"x": 1, "y": 2, "label": None} == Point(1)._asdict()
    with pytest.raises(TypeError):
        Point(1)._replace(z=1)


def test_shown() -> None:
    """The representation names the fields."""
    assert "Point(x=1, y=2, label='a')" == repr(Point(1, label="a"))


def test_none_and_inherited() -> None:
    """There may be no field, and a class may inherit all."""
    assert () == Nothing()
    corner = Corner(1)
    assert (Corner, 2, 3) == (type(corner), corner.y, corner.sum)


def test_copies() -> None:
    """Copies and what was pickled are the same."""
    point = Point(1, 2, "a")
    for one in (copy.deepcopy(point), pickle.loads(pickle.dumps(point))):  # noqa: S301  (our own)
        assert (Point, point) == (type(one), one)
