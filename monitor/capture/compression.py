"""Unpacks compressed captures piece by piece: gzip, zstd, LZ4 frames and xz, several in a row too.

Rules: the format is told by its first bytes, never by a name; memory is bounded whatever the data claims, so that a
bomb costs time only; what stands before damage or a cut comes out before the trouble is raised; libraries are imported
when needed.
Sources: RFC 1952, RFC 8878, LZ4 frame format 1.6.4, xz file format 1.2.1.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from monitor.capture.trouble import TroubleKind

PIECE_BYTES = 65_536
"""Input read and output made at a time: large enough that calls cost nothing."""
MAX_MEMORY_BYTES = 128 * 1024 * 1024
"""Window a compressed file may ask for: what `zstd --ultra` and `xz -9` need, and a small machine still has."""
MAX_ZSTD_BLOCK_BYTES = 128 * 1024
"""RFC 8878 section 3.1.1.2.4."""
MAX_LZ4_BLOCK_BYTES = 4 * 1024 * 1024
"""Largest block size an LZ4 frame can declare."""
XZ_INPUT_BYTES = 64
"""What comes out of one such step is lost if it meets damage."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_LZ4 = b"\x04\x22\x4d\x18"
_XZ = b"\xfd7zXZ\x00"
_SKIPPABLE = b"\x2a\x4d\x18"
"""Bytes 2 to 4 of a frame to be skipped, in zstd and LZ4 alike; the first is 0x50 to 0x5f."""


class Damaged(Exception):  # noqa: N818 - it ends a stream; the reader turns it into a `Trouble`
    """A compressed stream cannot be followed any further."""

    def __init__(self, reason: str, kind: TroubleKind) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


def _cut() -> Damaged:
    return Damaged("the compressed data ends too early: the copy is incomplete", TroubleKind.CUT)


def _corrupt() -> Damaged:
    return Damaged("the compressed data is damaged", TroubleKind.CORRUPT)


def _followed() -> Damaged:
    return Damaged("other bytes follow the compressed data", TroubleKind.CORRUPT)


def _greedy() -> Damaged:
    size = MAX_MEMORY_BYTES // 1024**2
    return Damaged(f"unpacking it would take more than {size} MiB of memory; unpack it first", TroubleKind.CORRUPT)


