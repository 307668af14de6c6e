"""Where bodies end (RFC 9112 sections 6 and 7), and what a lane and its reader say to each other about it."""

from __future__ import annotations

from typing import Protocol

from monitor.model.closed import Enum
from monitor.model.events import Output
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple

HEAD_BYTES = 65_536
"""Bound of a head; servers take 8 to 64 KiB."""
BODY_BYTES = 65_536
"""What is looked at of a body; a login has some hundred bytes, a form with everything a few thousand."""
TAIL_BYTES = 65_536
"""What is looked at of its end, where a file that is uploaded has filled all that."""
FOR_EVER = 1 << 62
"""Bytes of a body that ends with its connection."""
CHUNK_LINE_BYTES = 4_096
"""Bound of the line before a chunk, extensions included, and of a line behind the last one."""
TRIED_BYTES = 1_024
"""In which it shows whether a body is wanted: what stands ahead of an XML document's root takes some hundred bytes."""

_CHUNK = lazy(rb"0*([0-9A-Fa-f]{1,15})(?![0-9A-Fa-f])[^\n]*\n")
_DIGITS = frozenset((b"", *(bytes((digit,)) for digit in b"0123456789abcdefABCDEF")))
_BLANKS = frozenset(b"\0 \t\r\n\v\f")
"""What browsers pass over ahead of a chunk's line, line ends included."""


class Length(Enum):
    """How the end of a body is found, where its head does not state a number (RFC 9112 section 6.3)."""

    CHUNKS = "chunks"
    CLOSE = "close"
    """The connection ends with it."""
    UNCLEAR = "unclear"
    """Nobody can say: search for the next head."""
    TUNNEL = "tunnel"
    """What follows begins anew, with HTTP or with something else."""
    NOTHING = "nothing"
    """No more of the flow is wanted."""
    OTHER = "other"
    """Another protocol follows, which `Reader.other` takes."""


class Body(NamedTuple):
    """What follows a head."""

    length: int | Length
    """Bytes, where they are known."""
    wanted: bool = False
    """Somebody wants to look at it; never if it has no bytes."""
    tried: bool = False
    """Whether the rest of it is wanted shows in its first bytes (`Reader.wants`)."""
    unchunked: int | Length = Length.UNCLEAR
    """Where its end is, if it says that it comes in chunks and does not; browsers read it all the same."""
    glance: bool = False
    """As much of it as comes will do: a page is read as far as it goes."""


NO_BODY = Body(0)


class Reader(Protocol):
    """Understands what a lane finds."""

    def head(self, side: Side, head: bytes, outputs: list[Output], *, sure: bool) -> Body | None:
        """A whole head came; None if it is none. `sure` is False where its first line was searched for in a text."""
        ...

    def cut_head(self, side: Side, head: bytes, outputs: list[Output], *, sure: bool, snapped: bool = False) -> bool:
        """The first bytes of a head came and no more will; False if that is nothing to wonder at.

        `snapped` is True where the rest was on the wire and was not recorded.
        """
        ...

    def wants(self, side: Side, start: bytes) -> bool:
        """Whether the rest of a body is wanted that begins so; it was to be tried."""
        ...

    def wants_end(self, side: Side, start: bytes) -> bool:
        """Whether the end of a body is wanted, too, of which more comes than is looked at."""
        ...

    def body(self, side: Side, body: bytes, outputs: list[Output], *, whole: bool) -> None:
        """The body that was wanted came, or as much of it as will."""
        ...

    def stranger(self, outputs: list[Output]) -> None:
        """What a tunnel carries is no HTTP."""
        ...

    def settings(self, side: Side) -> None:
        """The settings of HTTP/2 stand where a head was due; they come to `other`."""
        ...

    def other(self, side: Side, data: bytes, outputs: list[Output]) -> None:
        """Bytes came of what follows HTTP/1 (`Length.OTHER`)."""
        ...


class Other(Protocol):
    """Understands what follows HTTP/1 on the same connection."""

    def feed(self, side: Side, data: bytes, outputs: list[Output]) -> None:
        """Take the next bytes of `side`."""
        ...

    def lose(self, side: Side, size_bytes: int, outputs: list[Output]) -> None:
        """Bytes of `side` were lost."""
        ...

    def end(self, side: Side, outputs: list[Output]) -> None:
        """No more bytes of `side` will come."""
        ...


def behind_blank_line(source: bytes | bytearray, start: int, limit: int) -> int:
    """Where the first blank line from `start` on ends, its line end before it included; -1 if it is not there yet.

    A carriage return too many in it is borne with.
    """
    usual = source.find(b"\n\r\n", start, limit)
    end = limit if usual < 0 else usual + 2
    bare = source.find(b"\n\n", start, end)
    odd = source.find(b"\n\r\r\n", start, end if bare < 0 else bare)
    if odd >= 0:
        return odd + 4
    if bare >= 0:
        return bare + 2
    return usual + 3 if usual >= 0 else -1


def read_chunk_line(source: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """The size of the next chunk, and where its line ends (RFC 9112 section 7.1); browsers take any text behind it.

    Args:
        source: the bytes.
        at: behind the bytes of the chunk before, whose line end is passed over.

    Returns:
        A negative size where no such line stands; None where its end is not there yet.
    """
    start, limit = at, min(len(source), at + CHUNK_LINE_BYTES)
    while start < limit and source[start] in _BLANKS:
        start += 1
    end = source.find(b"\n", start, at + CHUNK_LINE_BYTES)
    if end < 0 and len(source) - at < CHUNK_LINE_BYTES:
        return None if _may_be_chunk(source, start) else (-1, at)
    line = _CHUNK.match(source, start, end + 1) if end >= 0 else None
    return (int(line[1], 16), end + 1) if line else (-1, at)


def _may_be_chunk(source: bytes | bytearray, at: int) -> bool:
    """Whether a chunk's line may begin at `at`; yes where nothing stands yet."""
    return bytes(source[at : at + 1]) in _DIGITS
