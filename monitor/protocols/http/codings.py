"""Undoes what packed a body for the way (RFC 9110 section 8.4): gzip, deflate, br, zstd, and any of them on another.

Done as browsers do it: checksums are passed over, what is missing at the end is no trouble, and what came before damage
counts. Rule: of no step more than `UNPACKED_BYTES` comes out, so nothing can grow.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from types import ModuleType

from monitor.model.lazy import lazy
from monitor.protocols.http.bounds import UNPACKED_BYTES

MAX_CODINGS = 4
"""On top of each other; servers that pack what is packed already come to two."""
_WINDOW_BYTES = 8_388_608
"""What zstd may look back, as browsers bound it (RFC 9659 section 3)."""
_PIECE_BYTES = 1_024
"""Given to zlib at once: what it made of earlier pieces is kept when it fails."""
_RAW = -zlib.MAX_WBITS

_GZIP = lazy(
    # RFC 1952 section 2.3: magic, method, flags; time, flags, system; extra field, name, comment, checksum
    rb"\x1f\x8b\x08(?P<flags>.)(?s:.{6})",
    re.DOTALL,
)
_EXTRA, _NAME, _COMMENT, _CHECKSUM = 4, 8, 16, 2


def unpack(body: bytes, codings: tuple[bytes, ...]) -> bytes | None:
    """The bytes before they were packed, or the first of them; None if that cannot be undone.

    Args:
        body: as it came, or its first bytes.
        codings: names in lower case, in the order in which they were applied.
    """
    waiting = [coding for coding in reversed(codings) if coding in _UNDO][:MAX_CODINGS]
    undone = False
    again = bool(body)
    while again:  # heads name them in the wrong order, or one that was left out after all
        again = False
        for at, coding in enumerate(waiting):
            found = _UNDO[coding](body)
            if found:
                body = found
                del waiting[at]
                undone = again = True
                break
    return body if undone else None


def _gunzip(body: bytes) -> bytes:
    """Every member, one after another (RFC 1952 section 2.2); the checksum of each is passed over."""
    unpacked = b""
    while len(unpacked) < UNPACKED_BYTES:
        start = _behind_gzip_head(body)
        if start < 0:
            break
        more, rest = _inflate(body[start:], UNPACKED_BYTES - len(unpacked))
        unpacked += more
        body = rest[8:]
    return unpacked


def _behind_gzip_head(body: bytes) -> int:
    head = _GZIP.match(body)
    if head is None:
        return -1
    flags, at = head["flags"][0], head.end()
    if flags & _EXTRA:
        at += 2 + int.from_bytes(body[at : at + 2], "little")
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            at = body.find(b"\0", at) + 1
            if not at:
                return -1
    return at + 2 if flags & _CHECKSUM else at


def _undeflate(body: bytes) -> bytes:
    """With the head of zlib, as it should be, or without, as some servers send it."""
    if body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0:
        found, _ = _inflate(body[2:], UNPACKED_BYTES)
        if found:
            return found
    found, _ = _inflate(body, UNPACKED_BYTES, damaged=False)
    return found or _gunzip(body)


def _inflate(body: bytes, limit: int, *, damaged: bool = True) -> tuple[bytes, bytes]:
    """What raw deflate unpacks to, up to a limit or damage, and what stands behind its end.

    Without `damaged` nothing counts that ends in damage: no head says that this is deflate at all.
    """
    inflater = zlib.decompressobj(_RAW)
    unpacked = bytearray()
    for at in range(0, len(body), _PIECE_BYTES):
        try:
            unpacked += inflater.decompress(body[at : at + _PIECE_BYTES], limit - len(unpacked))
        except zlib.error:
            if not damaged:
                return b"", b""
            break
        if inflater.eof:
            return bytes(unpacked), inflater.unused_data + body[at + _PIECE_BYTES :]
        if len(unpacked) >= limit:
            break
    return bytes(unpacked), b""


def _unbrotli(body: bytes) -> bytes:
    brotli = _library("brotli")
    unpacker = brotli.Decompressor()
    unpacked = b""
    try:
        while len(unpacked) < UNPACKED_BYTES and not unpacker.is_finished():
            more = unpacker.process(body, output_buffer_limit=UNPACKED_BYTES - len(unpacked))
            if not more and unpacker.can_accept_more_data():
                break
            unpacked += more
            body = b""
    except brotli.error:
        pass
    return unpacked[:UNPACKED_BYTES]


def _unzstd(body: bytes) -> bytes:
    zstandard = _library("zstandard")
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES)
    unpacked = b""
    try:
        with unpacker.stream_reader(body, read_across_frames=True) as stream:
            while len(unpacked) < UNPACKED_BYTES:
                more = stream.read1(UNPACKED_BYTES - len(unpacked))
                if not more:
                    break
                unpacked += more
    except (zstandard.ZstdError, MemoryError):
        pass
    return unpacked


def _library(name: str) -> ModuleType:
    """A library that few runs need."""
    from importlib import import_module  # noqa: PLC0415  (the same)

    return import_module(name)


_UNDO: dict[bytes, Callable[[bytes], bytes]] = {
    b"gzip": _gunzip,
    b"x-gzip": _gunzip,
    b"deflate": _undeflate,
    b"x-deflate": _undeflate,
    b"br": _unbrotli,
    b"zstd": _unzstd,
}
