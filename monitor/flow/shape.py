"""Whether a flow looks like video on its way up, whatever is in it.

A camera sends for seconds and more what nobody sends back, in large packets, at the rate of compressed video. A backup
looks the same for a while, which is why this alone makes nothing of a device.
"""

from __future__ import annotations

from monitor.model.named import NamedTuple

MIN_SECONDS = 2.0
MIN_BITS_PER_SECOND = 100_000
"""A small picture at a low rate; sensors and keep-alives send a hundredth of it."""
MAX_BITS_PER_SECOND = 30_000_000
"""Four streams in 4K. What goes faster is a copy."""
MIN_RATIO = 5
"""Times as many bytes up as down."""
MIN_PACKET_BYTES = 300
"""On the average."""


class Load(NamedTuple):
    """What one end of a flow sent."""

    address: bytes
    """4 or 16 bytes."""
    sent_bytes: int
    """On the wire; duplicates count once."""
    sent_packets: int
    received_bytes: int
    lasted_ns: int


def looks_like_video(load: Load) -> bool:
    """Judge one flow."""
    seconds = load.lasted_ns / 10**9
    if seconds < MIN_SECONDS or not load.sent_packets:
        return False
    rate = 8 * load.sent_bytes / seconds
    return (
        MIN_BITS_PER_SECOND <= rate <= MAX_BITS_PER_SECOND
        and load.sent_bytes >= MIN_RATIO * load.received_bytes
        and load.sent_bytes >= MIN_PACKET_BYTES * load.sent_packets
    )
