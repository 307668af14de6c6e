"""The short way through HTTP: whole heads that came before, each in a segment of its own, are told from memory.

Most of what browsers and programs ask was asked before, byte by byte, and answered alike; of a form that came before
only what is filled in is read. Everything else is left to `servers.ServerParser`, with the same result; most flows
never need one, so it is made when it is first asked. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import cython

if cython.compiled:
    from cython.cimports.libc.string import memchr

from monitor.model.contract import Octets, Snapped
from monitor.model.events import Output, SkipTo
from monitor.model.flow import Close, Side
from monitor.protocols.http.answers import is_page
from monitor.protocols.http.asked import Asked
from monitor.protocols.http.blanks import Blank
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.framing import NO_BODY, TRIED_BYTES
from monitor.protocols.http.pairing import UNANSWERED
from monitor.protocols.http.parcels import ONVIF
from monitor.protocols.http.recall import CHUNKED, Before, Reply
from monitor.protocols.http.servers import ServerParser
from monitor.protocols.http.signs import Signals

_SERVER = Side.RESPONDER
_LONGEST = cython.declare(cython.Py_ssize_t, 4_096)
"""Of a head that may be recalled; few are half as long."""
_SHORTEST = cython.declare(cython.Py_ssize_t, 16)
"""Of a head: no other is worth a look."""
_UNANSWERED = cython.declare(cython.Py_ssize_t, UNANSWERED)
_NOTHING: tuple[Output, ...] = ()
_TRIED = cython.declare(cython.Py_ssize_t, TRIED_BYTES)
_NO_DIGIT = cython.declare(cython.int, 16)
_VALUES: bytes = bytes(int(chr(byte), 16) if byte in b"0123456789abcdefABCDEF" else 16 for byte in range(256))
"""Of each byte as a digit of a chunk's size; 16 where it is none."""
_DIGITS = cython.declare(cython.int, 7)
"""Of a chunk's size: longer ones are rare."""
_CR = cython.declare(cython.int, ord("\r"))
_LF = cython.declare(cython.int, ord("\n"))


