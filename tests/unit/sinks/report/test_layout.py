"""Texts are folded as rich folds them; marks stand in a column of their own, and what they mark beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from monitor.sinks.report.layout import Block, fold, inset, rows, rule, stack, words
from monitor.sinks.report.text import Appearance, print_page

TEXTS = st.lists(st.text("ab,-\u00e9\u0436\u4e16\U0001f4d6", min_size=1, max_size=24), max_size=12)


def drawn(block: Block, *, color: bool = False) -> list[str]:
    """The lines of a page of 40 columns."""
    return print_page(lambda _: [block], Appearance(width=40, color=color)).splitlines()


@given(TEXTS, st.integers(1, 4), st.integers(2, 20))
def test_folded_as_by_rich(parts: list[str], gap: int, width: int) -> None:
    """Wide characters, long words and blanks between them included."""
    text = (" " * gap).join(parts)
    assert [line.plain for line in Text(text).wrap(Console(), width)] == fold(text, width)


def test_folded() -> None:
    """What does not fit goes on below itself, not below the mark; words longer than a line are cut."""
    block = rows([(("a", ""), words("word " * 9)), (("long", ""), words("x" * 40))])
    assert [
        "a     word word word word word word word",
        "      word word",
        "long  " + "x" * 34,
        "      " + "x" * 6,
    ] == drawn(block)


def test_places_of_marks() -> None:
    """Marks are as wide as they are told to be or the longest is, and flush right where that is asked."""
    listed = [(("7", ""), words("one")), (("1,234", ""), words("two"))]
    assert ["7      one", "1,234  two"] == drawn(rows(listed))
    assert ["    7 one", "1,234 two"] == drawn(rows(listed, gap=1, right=True))
    assert ["7         one", "1,234     two"] == drawn(rows(listed, width=8))


def test_nested() -> None:
    """Beside a mark stands any block, of several lines or none."""
    inner = stack([words("first"), rows([(("b", ""), words("c"))])])
    assert ["a  first", "   b  c", "d"] == drawn(rows([(("a", ""), inner), (("d", ""), stack([]))]))
    assert [] == drawn(rows([]))


def test_margins() -> None:
    """A rule goes from side to side; what is inset leaves a column free on both."""
    assert ["-" * 40, "", " " + "x" * 38, " xx"] == drawn(stack([rule("-", "dim"), inset(words(), words("x" * 40))]))


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR"])
def test_styled(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mark keeps its color, nothing beside it takes it, and who has asked for it has decided it."""
    monkeypatch.setenv(variable, "1")
    block = rows([(("a", "bold red"), words("b"))])
    assert ["\x1b[1;31ma\x1b[0m  b"] == drawn(block, color=True)
    assert ["a  b"] == drawn(block)
