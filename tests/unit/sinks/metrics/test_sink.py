"""The sink: when snapshots are taken, and what health means."""

from __future__ import annotations

import time

import pytest

from monitor.model.stats import Stats
from monitor.sinks.metrics import sink as room
from monitor.sinks.metrics.sink import HEALTHY_SECONDS, MetricsSink
from tests.unit.sinks.metrics.samples import stats
from tests.unit.sinks.samples import FIVE_NS, PIN


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the clock says."""
    now = [1_000.0]
    monkeypatch.setattr(room.time, "monotonic", lambda: now[0])
    return now


def test_each_second_brings_a_snapshot() -> None:
    """With what was found until then, and the time at which that was."""
    sink = MetricsSink()
    before = sink.latest
    sink.receive(PIN)
    assert before is sink.latest

    earliest = time.time_ns()
    sink.tick(FIVE_NS, stats())
    assert 1 == sum(sink.latest.open_findings.values())
    assert 0.25 == sink.latest.loss_ratio
    assert earliest <= sink.latest.heartbeat_ns <= time.time_ns()


def test_the_end_brings_the_last_one() -> None:
    """What was found at the end is told as long as somebody can ask."""
    sink = MetricsSink()
    sink.receive(PIN)
    sink.finish(stats())

    assert 1 == sum(sink.latest.findings.values())


def test_health(clock: list[float]) -> None:
    """A run whose time stands still for a minute is not healthy, and is again when time goes on."""
    sink = MetricsSink()
    told = []
    for now, passes in ((0.0, False), (HEALTHY_SECONDS, False), (HEALTHY_SECONDS + 1, False), (100.0, True)):
        clock[0] = 1_000.0 + now
        if passes:
            sink.tick(FIVE_NS, Stats())
        told.append(sink.is_healthy())

    assert [True, True, False, True] == told


def test_readiness(clock: list[float]) -> None:
    """Ready is who is healthy once time passes, which it does when packets are received."""
    sink = MetricsSink()
    assert not sink.is_ready()
    sink.tick(FIVE_NS, Stats())
    assert sink.is_ready()
    figures = stats()
    for figures.captures[0].away in (True, False):
        sink.tick(FIVE_NS, figures)
        assert figures.captures[0].away is not sink.is_ready()
    clock[0] += HEALTHY_SECONDS + 1
    assert not sink.is_ready()


def test_what_other_threads_met_is_told() -> None:
    """Connections that were ended, and bugs by their type alone."""
    sink = MetricsSink()
    sink.note_refusal()
    sink.note_fault(ValueError("a secret"))
    sink.note_fault(ValueError("another"))
    for _ in range(2):
        sink.tick(FIVE_NS, Stats())

    assert {"metrics.connections": 1} == sink.figures.limits
    assert {"metrics.ValueError": 2} == sink.figures.faults
