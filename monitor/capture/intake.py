"""Opens one input and gives its bytes, unpacked; keeps them in the buffer that `Frames` lie in.

Rules: a stream (pipe, standard input) is never waited on for more than is needed; a file is read in large portions;
a failure to read ends the input like its end does, and is kept to be told.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from io import FileIO
from types import TracebackType
from typing import Self

from monitor.capture.bounds import MAX_CAPTURED_BYTES, PORTION_BYTES
from monitor.capture.compression import Damaged, Feed, find_unpacker
from monitor.capture.space import Space
from monitor.capture.trouble import TroubleKind, explain
from monitor.model.record import Record

STDIN = "-"
"""The path that means standard input."""
_HEAD_BYTES = 8
"""Longer than every magic of a compressed format."""


class Found(Record, kw_only=False):
    """One input to be read."""

    path: str
    """As typed or listed; `STDIN` for standard input."""
    size_bytes: int | None
    """None for a stream, whose size nobody knows."""


class Intake:
    """The unpacked bytes of one input."""

    def __init__(self, found: Found) -> None:
        """Open it, which waits for a writer if it is a named pipe.

        Raises:
            OSError: it cannot be opened or read.
            ValueError: the path cannot be one.
        """
        self.is_stream = found.size_bytes is None
        self.packed_bytes = 0
        """Read so far, before unpacking."""
        self._source = FileIO(0, closefd=False) if found.path == STDIN else FileIO(found.path)
        try:
            head = self._head()
        except BaseException:
            self._source.close()
            raise
        unpack = find_unpacker(head)
        self.is_packed = unpack is not None
        self._pieces = unpack(Feed(self._read, head)) if unpack else None
        self._held = memoryview(b"" if unpack else head)

    def _head(self) -> bytes:
        head = b""
        while len(head) < _HEAD_BYTES and (piece := self._read(_HEAD_BYTES - len(head))):
            head += piece
        return head

    def close(self) -> None:
        """Read no more."""
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._source.close()

    def readinto(self, space: memoryview) -> int:
        """Fill `space` as far as bytes are there; returns how many, 0 at the end.

        Raises:
            OSError: the input cannot be read any further.
            Damaged: it cannot be unpacked any further.
        """
        while not self._held:
            if self._pieces is None:
                return self._read_plain(space)
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = memoryview(piece)
        size = min(len(space), len(self._held))
        space[:size] = self._held[:size]
        self._held = self._held[size:]
        return size

    def _read_plain(self, space: memoryview) -> int:
        while (size := self._source.readinto(space)) is None:  # somebody made the pipe non-blocking
            select.select([self._source], [], [])
        self.packed_bytes += size
        return size

    def lend(self) -> int | None:
        """Another descriptor of a plain file, which is read from the same place on; None if this is none."""
        return None if self.is_stream or self.is_packed or self._held else os.dup(self._source.fileno())

    def _read(self, size: int) -> bytes:
        space = bytearray(size)
        return bytes(space[: self._read_plain(memoryview(space))])


class Window:
    """The part of a capture that lies in the buffer: ``data[start:end]`` is not walked yet."""

    def __init__(self, space: Space, source: Intake, on_read: Callable[[], None]) -> None:
        """`on_read` is called after every portion."""
        self.data = space.data
        begin, limit = space.free()
        self.limit = limit
        """End of the part of the buffer that is read to."""
        self.start = begin
        self.end = begin
        self.floor = begin
        """Bytes before `start` are kept from here on: the last packet, which may hold what damage has swallowed."""
        self.base = -begin
        """Where in the unpacked capture `data` begins, in bytes; below zero if the capture begins further on."""
        self.final = False
        """Nothing follows `end`."""
        self.failure: tuple[str, TroubleKind] | None = None
        """Why the end came early."""
        self.is_stream = source.is_stream
        self.is_lent = False
        """Whoever walks reads on by himself, if `more` is called before, and tells how far he came (`extend`)."""
        self._space = space
        self._view = memoryview(space.data)
        self._source = source
        self._on_read = on_read

    @property
    def size(self) -> int:
        """Bytes not walked yet."""
        return self.end - self.start

    def more(self) -> bool:
        """Read on: of a stream what is there, of a file all there is room for, or a portion of it if it is lent.

        Returns:
            False if nothing came.
        """
        before = self.size
        self._make_room()
        self._read()
        while not (self.is_stream or self.is_lent or self.final) and self.end < self.limit:
            self._read()
        return self.size > before

    def turn(self) -> bool:
        """Make room where there is none left and somebody else reads on; False if nobody does, or came to an end."""
        if not self.is_lent or self.end < self.limit:
            return False
        self._make_room()
        return self.end < self.limit

    def lend(self) -> int | None:
        """A descriptor to read on from, in large portions; None if there is none."""
        lent = self._source.lend()
        self.is_lent = lent is not None
        return lent

    def extend(self, end: int) -> None:
        """There are bytes up to `end`, which somebody else has read from what was lent."""
        if end > self.end:
            self._source.packed_bytes += end - self.end
            self.end = end
            self._on_read()

    def settle(self) -> None:
        """Read until there is no more room or the capture ends."""
        self._make_room()
        while not self.final and self.end < self.limit:
            self._read()

    def need(self, size: int) -> bool:
        """Whether at least `size` bytes are there, after reading as much as it takes."""
        while self.size < size and self.more():
            pass
        return self.size >= size

    def skip(self, size: int) -> bool:
        """Pass over `size` bytes; False if the capture ends before."""
        while size > self.size:
            size -= self.size
            self.pass_to(self.end)
            if not self.more():
                return False
        self.pass_to(self.start + size)
        return True

    def pass_to(self, place: int, floor: int | None = None) -> None:
        """Go on at `place`; keep what lies from `floor` on, if it is not further away than a packet is long."""
        self.start = place
        self.floor = place if floor is None else max(floor, place - MAX_CAPTURED_BYTES)

    def _make_room(self) -> None:
        begin, self.limit = self._space.free()
        shift = self.floor - begin
        if shift:
            self._view[begin : self.end - shift] = self._view[self.floor : self.end]
            self.base += shift
            self.start, self.end, self.floor = self.start - shift, self.end - shift, begin

    def _read(self) -> None:
        if self.final or self.end == self.limit:
            return
        until = min(self.limit, self.end + PORTION_BYTES) if self.is_lent else self.limit
        try:
            size = self._source.readinto(self._view[self.end : until])
        except Damaged as damage:
            self.failure = damage.reason, damage.kind
            size = 0
        except OSError as error:
            self.failure = explain(error)
            size = 0
        self.end += size
        self.final = size == 0
        self._on_read()
