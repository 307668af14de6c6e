"""The RTSP parser: both sides of one conversation about media, and the media themselves where they are interleaved.

Rules: each sender's stream is told once; after that what it sends interleaved is not looked at any more, while the
other side still is: it may send a password with every request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.devices.catalog import catalog
from monitor.devices.signal import Channel
from monitor.model.contract import Octets
from monitor.model.events import DeviceSign, Output, SkipTo, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.rtp.events import MediaKind
from monitor.protocols.rtp.packet import kind_of, read_packet
from monitor.protocols.rtsp.bounds import DESCRIPTION_BYTES, FRAMES
from monitor.protocols.rtsp.description import is_description
from monitor.protocols.rtsp.events import Carriage, RtspMethod, RtspRequest, RtspResponse, RtspWeird
from monitor.protocols.rtsp.head import Head, read_head
from monitor.protocols.rtsp.lane import Body, Frame, HeadText, Item, Lane, Skip, Trouble
from monitor.protocols.rtsp.session import Session

_REST_BYTES = 1 << 62
"""More than any connection carries."""

_NOT_A_MESSAGE = Weird(name=RtspWeird.NOT_A_MESSAGE)
_BAD_LENGTH = Weird(name=RtspWeird.BAD_LENGTH)
_CUT_MESSAGE = Weird(name=RtspWeird.CUT_MESSAGE)
_TROUBLES = {Trouble.LOST: _NOT_A_MESSAGE, Trouble.OVERSIZE: Weird(name=RtspWeird.OVERSIZE_HEAD)}


class RtspParser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_frames", "_lanes", "_named", "_session")

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._lanes = (Lane(placed=from_start), Lane(placed=from_start))
        self._session = Session()
        self._frames = [0, 0]
        self._named = [False, False]
        """Sides whose answer was held against the catalog of devices."""

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        outputs: list[Output] = []
        for item in self._lanes[side].feed(data):
            self._take(side, item, outputs)
            if self._frames[side] >= FRAMES and self._session.is_told(side):
                self._lanes[side].lose_place()
                outputs.append(SkipTo(side=side, size_bytes=_REST_BYTES))
                break
        return outputs

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost (none, if it was merely met halfway): give up the message they belonged to."""
        cut = bool(size_bytes) and self._lanes[side].inside
        self._lanes[side].lose_place()
        return (_CUT_MESSAGE,) if cut else ()

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """`side` ended."""
        return (_CUT_MESSAGE,) if self._lanes[side].inside else ()

    def _take(self, side: Side, item: Item, outputs: list[Output]) -> None:
        match item:
            case HeadText(text):
                self._head(side, text, outputs)
            case Body(text):
                if is_description(text):
                    outputs.append(self._session.describe(side, text))
            case Frame(_, start, size_bytes):
                self._frame(side, start, size_bytes, outputs)
            case Skip(size_bytes):
                outputs.append(SkipTo(side=side, size_bytes=size_bytes))
            case Trouble():
                outputs.append(_TROUBLES[item])

    def _head(self, side: Side, text: bytes, outputs: list[Output]) -> None:
        head = read_head(text)
        if head is None:
            outputs.append(_NOT_A_MESSAGE)
            self._lanes[side].doubt_place()
            return
        described = RtspMethod.ANNOUNCE
        if head.method is not None:
            method = head.method
            outputs.append(RtspRequest(exposed=head.exposed(), method=method, authorization=head.authorization()))
            self._session.ask(side, head)
        else:
            described = RtspMethod.DESCRIBE
            outputs.append(RtspResponse(sender=side, status=head.status))
            self._name_server(side, text, outputs)
            method, said = self._session.answer(side, head)
            outputs += said
        self._expect_body(side, head, outputs, wanted=method is described)

    def _name_server(self, side: Side, text: bytes, outputs: list[Output]) -> None:
        """Say whose words a server's first answer has, if the catalog of devices knows them."""
        if not self._named[side]:
            self._named[side] = True
            signals = catalog().said(Channel.RTSP, text)
            if signals:
                outputs.append(DeviceSign(side=side, signals=signals))

    def _expect_body(self, side: Side, head: Head, outputs: list[Output], *, wanted: bool) -> None:
        length = head.length()
        if length is None:
            outputs.append(_BAD_LENGTH)
            self._lanes[side].doubt_place()
        else:
            self._lanes[side].expect_body(length, DESCRIPTION_BYTES if wanted else 0)

    def _frame(self, side: Side, start: bytes, size_bytes: int, outputs: list[Output]) -> None:
        packet = read_packet(start, size_bytes)
        if packet is None:
            return
        self._frames[side] += 1
        video = True if kind_of(packet.payload_type) is MediaKind.VIDEO else None
        outputs += self._session.flow(side, Carriage.INTERLEAVED, video=video)
