"""Numbers, volumes, times and names are readable and harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.sinks.report import figures
from tests.unit.sinks.samples import FIVE_NS, NINE_NS

DAY_NS = 86_400 * 10**9


@given(st.text(alphabet=st.characters(), max_size=40))
def test_legible_text_is_printable(text: str) -> None:
    """No control, format or surrogate character passes, and nothing is dropped."""
    legible = figures.make_legible(text)

    assert legible.isprintable()
    assert len(text) == len(legible)
    assert [one for one in text if one.isprintable()] == [
        shown for one, shown in zip(text, legible, strict=True) if one.isprintable()
    ]


@pytest.mark.parametrize("hostile", ["\x1b]0;owned\x07", "\x9b31m", "\u202eevil", "\udc80", "a\r\nb", "\x00"])
def test_hostile_text(hostile: str) -> None:
    """Escape sequences, bidirectional controls and line ends lose their power."""
    assert not set(figures.make_legible(hostile)) & set("\x1b\x9b\x07\u202e\udc80\r\n\x00")


def test_paragraphs() -> None:
    """Lines an author wrapped are joined; blank lines and list marks separate."""
    text = "Do this\nfirst:\n\n- one\n  and more\n- two\n\nThen\nthat.\n1. a\n2) b\n"

    assert [
        ("", "Do this first:"),
        ("-", "one and more"),
        ("-", "two"),
        ("", "Then that."),
        ("1.", "a"),
        ("2)", "b"),
    ] == figures.split_paragraphs(text)
    assert [] == figures.split_paragraphs(" \n\n")


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 services"), (1, "1 service"), (17, "17 services"), (1_234, "1,234 services")]
)
def test_count(number: int, expected: str) -> None:
    """One is singular, all others are not."""
    assert expected == figures.count(number, "service")


def test_count_irregular() -> None:
    """A plural can be given."""
    assert ("1 party", "2 parties") == (figures.count(1, "party", "parties"), figures.count(2, "party", "parties"))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (1_234_000, "1.2 MB"),
        (1_004_000_000, "1.0 GB"),
        (5 * 10**18, "5,000.0 PB"),
    ],
)
def test_volume(size: int, expected: str) -> None:
    """Decimal units, and never a thousand of one."""
    assert expected == figures.volume(size)


@pytest.mark.parametrize(
    ("last_ns", "expected"),
    [
        (NINE_NS, "2026-05-08 09:00:01 UTC"),
        (NINE_NS + 5, "2026-05-08 09:00:01 UTC"),
        (FIVE_NS, "2026-05-08 09:00:01 to 17:02:11 UTC (8 h 2 min)"),
        (NINE_NS + DAY_NS, "2026-05-08 09:00:01 to 2026-05-09 09:00:01 UTC (1 day)"),
        (NINE_NS + 3 * DAY_NS + 7_200 * 10**9, "2026-05-08 09:00:01 to 2026-05-11 11:00:01 UTC (3 days 2 h)"),
    ],
)
def test_span(last_ns: int, expected: str) -> None:
    """The date is said once where once is enough."""
    assert expected == figures.span(NINE_NS, last_ns)


@pytest.mark.parametrize(
    ("length_ns", "expected"),
    [
        (0, "1 s"),
        (1_600_000_000, "2 s"),
        (60 * 10**9, "1 min"),
        (3_725 * 10**9, "1 h 2 min"),
        (DAY_NS + 180 * 10**9, "1 day 3 min"),
    ],
)
def test_duration(length_ns: int, expected: str) -> None:
    """Two units at most."""
    assert expected == figures.duration(length_ns)
