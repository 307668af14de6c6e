"""All outlets of a run: none slows another one or the run, and none hides what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace

from monitor.model.finding import Finding
from monitor.model.frames import Tick
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.pipeline import TICK_NS, Pipeline
from monitor.sinks.outlets import Outlets
from tests.support.wire import wait_for
from tests.unit.sinks.outlets import Blocked, Broken, Good
from tests.unit.sinks.samples import NINE_NS, PIN, busy_stats

SECONDS = 500
ENOUGH = 30.0
"""Seconds until a test gives up."""


class Quiet:
    """Flows of a run in which there are none."""

    def take(self, frames: object) -> None:
        """Nothing comes."""

    def tick(self, at_ns: int) -> None:
        """Nothing is timed."""

    def finish(self) -> None:
        """Nothing ends."""


class Growing:
    """Finds the same two things every second, and each time more."""

    def __init__(self) -> None:
        self._count = 0

    def observe(self, observation: object) -> None:
        """Nothing comes."""

    def tick(self, at_ns: int) -> Iterable[Finding]:  # noqa: ARG002 (the contract's own)
        """Both."""
        self._count += 1
        return self._now()

    def finish(self) -> Iterable[Finding]:
        """Both again."""
        return self._now()

    def _now(self) -> list[Finding]:
        return [replace(PIN, count=self._count, id=Label(ident)) for ident in ("a1", "b2")]


def pipeline(outlets: Outlets, stats: Stats) -> Pipeline:
    """A run of some minutes."""
    source = [Tick(at_ns=NINE_NS + second * TICK_NS) for second in range(SECONDS)]
    return Pipeline(source, Quiet(), Growing(), [outlets], stats)


def last(outlet: Good) -> dict[str, int]:
    """The count of each finding as it came last."""
    return {str(finding.id): finding.count for finding in list(outlet.received)}


def test_a_blocked_and_a_broken_one_beside_a_good_one() -> None:
    """The whole capture passes while one hangs and one raises: the good one gets everything, and all of it is told."""
    good, blocked, broken = Good(), Blocked(), Broken(ValueError("29990000112345"))
    stats, said = Stats(), list[str]()
    everything = {"a1": SECONDS, "b2": SECONDS}
    with ExitStack() as stack:
        outlets = stack.enter_context(Outlets([blocked, broken, good], said.append, flush_seconds=ENOUGH))
        stack.callback(blocked.let_go.set)
        outlets.tick(NINE_NS, stats)
        assert blocked.hangs.wait(ENOUGH)
        assert broken.has_ticked.wait(ENOUGH)
        run = pipeline(outlets, stats)
        run.run()
        wait_for(lambda: last(good) == everything)
        assert not blocked.let_go.is_set()
        assert [] == blocked.received
        assert [False, True, False] == [stats.sinks[name].failing for name in ("blocked", "broken", "good")]
        blocked.let_go.set()
        run.finish()

    assert everything == last(good) == last(blocked)
    assert [0, 2, 0] == [stats.sinks[name].dropped for name in ("blocked", "broken", "good")]
    assert 2 == len(said)
    assert said[0].startswith("broken: internal error: ValueError at ")
    assert "broken: 2 findings were not delivered before the end" == said[1]
    assert stats.faults["broken.ValueError"] > 1
    assert "29990000112345" not in "".join(said)


def test_the_end_waits_for_nobody_for_ever() -> None:
    """What hangs is left alone, with what it still had; with nothing at hand it is told as well."""
    stats, said = Stats(), list[str]()
    blocked = [Blocked("with"), Blocked("without")]
    with ExitStack() as stack:
        outlets = stack.enter_context(Outlets(blocked[:1], said.append, flush_seconds=0.0))
        others = stack.enter_context(Outlets(blocked[1:], said.append, flush_seconds=0.0))
        for one in blocked:
            stack.callback(one.let_go.set)
        outlets.tick(NINE_NS, stats)
        others.tick(NINE_NS, stats)
        assert all(one.hangs.wait(ENOUGH) for one in blocked)
        outlets.receive(PIN)
        outlets.finish(stats)
        others.finish(stats)
        assert [0, 0] == [one.closed for one in blocked]

    assert ["with: 1 finding was not delivered before the end", "without: did not come to its end in time"] == said
    assert 1 == stats.sinks["with"].dropped


def test_figures_are_a_copy_for_all() -> None:
    """All outlets are given the same figures, in which what all said of themselves stands already."""
    one, other = Good("one"), Good("other")
    one.figures.limits["one.lines"] = 3
    one.figures.faults["one.ValueError"] = 2
    stats = busy_stats()
    with Outlets([one, other], [].append) as outlets:
        outlets.tick(NINE_NS, stats)
        outlets.finish(stats)
    snapshot = other.ended[0]

    assert snapshot is one.ended[0]
    assert snapshot is not stats
    assert (3, 2) == (snapshot.limits["one.lines"], snapshot.faults["one.ValueError"])
    assert {"one", "other"} <= set(snapshot.sinks)


def test_all_are_closed_after_their_end_and_after_none() -> None:
    """Once, whether the run was finished or failed."""
    for is_finished in (True, False):
        outlet = Good()
        with Outlets([outlet], [].append) as outlets:
            if is_finished:
                outlets.finish(Stats())
        assert (is_finished, 1) == (bool(outlet.ended), outlet.closed)


def test_settled() -> None:
    """Whoever wants to can wait until all were called for everything so far; one that hangs takes all the time."""
    good, blocked = Good(), Blocked()
    with ExitStack() as stack:
        stack.callback(blocked.let_go.set)
        outlets = stack.enter_context(Outlets([good, blocked], [].append))
        outlets.receive(PIN)
        outlets.tick(NINE_NS, Stats())
        assert not outlets.settle(0.01)
        blocked.let_go.set()
        assert outlets.settle(ENOUGH)
        assert [1, 1] == [len(good.ticks), len(blocked.ticks)]
        assert [[PIN], [PIN]] == [good.received, blocked.received]
