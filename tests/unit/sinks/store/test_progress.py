"""Watched time and the date that is believed, with clocks that are set by years."""

from __future__ import annotations

import pytest

from monitor.sinks.store.life import DAY_NS
from monitor.sinks.store.progress import MAX_STEP_NS, Progress, advance, watched_between

SECOND_NS = 10**9
YEAR_NS = 365 * DAY_NS
NOW_NS = 1_778_230_801 * SECOND_NS
"""2026-05-08 09:00:01 UTC."""


def watch(progress: Progress, at_ns: int, days: float) -> Progress:
    """Listen for so long, from this trace time on, and write once a minute."""
    for minute in range(1, round(days * 1_440) + 1):
        progress = advance(progress, 60 * SECOND_NS, at_ns + minute * 60 * SECOND_NS)
    return progress


def test_steps_are_watched_time() -> None:
    """A tick a second is a second."""
    assert SECOND_NS == watched_between(NOW_NS, NOW_NS + SECOND_NS)


@pytest.mark.parametrize(
    ("jump_ns", "watched_ns"), [(YEAR_NS, MAX_STEP_NS), (DAY_NS, MAX_STEP_NS), (-YEAR_NS, 0), (0, 0)]
)
def test_a_jump_is_no_watched_time(jump_ns: int, watched_ns: int) -> None:
    """A clock that is set, or a machine that slept."""
    assert watched_ns == watched_between(NOW_NS, NOW_NS + jump_ns)


def test_the_first_date_is_believed() -> None:
    """There is no other."""
    assert "2026-05-08" == advance(Progress(), 0, NOW_NS).today


def test_dates_go_on() -> None:
    """Days pass as they are watched, and a few hours off are no reason to doubt."""
    later = watch(advance(Progress(), 0, NOW_NS), NOW_NS, 3)
    assert ("2026-05-11", 3 * DAY_NS) == (later.today, later.watched_ns)
    assert "2026-05-12" == watch(later, NOW_NS + 3 * DAY_NS + DAY_NS // 2, 0.5).today


@pytest.mark.parametrize("jump_ns", [YEAR_NS, -YEAR_NS, 50 * YEAR_NS, -50 * YEAR_NS])
def test_a_jump_and_back_changes_no_date(jump_ns: int) -> None:
    """Half a day of a wrong year is not believed, and leaves nothing behind."""
    wrong = watch(advance(Progress(), 0, NOW_NS), NOW_NS + jump_ns, 0.5)
    assert "2026-05-08" == wrong.today
    right = watch(wrong, NOW_NS + DAY_NS // 2, 0.9)
    assert ("2026-05-09", 0) == (right.today, right.doubt_ns)


@pytest.mark.parametrize(("jump_ns", "today"), [(YEAR_NS, "2027-05-09"), (-YEAR_NS, "2025-05-09")])
def test_a_jump_that_lasts_is_believed(jump_ns: int, today: str) -> None:
    """After a day: a sensor that was off for a year must learn of it, and so must one that began in 1970."""
    assert today == watch(advance(Progress(), 0, NOW_NS), NOW_NS + jump_ns, 1).today


def test_watched_time_knows_no_clock() -> None:
    """It adds up, whatever the date."""
    there = watch(watch(Progress(), NOW_NS + YEAR_NS, 2), NOW_NS - YEAR_NS, 2)
    assert 4 * DAY_NS == there.watched_ns
