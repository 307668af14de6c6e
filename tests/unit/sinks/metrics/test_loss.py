"""The share of what was missing lately."""

from __future__ import annotations

import pytest

from monitor.sinks.metrics.loss import STEP_NS, WINDOW_NS, Loss

SECOND = 10**9
START = 1_778_230_801 * SECOND


def test_nothing_is_no_loss() -> None:
    """Where nothing should have been there, nothing is missing."""
    assert 0.0 == Loss().ratio(START, 0, 0)


def test_it_is_a_share_of_what_should_have_been_there() -> None:
    """Of four bytes one is missing."""
    assert 0.25 == Loss().ratio(START, 3, 1)


def test_it_forgets() -> None:
    """Loss is told while it lasts and for the length of the window, and no longer."""
    loss = Loss()
    told = {second: loss.ratio(START + second * SECOND, 1_000 * second, min(second, 100) * 10) for second in range(600)}

    assert pytest.approx(10 / 1_010) == told[100]
    assert told[390] < told[250] < told[100]
    assert 0.0 < told[100 + (WINDOW_NS - STEP_NS) // SECOND - 1]
    assert 0.0 == told[100 + (WINDOW_NS + STEP_NS) // SECOND + 1]


def test_what_it_remembers_is_bounded() -> None:
    """However often it is asked, and however long the run."""
    loss = Loss()
    for second in range(5_000):
        loss.ratio(START + second * SECOND // 2, second, 0)

    assert len(loss._marks) <= WINDOW_NS // STEP_NS + 2


def test_a_long_silence_ends_the_window() -> None:
    """What was lost before the night is not lost in the morning."""
    loss = Loss()
    loss.ratio(START, 100, 100)
    loss.ratio(START + 10 * WINDOW_NS, 100, 100)

    assert 0.0 == loss.ratio(START + 11 * WINDOW_NS, 200, 100)
