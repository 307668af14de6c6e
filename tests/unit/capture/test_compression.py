"""Compressed captures: every format, several parts in a row, cut, damaged, and made to exhaust memory."""

from __future__ import annotations

import gzip
import lzma
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import lz4.frame
import pytest
import zstandard

from monitor.capture.compression import MAX_MEMORY_BYTES
from monitor.capture.trouble import TroubleKind
from tests.support.captures import Pcap, Read, contents, packets, pcapng, read_paths

Pack = Callable[[bytes], bytes]


def streamed_zstd(data: bytes) -> bytes:
    """Zstandard as a pipe writes it: without a size in its header, with a checksum."""
    packer = zstandard.ZstdCompressor(level=3, write_checksum=True).compressobj()
    return packer.compress(data) + packer.flush()


def careful_lz4(data: bytes) -> bytes:
    """LZ4 with every optional field."""
    checks = {"content_checksum": True, "block_checksum": True, "store_size": True}
    return bytes(lz4.frame.compress(data, block_size=lz4.frame.BLOCKSIZE_MAX64KB, **checks))


PACKERS: dict[str, Pack] = {
    "gzip": gzip.compress,
    "zstd": zstandard.ZstdCompressor(level=3).compress,
    "zstd, streamed": streamed_zstd,
    "lz4": lambda data: bytes(lz4.frame.compress(data)),
    "lz4, careful": careful_lz4,
    "xz": lambda data: lzma.compress(data, preset=0),
}
EVERY = pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
WRITTEN = packets(9000, size=200)
CONTENT = Pcap().file(WRITTEN)


@EVERY
def test_every_format(read: Read, pack: Pack) -> None:
    """Told by its first bytes, whatever the name; both capture formats."""
    result = read(pack(CONTENT))
    assert contents(WRITTEN) == result.data
    assert [] == result.source.troubles

    assert contents(WRITTEN[:50]) == read(pack(pcapng(WRITTEN[:50]))).data


@EVERY
def test_parts_in_a_row(read: Read, pack: Pack) -> None:
    """Files that were appended to each other, cut anywhere in between."""
    result = read(pack(CONTENT[:3]) + pack(CONTENT[3:100_000]) + pack(b"") + pack(CONTENT[100_000:]))

    assert contents(WRITTEN) == result.data
    assert [] == result.source.troubles


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress], ids=["gzip", "xz"])
def test_padding(read: Read, pack: Pack) -> None:
    """Zeros between and behind the parts are padding."""
    result = read(pack(CONTENT[:1000]) + bytes(8) + pack(CONTENT[1000:]) + bytes(200_000))

    assert contents(WRITTEN) == result.data
    assert [] == result.source.troubles


@pytest.mark.parametrize("pack", [PACKERS["zstd"], PACKERS["lz4"]], ids=["zstd", "lz4"])
def test_skippable_frames(read: Read, pack: Pack) -> None:
    """Frames of other programs between and behind the data are passed over."""
    foreign = b"\x5a\x2a\x4d\x18" + (70_000).to_bytes(4, "little") + b"x" * 70_000
    result = read(pack(CONTENT[:1000]) + foreign + pack(CONTENT[1000:]) + foreign)

    assert contents(WRITTEN) == result.data
    assert [] == result.source.troubles


def test_skippable_frame_in_front(read: Read) -> None:
    """Parallel zstd puts one before the data."""
    result = read(b"\x50\x2a\x4d\x18\4\0\0\0abcd" + PACKERS["zstd"](CONTENT))

    assert contents(WRITTEN) == result.data


