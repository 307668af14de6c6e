"""The HTTP/1 parser: heads and wanted bodies in, requests, responses and oddities out.

A request is reported when its body was looked at as far as that is wanted, so that it is one fact. Responses are paired
with requests in their order (RFC 9112 section 9.3), because only the request tells whether a response has a body and
whose cookies it sets. Once bytes were lost that order is a guess: it still says where bodies end, and no more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import lru_cache, partial

from monitor.model.contract import Snapped
from monitor.model.events import Enough, Exposed, Output, Sighted, Weird
from monitor.model.flow import Close, Side
from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING
from monitor.protocols.http.answers import Answer, is_page, may_show, new_sessions, set_cookies, tell
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.bounds import UNPACKED_BYTES
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.events import HttpFragment, HttpRequest, HttpResponse, HttpWeird, Method
from monitor.protocols.http.fields import Fields, read_fields
from monitor.protocols.http.forms import Pairs, query_pairs
from monitor.protocols.http.framing import NO_BODY, Body, Length
from monitor.protocols.http.lane import Lane
from monitor.protocols.http.lines import BARE, STATUS, cut_line, first_line, is_usual_status
from monitor.protocols.http.parcels import JSON_MARK, is_parcel, may_carry
from monitor.protocols.http.request import MAX_EVENTS, Request
from monitor.protocols.http.upgrades import Successor

UNANSWERED = 64
"""Requests that wait for an answer; browsers that pipelined sent a handful."""

_BAD_BODY = Weird(name=HttpWeird.BAD_BODY)
_BAD_LENGTH = Weird(name=HttpWeird.BAD_LENGTH)
_BAD_HEAD = Weird(name=HttpWeird.BAD_HEAD)
_ODD_START = Weird(name=HttpWeird.ODD_START)
_LOST_BYTES = Weird(name=HttpWeird.LOST_BYTES)
_UNANSWERED = Weird(name=HttpWeird.UNANSWERED)
_OVER = Body(Length.NOTHING)
_OK, _SWITCHING, _REDIRECT = 200, 101, 300
_CONNECT, _HEAD = Method.CONNECT, Method.HEAD  # taking a member from its class is slow in Python 3.11
_CHUNKS, _CLOSE = Length.CHUNKS, Length.CLOSE
_BODILESS = frozenset((204, 304))


_NOBODY = Answer(Fields(), None, carries=False)
_UNKNOWN = Asked(Method.OTHER, None, b"", b"")


class HttpParser(Successor):
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_answers", "_asked", "_carries", "_over", "_paired", "_requests")

    def __init__(self, catalog: Catalog, *, from_start: bool) -> None:
        super().__init__(catalog, tuple(Lane(side, self, from_start=from_start) for side in Side))
        self._asked: tuple[deque[Asked], ...] = (deque(), deque())
        self._requests: list[Request | None] = [None, None]
        """Whose body is on its way, by the side that sends it."""
        self._answers: list[Answer | None] = [None, None]
        """The same of responses."""
        self._carries = False
        """A request carried a message of its own, and so will the responses."""
        self._paired = from_start
        self._over = False

    def feed(self, side: Side, data: memoryview) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        outputs: list[Output] = []
        if not self._over:
            self._lanes[side].feed(data, outputs)
        return outputs

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost (none, if it was merely met halfway).

        A head that the snap length cut counts if its first line says what is asked, or what the answer is.
        """
        outputs: list[Output] = []
        snapped = isinstance(size_bytes, Snapped)
        if not self._over:
            if self._lanes[side].skims(size_bytes):
                self._lanes[side].lose(size_bytes, outputs)
                return outputs
            if self._other is not None and self._lanes[side].left:
                self._other.lose(side, size_bytes, outputs)
                return outputs
            if size_bytes and not snapped:
                outputs.append(_LOST_BYTES)
            self._lanes[side].lose(size_bytes, outputs, snapped=snapped)
            self._paired = False
            if size_bytes:
                for waiting in self._asked:
                    waiting.clear()
        return outputs

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """`side` ended."""
        outputs: list[Output] = []
        if self._other is not None and self._lanes[side].left:
            self._other.end(side, outputs)
        elif not self._over:
            self._lanes[side].end(outputs)
        return outputs

    def head(self, side: Side, head: bytes, outputs: list[Output], *, sure: bool) -> Body | None:
        """Take a whole head (`monitor.protocols.http.lane.Reader`)."""
        line = first_line(head)
        if line is None:
            return self._preface(side, head, outputs)
        fields = read_fields(head, line.end())
        if fields.broken:
            if not (sure or (line.re is STATUS and self._asked[side.other])):
                return None
            outputs.append(_BAD_HEAD)
            if fields.disputed:
                outputs.append(_BAD_LENGTH)
        if line.re is STATUS:
            if not is_usual_status(line):
                outputs.append(_ODD_START)
            return self._response(side, int(line[1] or _OK), fields, head, outputs)
        method, target = line[1], line[2] or b""
        request = Request(method, target, fields, self._catalog, head)
        self._remember(side, request, outputs)
        outputs += request.referral() if fields.referrer else request.mapping(head)
        follows = request.follows
        if follows.wanted:
            self._requests[side] = request
        else:
            self._tell(request, [], outputs)
        if JSON_MARK in target:
            self._carry(b"", query_pairs(target.partition(b"?")[2]), outputs, whole=True)
        return follows

    def wants(self, side: Side, start: bytes) -> bool:
        """Judge the body of a response by its first bytes (`Reader`)."""
        answer = self._answers[side] or _NOBODY
        text = answer.fields.unpack(start)
        if text is not None:
            if answer.asked is not None and is_page(text):
                return True
            if answer.carries:
                from monitor.protocols.http.carried import begins  # noqa: PLC0415  (few runs need it)

                if begins(text, expected=self._expects(side)):
                    return True
        self._answers[side] = None
        return False

    def body(self, side: Side, body: bytes, outputs: list[Output], *, whole: bool) -> None:
        """Take the body of a request or response (`Reader`)."""
        request, self._requests[side] = self._requests[side], None
        answer, self._answers[side] = self._answers[side], None
        fields = (request or answer or _NOBODY).fields
        text = fields.unpack(body)
        if text is None:
            if request is not None and body:
                outputs.append(_BAD_BODY)
            text = body if body.isascii() else b""  # not packed at all, as some programs do
        whole = whole and (len(text) < UNPACKED_BYTES or not fields.codings)
        pairs = request.pairs(text, whole=whole) if request is not None and text else []
        carried: list[Output] = []
        carries = text and (answer is None or answer.carries) and is_parcel(text)
        if carries and self._carry(text, pairs, carried, whole=whole):
            pairs = []
        if request is not None:
            self._tell(request, pairs, outputs)
        outputs += carried
        if text and answer is not None and answer.asked is not None and is_page(text):
            from monitor.protocols.http.showing import read_page  # noqa: PLC0415  (few runs need it)

            outputs += read_page(text, answer.fields.content_type, answer.asked, self._catalog, whole=whole)

    def _carry(self, text: bytes, pairs: Pairs, outputs: list[Output], *, whole: bool) -> bool:
        """Report messages that a body or its parameters carry; True if all that it says is one, or begins as one."""
        from monitor.protocols.http.carried import begins, read_body  # noqa: PLC0415  (few runs need it)

        found = read_body(text, pairs, whole=whole)
        outputs += found
        carries = any(not isinstance(one, Weird) for one in found)
        self._carries = self._carries or carries
        return (carries or not whole) and begins(text, expected=False)

    def _expects(self, side: Side) -> bool:
        """Whether a response of `side` is expected to carry a message, or nothing is known of its request."""
        return self._carries or not self._lanes[1 - side].heard

    def cut_head(self, side: Side, head: bytes, outputs: list[Output], *, sure: bool, snapped: bool = False) -> bool:
        """Take the beginning of a head (`Reader`)."""
        head = head.lstrip(b"\r\n")
        line = first_line(head) or (cut_line(head) if snapped else None)
        if line is None:
            return sure and bool(head)
        fields = read_fields(head, line.end())
        if not sure and (fields.broken or not fields.seen):
            return False
        if line.re is STATUS:
            if snapped:
                self._response(side, int(line[1] or _OK), fields, head, outputs)
                return False
            asked = self._asked[side.other][0] if self._asked[side.other] else None
            fragment: HttpRequest | Sighted = set_cookies(self._new_sessions(side, asked, fields), self._label(asked))
        else:
            request = Request(line[1], line[2] or b"", fields, self._catalog, head)
            if snapped or (sure and line.re is BARE and line.end() == len(head)):
                self._remember(side, request, outputs)
                self._tell(request, [], outputs)
                return False
            fragment = request.event([], HttpFragment)
        if isinstance(fragment, Sighted) or fragment.exposed:
            outputs.append(fragment)
        return True

    @staticmethod
    def _tell(request: Request, pairs: Pairs, outputs: list[Output]) -> None:
        outputs.append(request.event(pairs))
        if request.asked.login:
            outputs.append(request.login())

    def stranger(self, outputs: list[Output]) -> None:
        """Leave a tunnel that carries something else (`Reader`)."""
        self._leave(outputs)

    def _exchange(self) -> HttpParser:
        return HttpParser(self._catalog, from_start=True)

    def expecting(self, client: Side, asked: Asked) -> HttpParser:
        """Go on as who awaits the answer to a request that `client` sent before."""
        self._asked[client].append(asked)
        self._lanes[client].heard = True
        return self

    def _leave(self, outputs: list[Output]) -> Body:
        """What follows on both sides is no HTTP/1."""
        for lane in self._lanes:
            lane.give_up_body(outputs)
        outputs.append(Enough())
        self._over = True
        return _OVER

    def _remember(self, side: Side, request: Request, outputs: list[Output]) -> None:
        waiting = self._asked[side]
        if len(waiting) >= UNANSWERED:
            outputs.append(_UNANSWERED)
            waiting.clear()
            self._paired = False
        waiting.append(request.asked)

    def _response(self, side: Side, status: int, fields: Fields, head: bytes, outputs: list[Output]) -> Body:
        waiting = self._asked[side.other]
        final = status >= _OK or status == _SWITCHING
        asked = (waiting.popleft() if final else waiting[0]) if waiting else None
        shown = self._new_sessions(side, asked, fields)
        label = self._label(asked)
        outputs.append(_event(shown, label, status))
        asked = asked or _UNKNOWN
        if final and self._paired and (status != _OK or fields.new_cookies or asked.product is None):
            outputs += tell(asked, status, fields, head, self._catalog)
        if status == _SWITCHING:
            first = partial(self._exchange().expecting, side.other, asked)
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
