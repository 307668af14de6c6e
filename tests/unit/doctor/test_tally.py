"""What is noted of packets: whose they are, which way they go, and no more than there is room for."""

from __future__ import annotations

import pytest

from monitor.doctor import tally as room
from monitor.doctor.tally import Tally
from tests.support.conversation import Conversation, Host, datagram, who_has
from tests.support.frames import frames_of

OWN = Host("10.0.0.2", 9999)
ONE, OTHER = Host("10.30.0.11", 40_000), Host("10.1.0.10", 6001)


def tally(packets: list[bytes], **named: list[int]) -> Tally:
    """The tally of one batch, at a machine of its own."""
    made = Tally(OWN.hardware, 1_522)
    made.take(frames_of(packets, **named))
    return made


def test_whose_packets_they_are() -> None:
    """Own, to a group, of others: each packet is one of them."""
    made = tally(
        [
            datagram(OWN, OTHER, b""),
            datagram(OTHER, OWN, b""),
            who_has(ONE, OTHER),
            who_has(OWN, OTHER),
            datagram(ONE, OTHER, b""),
            b"\x01",
        ]
    )
    assert (6, 3, 1, 2) == (made.looked, made.own, made.group, made.others)


def test_both_ends_of_connections() -> None:
    """A connection counts from its third packet on, and only others' do."""
    both = Conversation(ONE, OTHER).open()
    one = Conversation(Host("10.30.0.12", 40_000), OTHER).originator(b"1").originator(b"2").originator(b"3")
    few = Conversation(Host("10.30.0.13", 40_000), OTHER).originator(b"1").originator(b"2")
    own = Conversation(OWN, OTHER).open()
    made = tally([packet.data for talk in (both, one, few, own) for packet in talk.packets])
    assert (1, 2) == made.connections


def test_addresses_and_vlans() -> None:
    """Ends are remembered with either size of address, tags by their innermost id."""
    made = tally(
        [
            datagram(ONE, OTHER, b"", (10, 20)),
            datagram(Host("2001:db8::1", 1), Host("2001:db8::2", 2), b""),
        ]
    )
    assert {ONE.packed, OTHER.packed, Host("2001:db8::1").packed, Host("2001:db8::2").packed} == made.addresses
    assert {20: 1, -1: 1} == made.vlans


def test_giants() -> None:
    """What is longer than packets can be was glued together."""
    assert 1 == tally([datagram(ONE, OTHER, b"")] * 3, wirelens=[1_522, 1_523, 60]).giants


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large batch some are looked at, and what has no room is said to be missing."""
    monkeypatch.setattr(room, "LOOKED", 10)
    monkeypatch.setattr(room, "MAX_ADDRESSES", 2)
    monkeypatch.setattr(room, "MAX_PAIRS", 1)
    talk = [
        packet.data
        for number in range(20)
        for packet in Conversation(Host(f"10.30.0.{number}", 40_000), OTHER).open().packets
    ]
    made = tally(talk)
    assert (10, 2, True) == (made.looked, len(made.addresses), made.overflowed)
    assert 1 == len(made._pairs)
