"""Some batches ahead: the same items, and no more of them than there is room for."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from monitor.capture.ahead import Ahead
from monitor.capture.bounds import AHEAD
from monitor.model.frames import Frames, Tick

PATIENCE_SECONDS = 30


def batch() -> Frames:
    """Some batch."""
    return Frames(data=bytearray(1), capacity=1)


class Log:
    """A source that says what it has made, and where."""

    def __init__(self, *items: Frames | Tick | BaseException) -> None:
        self.items = items
        self.made = 0
        self.threads: set[int] = set()
        self.ended = False
        self.steps = threading.Condition()

    def __iter__(self) -> Iterator[Frames | Tick]:
        try:
            for item in self.items:
                self.threads.add(threading.get_ident())
                with self.steps:
                    self.made += 1
                    self.steps.notify()
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            self.ended = True

    def wait_for(self, made: int) -> bool:
        """Wait until so many items were made."""
        with self.steps:
            return self.steps.wait_for(lambda: self.made >= made, PATIENCE_SECONDS)


def ahead(source: Log) -> Ahead:
    """Nothing is to be done to its batches."""
    return Ahead(source, lambda _: None, lambda _: None)


def test_everything_comes_in_order() -> None:
    """From another thread."""
    items = [Tick(at_ns=1), batch(), Tick(at_ns=2), batch(), batch(), Tick(at_ns=3)]
    source = Log(*items)

    assert items == list(ahead(source))
    assert threading.get_ident() not in source.threads
    assert [] == list(ahead(Log()))


def test_the_next_batches_are_made_meanwhile_and_no_more() -> None:
    """While one is worked on, the source makes as many others as stay apart from it."""
    source = Log(*(batch() for _ in range(AHEAD + 3)))
    items = iter(ahead(source))

    for taken in range(1, 4):
        assert isinstance(next(items), Frames)
        assert source.wait_for(taken + AHEAD)
        assert taken + AHEAD == source.made
    assert [Frames] * AHEAD == [type(item) for item in items]


@pytest.mark.parametrize("error", [OSError("gone"), KeyboardInterrupt()])
def test_failures_come_where_they_belong(error: BaseException) -> None:
    """Behind what was made before."""
    first = batch()
    items = iter(ahead(Log(first, Tick(at_ns=1), error)))

    assert [first, Tick(at_ns=1)] == [next(items), next(items)]
    with pytest.raises(type(error)):
        next(items)


def test_who_stops_in_the_middle_leaves_nothing_behind() -> None:
    """No thread, and Python as it was."""
    before = sys.getswitchinterval(), threading.active_count()
    source = Log(batch(), Tick(at_ns=1), batch(), batch())
    items = iter(ahead(source))
    next(items)
    assert threading.active_count() == before[1] + 1
    assert isinstance(items, Iterator)
    del items

    assert before == (sys.getswitchinterval(), threading.active_count())
    assert source.ended


def test_work_is_done_where_there_is_time() -> None:
    """Once for every batch: by the other thread where a batch waits already, by this one where it waits itself."""
    batches = [batch() for _ in range(AHEAD + 4)]
    here: list[Frames] = []
    there: list[Frames] = []
    is_done = threading.Event()

    def work_there(one: Frames) -> None:
        there.append(one)
        is_done.set()

    items = iter(Ahead(Log(*batches), here.append, work_there))

    assert next(items) is batches[0]
    assert here == batches[:1], "nothing waited when it was made"
    assert is_done.wait(PATIENCE_SECONDS), "the second waits, or the third is made while it does"
    assert list(items) == batches[1:]
    assert sorted(map(id, batches)) == sorted(map(id, here + there))


def test_work_that_fails() -> None:
    """The failure is raised where the batches are taken."""

    def fail(_: Frames) -> None:
        raise BufferError

    items = iter(Ahead(Log(*(batch() for _ in range(3))), fail, fail))
    with pytest.raises(BufferError):
        list(items)
