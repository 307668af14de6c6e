"""The page for people."""

from __future__ import annotations

import pytest

from monitor.explain.explanation import Explanation
from monitor.explain.page import to_text
from monitor.sinks.report.text import Appearance


def test_the_transcript(pin: Explanation) -> None:
    """What was said, by whom, with bars in place of values."""
    page = to_text(pin, Appearance())
    assert " ● 14:06:30.278    86 → 63 Patron Information\n" in page
    assert "card number (AA)                  ▒▒▒▒ (14 characters)  card numbers\n" in page
    assert "87 ← 64 Patron Information Response, answers 86 after 45.1 ms\n" in page
    assert "Conversation  1 of 2 of this finding\n" in page
    assert "More was said than is shown" in page
    assert "\x1b" not in page


def test_what_is_copied_is_not_wrapped(pin: Explanation) -> None:
    """Every filter and command stands on a line of its own, however narrow the terminal."""
    lines = [line.strip() for line in to_text(pin, Appearance(width=40)).splitlines()]
    filters = pin.filters
    for text in (filters.conversation, filters.counted, filters.finding, filters.kinds, *pin.commands.values()):
        assert text in lines


@pytest.mark.parametrize("width", [40, 80, 100, 120])
def test_the_page_fits(pin: Explanation, width: int) -> None:
    """Above what is copied, nothing is wider than the terminal."""
    page = to_text(pin, Appearance(width=width)).partition("To paste into")[0]
    assert max(map(len, page.splitlines())) <= width


def test_color_and_its_absence(pin: Explanation) -> None:
    """Colors only where they are wanted; plain signs where no others can be shown."""
    assert "\x1b[" in to_text(pin, Appearance(color=True))
    page = to_text(pin, Appearance(encoding="ascii"))
    assert page.isascii()
    assert " * 14:06:30.278    86 -> 63 Patron Information\n" in page
    assert "#### (14 characters)" in page


def test_patrons_stay_hidden(hidden: Explanation) -> None:
    """An end in a public zone is its zone."""
    page = to_text(hidden, Appearance())
    assert "Between       zone public computers\n" in page
    assert "10.50." not in page
    assert "10.1.0.20:80  catalog, zone servers\n" in page
