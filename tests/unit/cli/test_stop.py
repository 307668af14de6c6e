"""The wish to end: made by a signal, once; after that signals do what they always do."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from monitor.cli.stop import Stop, stop_on_signals


def test_somebody_asks() -> None:
    """A wish stays."""
    stop = Stop()
    assert not stop.asked()
    stop.ask()
    assert stop.asked()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks(number: int) -> None:
    """It does not interrupt what is going on."""
    with stop_on_signals() as stop:
        assert not stop.asked()
        os.kill(os.getpid(), number)
        assert stop.asked()


@pytest.fixture
def _foreground() -> Iterator[None]:
    """Ctrl-C interrupts: a shell lets what it starts in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_foreground")
def test_the_second_signal_interrupts() -> None:
    """Whoever presses Ctrl-C again does not want to wait."""
    with stop_on_signals() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.asked()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_handlers_are_left_as_they_were() -> None:
    """Whether a signal came or not."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    for send in (False, True):
        with stop_on_signals():
            if send:
                os.kill(os.getpid(), signal.SIGTERM)
        assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
