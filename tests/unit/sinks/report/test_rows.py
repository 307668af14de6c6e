"""Marks stand in a column of their own, and what they mark beside them."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from monitor.sinks.report.rows import Rows
from monitor.sinks.report.text import Appearance, draw


def drawn(rows: RenderableType, *, color: bool = False) -> list[str]:
    """The lines of a page of 40 columns."""
    return draw(lambda _: [rows], Appearance(width=40, color=color)).splitlines()


def test_folded() -> None:
    """What does not fit goes on below itself, not below the mark; words longer than a line are cut."""
    rows = Rows([(Text("a"), Text("word " * 9)), (Text("long"), Text("x" * 40))])
    assert [
        "a     word word word word word word word",
        "      word word",
        "long  " + "x" * 34,
        "      " + "x" * 6,
    ] == drawn(rows)


def test_places_of_marks() -> None:
    """Marks are as wide as they are told to be or the longest is, and flush right where that is asked."""
    rows = [(Text("7"), Text("one")), (Text("1,234"), Text("two"))]
    assert ["7      one", "1,234  two"] == drawn(Rows(rows))
    assert ["    7 one", "1,234 two"] == drawn(Rows(rows, gap=1, right=True))
    assert ["7         one", "1,234     two"] == drawn(Rows(rows, width=8))


def test_nested() -> None:
    """Beside a mark stands whatever can be printed, several lines or none."""
    inner = Rows([(Text("b"), Text("c"))])
    assert ["a  first", "   b  c", "d"] == drawn(Rows([(Text("a"), Group(Text("first"), inner)), (Text("d"), Group())]))
    assert [] == drawn(Rows([]))


def test_styled() -> None:
    """A mark keeps its color, and nothing beside it takes it."""
    assert ["\x1b[1ma\x1b[0m  b"] == drawn(Rows([(Text("a", style="bold"), Text("b"))]), color=True)
