"""Tests of `monitor.protocols.rtp.packet`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.rtp.events import MediaKind
from monitor.protocols.rtp.packet import Packet, kind_of, read_packet
from tests.protocols.rtp.samples import PCMU, SOURCE, packet, report


@pytest.mark.parametrize(
    "data",
    [
        packet(7),
        packet(7, marker=True),
        packet(7, body=b""),
        packet(7, first=0x82, body=bytes(8)),
        packet(7, first=0x90, body=b"\xbe\xde\x00\x02" + bytes(8)),
        packet(7, first=0xA0, body=bytes(159) + b"\x04"),
    ],
    ids=["plain", "marked", "empty", "contributors", "extension", "padding"],
)
def test_heads(data: bytes) -> None:
    """Every form of the head is read."""
    assert Packet(96, 7, 21_000, SOURCE) == read_packet(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet(7)[:11],
        packet(7, first=0x40),
        packet(7, first=0xC0),
        packet(7, 72),
        packet(7, 95),
        packet(7, first=0x8F, body=bytes(59)),
        packet(7, first=0x90, body=b"\xbe\xde\x00"),
        packet(7, first=0x90, body=b"\xbe\xde\x00\x03" + bytes(8)),
        report(),
        report(200),
        report(207),
    ],
)
def test_what_is_no_packet(data: bytes) -> None:
    """Too short for what the head promises, of another version, or RTCP."""
    assert read_packet(data) is None


def test_the_first_bytes_of_a_longer_packet() -> None:
    """Where only the start is at hand, its size tells whether the head fits."""
    whole = packet(7, first=0x90, body=b"\xbe\xde\x00\x02" + bytes(8))
    assert Packet(96, 7, 21_000, SOURCE) == read_packet(whole[:12], len(whole))
    assert read_packet(whole[:12], 15) is None
    assert read_packet(whole[:12]) is None


@pytest.mark.parametrize(
    ("payload_type", "kind"),
    [
        (PCMU, MediaKind.AUDIO),
        (26, MediaKind.VIDEO),
        (33, MediaKind.VIDEO),
        (1, MediaKind.UNKNOWN),
        (96, MediaKind.UNKNOWN),
    ],
)
def test_kinds(payload_type: int, kind: MediaKind) -> None:
    """Fixed payload types say what they are, others nothing."""
    assert kind is kind_of(payload_type)


@given(st.binary(max_size=80))
def test_any_bytes_are_taken(data: bytes) -> None:
    """No datagram makes the reader fail."""
    read_packet(data)
