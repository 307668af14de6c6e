"""Tells RTP from everything else by several datagrams of one end, on any port.

One header says little: two bits. Datagrams of one source whose sequence numbers count up and whose time stamps stay
together say enough. Encrypted media (SRTP) cannot be told apart from plain ones, but those that come after a STUN or
DTLS handshake in the same flow are: the flow begins with something else.
"""

from __future__ import annotations

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.rtp.packet import Packet, read_packet

AGREEING = 4
"""Datagrams of one end, each behind the last, that are enough: the numbers in their heads leave nothing to chance."""
BOTH = 2
"""Of the other end, that make it a sender too and not a receiver that opens its firewall with copies of one packet."""
MAX_STEP = 8
"""A sequence number may be ahead of the last by this much: lost packets, other copies."""
MAX_TICKS = 900_000
"""Between the time stamps of neighbors, either way: ten seconds of video, whose frames may be sent out of order."""
MAX_BREAKS = 2
"""Times that a source may begin anew before nobody believes it."""

_WRAP = 1 << 32
_NO = Verdict(Answer.NO)
_MORE = Verdict(Answer.MORE)
_YES = (Verdict(Answer.YES, 0), Verdict(Answer.YES, 1))
_YES_BOTH = Verdict(Answer.YES)


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow carries RTP (`monitor.model.contract.Probe`); who sends is its originator, if not both do."""
    if not (_is_version_2(heads[0].data) or _is_version_2(heads[1].data)):
        return _NO  # most flows of the network end here
    near, far = heads[0].datagrams, heads[1].datagrams
    if len(near) < AGREEING and len(far) < AGREEING:
        return _MORE if not final and (_may_agree(near) or _may_agree(far)) else _NO
    ends = (_agreeing(near), _agreeing(far))
    if max(ends) >= AGREEING:
        return _YES_BOTH if min(ends) >= BOTH else _YES[ends.index(max(ends))]
    return _MORE if any(ends) and not final else _NO


def _is_version_2(data: bytes) -> bool:
    """Whether a datagram begins as RTP and RTCP do (RFC 3550 5.1)."""
    return bool(data) and data[0] & 0xC0 == 0x80  # noqa: PLR2004 (two bits)


def _may_agree(datagrams: tuple[bytes, ...]) -> bool:
    """The same as whether any are `_agreeing`, of fewer than it takes to break too often."""
    return all(map(_is_version_2, datagrams)) and any(read_packet(data) is not None for data in datagrams)


def _agreeing(datagrams: tuple[bytes, ...]) -> int:
    """How many of the latest datagrams of one end follow on each other; 0 if it sends anything but RTP and RTCP."""
    last: Packet | None = None
    agreeing = breaks = 0
    for data in datagrams:
        if not _is_version_2(data):
            return 0
        packet = read_packet(data)
        if packet is None:
            continue
        if last is None or _follows(packet, last):
            agreeing += 1
        elif not _repeats(packet, last):
            agreeing = 1
            breaks += 1
            if breaks > MAX_BREAKS:
                return 0
        else:
            continue
        if agreeing == AGREEING:
            break
        last = packet
    return agreeing


def _follows(packet: Packet, last: Packet) -> bool:
    """Whether a packet comes soon after another of the same source."""
    ticks = (packet.timestamp - last.timestamp) % _WRAP
    return (
        packet.source == last.source
        and 1 <= (packet.sequence - last.sequence) & 0xFFFF <= MAX_STEP
        and (ticks <= MAX_TICKS or ticks >= _WRAP - MAX_TICKS)
    )


def _repeats(packet: Packet, last: Packet) -> bool:
    """Whether a packet is a copy of another, or was overtaken by it."""
    return packet.source == last.source and (last.sequence - packet.sequence) & 0xFFFF <= MAX_STEP
