"""Reads the headers of one fragment of an IP packet, and makes a packet again of what came in fragments.

The compiled pass only marks fragments (`Kind.FRAGMENT`): they are rare, so this is plain Python.
Sources: RFC 791 section 3.2, RFC 8200 section 4.5.
"""

from __future__ import annotations

from monitor.model.columns import Kind
from monitor.model.frames import Frames
from monitor.model.record import Record

MAX_PACKET_BYTES = 65_535
"""What the length field of either version holds; that of IPv6 leaves out the first 40 bytes."""
_FRAGMENT_HEADER = 44
_AUTHENTICATION = 51
_V4_BYTES, _V6_BYTES, _UNIT_BYTES = 20, 40, 8


class Fragment(Record):
    """One fragment, copied out of its batch."""

    key: tuple[bytes, int, int]
    """What fragments of one packet have in common: both addresses, the protocol (IPv4 only), the identification."""
    offset_bytes: int
    final: bool
    """No fragment follows behind it."""
    head: bytes
    """The headers of the packet as if it were whole, but for its length."""
    payload: bytes


def read_fragment(frames: Frames, packet: int) -> Fragment | None:
    """Read a packet that is marked as a fragment; None if it was cut short while recording or its lengths are wrong."""
    if frames.columns.kind[packet] != Kind.FRAGMENT:
        raise ValueError("not a fragment")
    address = frames.columns.address[packet]
    v6 = frames.columns.v6[packet]
    begin = address - (8 if v6 else 12)
    end = frames.offset[packet] + frames.caplen[packet]
    data = bytes(memoryview(frames.data)[begin:end])
    return _read_v6(data) if v6 else _read_v4(data)


def read_cut(frames: Frames, packet: int) -> bytes | None:
    """A first fragment of IPv4 that was cut short while recording, as if it were a packet; None for any other.

    What is left of it tells whose packet it was, though it can never be put together.
    """
    begin, end = frames.columns.address[packet] - 12, frames.offset[packet] + frames.caplen[packet]
    data = bytes(memoryview(frames.data)[begin:end])
    if frames.columns.v6[packet] or int.from_bytes(data[6:8]) & 0x1FFF:
        return None
    return data[:6] + bytes(2) + data[8:]


def make_whole(head: bytes, payload: bytes) -> bytes | None:
    """The packet that was fragmented; None if it is longer than a packet can be."""
    v6 = head[0] >> 4 == 6  # noqa: PLR2004 (of IP)
    size = len(head) + len(payload) - (_V6_BYTES if v6 else 0)
    if size > MAX_PACKET_BYTES:
        return None
    at = 4 if v6 else 2
    return head[:at] + size.to_bytes(2) + head[at + 2 :] + payload


def _read_v4(data: bytes) -> Fragment | None:
    if len(data) < _V4_BYTES:
        return None
    header_bytes = (data[0] & 15) * 4
    total_bytes = int.from_bytes(data[2:4]) or len(data)
    word = int.from_bytes(data[6:8])
    if total_bytes > len(data) or total_bytes < header_bytes:
        return None
    return Fragment(
        key=(data[12:20], data[9], int.from_bytes(data[4:6])),
        offset_bytes=(word & 0x1FFF) * _UNIT_BYTES,
        final=not word & 0x2000,
        head=data[:6] + bytes(2) + data[8:header_bytes],
        payload=data[header_bytes:total_bytes],
    )


def _read_v6(data: bytes) -> Fragment | None:
    if len(data) < _V6_BYTES:
        return None
    behind = _V6_BYTES + int.from_bytes(data[4:6])
    if behind == _V6_BYTES:
        behind = len(data)
    at, named_at = _V6_BYTES, 6
    while at + _UNIT_BYTES <= len(data) and data[named_at] != _FRAGMENT_HEADER:
        size = (data[at + 1] + 2) * 4 if data[named_at] == _AUTHENTICATION else (data[at + 1] + 1) * 8
        at, named_at = at + size, at
    start = at + _UNIT_BYTES
    if behind > len(data) or start > behind:
        return None
    word = int.from_bytes(data[at + 2 : at + 4])
    return Fragment(
        key=(data[8:40], 0, int.from_bytes(data[at + 4 : at + 8])),
        offset_bytes=word & 0xFFF8,
        final=not word & 1,
        head=data[:named_at] + data[at : at + 1] + data[named_at + 1 : at],
        payload=data[start:behind],
    )
