"""What a parser says, and what becomes of one that fails; the lane itself is walked in `test_tracker`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from monitor.flow import lane
from monitor.flow.known import Known
from monitor.model.events import Enough, Expect, Output, Sighted, Weird
from monitor.model.flow import Side
from monitor.model.stats import Stats
from monitor.privacy.subjects import sighting
from tests.support.toy import TOY, ToyLine, ToyWeird
from tests.support.uncompiled import load_source

LINE = ToyLine(side=Side.ORIGINATOR, size_bytes=3)
PATRON = sighting(b"29990000000017")
ODDITY = Weird(name=next(iter(ToyWeird)))
EXPECT = Expect(protocol="toy", opened_by=Side.ORIGINATOR, originator_port=0, responder_port=7777)


class Flow:
    """A follower of one flow whose responder is its end 0, and what its keeper heard."""

    def __init__(self, room: ModuleType) -> None:
        self.heard: list[tuple[object, ...]] = []
        self.expected: list[object] = []
        self.stats = Stats()
        keeper = SimpleNamespace(
            stats=self.stats,
            observe=lambda _, known, *said: self.heard.append((known.name, *said)),
            announce=lambda _, expect: self.expected.append(expect),
        )
        ends = (b"\x0a\x01\x00\x0a", b"\x0a\x1e\x00\x0b"), (7777, 40_000)
        self.follower = room.Follower(keeper, (), ends, 1, 0, (0, 0, 1, -1))
        self.follower.known = Known(TOY, self.stats)
        self.follower.originator = 1


@pytest.fixture(params=["compiled", "plain"])
def flow(request: pytest.FixtureRequest) -> Flow:
    """Of the module as it was built, and run from its source."""
    return Flow(lane if request.param == "compiled" else load_source("monitor.flow.lane"))


def saying(*outputs: object) -> Callable[[Side, bytes], Iterable[Any]]:
    """A parser that says this, and of which side it was told."""
    return lambda side, data: (side, data) and outputs


def test_events_are_observed_with_their_patrons(flow: Flow) -> None:
    """An event by itself has none; wishes are followed, and after the one that ends the flow nothing counts."""
    said: list[Output] = [LINE, ODDITY, Sighted(LINE, (PATRON,)), EXPECT, Enough(), LINE]
    flow.follower.hear(saying(*said), 0, b"any")
    assert [("toy", LINE, ()), ("toy", LINE, (PATRON,))] == flow.heard
    assert ([EXPECT], {f"toy.{ODDITY.name.value}": 1}) == (flow.expected, flow.stats.weirds)
    assert flow.follower.done


@pytest.mark.parametrize(("end", "side"), [(0, Side.RESPONDER), (1, Side.ORIGINATOR)])
def test_ends_become_sides(end: int, side: Side, flow: Flow) -> None:
    """A parser knows sides only."""
    told: list[object] = []
    flow.follower.hear(lambda *said: told.extend(said) or (), end, b"any")
    assert [side, b"any"] == told


def test_a_parser_that_fails_loses_its_flow(flow: Flow) -> None:
    """What it said before counts; of the failure only the type is kept."""

    def fail(_side: Side, _data: bytes) -> Iterable[Output]:
        yield LINE
        raise ValueError("29990000000017")

    flow.follower.hear(fail, 0, b"any")
    assert [("toy", LINE, ())] == flow.heard
    assert flow.follower.done
    assert {"toy.ValueError": 1} == flow.stats.faults
    flow.follower.hear(fail, 0, b"any")
    assert 1 == len(flow.heard)
