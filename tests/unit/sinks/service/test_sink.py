"""The watchdog is told only when time and packets come through; the status says how it goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model.stats import CaptureStats, Coverage, Stats
from monitor.sinks.service.notifier import Notifier
from monitor.sinks.service.sink import STATUS_NS, ServiceNotices
from tests.support.manager import Manager
from tests.unit.sinks.samples import FIVE_NS, PIN

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="service managers of this kind are Linux's")


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """Who is told."""
    with Manager(tmp_path) as manager:
        yield manager


class Run:
    """A run on an interface whose counters can be set."""

    def __init__(self, manager: Manager) -> None:
        self.manager = manager
        self.arrived = 0
        self.capture = CaptureStats(path="eth1")
        self.stats = Stats(captures=[self.capture], coverage=Coverage())
        self.notifier = Notifier({"NOTIFY_SOCKET": str(manager.path)})
        self.sink = ServiceNotices(self.notifier, lambda name: self.arrived if name == "eth1" else None)
        self.at_ns = FIVE_NS

    def tick(self, arrived: int = 0, through: int = 0) -> list[str]:
        """Let the time of a status pass while so many packets arrive and come through; returns what is told."""
        before = len(self.manager.notices)
        self.arrived += arrived
        self.stats.coverage.packets += through
        self.at_ns += STATUS_NS
        self.sink.tick(self.at_ns, self.stats)
        return self.manager.notices[before:]


@pytest.fixture
def run(manager: Manager) -> Iterator[Run]:
    """A run that has just begun."""
    one = Run(manager)
    with closing(one.notifier):
        yield one


def test_how_it_goes(run: Run) -> None:
    """Packets a second since the last time, drops, findings that stand."""
    assert ["WATCHDOG=1", "STATUS=eth1: 0 packets/s, 0 dropped; 0 findings"] == run.tick()
    run.capture.dropped = 1_234
    run.sink.receive(PIN)
    assert ["WATCHDOG=1", "STATUS=eth1: 500 packets/s, 1,234 dropped; 1 finding"] == run.tick(5_000, 5_000)
    run.sink.receive(replace(PIN, count=0))
    assert "STATUS=eth1: 0 packets/s, 1,234 dropped; 0 findings" == run.tick()[1]


def test_the_status_is_not_told_every_second(run: Run) -> None:
    """The watchdog is."""
    run.tick()
    run.at_ns += 1 - STATUS_NS
    assert ["WATCHDOG=1"] == run.tick()


def test_packets_that_do_not_come_through(run: Run) -> None:
    """The watchdog is not told, whatever else goes on, until they do."""
    run.tick()
    run.tick(5_000)
    assert ["STATUS=eth1 receives packets, and none come through; 0 findings"] == run.tick(5_000)
    assert "WATCHDOG=1" == run.tick(5_000, 1)[0]


def test_an_interface_that_is_away(run: Run) -> None:
    """Waiting for it is no reason to be ended."""
    run.tick()
    run.capture.away = True
    for _ in range(3):
        assert ["WATCHDOG=1", "STATUS=eth1 is gone, and waited for; 0 findings"] == run.tick(5_000)


def test_the_end(run: Run) -> None:
    """The last word is what it came to."""
    run.tick(5_000, 5_000)
    run.sink.receive(PIN)
    run.sink.finish(run.stats)
    assert "STATUS=ended; 5,000 packets, 1 finding" == run.manager.notices[-1]
