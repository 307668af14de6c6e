"""Cuts what one side sends into heads, bodies and frames (RFC 2326 4.3, 10.12).

Rule: what is not wanted is not kept: a body that nobody asked for and the inside of a frame are skipped, whether they
are here already or come later. Where it lost its place, it searches for a message or for linked frames.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.model.closed import Enum
from monitor.model.contract import Octets
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple
from monitor.protocols.rtsp.bounds import HEAD_BYTES, SEARCH_BYTES
from monitor.protocols.rtsp.start import DOLLAR, FRAME_HEADER_BYTES, find_frames, find_message

FRAME_START_BYTES = 12
"""Of a frame's inside: the head of an RTP packet (RFC 3550 5.1)."""

_BLANKS = b"\r\n"
_A, _Z = ord("A"), ord("Z")
_END = lazy(rb"\r?\n\r?\n")


class HeadText(NamedTuple):
    """A head, without the empty line that ends it. Before the next item is asked for, say `Lane.expect_body`."""

    text: bytes


class Body(NamedTuple):
    """A body, or as much of it as was asked for."""

    text: bytes


class Frame(NamedTuple):
    """An interleaved frame."""

    channel: int
    start: bytes
    """At most `FRAME_START_BYTES` of it."""
    size_bytes: int


class Skip(NamedTuple):
    """This many bytes behind the ones at hand are not wanted."""

    size_bytes: int


class Trouble(Enum):
    """What went wrong."""

    LOST = "lost"
    """Something else stood where a message was due."""
    OVERSIZE = "oversize"


Item = HeadText | Body | Frame | Skip | Trouble


class Lane:
    """One side of one flow."""

    __slots__ = ("_body_bytes", "_data", "_placed", "_searched", "_wanted_bytes")

    def __init__(self, *, placed: bool) -> None:
        """`placed`: whether the first byte is that of a message."""
        self._data = bytearray()
        self._placed = placed
        self._searched = 0
        self._body_bytes = 0
        self._wanted_bytes = 0

    @property
    def inside(self) -> bool:
        """True in the middle of a head or of a body that is wanted."""
        return self._placed and (bool(self._data) or self._wanted_bytes > 0)

    def lose_place(self) -> None:
        """What follows may begin anywhere."""
        self._data.clear()
        self._placed = False
        self._searched = self._body_bytes = self._wanted_bytes = 0

    def expect_body(self, size_bytes: int, wanted_bytes: int) -> None:
        """Behind the head that was just given a body follows, of which no more than `wanted_bytes` are wanted."""
        self._body_bytes = size_bytes
        self._wanted_bytes = min(size_bytes, wanted_bytes)

    def doubt_place(self) -> None:
        """What was taken for a message is none: search for one in what comes behind it."""
        self._placed = False

    def feed(self, data: Octets) -> Iterator[Item]:
        """Take the next bytes; whoever takes the items takes all of them."""
        self._data += data
        while self._data:
            item = self._next()
            if item is None:
                return
            yield item

    def _next(self) -> Item | None:
        """The next item, or None while it is not whole."""
        if self._body_bytes:
            return self._body()
        if not self._placed and not self._search():
            return None
        if not self._searched:  # empty lines may stand ahead of a message, RFC 2326 4.1
            self._data[:] = self._data.lstrip(_BLANKS)
        if not self._data:
            return None
        first = self._data[0]
        if first == DOLLAR:
            return self._frame()
        if _A <= first <= _Z:
            return self._head()
        self._placed = False
        return Trouble.LOST

    def _search(self) -> bool:
        """Find the place again, and drop what stands before it."""
        found = [at for at in (find_message(self._data), find_frames(self._data)) if at >= 0]
        if found:
            del self._data[: min(found)]
            self._placed = True
        elif len(self._data) > SEARCH_BYTES:
            del self._data[: -SEARCH_BYTES // 2]
        return self._placed

    def _head(self) -> Item | None:
        end = _END.search(self._data, max(0, self._searched - 3), HEAD_BYTES)
        if end is None:
            self._searched = len(self._data)
            if self._searched < HEAD_BYTES:
                return None
            del self._data[:HEAD_BYTES]
            self._placed = False
            self._searched = 0
            return Trouble.OVERSIZE
        text = bytes(self._data[: end.start()])
        del self._data[: end.end()]
        self._searched = 0
        return HeadText(text)

    def _frame(self) -> Item | None:
        data = self._data
        if len(data) < FRAME_HEADER_BYTES:
            return None
        size = data[2] << 8 | data[3]
        end = FRAME_HEADER_BYTES + min(size, FRAME_START_BYTES)
        if len(data) < end:
            return None
        frame = Frame(data[1], bytes(data[FRAME_HEADER_BYTES:end]), size)
        del data[:FRAME_HEADER_BYTES]
        self._body_bytes = size
        return frame

    def _body(self) -> Item | None:
        """Give the part of a body that is wanted, then step over the rest; the inside of a frame is like a body."""
        wanted, self._wanted_bytes = self._wanted_bytes, 0
        if wanted:
            if len(self._data) < wanted:
                self._wanted_bytes = wanted
                return None
            text = bytes(self._data[:wanted])
            del self._data[:wanted]
            self._body_bytes -= wanted
            return Body(text)
        here = min(len(self._data), self._body_bytes)
        del self._data[:here]
        missing, self._body_bytes = self._body_bytes - here, 0
        if missing:
            return Skip(missing)
        return self._next() if self._data else None
