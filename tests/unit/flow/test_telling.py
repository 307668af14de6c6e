"""Who is told what; what is counted again without being judged anew is told by `tests.unit.detect`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

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


CLIENT, SERVICE = (b"\x0a\x1e\x00\x0b", 40_000), (b"\x0a\x01\x00\x0a", 7777)


def follower(port: int = 40_000) -> SimpleNamespace:
    """One flow that was not described yet."""
    moment = (7, 0, 1, -1)
    ends = (CLIENT[0], SERVICE[0]), (port, SERVICE[1])
    return SimpleNamespace(
        tie=None, told=False, moment=moment, at_ns=7, addresses=ends[0], ports=ends[1], originator=0, serial=1
    )


def known() -> SimpleNamespace:
    """Its protocol, of which lines are counted."""
    return SimpleNamespace(
        spec=SimpleNamespace(transport=None),
        label="toy",
        counted={ToyLine: "lines"},
        counters={"flows": 0, "lines": 0},
    )


class Room:
    """The telling of facts as the tracker sets it up."""

    def __init__(
        self, rooms: ModuleType, observe: Callable[[Observation], object], *, judged: Any = None, apart: bool = False
    ) -> None:
        self.cameras = SimpleNamespace(version=0)
        self.sessions: Counter[str] = Counter()
        self.described: list[tuple[Any, ...]] = []
        self.waiting: dict[int, object] = {}
        self.shared: str | None = "a session"
        self.telling = rooms.Telling(
            SimpleNamespace(describe=self._describe, cameras=self.cameras),
            SimpleNamespace(signs=frozenset(), telling=frozenset(), hear=lambda *_: None),
            SimpleNamespace(waiting=self.waiting),
            observe,
            signs=SimpleNamespace(tells=lambda kind: kind is None),
            sessions=SimpleNamespace(
                shared=lambda *_: self.shared, add=lambda session, flows: self.sessions.update({session: flows})
            ),
            takers={},
            judged=judged,
            apart=apart,
        )

    def _describe(self, *ends: object) -> object:
        self.described.append(ends)
        return ends


def test_what_becomes_of_events_is_decided_anew(rooms: ModuleType) -> None:
    """Other rules may look at other events, and count what the old ones did not look at."""
    old: list[Observation] = []
    new: list[Observation] = []
    told = Room(rooms, old.append, judged={ToyEnd}).telling
    flow, toy = follower(), known()
    told.observe(flow, toy, LINE, ())
    assert ([], 1) == (old, toy.counters["lines"])
    told.adopt(new.append, {ToyLine}, apart=False)
    told.observe(flow, toy, LINE, ())
    assert ([], 2) == (old, toy.counters["lines"])
    assert [(7, LINE, 0, 1, -1)] == [(one.at_ns, one.event, one.capture, one.frame, one.vlan) for one in new]


def test_what_came_up_before_goes_where_it_was_said_to(rooms: ModuleType) -> None:
    """The same event in a flow between the same ends is counted, with its own time, and judged no more."""
    again: list[tuple[object, ...]] = []
    judged: list[Observation] = []

    def observe(observation: Observation) -> object:
        judged.append(observation)
        return lambda *said: again.append(said)

    told = Room(rooms, observe).telling
    flow, toy = follower(), known()
    told.observe(flow, toy, LINE, ())
    assert flow.tie.tell(LINE, (9, 0, 2, -1), 1, ("somebody",))
    flow.tie = None
    flow.moment = (9, 0, 3, -1)
    told.observe(flow, toy, LINE, ("somebody else",))
    assert 1 == len(judged)
    assert [((9, 0, 2, -1), 1, ("somebody",)), ((9, 0, 3, -1), 1, ("somebody else",))] == again
    told.report()
    assert 3 == toy.counters["lines"]
    told.adopt(observe, (), apart=False)
    assert not flow.tie.tell(LINE, (9, 0, 4, -1), 1, ())


def test_flows_join_those_that_are_alike(rooms: ModuleType) -> None:
    """Once one between the same ends told something, others are merely counted, and share its view."""
    room, toy = Room(rooms, lambda _: None), known()
    ends = toy, CLIENT[0], *SERVICE
    assert room.telling.join(*ends) is None
    flow = follower()
    room.telling.observe(flow, toy, LINE, ())
    assert [flow.tie] * 2 == [room.telling.join(*ends), room.telling.join(*ends)]
    assert room.telling.join(toy, CLIENT[0], SERVICE[0], 7778) is None
    assert 0 == toy.counters["flows"]
    room.telling.report()
    room.telling.report()
    assert (2, {"a session": 2}) == (toy.counters["flows"], room.sessions)

    other = follower(port=40_001)
    room.telling.observe(other, toy, LINE, ())
    assert flow.tie is other.tie
    assert 1 == len(room.described)


def test_no_flow_joins_where_somebody_asks_more_of_it(rooms: ModuleType) -> None:
    """While a watched device's flow waits for a name, after a camera came up, or where each flow tells something."""
    room, toy = Room(rooms, lambda _: None), known()
    room.telling.observe(follower(), toy, LINE, ())
    room.waiting[1] = "somebody"
    assert room.telling.join(toy, CLIENT[0], *SERVICE) is None
    room.waiting.clear()
    room.cameras.version = 1
    assert room.telling.join(toy, CLIENT[0], *SERVICE) is None
    room.shared = None
    room.telling.observe(follower(), toy, LINE, ())
    assert 2 == len(room.described)
    assert room.telling.join(toy, CLIENT[0], *SERVICE) is None


def test_flows_are_told_apart_by_the_port_of_their_client(rooms: ModuleType) -> None:
    """Where somebody asks for it, each has a view of its own."""
    room, toy = Room(rooms, lambda _: None, apart=True), known()
    flows = follower(), follower(port=40_001)
    for flow in flows:
        room.telling.observe(flow, toy, LINE, ())
    assert [40_000, 40_001] == [ports[0] for _, _, ports, *_ in room.described]
    assert flows[0].tie is not flows[1].tie
    assert room.telling.join(toy, CLIENT[0], *SERVICE) is None


@pytest.mark.parametrize("apart", [False, True])
def test_what_came_up_is_forgotten_when_it_is_too_much(
    apart: bool,  # noqa: FBT001  (a table)
    rooms: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then it is judged once more, in flows that go on as well."""
    monkeypatch.setattr(rooms, "MAX_SAID", 2)
    judged: list[Observation] = []

    def observe(observation: Observation) -> object:
        judged.append(observation)
        return lambda *_: None

    room, toy = Room(rooms, observe, apart=apart), known()
    flows = follower(), follower(port=40_001)
    lines = [ToyLine(side=Side.ORIGINATOR, size_bytes=size) for size in range(3)]
    for flow, line in zip((*flows, flows[0]), lines, strict=True):
        room.telling.observe(flow, toy, line, ())
    assert lines == [one.event for one in judged]
    assert [False, True] == [flows[0].tie.tell(line, (7, 0, 1, -1), 1, ()) for line in lines[::2]]
    assert not flows[1].tie.tell(lines[1], (7, 0, 1, -1), 1, ())
