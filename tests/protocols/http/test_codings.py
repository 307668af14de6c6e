"""Tests of `monitor.protocols.http.codings`."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.http.bounds import UNPACKED_BYTES
from monitor.protocols.http.codings import MAX_CODINGS, unpack

DATA = b"username=ask&password=word&" + bytes(range(256)) * 8


def _raw(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def _named(data: bytes) -> bytes:
    """With every part that a head of gzip may have."""
    packed = gzip.compress(data, mtime=0)
    return packed[:3] + b"\x1f" + packed[4:10] + b"\x03\0abcform\0a comment\0\0\0" + packed[10:]


PACKERS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "gzip": (b"gzip", gzip.compress),
    "x-gzip": (b"x-gzip", gzip.compress),
    "gzip with all its parts": (b"gzip", _named),
    "gzip in two members": (b"gzip", lambda data: gzip.compress(data[:100]) + gzip.compress(data[100:])),
    "deflate": (b"deflate", zlib.compress),
    "deflate without a head": (b"deflate", _raw),
    "gzip under another name": (b"deflate", gzip.compress),
    "br": (b"br", brotli.compress),
    "zstd": (b"zstd", zstandard.compress),
    "zstd in two frames": (b"zstd", lambda data: zstandard.compress(data[:100]) + zstandard.compress(data[100:])),
}

each_packer = pytest.mark.parametrize(("coding", "pack"), PACKERS.values(), ids=list(PACKERS))


@each_packer
def test_what_browsers_unpack(coding: bytes, pack: Callable[[bytes], bytes]) -> None:
    """Every coding gives what was packed; the beginning of a packed body gives a beginning, or nothing."""
    packed = pack(DATA)
    assert DATA == unpack(packed, (coding,))
    for size in range(0, len(packed), 97):
        assert DATA.startswith(unpack(packed[:size], (coding,)) or b"")


@each_packer
def test_nothing_grows(coding: bytes, pack: Callable[[bytes], bytes]) -> None:
    """Of a bomb no more than the bound comes out, also where it is packed again."""
    bomb = pack(bytes(5_000_000))
    assert UNPACKED_BYTES == len(unpack(bomb, (coding,)) or b"")
    assert UNPACKED_BYTES >= len(unpack(gzip.compress(bomb), (coding, b"gzip")) or b"")


def test_one_on_another() -> None:
    """Codings are undone in the order in which they can be; those that were never applied are left out."""
    packed = gzip.compress(brotli.compress(DATA))
    for codings in ((b"br", b"gzip"), (b"gzip", b"br"), (b"br", b"gzip", b"gzip"), (b"unknown", b"br", b"gzip")):
        assert DATA == unpack(packed, codings)
    often = DATA
    for _ in range(MAX_CODINGS + 1):
        often = gzip.compress(often)
    assert gzip.compress(DATA)[:3] == (unpack(often, (b"gzip",) * (MAX_CODINGS + 1)) or b"")[:3]


def test_damage() -> None:
    """A checksum that is wrong does no harm; what came ahead of damage counts; what is nothing of it is None."""
    packed = gzip.compress(DATA)
    assert DATA == unpack(packed[:-8] + bytes(8), (b"gzip",))
    assert DATA[:30] == (unpack(packed[:60] + b"\xff" * 20, (b"gzip",)) or b"?")[:30]
    for coding in (b"gzip", b"deflate", b"br", b"zstd", b"compress"):
        assert None is unpack(b"username=ask&password=word", (coding,))
        assert None is unpack(b"", (coding,))
    for head in (b"\x1f\x8b\x08\x08" + bytes(6) + b"no end of a name", b"\x1f\x8b\x08\x04" + bytes(6) + b"\xff\xff"):
        assert None is unpack(head, (b"gzip",))


@given(st.binary(max_size=200), st.lists(st.sampled_from([b"gzip", b"deflate", b"br", b"zstd"]), max_size=5))
def test_never_fails(body: bytes, codings: list[bytes]) -> None:
    """Whatever comes, there is something within the bound, or None."""
    heads = (b"", b"\x1f\x8b\x08\0\0\0\0\0\0\0", b"\x78\x9c", b"\x28\xb5\x2f\xfd")
    for head in heads:
        assert UNPACKED_BYTES >= len(unpack(head + body, tuple(codings)) or b"")
