"""RTP streams whose every value is a mark. Each piece is one datagram."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from monitor.audit.marks import Marks, Script
from monitor.model.flow import Side

SENDER, RECEIVER = Side.ORIGINATOR, Side.RESPONDER
H264, JPEG, MPEG_TS, PCMU, PCMA = 96, 26, 33, 0, 8
SOURCE = 0x12345678


def packet(
    sequence: int,
    payload_type: int = H264,
    *,
    timestamp: int | None = None,
    source: int = SOURCE,
    marker: bool = False,
    first: int = 0x80,
    body: bytes = bytes(160),
) -> bytes:
    """One packet; `first` is its first byte, `body` what follows the fixed head."""
    ticks = sequence * 3000 if timestamp is None else timestamp
    second = payload_type | (0x80 if marker else 0)
    return struct.pack("!BBHII", first, second, sequence & 0xFFFF, ticks & 0xFFFFFFFF, source) + body


def report(kind: int = 201, source: int = SOURCE + 1) -> bytes:
    """One RTCP packet: by default the report of a receiver."""
    return struct.pack("!BBHI", 0x81, kind, 7, source) + bytes(24)


def rtp(marks: Marks) -> Iterator[Script]:
    """Marks in what is said and shown, in sources, in extensions, and between packets."""
    body, source = marks.mark("media") * 10, int.from_bytes(marks.mark("source")[:4])
    loose = marks.mark("loose") * 4
    for payload_type in (H264, JPEG, PCMU):
        stream = [packet(number, payload_type, source=source, body=body) for number in range(8)]
        yield [(SENDER, data) for data in stream]
        yield [(RECEIVER, loose), *[(SENDER, data) for data in stream], (RECEIVER, report(source=source) + loose)]
    extended = b"\xbe\xde\x00\x10" + loose + body
    yield [(SENDER, packet(number, first=0x90, source=source, body=extended)) for number in range(8)]
    yield [(SENDER, loose), (RECEIVER, loose)]
