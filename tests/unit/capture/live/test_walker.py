"""The walk through a block of the ring: what the kernel writes, and whatever else could stand there."""

from __future__ import annotations

import struct
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.capture.live.walker as built
from monitor.model.frames import Frames
from tests.support.uncompiled import load_source

source = load_source("monitor.capture.live.walker")

BLOCK = 2048
VALID, TPID_VALID = 16, 64
SECOND = 10**9
ADDRESSES = bytes(range(12))


@dataclass(frozen=True)
class Packet:
    """A packet as the kernel would put it into the ring."""

    data: bytes
    at_ns: int = SECOND
    wirelen: int | None = None
    status: int = 0
    tci: int = 0
    tpid: int = 0
    mac: int = 86


def block(packets: Sequence[Packet], announced: int | None = None) -> bytearray:
    """A block with these packets."""
    content = bytearray(BLOCK)
    at = 48
    struct.pack_into("=5I", content, 0, 3, 0, 1, len(packets) if announced is None else announced, at)
    for number, packet in enumerate(packets):
        step = (packet.mac + len(packet.data) + 15) // 16 * 16
        seconds, rest = divmod(packet.at_ns, SECOND)
        wirelen = len(packet.data) if packet.wirelen is None else packet.wirelen
        sizes = (len(packet.data), wirelen)
        last = number == len(packets) - 1
        struct.pack_into("=4I", content, at, 0 if last else step, seconds, rest, sizes[0])
        struct.pack_into(
            "=2IHH2IH", content, at + 16, sizes[1], packet.status, packet.mac, 0, 0, packet.tci, packet.tpid
        )
        content[at + packet.mac : at + packet.mac + len(packet.data)] = packet.data
        at += step
    return content


@dataclass
class Walk:
    """Everything that a walk leaves behind."""

    batches: list[list[tuple[bytes, int, int, int, int]]]
    """Data, wire length, time, interface and number of each frame."""
    places: list[tuple[int, int]]
    sums: tuple[int, ...]
    content: bytes


def walk(module: ModuleType, content: bytes, *, capacity: int = 8, start: int = 0) -> Walk:
    """Walk one block to its end."""
    frames = Frames(data=bytearray(content), capacity=capacity)
    walker = module.RingWalker(frames, BLOCK, 3)
    batches, places = [], []
    walker.begin(start)
    while count := walker.walk():
        here = [(frames.offset[i], frames.caplen[i]) for i in range(count)]
        places += here
        batches.append(
            [
                (
                    bytes(frames.data[at : at + size]),
                    frames.wirelen[i],
                    frames.ts_ns[i],
                    frames.interface[i],
                    frames.number[i],
                )
                for i, (at, size) in enumerate(here)
            ]
        )
    sums = (walker.packets, walker.wire_bytes, walker.first_ns, walker.last_ns, walker.lost)
    return Walk(batches, places, sums, bytes(frames.data))


def both(content: bytes, *, capacity: int = 8) -> Walk:
    """Walk compiled and not, with the same results."""
    results = [walk(module, content, capacity=capacity) for module in (built, source)]
    assert results[0] == results[1]
    return results[0]


def test_the_module_under_test_is_compiled() -> None:
    """Without that this file would compare the source with itself."""
    assert not str(built.__file__).endswith(".py")
    assert str(source.__file__).endswith(".py")


def test_packets_come_out_as_they_went_in() -> None:
    """Data, lengths, times in nanoseconds and numbers, in batches no longer than asked for."""
    packets = [Packet(bytes([n]) * (20 + n), at_ns=5 * SECOND + n, wirelen=900 if n == 1 else None) for n in range(5)]
    seen = both(block(packets), capacity=2)

    assert [2, 2, 1] == [len(batch) for batch in seen.batches]
    assert [
        (packet.data, packet.wirelen or len(packet.data), packet.at_ns, 3, number)
        for number, packet in enumerate(packets, 1)
    ] == list(chain(*seen.batches))
    assert (5, 20 + 900 + 22 + 23 + 24, 5 * SECOND, 5 * SECOND + 4, 0) == seen.sums


def test_an_empty_block_holds_nothing() -> None:
    """Some kernels hand over blocks without a packet."""
    assert [] == both(block([])).batches


