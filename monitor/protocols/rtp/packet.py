"""Reads the head of an RTP packet (RFC 3550 5.1); RTCP, which shares the first two bits, is told apart (RFC 5761 4)."""

from __future__ import annotations

from struct import Struct

from monitor.model.named import NamedTuple
from monitor.protocols.rtp.events import MediaKind

HEADER_BYTES = 12

_HEADER = Struct("!BBHII")
_VERSION_2 = 0x80
_VERSION = 0xC0
_EXTENDED = 0x10
_CONTRIBUTORS = 0x0F
_TYPE = 0x7F
_RTCP = range(192, 224)
"""Second byte, RFC 5761 4: as RTP it would be a marked packet of a type from 64 to 95, which nobody uses."""
_FIRST_RESERVED, _FIRST_DYNAMIC = 72, 96
"""Types between these would look like RTCP (RFC 3551 6)."""

_VIDEO = (25, 26, 28, 31, 32, 33, 34)
_AUDIO = (0, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)
_KINDS = {**dict.fromkeys(_VIDEO, MediaKind.VIDEO), **dict.fromkeys(_AUDIO, MediaKind.AUDIO)}
"""RFC 3551 tables 4 and 5."""


class Packet(NamedTuple):
    """The head of one packet."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int


def read_packet(data: bytes, size_bytes: int | None = None) -> Packet | None:
    """The head of an RTP packet; None if it is none, or RTCP.

    Args:
        data: the packet, or its first bytes.
        size_bytes: how long it is, where `data` is not all of it.
    """
    if len(data) < HEADER_BYTES:
        return None
    first, second, sequence, timestamp, source = _HEADER.unpack_from(data)
    payload_type = second & _TYPE
    if first & _VERSION != _VERSION_2 or second in _RTCP or _FIRST_RESERVED <= payload_type < _FIRST_DYNAMIC:
        return None
    end = HEADER_BYTES + 4 * (first & _CONTRIBUTORS)
    if first & _EXTENDED:
        end += 4
        if len(data) >= end:
            end += 4 * (data[end - 2] << 8 | data[end - 1])
    size = len(data) if size_bytes is None else size_bytes
    return Packet(payload_type, sequence, timestamp, source) if size >= end else None


def kind_of(payload_type: int) -> MediaKind:
    """What a payload type means by itself, if its meaning is fixed."""
    return _KINDS.get(payload_type, MediaKind.UNKNOWN)
