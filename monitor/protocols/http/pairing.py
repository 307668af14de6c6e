"""Pairs answers with what was asked, in their order (RFC 9112 section 9.3): the base of a parser of HTTP/1.

Only the request tells whether a response has a body, and whose cookies it sets.
"""

from __future__ import annotations

from functools import lru_cache, partial

from monitor.model.events import Enough, Exposed, Output, Weird
from monitor.model.flow import Side
from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING
from monitor.protocols.http.answers import Answer, may_show, new_sessions, tell
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.events import HttpResponse, HttpWeird, Method
from monitor.protocols.http.fields import Fields
from monitor.protocols.http.framing import NO_BODY, Body, Length
from monitor.protocols.http.lane import Lane
from monitor.protocols.http.parcels import may_carry
from monitor.protocols.http.request import MAX_EVENTS
from monitor.protocols.http.upgrades import Exchange, Successor

UNANSWERED = 64
"""Requests that wait for an answer; browsers that pipelined sent a handful."""

_UNANSWERED = Weird(name=HttpWeird.UNANSWERED)
_OVER = Body(Length.NOTHING)
_OK, _SWITCHING, _REDIRECT = 200, 101, 300
_CONNECT, _HEAD = Method.CONNECT, Method.HEAD  # saves a look-up each time
_CHUNKS, _CLOSE = Length.CHUNKS, Length.CLOSE
_BODILESS = frozenset((204, 304))
_UNKNOWN = Asked(Method.OTHER, None, b"", b"")


class Pairing(Successor):
    """What was asked on both sides, and what becomes of the answers."""

    __slots__ = ("_answers", "_asked", "_carries", "_over", "_paired")

    def __init__(self, catalog: Catalog, lanes: tuple[Lane, ...], waiting: list[Asked], *, from_start: bool) -> None:
        super().__init__(catalog, lanes)
        self._asked: tuple[list[Asked], ...] = (waiting, [])
        self._answers: list[Answer | None] = [None, None]
        """Whose body is on its way, by the side that sends it."""
        self._carries = False
        """A request carried a message of its own, and so will the responses."""
        self._paired = from_start
        self._over = False

    def _expecting(self, client: Side, asked: Asked) -> Exchange:
        """Make who awaits, as the parser of one more stream, the answer to a request that `client` sent before."""
        raise NotImplementedError

    def _expects(self, side: Side) -> bool:
        """Whether a response of `side` is expected to carry a message, or nothing is known of its request."""
        return self._carries or not self._lanes[1 - side].heard

    def _leave(self, outputs: list[Output]) -> Body:
        """What follows on both sides is no HTTP/1."""
        for lane in self._lanes:
            lane.give_up_body(outputs)
        outputs.append(Enough())
        self._over = True
        return _OVER

    def _remember(self, side: Side, asked: Asked, outputs: list[Output]) -> None:
        waiting = self._asked[side]
        if len(waiting) >= UNANSWERED:
            outputs.append(_UNANSWERED)
            waiting.clear()
            self._paired = False
        waiting.append(asked)

    def _response(self, side: Side, status: int, fields: Fields, head: bytes, outputs: list[Output]) -> Body:
        waiting = self._asked[side.other]
        final = status >= _OK or status == _SWITCHING
        asked = (waiting.pop(0) if final else waiting[0]) if waiting else None
        shown = self._new_sessions(side, asked, fields)
        label = self._label(asked)
        outputs.append(_event(shown, label, status))
        asked = asked or _UNKNOWN
        if final and self._paired and (status != _OK or fields.new_cookies or asked.product is None):
            outputs += tell(asked, status, fields, head, self._catalog)
        if status == _SWITCHING:
            first = partial(self._expecting, side.other, asked)
            switched = self._switch(side.other, head, asked.product, first, outputs)
            return Body(Length.OTHER) if switched else self._leave(outputs)
        if asked.method is _CONNECT and _OK <= status < _REDIRECT:
            return Body(Length.TUNNEL)
        if not final or status in _BODILESS or asked.method is _HEAD:
            return NO_BODY
        if fields.unclear:
            return Body(Length.UNCLEAR)
        stated = _CLOSE if fields.length is None else fields.length
        length: int | Length = _CHUNKS if fields.chunked else stated
        shows = length and self._paired and may_show(asked, status, fields)
        carries = length and (may_carry(fields.content_type) or self._carries or not self._lanes[1 - side].heard)
        if not (shows or carries):
            return Body(length, unchunked=stated)
        self._answers[side] = Answer(fields, asked if shows else None, bool(carries))
        return Body(length, wanted=True, tried=True, unchunked=stated, glance=not carries)

    def _label(self, asked: Asked | None) -> Label:
        return asked.product.label if self._paired and asked and asked.product else NOTHING

    def _new_sessions(self, side: Side, asked: Asked | None, fields: Fields) -> tuple[Exposed, ...]:
        """Session cookies that a response sets, unless its request exposed one or cannot be known."""
        if not fields.new_cookies:
            return ()
        if self._lanes[side.other].heard and (asked is None or asked.session or not self._paired):
            return ()
        return new_sessions(asked, fields, self._catalog)


@lru_cache(maxsize=MAX_EVENTS)
def _event(exposed: tuple[Exposed, ...], product: Label, status: int) -> HttpResponse:
    """The one event that says this."""
    return HttpResponse(exposed=exposed, product=product, status=status)
