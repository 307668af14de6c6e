"""Runs a source on another core, some batches ahead of whoever works on what it yields.

Rules: everything comes as the source yields it, failures too; what the source counts is read when it has ended, since
until then it is ahead of all that was taken. What waits for somebody, a pipe for instance, is not to be run ahead: an
end that is asked for would wait with it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread

from monitor.capture.bounds import AHEAD
from monitor.model.closed import Enum
from monitor.model.contract import Source
from monitor.model.frames import Frames, Tick

SWITCH_SECONDS = 0.00005
"""How long one thread may keep Python from the other: a batch takes some milliseconds, and several such turns."""


class _Wish(Enum):
    MORE = 1
    NO_MORE = 2


_Portion = tuple[list[Frames | Tick], BaseException | None]
"""What was made up to the next batch, and what ended it: StopIteration at the end."""


class Ahead:
    """A source whose batches stay as they are until `AHEAD` others were asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __iter__(self) -> Iterator[Frames | Tick]:
        items = iter(self._source)
        wanted: SimpleQueue[_Wish] = SimpleQueue()
        made: SimpleQueue[_Portion] = SimpleQueue()
        worker = Thread(target=_make, args=(items, wanted, made), name="ahead", daemon=True)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        worker.start()
        try:
            for _ in range(AHEAD):
                wanted.put(_Wish.MORE)
            while True:
                portion, end = made.get()
                for item in portion:
                    if isinstance(item, Frames):
                        wanted.put(_Wish.MORE)
                    yield item
                if isinstance(end, StopIteration):
                    return
                if end is not None:
                    raise end
        finally:
            wanted.put(_Wish.NO_MORE)
            worker.join()
            sys.setswitchinterval(interval)


def _make(items: Iterator[Frames | Tick], wanted: SimpleQueue[_Wish], made: SimpleQueue[_Portion]) -> None:
    """Make what is wanted, up to and with the next batch each time."""
    while wanted.get() is _Wish.MORE:
        portion: list[Frames | Tick] = []
        end: BaseException | None = None
        try:
            while not (portion and isinstance(portion[-1], Frames)):
                portion.append(next(items))
        except BaseException as error:  # noqa: BLE001 - it is raised where the items are taken
            end = error
        made.put((portion, end))
