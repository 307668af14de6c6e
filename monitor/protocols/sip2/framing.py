"""Cuts one side's bytes into frames, the same frames however the bytes arrive.

A frame ends at CR. It may also end at LF, which is harder, because some systems put line feeds into values:

- once LF has ended a whole message here, every LF ends a frame;
- once CR has ended a message here, LF never does, unless a message opens strictly right behind it;
- before either, LF ends what does not open like a message, and what is a whole message by itself.

Rule: a decision about a byte rests on the bytes before it, and on what the parser has said of the frames before it.
That is why `Framer.frames` is lazy: the parser must deal with one frame before it takes the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from monitor.model.closed import Enum
from monitor.model.contract import Octets
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple
from monitor.protocols.sip2.catalog import LAYOUTS, head
from monitor.protocols.sip2.message import opens, strip_leading

FRAME_BYTES = 65_536
"""Bound of one frame. Values end at 255 bytes by the book, but answers that list every loan with titles pass 32 KiB."""
LINE_FEEDS = 16
"""Line feeds of one frame that are looked at before an ending is known: an address has fewer, and each look costs."""

_CR = 0x0D
_LF = 0x0A
_ANY_END = lazy(rb"[\r\n]")
_IDLE = lazy(rb"[\r\n\x00]*")
_INNER = lazy(rb"\n(?=[\x00 ]*([0-9]{2}))")


class Ending(Enum):
    """What ends frames on one side, as far as it is known."""

    UNKNOWN = "unknown"
    CR = "cr"
    LF = "lf"


_BY_CR, _BY_LF = Ending.CR, Ending.LF  # saves a look-up each time


class Frame(NamedTuple):
    """What stood between two terminators."""

    data: bytes
    """Without terminator and leading junk."""
    text: bytes
    """Without terminator only."""
    ending: Ending
    """The terminator: CR or LF; unknown where none came within `FRAME_BYTES`, and the rest is dropped."""


class Framer:
    """The bytes of one side that await their terminator."""

    __slots__ = ("_buffer", "_dropping", "_ending", "_line_feeds", "_scanned", "_whole")

    def __init__(self, whole: Callable[[bytes], bool]) -> None:
        """`whole` says whether a line is a message that lacks nothing but its terminator."""
        self._whole = whole
        self._buffer = bytearray()
        self._scanned = 0
        self._line_feeds = 0
        self._dropping = False
        self._ending = Ending.UNKNOWN

    def parts(self, ending: Ending) -> bool:
        """Whether a frame can be relied on to begin behind this terminator."""
        return ending is Ending.CR or self._ending is not Ending.UNKNOWN

    @property
    def pending(self) -> bytearray:
        """What has come since the last terminator. Not to be changed or kept."""
        return self._buffer

    @property
    def settled(self) -> bool:
        """Whether CR is known to end frames, and nothing is under way."""
        return self._ending is _BY_CR and not self._buffer and not self._dropping

    @property
    def ready(self) -> bool:
        """Whether nothing is under way, and CR may end what comes."""
        return self._ending is not _BY_LF and not self._buffer and not self._dropping

    def confirm(self, ending: Ending) -> None:
        """The frame just yielded was a message that ended so."""
        self._ending = ending

    def frames(self, data: Octets) -> Iterator[Frame]:
        """Take bytes and yield every frame that they complete. To be exhausted before the next call."""
        if self._buffer:
            self._buffer += data
            source: bytes | bytearray = self._buffer
        else:
            source = bytes(data)
        start = 0
        while True:
            if not self._scanned and not self._dropping:
                start = _IDLE.match(source, start).end()  # type: ignore[union-attr]  # matches the empty string
            end = self._end(source, start)
            if end < 0 and len(source) - start <= FRAME_BYTES:
                break
            if end < 0:
                yield from self._overflow(source, start)
                start += FRAME_BYTES
                continue
            ending = Ending.CR if source[end] == _CR else Ending.LF
            line = b"" if self._dropping else bytes(source[start:end])
            self._dropping, self._scanned, self._line_feeds = False, 0, 0
            start = end + 1
            if line:
                yield from _lines(line, ending)
        self._keep(source, start)

    def take(self) -> bytes:
        """Give up what awaits its terminator, and return it without leading junk."""
        line = b"" if self._dropping or not self._buffer else strip_leading(bytes(self._buffer))
        self._buffer.clear()
        self._dropping, self._scanned, self._line_feeds = False, 0, 0
        return line

    def _end(self, source: bytes | bytearray, start: int) -> int:
        """Where the frame that begins at `start` ends, or -1; goes on where it stopped the last time."""
        limit = start + FRAME_BYTES + 1
        at = start + self._scanned
        while True:
            if self._ending is Ending.CR or self._line_feeds >= LINE_FEEDS:
                end = source.find(b"\r", at, limit)
            else:
                match = _ANY_END.search(source, at, limit)
                end = match.start() if match else -1
            if end < 0:
                self._scanned = min(len(source), limit) - start
                return -1
            if source[end] == _CR or self._dropping or self._ends(source, start, end):
                return end
            self._line_feeds += 1
            at = end + 1

    def _ends(self, source: bytes | bytearray, start: int, end: int) -> bool:
        """Whether the line feed at `end` ends the frame that begins at `start`."""
        if self._ending is Ending.LF:
            return True
        line = strip_leading(bytes(source[start:end]))
        return not opens(line) or self._whole(line)

    def _overflow(self, source: bytes | bytearray, start: int) -> Iterator[Frame]:
        """The first `FRAME_BYTES` of a frame without end; drop until a terminator comes."""
        dropping, self._dropping, self._scanned = self._dropping, True, 0
        if not dropping:
            text = bytes(source[start : start + FRAME_BYTES])
            yield Frame(strip_leading(text), text, Ending.UNKNOWN)

    def _keep(self, source: bytes | bytearray, start: int) -> None:
        """Keep what awaits its terminator; of a frame that is dropped, nothing."""
        if self._dropping:
            self._buffer.clear()
            self._scanned = 0
        elif source is self._buffer:
            del self._buffer[:start]
        else:
            self._buffer += source[start:]


def _lines(line: bytes, ending: Ending) -> Iterator[Frame]:
    """One line, or several where a message opens strictly behind a line feed inside it."""
    start = 0
    if _LF in line:
        for match in _INNER.finditer(line):
            layout = LAYOUTS.get(match[1])
            if layout is not None and layout.width > 1 and head(match[1]).match(line, match.start(1)):
                yield from _line(line[start : match.start()], Ending.LF)
                start = match.end()
    yield from _line(line[start:], ending)


def _line(text: bytes, ending: Ending) -> Iterator[Frame]:
    data = strip_leading(text).rstrip(b"\n\x00")
    if data:
        yield Frame(data, text, ending)
