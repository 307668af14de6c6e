"""The ledger keeps the latest state of a finding and puts the worst first."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.opaque import Label
from monitor.sinks.report.ledger import Ledger, worst_first
from tests.unit.sinks.samples import CAMERA, HEARTBEAT, LOGIN, PIN


def test_latest_state_replaces() -> None:
    """The same id is the same finding, as it stands now."""
    ledger = Ledger()
    for count in (1, 2, 7):
        ledger.receive(replace(PIN, count=count))

    assert [7] == [finding.count for finding in ledger.findings()]


def test_what_moved_up_is_gone() -> None:
    """A finding whose count fell to 0 belongs to a worse one now; it may come back."""
    ledger = Ledger()
    ledger.receive(PIN)
    ledger.receive(replace(PIN, count=0))
    ledger.receive(replace(CAMERA, count=0))

    assert () == ledger.findings()

    ledger.receive(PIN)

    assert (PIN,) == ledger.findings()


def test_order() -> None:
    """Level first, then how often, then the id, whatever the order of arrival."""
    twin = replace(LOGIN, id=Label("00000000"))
    expected = (PIN, twin, LOGIN, CAMERA, HEARTBEAT)

    assert expected == worst_first([HEARTBEAT, LOGIN, CAMERA, PIN, twin])
    assert expected == worst_first([twin, PIN, CAMERA, LOGIN, HEARTBEAT])
