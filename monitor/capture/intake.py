"""Opens one input and gives its bytes, unpacked; keeps them in the buffer that `Frames` lie in.

Rules: a stream (pipe, standard input) is never waited on for more than is needed; a plain file is shown where it would
be read to; a failure to read ends the input like its end does, and is kept to be told.
"""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Callable
from io import FileIO
from mmap import PAGESIZE
from types import TracebackType
from typing import Self

from monitor.capture.bounds import MAX_CAPTURED_BYTES
from monitor.capture.compression import Damaged, Feed, find_unpacker
from monitor.capture.space import Space
from monitor.capture.trouble import TroubleKind, explain
from monitor.model.record import Record

STDIN = "-"
"""The path that means standard input."""
_HEAD_BYTES = 8
"""Longer than every magic of a compressed format."""
LOST = "could not be read everywhere: the disk fails, or the file became shorter meanwhile", TroubleKind.UNREADABLE
"""Of pages that were shown and are gone."""


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

    def plain(self) -> int | None:
        """The descriptor of a file that is the capture as it lies there; None if there is none, or no size is known."""
        if self.is_stream or self.is_packed:
            return None
        about = os.fstat(self._source.fileno())
        return self._source.fileno() if stat.S_ISREG(about.st_mode) and about.st_size else None

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
        self._failure: tuple[str, TroubleKind] | None = None
        self.is_stream = source.is_stream
        self._file = source.plain()
        """What can be shown, if anything can."""
        self._lost_before = space.lost_pages
        self._space = space
        self._view = memoryview(space.data)
        self._source = source
        self._on_read = on_read

    @property
    def failure(self) -> tuple[str, TroubleKind] | None:
        """Why the end came early, or what came before it is not all there."""
        return LOST if self._failure is None and self._space.lost_pages > self._lost_before else self._failure

    @property
    def size(self) -> int:
        """Bytes not walked yet."""
        return self.end - self.start

    def more(self) -> bool:
        """Read on: of a stream what is there, of a file all there is room for.

        Returns:
            False if nothing came.
        """
        before = self.size
        if self.is_stream:
            self._make_room()
            self._read()
        else:
            self.settle()
        return self.size > before

    def settle(self) -> None:
        """Read until there is no more room or the capture ends."""
        if self._show():
            return
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

    def _show(self) -> bool:
        """Show what would be read of a plain file; False if it has to be read, as some file systems want it."""
        if self._file is None or self.final:
            return self.final
        begin, self.limit = self._space.free()
        at, shown = self.base + self.floor, self.base + self.end
        first = at - at % PAGESIZE
        try:
            size_bytes = os.fstat(self._file).st_size
            until = min(first + self.limit - begin, size_bytes)
            if until > shown:
                self._space.show(self._file, first, until - first)
                self._move(self.base + begin - first)
                self.end = begin + until - first
                self._source.packed_bytes = until
                self._on_read()
            elif until < shown:
                self._failure = LOST
            self.final = until >= size_bytes
        except OSError as error:
            if not shown:
                self._file = None
                return False
            self._failure = explain(error)
            self.final = True
        return True

    def _make_room(self) -> None:
        begin, self.limit = self._space.free()
        self._space.clear()
        shift = self.floor - begin
        if shift:
            self._view[begin : self.end - shift] = self._view[self.floor : self.end]
            self._move(-shift)

    def _move(self, by: int) -> None:
        """What is kept lies so many bytes further on than before."""
        self.base -= by
        self.start, self.end, self.floor = self.start + by, self.end + by, self.floor + by

    def _read(self) -> None:
        if self.final or self.end == self.limit:
            return
        try:
            size = self._source.readinto(self._view[self.end : self.limit])
        except Damaged as damage:
            self._failure = damage.reason, damage.kind
            size = 0
        except OSError as error:
            self._failure = explain(error)
            size = 0
        self.end += size
        self.final = size == 0
        self._on_read()
