"""What an address shows is looked at so often and no more, compiled and from sources."""

from __future__ import annotations

import pytest

from monitor.devices import curiosity
from monitor.model.stats import Stats
from tests.support.uncompiled import load_source

BOTH = [curiosity, load_source("monitor.devices.curiosity")]
ONE, OTHER = bytes((10, 40, 0, 1)), bytes((10, 40, 0, 2))


@pytest.mark.parametrize("room", BOTH, ids=["compiled", "sources"])
def test_looks(room: object) -> None:
    """Each address of interest has its own looks; of any other nothing is looked at."""
    asked: list[bytes] = []

    def interests(address: bytes) -> bool:
        asked.append(address)
        return address == ONE

    curious = room.Curiosity(2, interests, Stats())  # type: ignore[attr-defined]
    assert [True, False, True, False, False] == [curious.look(one) for one in (ONE, OTHER, ONE, ONE, OTHER)]
    assert [ONE, OTHER] == asked


@pytest.mark.parametrize("room", BOTH, ids=["compiled", "sources"])
def test_nobody_new_where_there_is_no_room(room: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address for which there is no room is counted, each time."""
    monkeypatch.setattr(room, "MAX_CURIOUS", 1)
    stats = Stats()
    curious = room.Curiosity(2, lambda _: True, stats)  # type: ignore[attr-defined]
    assert [True, False, True, False] == [curious.look(one) for one in (ONE, OTHER, ONE, OTHER)]
    assert {"devices.curious": 2} == stats.limits
