"""What was agreed upon in one conversation about media: who described which tracks, how they travel, and who sends.

Rule: every answer counts for the request whose number it bears, from whichever side that came.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.model.data import DataClass
from monitor.model.events import Expect, Exposed, Output
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple
from monitor.privacy.labels import typed
from monitor.protocols.rtsp.bounds import PENDING
from monitor.protocols.rtsp.description import Description
from monitor.protocols.rtsp.events import Carriage, RtspDescription, RtspMethod, RtspStream
from monitor.protocols.rtsp.head import Head

_OK = range(200, 300)
_MAX_PORT = 65_535
_RTSP, _RTP = typed("rtsp"), typed("rtp")
_PORTS = lazy(rb"\b(client|server)_port=(\d{1,5})")


class Asked(NamedTuple):
    """A request that waits for its answer."""

    method: RtspMethod
    url: bytes


class Session:
    """The state of one conversation."""

    __slots__ = ("_carriage", "_description", "_pending", "_recording", "_secret", "_told", "_tracks")

    def __init__(self) -> None:
        self._pending: dict[tuple[Side, bytes], Asked] = {}
        self._description: Description | None = None
        self._recording = False
        """The end that asks is the one that sends (RFC 2326 10.11)."""
        self._carriage = Carriage.UNKNOWN
        self._tracks: set[bool | None] = set()
        """Of each track that was set up, whether it is video."""
        self._secret = False
        """The media are encrypted (SRTP)."""
        self._told: set[Side] = set()

    def is_told(self, sender: Side) -> bool:
        """Whether there is nothing more to say of what an end sends."""
        return sender in self._told

    def ask(self, side: Side, head: Head) -> None:
        """Note a request."""
        if head.method is None:
            return
        if head.method is RtspMethod.ANNOUNCE:
            self._recording = True
        self._pending.pop((side, head.sequence), None)
        if len(self._pending) >= PENDING:
            del self._pending[next(iter(self._pending))]
        self._pending[side, head.sequence] = Asked(head.method, head.url)

    def answer(self, side: Side, head: Head) -> tuple[RtspMethod, Iterator[Output]]:
        """Take a response: what it answers, and what follows from it."""
        asked = self._pending.pop((side.other, head.sequence), None)
        if asked is None or head.status not in _OK:
            return RtspMethod.OTHER, iter(())
        if asked.method is RtspMethod.SETUP:
            return asked.method, self._set_up(side, asked.url, head.fields.get(b"transport", b"").lower())
        if asked.method in (RtspMethod.PLAY, RtspMethod.RECORD):
            sender = side if asked.method is RtspMethod.PLAY else side.other
            return asked.method, self.flow(sender, self._carriage, video=self._video())
        return asked.method, iter(())

    def describe(self, sender: Side, text: bytes) -> RtspDescription:
        """Take a description."""
        found = self._description = Description(text)
        return RtspDescription(sender=sender, video=found.video, audio=found.audio)

    def flow(self, sender: Side, carriage: Carriage, *, video: bool | None) -> Iterator[Output]:
        """Media begin to flow."""
        if sender in self._told:
            return
        self._told.add(sender)
        if self._secret:
            return
        video = video if self._video() is None else self._video()
        exposed = (Exposed(DataClass.VIDEO, _RTSP),) if video else ()
        yield RtspStream(exposed=exposed, sender=sender, video=video, carriage=carriage)

    def _video(self) -> bool | None:
        """Whether what was set up is video; None where that is not known."""
        if True in self._tracks:
            return True
        return None if None in self._tracks or not self._tracks else False

    def _set_up(self, server: Side, url: bytes, transport: bytes) -> Iterator[Output]:
        """A track was set up (RFC 2326 12.39)."""
        video = self._description.is_video(url) if self._description else None
        self._tracks.add(video)
        self._secret = self._secret or b"/savp" in transport
        if b"interleaved=" in transport or b"/tcp" in transport:
            self._carriage = Carriage.INTERLEAVED
            return
        if b"multicast" in transport:
            self._carriage = Carriage.GROUP
            return
        self._carriage = Carriage.DATAGRAMS
        ports = {name: int(number) for name, number in _PORTS.findall(transport)}
        client, server_port = ports.get(b"client", 0), ports.get(b"server", 0)
        if self._secret or not 0 < client <= _MAX_PORT or server_port > _MAX_PORT:
            return
        asking_first = server is Side.RESPONDER
        yield Expect(
            protocol=_RTP,
            originator_port=client if asking_first else server_port,
            responder_port=server_port if asking_first else client,
            opened_by=server.other if self._recording or b"mode=record" in transport else server,
            carries=DataClass.VIDEO if video else None,
        )
