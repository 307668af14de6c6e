"""Packets of every protocol in every scene."""

from __future__ import annotations

from random import Random

from monitor.audit.planting import plant
from monitor.audit.scenes import Scene
from monitor.capture.conversation import Host
from monitor.protocols.registry import specs

STAFF = Scene(client="10.1.0.5", server="10.1.0.10", is_patron=False)
PATRON = Scene(client="10.99.3.4", server="10.1.0.10", is_patron=True)


def test_everything_is_told() -> None:
    """In order of time, from the start on, with the marks of all protocols; patrons say more."""
    planted = plant([STAFF, PATRON], Random(1), 77)
    times = [packet.at_ns for packet in planted.packets]
    assert (77, sorted(times)) == (times[0], times)
    assert {spec.name for spec in specs()} == set(planted.conversations) == set(planted.marks)
    assert 1 == planted.conversations["dns"] % 2
    assert {"address of patron's device 1": PATRON.client} == planted.addresses
    assert {Host(PATRON.client).packed, Host(STAFF.client).packed} <= {packet.data[26:30] for packet in planted.packets}


def test_values_have_their_places() -> None:
    """A value is named by its protocol and field."""
    values = plant([STAFF], Random(1), 0).values()
    assert {"sip2 AA", "sip2 AD", "http password", "rtsp password", "dns name", "tls server name"} <= set(values)
    assert len(values) == len(set(values.values()))