@pytest.mark.parametrize(
    ("status", "tpid", "tag"),
    [
        (VALID | TPID_VALID, 0x8100, b"\x81\x00\xa0\x1e"),
        (VALID | TPID_VALID, 0x88A8, b"\x88\xa8\xa0\x1e"),
        (VALID, 0, b"\x81\x00\xa0\x1e"),  # kernels before 3.14 did not tell the kind
        (TPID_VALID, 0x8100, b""),
        (0, 0, b""),
    ],
)
def test_the_tag_stands_where_it_was(status: int, tpid: int, tag: bytes) -> None:
    """A tag the kernel took off is put back behind the addresses, and counted as a part of the frame."""
    packets = [Packet(ADDRESSES + b"\x08\x00packet", status=status, tci=0xA01E, tpid=tpid)] * 2
    seen = both(block(packets))
    expected = ADDRESSES + tag + b"\x08\x00packet"

    assert [[expected] * 2] == [[frame[0] for frame in batch] for batch in seen.batches]
    assert [len(expected)] * 2 == [frame[1] for frame in seen.batches[0]]


@pytest.mark.parametrize("packet", [Packet(b"short", status=VALID, tci=1), Packet(bytes(60), status=VALID, mac=71)])
def test_a_tag_that_fits_nowhere_is_left_out(packet: Packet) -> None:
    """Without addresses, or without room in front of them, the frame stays as it is."""
    assert packet.data == both(block([packet])).batches[0][0][0]


def test_processors_may_be_late_but_time_may_not_hide() -> None:
    """A stamp a little earlier than the one before is a race and is lifted to it; one far back stays, to be counted."""
    at = 100 * SECOND
    late = [at, at - 1, at - built.RACE_NS, at - built.RACE_NS - 1, at - 50 * SECOND]
    seen = both(block([Packet(b"x" * 20, at_ns=stamp) for stamp in late]))

    assert [at, at, at, late[3], late[4]] == [frame[2] for frame in seen.batches[0]]
    assert (late[4], at) == seen.sums[2:4]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (("=I", 48, 16), 1),  # the next header within this one
        (("=I", 48, BLOCK), 1),  # the next header behind the block
        (("=I", 48 + 12, BLOCK), 0),  # longer than the block
        (("=H", 48 + 24, 20), 0),  # the data within the header
        (("=I", 16, BLOCK - 60), 0),  # the first header cut by the end of the block
        (("=I", 16, 4), 0),  # the first header within the block's own
        (("=I", 12, 9), 3),  # more announced than there is
    ],
)
def test_what_does_not_fit_is_counted_as_lost(change: tuple[str, int, int], kept: int) -> None:
    """A block that contradicts itself gives what makes sense and says how many packets it did not give."""
    content = block([Packet(bytes([n]) * 30) for n in range(3)])
    form, at, value = change
    struct.pack_into(form, content, at, value)
    announced = 9 if at == 12 else 3
    for capacity in (1, 8):
        seen = both(content, capacity=capacity)
        assert kept == sum(map(len, seen.batches))
        assert announced - kept == seen.sums[4]


NUMBERS = st.sampled_from([0, 1, 16, 48, 67, 68, 72, 86, 96, 112, 2000, BLOCK - 68, BLOCK, 2**16 - 1, 2**31, 2**32 - 1])


@given(
    packets=st.lists(st.builds(Packet, st.binary(max_size=80), st.integers(0, 2**40)), max_size=6),
    announced=st.one_of(st.integers(0, 10), NUMBERS),
    changes=st.lists(st.tuples(st.integers(0, BLOCK - 4), NUMBERS), max_size=12),
    noise=st.binary(max_size=300),
    capacity=st.integers(1, 4),
)
def test_nothing_outside_the_block_is_touched(
    packets: list[Packet], announced: int, changes: list[tuple[int, int]], noise: bytes, capacity: int
) -> None:
    """Whatever stands in a block: compiled or not, all frames lie in it, and its neighbors stay as they are."""
    content = block(packets, announced)
    content[700 : 700 + len(noise)] = noise
    for at, value in changes:
        struct.pack_into("=I", content, at, value)
    (stands,) = struct.unpack_from("=I", content, 12)
    results = []
    for module in (built, source):
        seen = walk(module, bytes([1]) * BLOCK + content + bytes([2]) * BLOCK, capacity=capacity, start=BLOCK)
        results.append(seen)
        assert all(BLOCK <= at and at + size <= 2 * BLOCK for at, size in seen.places)
        assert bytes([1]) * BLOCK == seen.content[:BLOCK]
        assert bytes([2]) * BLOCK == seen.content[2 * BLOCK :]
        assert stands == seen.sums[0] + seen.sums[4]
    assert results[0] == results[1]


def test_headers_are_read_in_the_order_of_this_machine() -> None:
    """The ring is written by the kernel of the same machine."""
    assert sys.byteorder == ("big" if struct.pack("=H", 1)[1] else "little")
    assert 1 == both(block([Packet(b"x" * 20)])).sums[0]
