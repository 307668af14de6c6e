"""The RTP parser: one packet of the sender is enough.

Rule: what is no video by its payload type, nor was announced as video, is not called video.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model.contract import Octets
from monitor.model.data import DataClass
from monitor.model.events import Enough, Exposed, Output
from monitor.model.flow import Close, Side
from monitor.privacy.labels import typed
from monitor.protocols.rtp.events import MediaKind, RtpStream
from monitor.protocols.rtp.packet import kind_of, read_packet

LOOK_DATAGRAMS = 32
"""Looked at for a packet of the sender; a receiver opens its firewall with one or two."""

_RTP = typed("rtp")
_ENOUGH = Enough()


class RtpParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_announced_video", "_looked")

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._announced_video = options.get("carries") is DataClass.VIDEO
        self._looked = 0

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take one datagram."""
        self._looked += 1
        packet = read_packet(bytes(data)) if side is Side.ORIGINATOR else None
        if packet is None:
            return (_ENOUGH,) if self._looked >= LOOK_DATAGRAMS else ()
        kind = kind_of(packet.payload_type)
        if kind is MediaKind.UNKNOWN and self._announced_video:
            kind = MediaKind.VIDEO
        exposed = (Exposed(DataClass.VIDEO, _RTP),) if kind is MediaKind.VIDEO else ()
        return (RtpStream(exposed=exposed, kind=kind), _ENOUGH)

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Datagrams leave no gaps."""
        return ()

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """Nothing is left to say."""
        return ()
