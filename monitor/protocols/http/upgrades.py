"""What a connection goes on to when both ends agreed (RFC 9110 section 7.8): a WebSocket, or HTTP/2."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from monitor.model.contract import Parser
from monitor.model.events import Output
from monitor.model.flow import Side
from monitor.protocols.http.catalog import Catalog, Product
from monitor.protocols.http.events import HttpFragment
from monitor.protocols.http.forms import body_pairs
from monitor.protocols.http.framing import Body, Length, Other
from monitor.protocols.http.lane import Lane
from monitor.protocols.http.lines import PREFACE
from monitor.protocols.http.request import Request

_UPGRADE = b"\nupgrade:"


class Exchange(Parser, Protocol):
    """Who reads a stream of HTTP/2 as HTTP/1."""

    def reads(self, side: Side) -> bool:
        """Whether the body that `side` sends is looked at."""
        ...


class Successor:
    """What a parser of HTTP/1 does where its connection goes on to something else: the base of one."""

    __slots__ = ("_catalog", "_lanes", "_other")

    def __init__(self, catalog: Catalog, lanes: tuple[Lane, ...]) -> None:
        self._catalog = catalog
        self._lanes = lanes
        self._other: Other | None = None
        """What both sides went on to, or are about to."""

    def reads(self, side: Side) -> bool:
        """Whether the body that `side` sends is looked at."""
        return self._lanes[side].reads

    def other(self, side: Side, data: bytes, outputs: list[Output]) -> None:
        """Take bytes of what follows HTTP/1 (`Reader`)."""
        if self._other is not None:
            self._other.feed(side, data, outputs)

    def settings(self, side: Side) -> None:
        """Meet the settings of an HTTP/2 server ahead of its client's preface (`Reader`)."""
        self._open_http2(side.other)

    def _preface(self, side: Side, head: bytes, outputs: list[Output]) -> Body | None:
        """HTTP/2 without encryption, or nothing we know."""
        if not head.startswith(PREFACE):
            return None
        if self._other is None:
            self._open_http2(side)
            self._lanes[side.other].hand_over(outputs)
        return Body(Length.OTHER)

    def _switch(
        self, client: Side, head: bytes, product: Product | None, first: Callable[[], Exchange], outputs: list[Output]
    ) -> bool:
        """Go on to what the head of a response agrees to; False if that is nothing we know.

        Args:
            client: who asked for it.
            head: says to what.
            product: what was asked.
            first: makes who awaits the answer to the request that asked.
            outputs: takes what there is to say.
        """
        kind = head.lower().partition(_UPGRADE)[2].partition(b"\n")[0].strip()
        if kind == b"h2c":
            self._open_http2(client, first())
        elif kind == b"websocket":
            from monitor.protocols.http.websocket import WebSocket  # noqa: PLC0415  (few runs need it)

            self._other = WebSocket(head, client, partial(_tell, Request.message(self._catalog, product)))
            self._lanes[client].hand_over(outputs)
        return self._other is not None

    def _open_http2(self, client: Side, first: Exchange | None = None) -> None:
        from monitor.protocols.http.http2 import Http2  # noqa: PLC0415  (few runs need it)

        self._other = Http2(client, self._exchange, first)

    def _exchange(self) -> Exchange:
        """Make one more parser."""
        raise NotImplementedError


def _tell(message: Request, text: bytes, outputs: list[Output]) -> None:
    """Report what a message of a WebSocket exposes."""
    event = message.event(body_pairs(text, b"", whole=True), HttpFragment)
    if not isinstance(event, HttpFragment) or event.exposed:
        outputs.append(event)
