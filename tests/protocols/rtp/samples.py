"""Invented RTP streams, each as the datagrams that either side sends in turn."""

from __future__ import annotations

from monitor.audit.plants.rtp import (
    H264,
    JPEG,
    MPEG_TS,
    PCMA,
    PCMU,
    RECEIVER,
    SENDER,
    SOURCE,
    packet,
    report,
)
from monitor.model.flow import Side


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
