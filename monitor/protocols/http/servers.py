"""Says what a web server is, by its first answer of a connection: cameras, recorders and printers name themselves.

Rules: one answer of a connection is looked at, and nobody's content: the head of the answer, and of the request the
beginning of its path. Of ONVIF, which is SOAP, each side is looked at until it was recognized: by which operation its
message names (ONVIF Core Specification 5 and 8), in the namespaces of ONVIF.
"""

from __future__ import annotations

from monitor.devices.catalog import catalog as devices
from monitor.devices.signal import Channel
from monitor.model.events import DeviceSign, Output
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.model.opaque import Label
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.framing import Body
from monitor.protocols.http.parcels import ONVIF
from monitor.protocols.http.parser import HttpParser
from monitor.protocols.http.signs import Signals, by_answer, by_path, is_answered

_OPERATION = lazy(rb"<(?:[A-Za-z][\w.-]{0,31}:)?Body\b[^>]{0,512}>\s{0,64}<([A-Za-z][\w.:-]{0,95})")


class ServerParser(HttpParser):
    """Both sides of one flow, as `HttpParser`."""

    __slots__ = ("_named", "_signals", "_spoke")

    def __init__(self, catalog: Catalog, waiting: list[Asked] | None = None, *, from_start: bool) -> None:
        """As of `HttpParser`."""
        super().__init__(catalog, waiting, from_start=from_start)
        self._named = False
        self._signals: Signals | None = None
        """What the first path says of the server; None before it came."""
        self._spoke = [False, False]
        """Sides that were recognized by what they say in ONVIF."""

    def take_over(self, signals: Signals | None, heard: int, *, named: bool) -> None:
        """Go on where `monitor.protocols.http.shortcut` was left.

        Args:
            signals: what the first path says of the server; None before it came.
            heard: sides of which something came since this was asked last, one bit each.
            named: whether the server had its chance to say what it is.
        """
        self._signals, self._named = signals, named
        for lane, bit in zip(self._lanes, (1, 2), strict=True):
            lane.heard = lane.heard or bool(heard & bit)

    def expect_chunk(self, side: Side) -> None:
        """Go on before a chunk of a body at which nobody looks."""
        self._lanes[side].expect_chunk()

    def give_way(self) -> tuple[Signals | None, bool, bool, bool]:
        """Signals and `named` as of `take_over`; whether nothing but a request, or but a response, can come next."""
        if self._over or self._other is not None:
            return self._signals, self._named, False, False
        client, server = self._lanes
        answers = self._paired and not self._carries and server.is_due
        return self._signals, self._named, client.is_due, answers

    def head(self, side: Side, head: bytes, outputs: list[Output], *, sure: bool) -> Body | None:
        """Take a whole head (`monitor.protocols.http.lane.Reader`)."""
        if not self._named:
            self._look_at(side, head, outputs)
        return super().head(side, head, outputs, sure=sure)

    def _look_at(self, side: Side, head: bytes, outputs: list[Output]) -> None:
        if head.startswith(b"HTTP/1."):
            self._named = True
            found = by_answer(head)
            if self._signals and is_answered(head):
                found = (*found, *self._signals)
            if found:
                outputs.append(DeviceSign(side=side, signals=tuple(dict.fromkeys(found))))
        elif self._signals is None:
            self._signals = by_path(head)

    def wants(self, side: Side, start: bytes) -> bool:
        """Judge the body of a response by its first bytes (`monitor.protocols.http.lane.Reader`)."""
        return super().wants(side, start) or (not self._spoke[side] and start.find(ONVIF) >= 0)

    def body(self, side: Side, body: bytes, outputs: list[Output], *, whole: bool) -> None:
        """Take the body of a request or response (`monitor.protocols.http.lane.Reader`)."""
        if not self._spoke[side] and body.find(ONVIF) >= 0:
            signals = _operation(body)
            self._spoke[side] = bool(signals)
            if signals:
                outputs.append(DeviceSign(side=side, signals=signals))
        super().body(side, body, outputs, whole=whole)


def _operation(body: bytes) -> tuple[Label, ...]:
    """By which signals of the catalog a message of ONVIF fits: an answer is a device's, a question its viewer's."""
    found = _OPERATION.search(body)
    if found is None:
        return ()
    known, word = devices(), found[1].rpartition(b":")[2]
    return (*known.said(Channel.ONVIF, word), *known.said(Channel.PEER, word))
