"""What a parser says, and what becomes of one that fails; the lane itself is walked in `test_tracker`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from monitor.flow import lane
from monitor.model.events import Output, Sighted
from monitor.model.flow import Side
from monitor.model.stats import Stats
from monitor.privacy.subjects import sighting
from tests.support.toy import ToyLine
from tests.support.uncompiled import load_source

LINE = ToyLine(side=Side.ORIGINATOR, size_bytes=3)
PATRON = sighting(b"29990000000017")


@pytest.fixture(params=["compiled", "plain"])
def rooms(request: pytest.FixtureRequest) -> ModuleType:
    """The module as it was built, and run from its source."""
    return lane if request.param == "compiled" else load_source("monitor.flow.lane")


class Follower:
    """One flow whose responder is its end 0."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []
        self.obeyed: list[object] = []
        self.done = False
        self.known = "toy"
        self.name = "toy"
        self.originator = 1
        self.keeper = SimpleNamespace(stats=Stats(), observe=lambda *said: self.heard.append(said[1:]))

    def obey(self, output: object) -> None:
        """Take a wish; the second one ends it."""
        self.obeyed.append(output)
        self.done = len(self.obeyed) > 1


def saying(*outputs: object) -> Callable[[Side, bytes], Iterable[Any]]:
    """A parser that says this, and of which side it was told."""
    return lambda side, data: (side, data) and outputs


def test_events_are_observed_with_their_patrons(rooms: ModuleType) -> None:
    """An event by itself has none; wishes go to the flow, and after the one that ends it nothing counts."""
    follower = Follower()
    said: list[Output | str] = [LINE, Sighted(LINE, (PATRON,)), "skip", "enough", LINE]
    rooms.hear(follower, saying(*said), 0, b"any")
    assert [("toy", LINE, ()), ("toy", LINE, (PATRON,))] == follower.heard
    assert ["skip", "enough"] == follower.obeyed


@pytest.mark.parametrize(("end", "side"), [(0, Side.RESPONDER), (1, Side.ORIGINATOR)])
def test_ends_become_sides(end: int, side: Side, rooms: ModuleType) -> None:
    """A parser knows sides only."""
    told: list[object] = []
    rooms.hear(Follower(), lambda *said: told.extend(said) or (), end, b"any")
    assert [side, b"any"] == told


def test_a_parser_that_fails_loses_its_flow(rooms: ModuleType) -> None:
    """What it said before counts; of the failure only the type is kept."""

    def fail(_side: Side, _data: bytes) -> Iterable[Output]:
        yield LINE
        raise ValueError("29990000000017")

    follower = Follower()
    rooms.hear(follower, fail, 0, b"any")
    assert [("toy", LINE, ())] == follower.heard
    assert follower.done
    assert {"toy.ValueError": 1} == follower.keeper.stats.faults
    rooms.hear(follower, fail, 0, b"any")
    assert 1 == len(follower.heard)
