"""The flow table is gone through a little at a time, and only ends that live are told."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.packet import Packet, Raw

from monitor.decode.headers import HeaderPass
from monitor.flow.areas import Areas
from monitor.flow.sweep import TICKS, Sweep
from monitor.flow.table import FlowTable
from monitor.model.data import Audience, Inspect
from monitor.model.opaque import Label
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import Zone
from monitor.privacy.presence import Meeting, Place, Presence
from tests.support.ethernet import ether
from tests.support.frames import SECOND_NS, frames_of

SLOTS = 1_024
CAMERA, CLOUD = "10.40.0.21", "203.0.113.7"
PATRONS = Zone(
    name=Label("patrons"), audience=Audience.PUBLIC, networks=(ip_network("10.99.0.0/16"),), show_addresses=False
)
PAYMENT = Zone(
    name=Label("payment"), audience=Audience.VENDOR, networks=(ip_network("10.60.0.0/28"),), inspect=Inspect.NONE
)


class Swept:
    """A table with the sweep that goes through it."""

    def __init__(self, *places: Place, meetings: Sequence[Meeting] = ()) -> None:
        self._headers = HeaderPass()
        self._table = FlowTable(slots=SLOTS)
        self._table.mark(Areas([PATRONS, PAYMENT]))
        self.presence = Presence()
        asked = {meeting.place for meeting in meetings} | set(places)
        self.presence.ask({place: frozenset(one for one in meetings if one.place == place) for place in asked})
        self.sweep = Sweep(self._table, SLOTS, NamingPolicy([PATRONS, PAYMENT]), self.presence)

    def feed(self, at_seconds: int, *packets: Packet) -> None:
        """Packets at that time."""
        frames = frames_of([bytes(one) for one in packets], times_ns=[at_seconds * SECOND_NS] * len(packets))
        self._headers.run(frames)
        self._table.run(frames)

    def round(self) -> set[Place]:
        """What a whole round tells, as long as it has to be at most."""
        for _ in range(SLOTS // (SLOTS // TICKS)):
            self.sweep.tick()
        return self.presence.take()[0]


def tcp(source: str, target: str, flags: str, ports: tuple[int, int] = (50_000, 443)) -> Packet:
    """A segment."""
    network = IPv6 if ":" in source else IP
    return ether() / network(src=source, dst=target) / TCP(sport=ports[0], dport=ports[1], flags=flags)


def place(address: str) -> Place:
    """What an end with a shown address goes by."""
    return address, ""


def test_who_sends_shows() -> None:
    """Once a round that has a packet of it."""
    swept = Swept(place(CAMERA), place(CLOUD))
    swept.feed(10, ether() / IP(src=CAMERA, dst=CLOUD) / UDP(sport=5_000, dport=53) / Raw(b"x"))
    assert {place(CAMERA)} == swept.round()
    assert set() == swept.round()
    swept.feed(11, ether() / IP(src=CLOUD, dst=CAMERA) / UDP(sport=53, dport=5_000) / Raw(b"x"))
    assert {place(CAMERA), place(CLOUD)} == swept.round()
    assert set() == swept.round()


@pytest.mark.parametrize(
    ("packets", "shown"),
    [
        ([tcp(CAMERA, CLOUD, "S")], {CAMERA}),
        ([tcp(CAMERA, CLOUD, "S"), tcp(CAMERA, CLOUD, "R")], {CAMERA}),
        ([tcp(CAMERA, CLOUD, "S"), tcp(CLOUD, CAMERA, "RA", (443, 50_000))], {CAMERA, CLOUD}),
        ([tcp(CAMERA, CLOUD, "S"), tcp(CAMERA, CLOUD, "A")], {CAMERA, CLOUD}),
    ],
)
def test_a_scan_shows_nobody_who_does_not_answer(packets: list[Packet], shown: set[str]) -> None:
    """A mirror of one direction shows the server all the same, as soon as it is more than an attempt."""
    swept = Swept(place(CAMERA), place(CLOUD))
    swept.feed(10, *packets)
    assert set(map(place, shown)) == swept.round()


def test_both_versions_and_zones() -> None:
    """IPv6 as well; patrons' devices by their zone only, and what is excluded not at all."""
    swept = Swept(place("fd00:40::7"), ("", "patrons"), place("10.99.0.4"), place("10.60.0.5"), place(CLOUD))
    swept.feed(
        10,
        tcp("fd00:40::7", "2001:db8::1", "PA"),
        tcp("10.99.0.4", "192.0.2.5", "PA"),
        tcp("10.60.0.5", CLOUD, "PA"),
    )
    assert {place("fd00:40::7"), ("", "patrons")} == swept.round()


def test_who_meets_whom() -> None:
    """By the port of the other end, whichever of them is first in the table."""
    meetings = [Meeting(place(CAMERA), place(CLOUD), 443), Meeting(place(CLOUD), place(CAMERA), 50_000)]
    swept = Swept(meetings=meetings)
    swept.feed(10, tcp(CAMERA, CLOUD, "PA"))
    for _ in range(SLOTS):
        swept.sweep.tick()
    assert set(meetings) == swept.presence.take()[1]


def test_nobody_asks() -> None:
    """Then nothing is gone through; and what came meanwhile is still found when somebody does."""
    swept = Swept()
    swept.feed(10, tcp(CAMERA, CLOUD, "PA"))
    assert set() == swept.round()
    swept.presence.ask({place(CAMERA): frozenset()})
    assert {place(CAMERA)} == swept.round()


def test_a_clock_that_stands_still_shows_nobody_twice() -> None:
    """When the clock is set back, packets keep the latest time: a dead mirror must not seem alive."""
    swept = Swept(place(CAMERA))
    swept.feed(1_000, tcp(CAMERA, CLOUD, "PA"))
    assert {place(CAMERA)} == swept.round()
    swept.feed(10, tcp(CAMERA, CLOUD, "PA"))
    assert set() == swept.round()
