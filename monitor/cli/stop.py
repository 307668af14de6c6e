"""How a run without an end of its own is asked to end: by a signal, or by whoever sees that it is of no more use."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """A wish to end, which can be made from a signal handler."""

    def __init__(self) -> None:
        self._asked = False

    def ask(self) -> None:
        """End soon."""
        self._asked = True

    def asked(self) -> bool:
        """Whether somebody asked."""
        return self._asked


@contextmanager
def stop_on_signals(*also: signal.Signals) -> Iterator[Stop]:
    """A wish that Ctrl-C and SIGTERM make, and the signals in `also`.

    A second signal does what it always does, should the end take too long.
    """
    stop = Stop()
    before = {number: signal.getsignal(number) for number in (*_SIGNALS, *also)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.ask()
        restore()

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        restore()
