"""Invented RTP streams, each as the datagrams that either side sends in turn."""

from __future__ import annotations

import struct

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


def stream(count: int, payload_type: int = H264, *, start: int = 0, source: int = SOURCE) -> list[bytes]:
    """Packets one behind the other."""
    return [packet(start + number, payload_type, source=source) for number in range(count)]


CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "camera, payload type agreed upon elsewhere": [(SENDER, data) for data in stream(12)],
    "camera, motion JPEG": [(SENDER, data) for data in stream(12, JPEG)],
    "transport stream across the end of the numbers": [(SENDER, data) for data in stream(12, MPEG_TS, start=65_530)],
    "telephone call": [
        (side, data)
        for there, back in zip(stream(8, PCMU), stream(8, PCMA, start=9_000, source=77), strict=True)
        for side, data in ((SENDER, there), (RECEIVER, back))
    ],
    "with reports of the receiver": [
        *[(SENDER, data) for data in stream(6)],
        (RECEIVER, report()),
        *[(SENDER, data) for data in stream(6, start=6)],
    ],
    "lost, repeated and overtaken packets": [
        (SENDER, packet(number)) for number in (100, 101, 101, 104, 103, 105, 106, 110, 111, 112)
    ],
}
"""By name; all of them begin with the first datagram of their flow."""
