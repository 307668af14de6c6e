"""Closed lists of names: what others rely on."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from monitor.model.closed import Enum, IntEnum


class Color(Enum):
    """Words."""

    RED = "red"
    GREEN = "green"

    rank: int

    def __init__(self, word: str) -> None:
        self.rank = len(type(self).__members__)
        self.size = len(word)

    @property
    def loud(self) -> str:
        """A class may have methods as well."""
        return self.value.upper()


class Shape(Enum):
    """Several values for each."""

    SQUARE = ("square", 4)

    def __init__(self, word: str, corners: int) -> None:
        self.word, self.corners = word, corners


class Size(IntEnum):
    """Numbers."""

    SMALL = 0
    LARGE = 7


def test_members() -> None:
    """Members are found by value and by name, and come in the order of the list."""
    assert [Color.RED, Color.GREEN] == list(Color)
    assert Color.GREEN is Color("green")
    assert Color.RED is Color["RED"]
    assert Size.SMALL is Size(0)
    assert (2, ["RED", "GREEN"]) == (len(Color), list(Color.__members__))
    assert Color.RED in Color
    assert Size.LARGE not in Color  # type: ignore[comparison-overlap]  # that is what is tested


def test_member() -> None:
    """A member knows its name, its value, and what its class makes of that."""
    assert ("GREEN", "green", 1, 5, "GREEN") == (
        Color.GREEN.name,
        Color.GREEN.value,
        Color.GREEN.rank,
        Color.GREEN.size,
        Color.GREEN.loud,
    )
    assert ("square", 4) == (Shape.SQUARE.word, Shape.SQUARE.corners)
    assert Shape.SQUARE is Shape(("square", 4))


def test_a_value_of_none_is_not_said() -> None:
    """What is no member is refused without a word of what it was."""
    with pytest.raises(ValueError, match="no member of Color") as refused:
        Color("4711")
    assert "4711" not in str(refused.value)


def test_two_of_the_same() -> None:
    """Two members with one value are a mistake in the program."""
    with pytest.raises(TypeError, match="mean the same"):

        class Twice(Enum):
            ONE = 1
            OTHER = 1


def test_numbers() -> None:
    """Members that are numbers compare, sort and are written as such."""
    assert Size.SMALL < Size.LARGE
    assert ("7", "7", "7") == (str(Size.LARGE), f"{Size.LARGE}", json.dumps(Size.LARGE))
    assert {7: "a"} == {Size.LARGE: "a"}


def test_shown() -> None:
    """The representation names the class and the member."""
    assert ("<Color.RED: 'red'>", "Color.RED", "<Size.LARGE: 7>") == (repr(Color.RED), str(Color.RED), repr(Size.LARGE))


def test_copies() -> None:
    """Copies and what was pickled are the very member."""
    for member in (Color.RED, Shape.SQUARE, Size.LARGE):
        assert copy.deepcopy(member) is member
        assert copy.copy(member) is member
        assert pickle.loads(pickle.dumps(member)) is member  # noqa: S301  (our own)
