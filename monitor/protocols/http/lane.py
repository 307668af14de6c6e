"""One side of a flow: where it stands in its messages, and what awaits more bytes.

A lane hands whole heads and bodies to its `Reader`; it knows where they begin and end and nothing of what they mean.
Rules: the same steps however the bytes arrive; nothing of a body that nobody looks at is kept or even asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from monitor.model.events import Output, SkipTo, Weird
from monitor.model.flow import Side
from monitor.protocols.http.events import HttpWeird
from monitor.protocols.http.framing import (
    BODY_BYTES,
    CHUNK_LINE_BYTES,
    FOR_EVER,
    HEAD_BYTES,
    TRIED_BYTES,
    Body,
    Length,
    Reader,
    behind_blank_line,
    read_chunk_line,
)
from monitor.protocols.http.lines import LINE_BYTES, is_first_line, may_open
from monitor.protocols.http.search import Search

_ENDLESS, _ENDS = FOR_EVER // 2, b"\r\n"
_BLANK_LINES = re.compile(rb"[\r\n]*")
_CUT_BODY = Weird(name=HttpWeird.CUT_BODY)
_CUT_HEAD = Weird(name=HttpWeird.CUT_HEAD)
_BAD_LENGTH = Weird(name=HttpWeird.BAD_LENGTH)
_LARGE_BODY = Weird(name=HttpWeird.LARGE_BODY)
_NOT_A_MESSAGE = Weird(name=HttpWeird.NOT_A_MESSAGE)
_OVERSIZE_HEAD = Weird(name=HttpWeird.OVERSIZE_HEAD)

_HEAD, _BODY, _CHUNK, _TRAILER, _REST, _SEARCH = range(6)
"""Where a lane stands: in a head; in bytes that are looked at; before a chunk's line; behind the last chunk; in a body
that ends with its connection; somewhere, looking for a first line. Numbers: a member of an enum costs a look-up."""


class Lane:
    """One side."""

    __slots__ = (
        *("heard", "_side", "_reader", "_state", "_sure", "_kept", "_waits", "_opened", "_scanned", "_search"),
        *("_tunnel", "_left", "_chunked", "_first_chunk", "_looking", "_trying", "_glancing", "_body"),
    )

    def __init__(self, side: Side, reader: Reader, *, from_start: bool) -> None:
        self.heard = False
        """Something of this side came, or is known to be lost."""
        self._side = side
        self._reader = reader
        self._state = _HEAD if from_start else _SEARCH
        self._sure = from_start
        self._kept = bytearray()
        self._waits = False
        self._opened = False
        self._scanned = 0
        self._search = Search()
        self._tunnel = False
        self._left = 0
        self._chunked = False
        self._first_chunk = False
        self._looking = False
        self._trying = self._glancing = False
        self._body = bytearray()

    def feed(self, data: memoryview, outputs: list[Output]) -> None:
        """Take the next bytes."""
        self.heard = True
        if self._state == _REST:
            return
        kept = self._kept
        if kept:
            kept += data
            source: bytes | bytearray = kept
        else:
            source = bytes(data)
        at = 0
        self._waits = False
        while at < len(source) and not self._waits:
            at = _STEPS[self._state](self, source, at, outputs)
        if source is kept:
            del kept[:at]
        elif at < len(source):
            kept += source[at:]

    def skims(self, size_bytes: int) -> bool:
        """Whether as many bytes lie inside a body that is merely tried, so that it matters to nobody to lose them."""
        return (self._trying or self._glancing) and self._state == _BODY and 0 < size_bytes <= self._left

    def lose(self, size_bytes: int, outputs: list[Output], *, snapped: bool = False) -> None:
        """Bytes were lost, or not recorded; inside a body of known length the place of the next head stays known."""
        self.heard = True
        inside = self._state == _BODY and 0 < size_bytes <= self._left
        self._give_up(outputs, snapped=snapped)
        if inside:
            self._left -= size_bytes
            self._skip(b"", 0, outputs)
        else:
            self.search()

    def end(self, outputs: list[Output]) -> None:
        """No more bytes will come."""
        if self._looking and self._left > _ENDLESS:
            self._deliver(outputs, whole=True)
        self._give_up(outputs)
        self.search()

    def search(self) -> None:
        """What comes next may be anything, up to the next first line; a body without end stays one."""
        if self._state != _REST:
            self._state = _SEARCH
            self._sure = self._opened = False
            self._scanned = 0
            self._search.begin()

    def give_up_body(self, outputs: list[Output]) -> None:
        """Nobody waits for the rest of a body."""
        if self._looking:
            if not (self._trying or self._glancing):
                outputs.append(_CUT_BODY)
            self._deliver(outputs, whole=False)

    def _give_up(self, outputs: list[Output], *, snapped: bool = False) -> None:
        self.give_up_body(outputs)
        if self._state == _HEAD and self._kept:
            head = bytes(self._kept)
            if self._reader.cut_head(self._side, head, outputs, sure=self._sure, snapped=snapped):
                outputs.append(_CUT_HEAD)
        self._kept.clear()

    def _deliver(self, outputs: list[Output], *, whole: bool) -> None:
        self._looking = False
        body = bytes(self._body)
        self._body.clear()
        self._reader.body(self._side, body, outputs, whole=whole)

    def _wait(self, at: int) -> int:
        """Stop at `at` until more bytes come."""
        self._waits = True
        return at

    def _head(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        if not self._scanned:
            if source[at] in _ENDS:
                return _BLANK_LINES.match(source, at).end()  # type: ignore[union-attr]  # it matches nothing, too
            if self._tunnel and not may_open(bytes(source[at : at + 1])):
                self._state = _REST
                self._reader.stranger(outputs)
                return len(source)
            self._tunnel = False
        end = behind_blank_line(source, max(at, at + self._scanned - 2), at + HEAD_BYTES)
        if end < 0:
            return self._open_head(source, at, outputs)
        sure, self._scanned, self._opened = self._sure, 0, False
        body = self._reader.head(self._side, bytes(source[at:end]), outputs, sure=sure)
        if body is None:
            return self._no_head(source, at, outputs)
        self._sure = True
        return self._begin_body(body, source, end, outputs)

    def _open_head(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        """A head whose end is not there yet."""
        self._scanned = len(source) - at
        if not self._opened:
            line = source.find(b"\n", at, at + LINE_BYTES)
            if line < 0 and self._scanned < LINE_BYTES:
                return self._wait(at)
            if line < 0 or not is_first_line(source[at : line + 1]):
                return self._no_head(source, at, outputs)
            self._opened = True
        if self._scanned < HEAD_BYTES:
            return self._wait(at)
        head = bytes(source[at : at + HEAD_BYTES])
        if self._reader.cut_head(self._side, head, outputs, sure=self._sure):
            outputs.append(_OVERSIZE_HEAD)
        self.search()
        self._search.begin(fresh=False, midline=True)
        return at + HEAD_BYTES

    def _no_head(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        """What stands at `at` is no head: search from its second line on."""
        if self._sure:
            outputs.append(_NOT_A_MESSAGE)
        self.search()
        line = source.find(b"\n", at, at + LINE_BYTES)
        self._search.begin(fresh=False, midline=line < 0)
        return line + 1 if line >= 0 else at + LINE_BYTES

    def _begin_body(self, body: Body, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        length, self._looking, self._trying, self._glancing = body
        self._chunked = False
        if self._looking and length is Length.CLOSE:
            length = FOR_EVER
        if isinstance(length, int):
            self._left = length
            if not self._looking:
                return self._skip(source, at, outputs)
            self._state = _BODY
        elif length is Length.CHUNKS:
            self._chunked = self._first_chunk = True
            self._state = _CHUNK
        elif length is Length.TUNNEL:
            self._state = _HEAD
            self._tunnel = True
        elif length is Length.UNCLEAR:
            outputs.append(_BAD_LENGTH)
            self.search()
        else:
            self._state = _REST
            if length is Length.CLOSE:
                outputs.append(SkipTo(side=self._side, size_bytes=FOR_EVER))
        return at

    def _skip(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        """Pass over what is left of a body or chunk."""
        here = min(self._left, len(source) - at)
        if here < self._left:
            outputs.append(SkipTo(side=self._side, size_bytes=self._left - here))
        self._state = _CHUNK if self._chunked else _HEAD if self._left < _ENDLESS else _REST
        self._left = 0
        return at + here

    def _look(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        bound = TRIED_BYTES if self._trying else BODY_BYTES
        taken = min(self._left, len(source) - at, bound - len(self._body))
        self._body += source[at : at + taken]
        self._left -= taken
        if self._trying and len(self._body) == bound:
            self._trying = False
            if not self._reader.wants(self._side, bytes(self._body), outputs):
                self._looking = False
                self._body.clear()
                return self._skip(source, at + taken, outputs)
        if len(self._body) == BODY_BYTES and (self._left or self._chunked):
            outputs += () if self._glancing else (_LARGE_BODY,)
            self._deliver(outputs, whole=False)
            return self._skip(source, at + taken, outputs)
        if not self._left:
            if self._chunked:
                self._state = _CHUNK
            else:
                self._state = _HEAD
                self._deliver(outputs, whole=True)
        return at + taken

    def _chunk(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        line = read_chunk_line(source, at, first=self._first_chunk)
        if line is None:
            return self._wait(at)
        self._left, end = line
        if self._left < 0:
            return self._lose_track(end, outputs)
        self._first_chunk = False
        if not self._left:
            self._state = _TRAILER
        elif self._looking:
            self._state = _BODY
        else:
            return self._skip(source, end, outputs)
        return end

    def _trailer(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        end = source.find(b"\n", at, at + CHUNK_LINE_BYTES)
        if end < 0 and len(source) - at < CHUNK_LINE_BYTES:
            return self._wait(at)
        if end < 0:
            return self._lose_track(at, outputs)
        if not source[at:end].strip(_ENDS):
            self._state = _HEAD
            if self._looking:
                self._deliver(outputs, whole=True)
        return end + 1

    def _lose_track(self, at: int, outputs: list[Output]) -> int:
        outputs.append(_BAD_LENGTH)
        self.give_up_body(outputs)
        self.search()
        return at

    def _rest(self, source: bytes | bytearray, _at: int, _outputs: list[Output]) -> int:
        return len(source)

    def _find(self, source: bytes | bytearray, at: int, _outputs: list[Output]) -> int:
        reached, found = self._search.step(source, at)
        if not found:
            return self._wait(reached)
        self._state = _HEAD
        self._opened = True
        return reached


_Step = Callable[[Lane, bytes | bytearray, int, list[Output]], int]
_STEPS: tuple[_Step, ...] = (Lane._head, Lane._look, Lane._chunk, Lane._trailer, Lane._rest, Lane._find)  # noqa: SLF001
"""What to do in each state, in their order."""
