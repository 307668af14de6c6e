"""RTP streams whose every value is a mark: for the canary test. Each piece is one datagram."""

from __future__ import annotations

from collections.abc import Iterator

from tests.protocols.rtp.samples import H264, JPEG, PCMU, RECEIVER, SENDER, packet, report
from tests.support.marks import Marks, Script


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
