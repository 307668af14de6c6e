"""How a run is asked to read its configuration again: by the signal SIGHUP."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def reread_on_signal() -> Iterator[Callable[[], bool]]:
    """Whether SIGHUP came since this was asked before; any number of them is one wish."""
    wishes: list[bool] = []

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        if not wishes:
            wishes.append(True)

    def take() -> bool:
        return bool(wishes and wishes.pop())

    before = signal.signal(signal.SIGHUP, on_signal)
    try:
        yield take
    finally:
        signal.signal(signal.SIGHUP, before)