class Feed:
    """The compressed bytes, in the portions a format asks for."""

    def __init__(self, read: Callable[[int], bytes], head: bytes) -> None:
        """`read`: gives at most so many bytes, nothing at the end; `head`: what was read before."""
        self._read = read
        self._held = head
        self._at = 0

    @property
    def is_ready(self) -> bool:
        """Whether the next byte is there already, so that asking for it cannot wait."""
        return self._at < len(self._held)

    def at_end(self) -> bool:
        """Whether nothing is left."""
        if not self.is_ready:
            self._held = self._read(PIECE_BYTES)
            self._at = 0
        return not self._held

    def some(self, size: int = PIECE_BYTES) -> bytes:
        """What is there, at most `size` bytes; nothing at the end."""
        if self.at_end():
            return b""
        piece = self._held[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def take(self, size: int) -> bytes:
        """`size` bytes; raises `Damaged` if they are not there."""
        taken = bytearray()
        while len(taken) < size:
            if self.at_end():
                raise _cut()
            taken += self.some(size - len(taken))
        return bytes(taken)

    def skip(self, size: int) -> None:
        """Pass over `size` bytes."""
        while size:
            size -= len(self.take(min(size, PIECE_BYTES)))

    def give_back(self, piece: bytes) -> None:
        """Put bytes back in front."""
        self._held = piece + self._held[self._at :]
        self._at = 0


def find_unpacker(head: bytes) -> Callable[[Feed], Iterator[bytes]] | None:
    """What unpacks a file that begins with `head`; None if it is not compressed."""
    if head.startswith(_GZIP):
        return unpack_gzip
    if head.startswith(_ZSTD) or (head[1:4] == _SKIPPABLE and head[0] >> 4 == 5):  # noqa: PLR2004 - see `_SKIPPABLE`
        return unpack_zstd
    if head.startswith(_LZ4):
        return unpack_lz4
    if head.startswith(_XZ):
        return unpack_xz
    return None


def unpack_gzip(feed: Feed) -> Iterator[bytes]:
    """Unpack members in a row; zeros after the last are padding of tapes."""
    while True:
        member = zlib.decompressobj(31)
        while not member.eof:
            packed = member.unconsumed_tail or feed.some()
            before = member.copy()
            try:
                piece = member.decompress(packed, PIECE_BYTES)
            except zlib.error:
                yield from _salvage(before, packed)
                raise _corrupt() from None
            if not packed and not piece:
                raise _cut()
            yield piece
        feed.give_back(member.unused_data)
        if _is_over(feed, _GZIP):
            return


def _salvage(member: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    """Byte by byte, until the damage shows."""
    for at in range(len(packed)):
        try:
            yield member.decompress(packed[at : at + 1])
        except zlib.error:
            return


def _is_over(feed: Feed, magic: bytes) -> bool:
    """Whether a file ends here. `Damaged` if something follows that is neither padding nor another part."""
    while not feed.at_end():
        rest = feed.some().lstrip(b"\0")
        if rest:
            feed.give_back(rest)
            start = feed.take(len(magic))
            if start != magic:
                raise _followed()
            feed.give_back(start)
            return False
    return True


def unpack_xz(feed: Feed) -> Iterator[bytes]:
    """Unpack streams in a row."""
    import lzma  # noqa: PLC0415 - most runs never meet one

    while True:
        stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_MEMORY_BYTES)
        gathered = bytearray()
        while not stream.eof:
            if gathered and (len(gathered) >= PIECE_BYTES or not feed.is_ready):
                yield bytes(gathered)
                gathered.clear()
            packed = feed.some(XZ_INPUT_BYTES) if stream.needs_input else b""
            if stream.needs_input and not packed:
                raise _cut()
            try:
                gathered += stream.decompress(packed, PIECE_BYTES)
            except lzma.LZMAError as error:
                yield bytes(gathered)
                raise (_greedy() if "Memory" in str(error) else _corrupt()) from None
        yield bytes(gathered)
        feed.give_back(stream.unused_data)
        if _is_over(feed, _XZ):
            return


def _passes_skippable(feed: Feed, magic: bytes) -> bool:
    if magic[1:] != _SKIPPABLE or magic[0] >> 4 != 5:  # noqa: PLR2004 - see `_SKIPPABLE`
        return False
    feed.skip(int.from_bytes(feed.take(4), "little"))
    return True


def unpack_zstd(feed: Feed) -> Iterator[bytes]:
    """Unpack frames in a row, block by block: the library alone would not say that a frame was cut."""
    import zstandard  # noqa: PLC0415 - most runs never meet one

    while not feed.at_end():
        magic = feed.take(4)
        if _passes_skippable(feed, magic):
            continue
        if magic != _ZSTD:
            raise _followed()
        frame = zstandard.ZstdDecompressor(max_window_size=MAX_MEMORY_BYTES).decompressobj()
        flags = feed.take(1)
        single = flags[0] >> 5 & 1
        size_bytes = (single, 2, 4, 8)[flags[0] >> 6]
        header = feed.take((1 - single) + (0, 1, 2, 4)[flags[0] & 3] + size_bytes)
        try:
            yield frame.decompress(magic + flags + header)
            last = False
            while not last:
                mark = feed.take(3)
                word = int.from_bytes(mark, "little")
                last = bool(word & 1)
                size = 1 if word >> 1 & 3 == 1 else word >> 3  # one byte, to be repeated
                if size > MAX_ZSTD_BLOCK_BYTES:
                    raise _corrupt()
                yield frame.decompress(mark + feed.take(size))
            if flags[0] & 4:
                frame.decompress(feed.take(4))
        except zstandard.ZstdError as error:
            raise (_greedy() if "too much memory" in str(error) else _corrupt()) from None


def unpack_lz4(feed: Feed) -> Iterator[bytes]:
    """Unpack frames in a row, block by block: a damaged block costs nothing of those before it."""
    import lz4.frame  # type: ignore[import-untyped] # noqa: PLC0415 - it has no types; most runs never meet one

    while not feed.at_end():
        magic = feed.take(4)
        if _passes_skippable(feed, magic):
            continue
        if magic != _LZ4:
            raise _followed()
        frame = lz4.frame.LZ4FrameDecompressor()
        flags = feed.take(2)
        header = feed.take((8 if flags[0] & 8 else 0) + (4 if flags[0] & 1 else 0) + 1)
        try:
            yield frame.decompress(magic + flags + header)
            while True:
                mark = feed.take(4)
                size = int.from_bytes(mark, "little") & 0x7FFFFFFF
                if size == 0:
                    break
                if size > MAX_LZ4_BLOCK_BYTES:
                    raise _corrupt()
                yield frame.decompress(mark + feed.take(size + (4 if flags[0] & 16 else 0)), MAX_LZ4_BLOCK_BYTES)
            frame.decompress(mark + (feed.take(4) if flags[0] & 4 else b""))
        except RuntimeError:
            raise _corrupt() from None
