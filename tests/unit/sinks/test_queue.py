"""One outlet behind its queue: what it sees of the run, and what the run sees of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from monitor.errors import DeliveryError
from monitor.model.contract import Outlet
from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.sinks.queue import Queued
from tests.support.wire import wait_for
from tests.unit.sinks.outlets import Blocked, Broken, Good
from tests.unit.sinks.samples import NINE_NS, PIN

ENOUGH = 30.0
"""Seconds until a test gives up."""


def state(count: int, ident: str = "a1") -> Finding:
    """A state of a finding."""
    return replace(PIN, id=Label(ident), count=count)


@contextmanager
def queued(
    outlet: Outlet, said: list[str] | None = None, *, limit: int = 100, patience_seconds: float = ENOUGH
) -> Iterator[Queued]:
    """An outlet at work; a blocked one is let go at the end."""
    queue = Queued(outlet, [].append if said is None else said.append, limit=limit, patience_seconds=patience_seconds)
    with ExitStack() as stack:
        stack.callback(queue.join, ENOUGH)
        stack.callback(queue.leave)
        if isinstance(outlet, Blocked):
            stack.callback(outlet.let_go.set)
        queue.start()
        yield queue


def end(queue: Queued) -> None:
    """Let it come to its end."""
    queue.finish(Stats())
    assert queue.join(ENOUGH)


def rounds(queue: Queued, number: int, outlet: Good) -> None:
    """Ticks, each waited for."""
    for second in range(number):
        outlet.has_ticked.clear()
        queue.tick(NINE_NS + second, Stats())
        assert outlet.has_ticked.wait(ENOUGH)
        wait_for(lambda: queue._began is None)


def test_everything_comes_in_order() -> None:
    """What was found before a tick is received before it, and the figures are those that were given."""
    outlet, stats = Good(), Stats()
    with queued(outlet) as queue:
        queue.receive(state(1))
        queue.receive(state(2, "b2"))
        queue.tick(NINE_NS, stats)
        assert outlet.has_ticked.wait(ENOUGH)
        assert [1, 2] == outlet.counts()
        end(queue)

    assert [(NINE_NS, stats)] == outlet.ticks
    assert stats is outlet.ticks[0][1]
    assert 1 == len(outlet.ended)
    assert (2, 0, 0, False) == told(queue)


def told(queue: Queued) -> tuple[int, int, int, bool]:
    """What its figures say."""
    figures = queue.figures()
    return figures.delivered, figures.dropped, figures.waiting, figures.failing


def test_an_outlet_that_hangs_sees_last_states_only() -> None:
    """While it hangs, states of a finding replace each other and so do ticks; nothing counts as lost."""
    outlet = Blocked()
    with queued(outlet) as queue:
        queue.tick(NINE_NS, Stats())
        assert outlet.hangs.wait(ENOUGH)
        for second in range(1, 200):
            queue.receive(state(second))
            queue.receive(state(second, "b2"))
            queue.tick(NINE_NS + second, Stats())
        assert (0, 0, 2, False) == told(queue)
        outlet.let_go.set()
        end(queue)

    assert [199, 199] == outlet.counts()
    assert {NINE_NS, NINE_NS + 199} >= {at_ns for at_ns, _ in outlet.ticks}
    assert (2, 0, 0, False) == told(queue)


def test_what_finds_no_room_is_counted() -> None:
    """Over the limit the newest finding is lost; those that wait still change, and failing ends with the crowd."""
    outlet = Blocked()
    with queued(outlet, limit=2) as queue:
        queue.tick(NINE_NS, Stats())
        assert outlet.hangs.wait(ENOUGH)
        for ident in ("a1", "b2", "c3", "d4"):
            queue.receive(state(1, ident))
        queue.receive(state(5, "a1"))
        assert (0, 2, 2, True) == told(queue)
        outlet.let_go.set()
        rounds(queue, 1, outlet)
        end(queue)

    assert [("a1", 5), ("b2", 1)] == [(finding.id, finding.count) for finding in outlet.received]
    assert (2, 2, 0, False) == told(queue)


def test_hanging_too_long_is_failing() -> None:
    """Nobody can tell slow from dead; after a while that is a failure, which ends when it comes back."""
    outlet = Blocked()
    with queued(outlet, patience_seconds=0.0) as queue:
        assert not queue.figures().failing
        queue.tick(NINE_NS, Stats())
        assert outlet.hangs.wait(ENOUGH)
        wait_for(lambda: queue.figures().failing)
        outlet.let_go.set()
        wait_for(lambda: not queue.figures().failing)


def test_a_finding_that_was_refused_comes_again() -> None:
    """With the next tick, in its latest state; whatever is told is told once."""
    outlet, said = Broken(ValueError("29990000112345")), list[str]()
    with queued(outlet, said) as queue:
        queue.receive(state(1))
        queue.receive(state(1, "b2"))
        rounds(queue, 3, outlet)
        assert (0, 0, 2, True) == told(queue)
        queue.receive(state(2))
        outlet.error = None
        rounds(queue, 1, outlet)
        assert (2, 0, 0, False) == told(queue)
        end(queue)

    assert {("a1", 2), ("b2", 1)} == {(finding.id, finding.count) for finding in outlet.received}
    assert {"broken.ValueError": 9} == queue.figures().faults
    assert 2 == len(said)
    assert said[0].startswith("broken: internal error: ValueError at monitor/sinks/queue.py:")
    assert "broken: works again" == said[1]


def test_refused_findings_take_no_more_room_than_others() -> None:
    """What comes back to a queue that has filled up meanwhile is counted as lost."""
    outlet = Broken(ValueError())
    with queued(outlet, limit=1) as queue:
        queue.receive(state(1))
        receive = outlet.receive

        def fill(finding: Finding) -> None:
            queue.receive(state(1, "b2"))
            receive(finding)

        outlet.receive = fill  # type: ignore[method-assign]  # while it refuses one, another one comes
        rounds(queue, 1, outlet)
        assert (0, 1, 1, True) == told(queue)


def test_words_of_its_own_are_told() -> None:
    """What an outlet says itself is for people, and is no fault of ours."""
    said: list[str] = []
    outlet = Broken(DeliveryError("eve.json: the disk is full"))
    with queued(outlet, said) as queue:
        rounds(queue, 2, outlet)
        end(queue)

    assert ["broken: eve.json: the disk is full; findings wait, and it is tried again until it works"] == said
    assert {} == queue.figures().faults


def test_what_is_given_up_is_counted() -> None:
    """What waits in the queue, what was taken, and what the outlet itself still has."""
    outlet = Blocked()
    with queued(outlet) as queue:
        queue.receive(state(1))
        queue.tick(NINE_NS, Stats())
        assert outlet.hangs.wait(ENOUGH)
        queue.receive(state(2, "b2"))
        queue.receive(state(3, "c3"))
        assert 2 == queue.give_up()
        assert (0, 2, 0, False) == told(queue)
    outlet.figures.waiting = 7
    with queued(Kept(outlet)) as queue:
        assert 7 == queue.give_up()


class Kept(Good):
    """Still has what another one has."""

    def __init__(self, other: Good) -> None:
        super().__init__()
        self.figures = other.figures


@pytest.mark.parametrize("waits", [False, True])
def test_leaving(waits: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    """An outlet that has nothing to do ends at once, and whatever waits then is not delivered."""
    outlet = Good()
    with queued(outlet) as queue:
        if waits:
            queue.receive(state(1))
        queue.leave()
        assert queue.join(ENOUGH)
        queue.close()

    assert ([], [], 1) == (outlet.received, outlet.ended, outlet.closed)


def test_one_that_hangs_is_not_closed() -> None:
    """Its files may be in use; the process's end closes them."""
    outlet = Blocked()
    with queued(outlet) as queue:
        queue.tick(NINE_NS, Stats())
        assert outlet.hangs.wait(ENOUGH)
        queue.leave()
        assert not queue.join(0.0)
        queue.close()
        assert 0 == outlet.closed
        outlet.let_go.set()
        assert queue.join(ENOUGH)
        queue.close()
    assert 1 == outlet.closed