@cython.final
@cython.cclass
class Shortcut:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    _catalog: Catalog
    _requests: dict[int, Before]
    _forms: dict[int, Blank]
    _replies: dict[int, Reply]
    _waiting: list[Asked]
    """What the client asked and nobody answered yet."""
    _parser: ServerParser | None
    _from_start: cython.bint
    _asks: cython.bint
    """A request is due, and nothing of it came yet; `_answers` says so of a response."""
    _answers: cython.bint
    _chunked: cython.bint
    """A chunk of a response is due, at whose body nobody looks."""
    _named: cython.bint
    """The server had its chance to say what it is."""
    _signals: Signals | None
    """By the first request, what the server is."""
    _heard: cython.int
    """Sides of which something came that the parser does not know of, one bit each; as are those that ended."""
    _ended: cython.int

    def __init__(self, catalog: Catalog, from_start: cython.bint) -> None:
        """Take the catalog, and whether nothing was sent before."""
        self._catalog = catalog
        recall = catalog.recall
        self._requests, self._forms, self._replies = recall.requests, recall.forms, recall.replies
        self._waiting = []
        self._parser = None
        self._from_start = self._asks = self._answers = from_start
        self._named = self._chunked = False
        self._signals = None
        self._heard = self._ended = 0

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        said: Iterable[Output] | None = None
        if side is _SERVER:
            if self._chunked:
                return self._pass_chunks(data if isinstance(data, bytes) else bytes(data), 0, _NOTHING)
            if self._answers:
                said = self._answer(data if isinstance(data, bytes) else bytes(data))
        elif self._asks:
            said = self._ask(data if isinstance(data, bytes) else bytes(data))
        return self._read(side, data) if said is None else said

    def gap(self, side: Side, size_bytes: int | Snapped) -> Iterable[Output]:
        """Bytes of `side` were lost (none, if it was merely met halfway).

        Both types are named: Cython makes a plain number of what is said to be one.
        """
        outputs = self._take_over().gap(side, size_bytes)
        self._give_way()
        return outputs

    def finish(self, side: Side, how: Close) -> Iterable[Output]:
        """`side` ended; behind a whole message there is nothing to say of that."""
        if side is _SERVER:
            if self._answers and not self._chunked:
                self._answers = False
                self._ended |= 2
                return _NOTHING
        elif self._asks:
            self._asks = False
            self._ended |= 1
            return _NOTHING
        outputs = self._take_over().finish(side, how)
        self._give_way()
        return outputs

    @cython.cfunc
    def _ask(self, data: bytes) -> Iterable[Output] | None:
        """Take a whole request that came before; None if it is none."""
        size: cython.Py_ssize_t = len(data)
        if not _SHORTEST <= size <= _LONGEST or len(self._waiting) >= _UNANSWERED:
            return None
        said: tuple[Output, ...]
        known = self._requests.get(hash(data))
        if known is None:
            return self._fill_in(data)
        asked, said, follows, signals = cython.cast(tuple, known)
        if follows is not NO_BODY:
            return None
        if self._signals is None:
            self._signals = signals
        self._waiting.append(asked)
        self._heard |= 1
        return said

    @cython.cfunc
    def _fill_in(self, data: bytes) -> Iterable[Output] | None:
        """Take a whole request with a form whose head came before; None if it is none."""
        size: cython.Py_ssize_t = len(data)
        end: cython.Py_ssize_t = _head_end(data, size)
        text: cython.p_char = data
        if end < _SHORTEST or end == size:
            return None
        blank = self._forms.get(hash(text[:end]))
        filled = None if blank is None else blank.fill_in(text[end:size])
        if filled is None:
            return None
        said, asked = cython.cast(tuple, filled)
        if self._signals is None:
            self._signals = blank.signals
        self._waiting.append(asked)
        self._heard |= 1
        return said

    @cython.cfunc
    def _answer(self, data: bytes) -> Iterable[Output] | None:
        """Take a response that came before, and of its body as much as came with it; None if it is none."""
        size: cython.Py_ssize_t = len(data)
        end: cython.Py_ssize_t = _head_end(data, min(size, _LONGEST))
        text: cython.p_char = data
        place: cython.Py_ssize_t
        left: cython.longlong
        length: cython.longlong
        left_before: cython.longlong
        said: tuple[Output, ...]
        skipping: tuple[Output, ...]
        if end < _SHORTEST or not self._waiting:
            return None
        place = _identity(self._waiting[0]) ^ hash(text[:end])
        known = self._replies.get(place)
        if known is None:
            return None
        asked, said, length, tried, is_quiet, left_before, skipping = cython.cast(tuple, known)
        left = length - (size - end)
        is_chunked: cython.bint = length == CHUNKED
        is_usual: cython.bint = _size(data, end)[1] >= 0 if is_chunked else left >= 0
        if tried:
            is_usual = is_usual and _is_passed(text[end : min(end + _TRIED, size)], length)
        if not is_usual or not (self._named or (is_quiet and not self._signals)):
            return None
        del self._waiting[0]
        self._named = True
        self._heard |= 2
        if is_chunked:
            self._chunked = True
            return self._pass_chunks(data, end, said)
        if left == 0:
            return said
        if left != left_before:
            skipping = (*said, SkipTo(side=_SERVER, size_bytes=left))
            self._replies[place] = Reply(asked, said, length, tried, is_quiet, left, skipping)
        return skipping

    @cython.cfunc
    def _pass_chunks(self, data: bytes, at: cython.Py_ssize_t, said: tuple[Output, ...]) -> Iterable[Output]:
        """Pass over the chunks from `at` on (RFC 9112 section 7.1), behind what there was to say."""
        size: cython.Py_ssize_t = len(data)
        chunk: cython.Py_ssize_t
        behind: cython.Py_ssize_t
        while at < size:
            chunk, behind = _size(data, at)
            if behind < 0 or (chunk == 0 and data[behind:] != b"\r\n"):  # the parser's, as is what follows
                return [*said, *self._read(_SERVER, data[at:])]
            if chunk == 0:
                self._chunked = False
                break
            at = behind + chunk
            if at > size:
                return (*said, SkipTo(side=_SERVER, size_bytes=at - size))
        return said

    @cython.cfunc
    def _read(self, side: Side, data: Octets) -> Iterable[Output]:
        """Have the parser for everything take the next bytes of `side`."""
        outputs = self._take_over().feed(side, data)
        self._give_way()
        return outputs

    @cython.cfunc
    def _take_over(self) -> ServerParser:
        """The parser for everything, told what it does not know yet."""
        parser = self._parser
        if parser is None:
            parser = self._parser = ServerParser(self._catalog, self._waiting, from_start=self._from_start)
        if self._heard:
            parser.take_over(self._signals, self._heard, named=self._named)
            self._heard = 0
        if self._chunked:
            parser.expect_chunk(_SERVER)
            self._chunked = False
        if self._ended:
            for side in Side:
                if self._ended >> int(side) & 1:
                    parser.finish(side, Close.END)
            self._ended = 0
        return parser

    @cython.cfunc
    def _give_way(self) -> None:
        """See whether the short way is open again."""
        if self._parser is not None:
            self._signals, self._named, self._asks, self._answers = self._parser.give_way()


@cython.cfunc
def _is_passed(start: bytes, length: cython.longlong) -> cython.bint:
    """Whether nobody wants a body of that length that is to be tried, by as much of its start as came."""
    return len(start) >= min(length, _TRIED) and not is_page(start) and start.find(ONVIF) < 0


@cython.cfunc
def _size(data: bytes, at: cython.Py_ssize_t) -> tuple[int, int]:
    """Of a chunk its size, and where the line that says it ends; -1 for that where it is in any way unusual.

    `at` is behind the bytes of the chunk before, whose line end is passed.
    """
    values: bytes = _VALUES
    end: cython.Py_ssize_t = len(data)
    size: cython.long = 0
    first: cython.Py_ssize_t
    if at + 1 < end and data[at] == _CR and data[at + 1] == _LF:
        at += 2
    first = at
    while at < end and at - first < _DIGITS and values[data[at]] != _NO_DIGIT:
        size = size * 16 + values[data[at]]
        at += 1
    if at == first or at + 1 >= end or data[at] != _CR or data[at + 1] != _LF:
        return 0, -1
    return size, at + 2


@cython.cfunc
@cython.exceptval(check=False)
def _head_end(data: bytes, limit: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where a head ends, its blank line included, that ends before `limit`; too early for any where there is none."""
    if not cython.compiled:
        return data.find(b"\r\n\r\n", 0, limit) + 4
    text = cython.declare(cython.p_char, data)
    at: cython.Py_ssize_t = 3
    while at < limit:
        found = cython.cast(cython.p_char, memchr(text + at, _LF, limit - at))
        if found is cython.NULL:
            break
        at = found - text + 1
        if text[at - 2] == _CR and text[at - 3] == _LF and text[at - 4] == _CR:
            return at
    return 0


@cython.cfunc
@cython.exceptval(check=False)
def _identity(one: object) -> cython.Py_ssize_t:
    """What `id` says."""
    return cython.cast(cython.Py_ssize_t, cython.cast(cython.p_void, one)) if cython.compiled else id(one)