@EVERY
def test_cut(read: Read, pack: Pack) -> None:
    """What stands before the cut comes out, and the trouble is told once."""
    packed = pack(CONTENT)
    for size in (len(packed) - 1, len(packed) * 3 // 4):
        result = read(packed[:size])

        assert contents(WRITTEN)[: len(result.data)] == result.data
        assert [TroubleKind.CUT] == result.kinds
        assert "too early" in result.source.troubles[0].reason
        if size == len(packed) - 1:
            assert sum(len(data) for data in result.data) > len(CONTENT) - 400_000  # all but one block, at most


@pytest.mark.parametrize("name", ["gzip", "zstd, streamed", "lz4, careful"])
def test_wrong_checksum(read: Read, name: str) -> None:
    """The sum at the end is wrong: everything is there, and told to be damaged."""
    packed = PACKERS[name](CONTENT)
    result = read(packed[:-1] + bytes([packed[-1] ^ 1]))

    assert contents(WRITTEN) == result.data
    assert [TroubleKind.CORRUPT] == result.kinds


@EVERY
def test_damage(read: Read, pack: Pack) -> None:
    """Damage in the middle: what stands before it comes out."""
    packed = bytearray(pack(CONTENT))
    place = len(packed) * 3 // 4
    packed[place : place + 40] = b"\xff" * 40
    result = read(bytes(packed))

    before = next(
        (i for i, (one, other) in enumerate(zip(result.data, WRITTEN, strict=False)) if one != other.data),
        min(len(result.data), len(WRITTEN)),
    )
    assert before > 1000 or pack is PACKERS["lz4"]  # which may put everything into one block
    assert [TroubleKind.CORRUPT] == result.kinds


@EVERY
def test_other_bytes_behind(read: Read, pack: Pack) -> None:
    """Bytes behind the data that are not compressed are not passed over in silence."""
    result = read(pack(CONTENT) + b"something else")

    assert contents(WRITTEN) == result.data
    assert [TroubleKind.CORRUPT] == result.kinds


@EVERY
def test_compressed_text(read: Read, pack: Pack) -> None:
    """What is inside decides."""
    assert [TroubleKind.NOT_CAPTURE] == read(pack(b"dear diary " * 99)).kinds
    assert [TroubleKind.EMPTY] == read(pack(b"")).kinds


def test_only_a_magic(read: Read) -> None:
    """Files of which hardly anything was written."""
    for packed in (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd\x04"):
        assert [TroubleKind.CUT] == read(packed).kinds


def bomb(path: Path, size: int) -> None:
    """A gzip file of a header and `size` zeros."""
    packer = zlib.compressobj(9, wbits=31)
    with path.open("wb") as file:
        file.write(packer.compress(Pcap().header()))
        for _ in range(size // 1_000_000):
            file.write(packer.compress(bytes(1_000_000)))
        file.write(packer.flush())


@pytest.mark.slow
def test_bomb(tmp_path: Path) -> None:
    """A file that unpacks to a thousand times its size costs time, not memory."""
    path = tmp_path / "bomb"
    bomb(path, 24_000_000)
    tracemalloc.start()
    try:
        result = read_paths(str(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [] == result.data
    assert [TroubleKind.CORRUPT] == result.kinds
    assert 24_000_000 == result.stats.weirds["capture.skipped_bytes"]
    assert peak < 20_000_000


@pytest.mark.parametrize("name", ["xz", "zstd"])
def test_greedy(read: Read, name: str) -> None:
    """A file that asks for more memory than is granted is refused in plain words."""
    size = MAX_MEMORY_BYTES * 4
    if name == "xz":
        packed = lzma.compress(CONTENT, filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": size}])
    else:
        window = zstandard.ZstdCompressionParameters.from_level(1, window_log=29, source_size=0)
        packer = zstandard.ZstdCompressor(compression_params=window).compressobj()
        packed = packer.compress(CONTENT) + packer.flush()
    result = read(packed)

    assert [TroubleKind.CORRUPT] == result.kinds
    assert "128 MiB" in result.source.troubles[0].reason


def test_zstd_block_that_repeats(read: Read) -> None:
    """Blocks of one repeated byte are unpacked one at a time."""
    frame = b"\x28\xb5\x2f\xfd\x00\x58"  # a window of 2 MiB, no size
    raw = ((len(Pcap().header()) << 3) | 0).to_bytes(3, "little") + Pcap().header()
    repeated = ((131_072 << 3) | 2).to_bytes(3, "little") + b"\xee"
    last = ((131_072 << 3) | 3).to_bytes(3, "little") + b"\xee"
    result = read(frame + raw + repeated * 9 + last)

    assert 10 * 131_072 == result.stats.weirds["capture.skipped_bytes"]


@pytest.mark.parametrize("name", ["zstd", "lz4"])
def test_impossible_block(read: Read, name: str) -> None:
    """A block that claims to be larger than the format allows is damage, and nothing is read for it."""
    packed = {
        "zstd": b"\x28\xb5\x2f\xfd\x00\x58" + b"\xfc\xff\xff" + b"x" * 100,
        "lz4": lz4.frame.compress(b"")[:7] + b"\xff\xff\xff\x7f" + b"x" * 100,
    }[name]

    assert [TroubleKind.CORRUPT] == read(packed).kinds
