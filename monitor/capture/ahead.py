"""Runs a source on another core, some batches ahead of whoever works on what it yields.

Rules: everything comes as the source yields it, failures too; what the source counts is read when it has ended, since
until then it is ahead of all that was taken. What waits for somebody, a pipe for instance, is not to be run ahead: an
end that is asked for would wait with it. What else is to be done to a batch is done where there is time for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread

from monitor.capture.bounds import AHEAD
from monitor.model.closed import Enum
from monitor.model.contract import Source
from monitor.model.frames import Frames, Tick

SWITCH_SECONDS = 0.00005
"""How long one thread may keep Python from the other, which wants it a few times for a batch of some milliseconds."""


class _Wish(Enum):
    MORE = 1
    NO_MORE = 2


_Portion = tuple[list[Frames | Tick], BaseException | None, bool]
"""What was made up to the next batch; what ended it, StopIteration at the end; and whether the work on it is done."""
Work = Callable[[Frames], None]
"""What is to be done to every batch, once."""


class Ahead:
    """A source whose batches stay as they are until `AHEAD` others were asked for."""

    def __init__(self, source: Source, here: Work, there: Work) -> None:
        """`here` and `there` are the same work, for whoever takes the batches and for the other core."""
        self._source = source
        self._here = here
        self._there = there

    def __iter__(self) -> Iterator[Frames | Tick]:
        items = iter(self._source)
        wanted: SimpleQueue[_Wish] = SimpleQueue()
        made: SimpleQueue[_Portion] = SimpleQueue()
        worker = Thread(target=_make, args=(items, self._there, wanted, made), name="ahead", daemon=True)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)
        worker.start()
        try:
            for _ in range(AHEAD):
                wanted.put(_Wish.MORE)
            while True:
                portion, end, is_done = made.get()
                for item in portion:
                    if isinstance(item, Frames):
                        wanted.put(_Wish.MORE)
                        if not is_done:
                            self._here(item)
                    yield item
                if isinstance(end, StopIteration):
                    return
                if end is not None:
                    raise end
        finally:
            wanted.put(_Wish.NO_MORE)
            worker.join()
            sys.setswitchinterval(interval)


def _make(items: Iterator[Frames | Tick], work: Work, wanted: SimpleQueue[_Wish], made: SimpleQueue[_Portion]) -> None:
    """Make what is wanted, up to and with the next batch each time."""
    while wanted.get() is _Wish.MORE:
        portion: list[Frames | Tick] = []
        end: BaseException | None = None
        is_behind = False
        try:
            item: Frames | Tick | None = None
            while not isinstance(item, Frames):
                item = next(items)
                portion.append(item)
            is_behind = not made.empty()
            if is_behind:
                work(item)
        except BaseException as error:  # noqa: BLE001 - it is raised where the items are taken
            end = error
        made.put((portion, end, is_behind))
