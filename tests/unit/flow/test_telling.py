"""Who is told what; what is counted again without being judged anew is told by `tests.unit.detect`."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

import pytest

from monitor.flow import telling
from monitor.model.finding import Observation
from monitor.model.flow import Side
from tests.support.toy import ToyEnd, ToyLine
from tests.support.uncompiled import load_source

LINE = ToyLine(side=Side.ORIGINATOR, size_bytes=3)


@pytest.fixture(params=["compiled", "plain"])
def rooms(request: pytest.FixtureRequest) -> ModuleType:
    """The module as it was built, and run from its source."""
    return telling if request.param == "compiled" else load_source("monitor.flow.telling")


def follower() -> SimpleNamespace:
    """One flow that was not described yet."""
    moment = (7, 0, 1, -1)
    return SimpleNamespace(
        view=None, moment=moment, at_ns=7, addresses=(b"a", b"b"), ports=(1, 2), originator=0, serial=1
    )


def known() -> SimpleNamespace:
    """Its protocol, of which lines are counted."""
    return SimpleNamespace(
        spec=SimpleNamespace(transport=None), label="toy", counted={ToyLine: "lines"}, counters={"lines": 0}
    )


def test_what_becomes_of_events_is_decided_anew(rooms: ModuleType) -> None:
    """Other rules may look at other events, and count what the old ones did not look at."""
    old: list[Observation] = []
    new: list[Observation] = []
    told = rooms.Telling(
        SimpleNamespace(share=lambda *ends: ends),
        SimpleNamespace(signs=frozenset(), telling=frozenset()),
        SimpleNamespace(waiting={}),
        old.append,
        signs=SimpleNamespace(tells=lambda kind: kind is None),
        takers={},
        judged={ToyEnd},
    )
    flow, toy = follower(), known()
    told.observe(flow, toy, LINE, ())
    assert ([], 1) == (old, toy.counters["lines"])
    told.adopt(new.append, {ToyLine})
    told.observe(flow, toy, LINE, ())
    assert ([], 2) == (old, toy.counters["lines"])
    assert [(7, LINE, 0, 1, -1)] == [(one.at_ns, one.event, one.capture, one.frame, one.vlan) for one in new]


def test_what_came_up_before_goes_where_it_was_said_to(rooms: ModuleType) -> None:
    """The same event in a flow of the same view is counted, with its own time, and judged no more."""
    again: list[tuple[object, ...]] = []
    judged: list[Observation] = []

    def observe(observation: Observation) -> object:
        judged.append(observation)
        return lambda *said: again.append(said)

    view = object()
    told = rooms.Telling(
        SimpleNamespace(share=lambda *_ends: view),
        SimpleNamespace(signs=frozenset(), telling=frozenset()),
        SimpleNamespace(waiting={}),
        observe,
        signs=SimpleNamespace(tells=lambda kind: kind is None),
        takers={},
        judged=None,
    )
    flow, toy = follower(), known()
    told.observe(flow, toy, LINE, ())
    assert flow.said.tell(LINE, (9, 0, 2, -1), 1, ("somebody",))
    flow.view = None
    flow.moment = (9, 0, 3, -1)
    told.observe(flow, toy, LINE, ("somebody else",))
    assert 1 == len(judged)
    assert [((9, 0, 2, -1), 1, ("somebody",)), ((9, 0, 3, -1), 1, ("somebody else",))] == again
    told.report()
    assert 3 == toy.counters["lines"]
    told.adopt(observe, ())
    assert not flow.said.tell(LINE, (9, 0, 4, -1), 1, ())
