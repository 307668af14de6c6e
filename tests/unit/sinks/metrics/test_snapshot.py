"""Which findings ever stood, and that a snapshot stays as it was."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.data import Level
from monitor.model.opaque import Label
from monitor.sinks.metrics.snapshot import Snapshot, Standing, take_snapshot
from tests.unit.sinks.metrics.samples import stats
from tests.unit.sinks.samples import CAMERA, PIN

PINS, CAMERAS = ("sip2-patron-pin", "critical", "servers"), ("camera-unexpected-destination", "high", "cameras")


def test_a_finding_counts_once() -> None:
    """However often it changes."""
    standing = Standing()
    for finding in (PIN, CAMERA, replace(PIN, count=9_000), PIN):
        standing.receive(finding)

    assert {PINS: 1, CAMERAS: 1} == standing.ever
    assert {PINS: 1, CAMERAS: 1} == standing.now


def test_a_withdrawn_finding_is_not_open_and_was_one() -> None:
    """What stands may fall to 0 and rise again; what ever stood never falls."""
    standing = Standing()
    told = []
    for count in (1, 0, 0, 5):
        standing.receive(replace(PIN, count=count))
        told.append((standing.ever[PINS], standing.now[PINS]))

    assert [(1, 1), (1, 0), (1, 0), (1, 1)] == told


def test_a_finding_that_is_called_otherwise() -> None:
    """With another configuration it counts in another zone, and no longer in the one before."""
    standing = Standing()
    for zone in ("servers", "basement"):
        standing.receive(replace(PIN, about=replace(PIN.about, zone=Label(zone))))

    assert {PINS: 0, (*PINS[:2], "basement"): 1} == standing.now


def test_two_of_a_kind() -> None:
    """Findings of one rule in one zone add up."""
    standing = Standing()
    for number in range(3):
        standing.receive(replace(PIN, id=Label(f"{number}"), level=Level.CRITICAL))
    standing.receive(replace(PIN, id=Label("1"), count=0))

    assert (3, 2) == (standing.ever[PINS], standing.now[PINS])


def test_it_does_not_change_any_more() -> None:
    """The run goes on behind it."""
    standing, figures = Standing(), stats()
    standing.receive(PIN)

    def take() -> Snapshot:
        return take_snapshot(figures, standing, heartbeat_ns=5, loss_ratio=0.5)

    first, twin = take(), take()
    standing.receive(CAMERA)
    figures.captures[0].packets += 1
    figures.sinks["stdout"].failing = True
    for counter in (figures.sessions, figures.exposures, figures.camera_upload_bytes, figures.limits, figures.faults):
        for key in counter:
            counter[key] += 1  # type: ignore[index]

    assert first == twin
    assert first != take()


def test_faults_by_room() -> None:
    """Each protocol is told, with 0 where it has none, so that an alert sees the first one."""
    taken = take_snapshot(stats(), Standing(), heartbeat_ns=0, loss_ratio=0.0)
    assert {"sip2": 3, "tls": 0, "decode": 5} == taken.faults
