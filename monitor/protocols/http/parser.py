"""The HTTP/1 parser: heads and wanted bodies in, requests, responses and oddities out.

A request is reported when its body was looked at as far as that is wanted, so that it is one fact. Responses are paired
with requests in their order (RFC 9112 section 9.3), because only the request tells whether a response has a body and
whose cookies it sets. Once bytes were lost that order is a guess: it still says where bodies end, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from monitor.model.contract import Octets, Snapped
from monitor.model.events import Output, Sighted, Weird
from monitor.model.flow import Close, Side
from monitor.model.lazy import lazy
from monitor.protocols.http.answers import Answer, is_page, set_cookies
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.blanks import blank_of
from monitor.protocols.http.bounds import UNPACKED_BYTES
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.events import HttpFragment, HttpRequest, HttpWeird
from monitor.protocols.http.fields import Fields, read_cut_fields, read_fields
from monitor.protocols.http.forms import Pairs, query_pairs
from monitor.protocols.http.framing import Body
from monitor.protocols.http.lane import Lane
from monitor.protocols.http.lines import STATUS, cut_line, first_line, is_bare, is_usual_status
from monitor.protocols.http.pairing import Pairing
from monitor.protocols.http.parcels import JSON_MARK, is_parcel
from monitor.protocols.http.request import Request

if TYPE_CHECKING:
    from monitor.protocols.http.carried import CarriedPairing

_BAD_BODY = Weird(name=HttpWeird.BAD_BODY)
_BAD_LENGTH = Weird(name=HttpWeird.BAD_LENGTH)
_BAD_HEAD = Weird(name=HttpWeird.BAD_HEAD)
_ODD_START = Weird(name=HttpWeird.ODD_START)
_LOST_BYTES = Weird(name=HttpWeird.LOST_BYTES)
_STRAY = lazy(rb"\n[^\s:]++[ \t]++[^\s:]")
"""A line that is no field, as no first line is: a text of such lines would be read to its end from each of them."""
_OK = 200
_CLIENT, _SERVER = Side
_NOBODY = Answer(Fields(), None, carries=False)


class HttpParser(Pairing):
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_carried", "_recall", "_requests")

    def __init__(self, catalog: Catalog, waiting: list[Asked] | None = None, *, from_start: bool) -> None:
        """Take the catalog, what the client asked before, and whether nothing was sent ahead of that."""
        lanes = Lane(_CLIENT, self, from_start=from_start), Lane(_SERVER, self, from_start=from_start)
        super().__init__(catalog, lanes, [] if waiting is None else waiting, from_start=from_start)
        self._recall = catalog.recall
        self._requests: list[Request | None] = [None, None]
        """Whose body is on its way, by the side that sends it."""
        self._carried: CarriedPairing | None = None
        """What the messages ask that requests carry; made for the first of them."""

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
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
            self._paired, self._carried = False, None
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

    def _recalled(self, side: Side, head: bytes, outputs: list[Output]) -> Body | None:
        """Take a head that came before, with the same result as if it were read; None if it did not."""
        digest = hash(head)
        known = self._recall.requests.get(digest)
        if known is not None:
            self._remember(side, known.asked, outputs)
            outputs += known.said
            return known.follows
        form = self._recall.forms.get(digest)
        if form is not None:
            request = self._requests[side] = form.request()
            self._remember(side, request.asked, outputs)
            return request.follows
        answer = self._recall.answers.get(digest)
        return None if answer is None else self._reply(side, *answer, head, outputs)

    def _reply(self, side: Side, status: int, fields: Fields, head: bytes, outputs: list[Output]) -> Body:
        """Take a response whose head is known, and see that it need not be worked out again what it answers."""
        waiting, before = self._asked[side.other], len(outputs)
        asked = waiting[0] if waiting else None
        follows = self._response(side, status, fields, head, outputs)
        if asked is not None and status >= _OK and self._paired and not self._carries:
            self._recall.note_reply(head, fields, asked, outputs[before:], follows)
        return follows

    def head(self, side: Side, head: bytes, outputs: list[Output], *, sure: bool) -> Body | None:
        """Take a whole head (`monitor.protocols.http.lane.Reader`)."""
        known = self._recalled(side, head, outputs)
        if known is not None:
            return known
        line = first_line(head)
        if line is None:
            return self._preface(side, head, outputs)
        may_be_broken = sure or bool(line.re is STATUS and self._asked[side.other])
        if not may_be_broken and _STRAY.search(head, line.end() - 1):
            return None
        fields = read_fields(head, line.end())
        if fields.broken:
            if not may_be_broken:
                return None
            outputs.append(_BAD_HEAD)
            if fields.disputed:
                outputs.append(_BAD_LENGTH)
        if line.re is STATUS:
            if not is_usual_status(line):
                outputs.append(_ODD_START)
            elif not fields.broken:
                self._recall.note_answer(hash(head), int(line[1] or _OK), fields)
            return self._response(side, int(line[1] or _OK), fields, head, outputs)
        request = Request(line[1], line[2] or b"", fields, self._catalog, head)
        return self._request(side, request, head, outputs)

    def _request(self, side: Side, request: Request, head: bytes, outputs: list[Output]) -> Body:
        self._remember(side, request.asked, outputs)
        before = len(outputs)
        outputs += request.referral() if request.fields.referrer else request.mapping(head)
        follows = request.follows
        if follows.wanted:
            self._requests[side] = request
            blank = blank_of(head, request, self._catalog) if len(outputs) == before else None
            if blank is not None:
                self._recall.note_form(head, blank)
        else:
            outputs += request.tell([])
        if request.query.find(JSON_MARK) >= 0:
            self._carry(side, b"", query_pairs(request.query), outputs, whole=True)
        elif not follows.wanted:
            self._recall.note_request(head, request, outputs[before:], follows)
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

    def wants_end(self, side: Side, start: bytes) -> bool:
        """Look whether a form breaks off within a file (`Reader`)."""
        request = self._requests[side]
        return request is not None and request.breaks_off_in_file(start)

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
        if carries and self._carry(side, text, pairs, carried, whole=whole):
            pairs = []
        if request is not None:
            outputs += request.tell(pairs)
        outputs += carried
        if text and answer is not None and answer.asked is not None and is_page(text):
            from monitor.protocols.http.showing import read_page  # noqa: PLC0415  (few runs need it)

            outputs += read_page(text, answer.fields.content_type, answer.asked, self._catalog, whole=whole)

    def _carry(self, side: Side, text: bytes, pairs: Pairs, outputs: list[Output], *, whole: bool) -> bool:
        """Report messages that a body or its parameters carry; True if all that it says is one, or begins as one."""
        from monitor.protocols.http.carried import CarriedPairing, begins, read_body  # noqa: PLC0415  (few runs need it)

        if self._carried is None or len(self._asked[side]) == 1:  # what was asked before this has been answered
            self._carried = CarriedPairing()
        found = read_body(text, pairs, self._carried, whole=whole)
        outputs += found
        carries = any(not isinstance(one, Weird) for one in found)
        self._carries = self._carries or carries
        return (carries or not whole) and begins(text, expected=False)

    def cut_head(self, side: Side, head: bytes, outputs: list[Output], *, sure: bool, snapped: bool = False) -> bool:
        """Take the beginning of a head (`Reader`)."""
        head = head.lstrip(b"\r\n")
        line = first_line(head) or (cut_line(head) if snapped else None)
        if line is None:
            return sure and bool(head)
        fields = (read_cut_fields if snapped else read_fields)(head, line.end())
        if not sure and (fields.broken or not (fields.seen or snapped)):
            return False
        if line.re is STATUS:
            if snapped:
                self._response(side, int(line[1] or _OK), fields, head, outputs)
                return False
            asked = self._asked[side.other][0] if self._asked[side.other] else None
            fragment: HttpRequest | Sighted = set_cookies(self._new_sessions(side, asked, fields), self._label(asked))
        else:
            request = Request(line[1], line[2] or b"", fields, self._catalog, head)
            if snapped or (sure and is_bare(line) and line.end() == len(head)):
                self._remember(side, request.asked, outputs)
                outputs += request.tell([])
                return False
            fragment = request.event([], HttpFragment)
        if isinstance(fragment, Sighted) or fragment.exposed:
            outputs.append(fragment)
        return True

    def stranger(self, outputs: list[Output]) -> None:
        """Leave a tunnel that carries something else (`Reader`)."""
        self._leave(outputs)

    def _exchange(self) -> HttpParser:
        return HttpParser(self._catalog, from_start=True)

    def _expecting(self, client: Side, asked: Asked) -> HttpParser:
        stream = self._exchange()
        stream._asked[client].append(asked)  # noqa: SLF001  (of its own class)
        stream._lanes[client].heard = True  # noqa: SLF001
        return stream
