"""One side of a flow: where it stands in its messages, and what awaits more bytes.

A lane hands whole heads and bodies to its `Reader`; it knows where they begin and end and nothing of what they mean.
Rules: the same steps however the bytes arrive; nothing of a body that nobody looks at is kept or even asked for.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.model.contract import Octets
from monitor.model.events import Output, SkipTo, Weird
from monitor.model.flow import Side
from monitor.protocols.http.events import HttpWeird
from monitor.protocols.http.framing import (
    BODY_BYTES,
    CHUNK_LINE_BYTES,
    FOR_EVER,
    NO_BODY,
    TAIL_BYTES,
    TRIED_BYTES,
    Body,
    Length,
    Reader,
    read_chunk_line,
)
from monitor.protocols.http.heads import BODY, CHUNK, HEAD, OTHER, REST, SEARCH, TRAILER, Heads

_ENDLESS, _ENDS = FOR_EVER // 2, b"\r\n"
_CHUNKS, _CLOSE, _UNCLEAR = Length.CHUNKS, Length.CLOSE, Length.UNCLEAR  # saves a look-up each time
_CUT_BODY = Weird(name=HttpWeird.CUT_BODY)
_CUT_HEAD = Weird(name=HttpWeird.CUT_HEAD)
_BAD_LENGTH = Weird(name=HttpWeird.BAD_LENGTH)
_NOT_CHUNKED = Weird(name=HttpWeird.NOT_CHUNKED)
_LARGE_BODY = Weird(name=HttpWeird.LARGE_BODY)


class Lane(Heads):
    """One side."""

    __slots__ = (
        *("_body", "_bound", "_chunked", "_first_chunk", "_glancing", "_left", "_looking", "_trying", "_unchunked"),
        "heard",
    )

    def __init__(self, side: Side, reader: Reader, *, from_start: bool) -> None:
        super().__init__(side, reader, from_start=from_start)
        self.heard = False
        """Something of this side came, or is known to be lost."""
        self._left = 0
        self._chunked = False
        self._first_chunk = False
        self._unchunked: int | Length = _UNCLEAR
        self._looking = False
        self._trying = self._glancing = False
        self._body = bytearray()
        self._bound = BODY_BYTES
        """How much of it is kept."""

    def feed(self, data: Octets, outputs: list[Output]) -> None:
        """Take the next bytes."""
        self.heard = True
        if self._state == REST:
            return
        at = 0
        kept = self._kept
        if kept:
            kept += data
            source: bytes | bytearray = kept
        else:
            source = bytes(data)
        self._waits = False
        while at < len(source) and not self._waits:
            at = _STEPS[self._state](self, source, at, outputs)
        if source is kept:
            del kept[:at]
        elif at < len(source):
            kept += source[at:]

    def skims(self, size_bytes: int) -> bool:
        """Whether as many bytes lie inside a body that is merely tried, so that it matters to nobody to lose them."""
        return (self._trying or self._glancing) and self._state == BODY and 0 < size_bytes <= self._left

    def lose(self, size_bytes: int, outputs: list[Output], *, snapped: bool = False) -> None:
        """Bytes were lost, or not recorded; inside a body of known length the place of the next head stays known."""
        self.heard = True
        inside = self._state == BODY and 0 < size_bytes <= self._left
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

    @property
    def reads(self) -> bool:
        """Whether a body is looked at."""
        return self._looking

    def expect_chunk(self) -> None:
        """A chunk is due of a body at which nobody looks."""
        self._state, self._chunked, self._first_chunk = CHUNK, True, False

    @property
    def is_due(self) -> bool:
        """Whether a head is due, and nothing of it came yet."""
        return self._state == HEAD and self._sure and not (self._kept or self._tunnel)

    @property
    def left(self) -> bool:
        """Whether this side speaks something else by now."""
        return self._state == OTHER

    def hand_over(self, outputs: list[Output]) -> None:
        """From here on this side speaks something else."""
        self.give_up_body(outputs)
        self._state = OTHER
        kept = bytes(self._kept)
        self._kept.clear()
        if kept:
            self._reader.other(self._side, kept, outputs)

    def give_up_body(self, outputs: list[Output]) -> None:
        """Nobody waits for the rest of a body."""
        if self._looking:
            if not (self._trying or self._glancing):
                outputs.append(_CUT_BODY)
            self._deliver(outputs, whole=False)

    def _give_up(self, outputs: list[Output], *, snapped: bool = False) -> None:
        self.give_up_body(outputs)
        is_due = self._state == HEAD or (snapped and self._state == SEARCH and self._search.is_fresh)
        if is_due and self._kept:
            head = bytes(self._kept)
            if self._reader.cut_head(self._side, head, outputs, sure=self._sure, snapped=snapped):
                outputs.append(_CUT_HEAD)
        self._kept.clear()

    def _deliver(self, outputs: list[Output], *, whole: bool) -> None:
        self._looking = False
        body = bytes(self._body)
        self._body.clear()
        self._reader.body(self._side, body, outputs, whole=whole)

    def _begin_body(self, body: Body, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        if body is NO_BODY:
            self._looking = self._chunked = False
            self._state = HEAD
            return at
        length, self._looking, self._trying, self._unchunked, self._glancing = body
        self._chunked = False
        self._bound = BODY_BYTES
        if self._looking and length is _CLOSE:
            length = FOR_EVER
        if isinstance(length, int):
            self._left = length
            if not self._looking:
                return self._skip(source, at, outputs)
            self._state = BODY
        elif length is _CHUNKS:
            self._chunked = self._first_chunk = True
            self._state = CHUNK
        elif length is Length.TUNNEL:
            self._state = HEAD
            self._tunnel = True
        elif length is Length.OTHER:
            self._state = OTHER
        elif length is Length.UNCLEAR:
            outputs.append(_BAD_LENGTH)
            self.search()
        else:
            self._state = REST
            if length is Length.CLOSE:
                outputs.append(SkipTo(side=self._side, size_bytes=FOR_EVER))
        return at

    def _skip(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        """Pass over what is left of a body or chunk."""
        here = min(self._left, len(source) - at)
        if here < self._left:
            outputs.append(SkipTo(side=self._side, size_bytes=self._left - here))
        self._state = CHUNK if self._chunked else HEAD if self._left < _ENDLESS else REST
        self._left = 0
        return at + here

    def _look(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        bound = TRIED_BYTES if self._trying else self._bound
        taken = min(self._left, len(source) - at, bound - len(self._body))
        self._body += source[at : at + taken]
        self._left -= taken
        if self._trying and len(self._body) == bound:
            self._trying = False
            if not self._reader.wants(self._side, bytes(self._body)):
                self._looking = False
                self._body.clear()
                return self._skip(source, at + taken, outputs)
        if len(self._body) == self._bound and (self._left or self._chunked):
            if not self._chunked and self._reader.wants_end(self._side, bytes(self._body)):
                return self._go_to_end(source, at + taken, outputs)
            outputs += () if self._glancing else (_LARGE_BODY,)
            self._deliver(outputs, whole=False)
            return self._skip(source, at + taken, outputs)
        if not self._left:
            if self._chunked:
                self._state = CHUNK
            else:
                self._state = HEAD
                self._deliver(outputs, whole=True)
        return at + taken

    def _go_to_end(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        """Pass over what is left of a body but for its last bytes."""
        self._bound += TAIL_BYTES
        passed = max(self._left - TAIL_BYTES, 0)
        here = min(passed, len(source) - at)
        if passed:
            outputs.append(_LARGE_BODY)
        if here < passed:
            outputs.append(SkipTo(side=self._side, size_bytes=passed - here))
        self._left -= passed
        return at + here

    def _chunk(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        line = read_chunk_line(source, at)
        if line is None:
            return self._wait(at)
        self._left, end = line
        if self._left < 0 and self._first_chunk and self._unchunked is not Length.UNCLEAR:
            outputs.append(_NOT_CHUNKED)
            body = Body(self._unchunked, wanted=self._looking, tried=self._trying, glance=self._glancing)
            return self._begin_body(body, source, at, outputs)
        if self._left < 0:
            return self._lose_track(end, outputs)
        self._first_chunk = False
        if not self._left:
            self._state = TRAILER
        elif self._looking:
            self._state = BODY
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
            self._state = HEAD
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

    def _hand_on(self, source: bytes | bytearray, at: int, outputs: list[Output]) -> int:
        self._reader.other(self._side, bytes(source[at:]), outputs)
        return len(source)


_Step = Callable[[Lane, bytes | bytearray, int, list[Output]], int]
_STEPS: tuple[_Step, ...] = (
    *(Lane._head, Lane._look, Lane._chunk, Lane._trailer, Lane._rest, Lane._find, Lane._hand_on),  # noqa: SLF001
)
"""What to do in each state, in their order."""
