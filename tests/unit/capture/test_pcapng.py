"""The pcapng format: sections, interfaces, clocks, every kind of packet block."""

from __future__ import annotations

import struct

import pytest

from monitor.capture import bounds
from monitor.capture.trouble import TroubleKind
from monitor.model.frames import NO_TIME, UNKNOWN_LINKTYPE
from tests.support.captures import (
    SECOND,
    START,
    Packet,
    Read,
    block,
    contents,
    enhanced,
    interface,
    obsolete,
    option,
    packets,
    pcapng,
    section,
    simple,
)

ORDERS = pytest.mark.parametrize("order", ["<", ">"])
NANO = START * SECOND + 123_456_789


@ORDERS
def test_enhanced_packets(read: Read, order: str) -> None:
    """The usual capture: one section, one interface, microseconds."""
    written = packets(6)
    result = read(pcapng(written, order=order))

    assert contents(written) == result.data
    assert [packet.at_ns for packet in written] == [one.at_ns for one in result.seen]
    assert [1, 2, 3, 4, 5, 6] == [one.number for one in result.seen]
    assert [] == result.source.troubles
    assert sum(packet.size for packet in written) == result.figures.bytes


@ORDERS
def test_other_packet_blocks(read: Read, order: str) -> None:
    """Obsolete blocks have an interface of 16 bits; simple blocks have no time and belong to the first interface."""
    content = section(order=order) + interface(113, order=order) + interface(1, order=order)
    content += obsolete(1, b"old", START * 10**6, order=order, drops=7)
    content += simple(b"plain", order=order)
    seen = read(content).seen

    assert [b"old", b"plain"] == [one.data for one in seen]
    assert [START * SECOND, NO_TIME] == [one.at_ns for one in seen]
    assert [1, 113] == [one.linktype for one in seen]
    assert [3, 5] == [one.wirelen for one in seen]


def test_simple_packets_are_cut_by_the_snapshot_length(read: Read) -> None:
    """A simple block does not say how much was captured: the first interface does, for the padding is no data."""
    content = section() + interface(1, snaplen=5) + simple(b"abcde", wirelen=60) + simple(b"abc")
    seen = read(content).seen

    assert [b"abcde", b"abc"] == [one.data for one in seen]
    assert [60, 3] == [one.wirelen for one in seen]


@pytest.mark.parametrize(
    ("resolution", "stamp", "expected"),
    [
        (None, NANO // 1000, NANO // 1000 * 1000),
        (6, NANO // 1000, NANO // 1000 * 1000),
        (9, NANO, NANO),
        (0, START, START * SECOND),
        (3, START * 1000 + 7, START * SECOND + 7_000_000),
        (10, NANO * 10 + 9, NANO),
        (0x80 | 10, START * 1024 + 512, START * SECOND + SECOND // 2),
        (0x80 | 30, (START << 30) + (1 << 28), START * SECOND + SECOND // 4),
        (0x80 | 32, (START << 32) + 1, START * SECOND),
        (0x80, START, START * SECOND),
        (127, 2**64 - 1, 0),
        (0xFF, 2**64 - 1, 0),
        (9, 2**63 - 1, 2**63 - 1),
        (9, 2**63, NO_TIME),
        (0, 2**64 - 1, NO_TIME),
        (6, 2**63 // 1000, 2**63 // 1000 * 1000),
        (6, 2**63 // 1000 + 1, NO_TIME),
    ],
)
def test_clocks(read: Read, resolution: int | None, stamp: int, expected: int) -> None:
    """Decimal and binary resolutions are exact; what no 64 bits of nanoseconds hold is no time, and counted."""
    content = section() + interface(resolution=resolution) + enhanced(0, b"x", stamp)
    result = read(content)

    assert [expected] == [one.at_ns for one in result.seen]
    assert (expected == NO_TIME) == bool(result.stats.weirds["capture.bad_time"])


@pytest.mark.parametrize("offset", [3600, -(10**9), 2**31, -(2**31) - 5, 2**63 - 1])
@pytest.mark.parametrize("resolution", [6, 0x80 | 20])
def test_clock_offset(read: Read, offset: int, resolution: int) -> None:
    """Seconds to be added to every stamp, also before 1970 and beyond what fits."""
    units = 2**20 if resolution & 0x80 else 10**6
    expected = (7 + offset) * SECOND if abs(offset) < 2**33 else NO_TIME
    content = section() + interface(resolution=resolution, offset=offset) + enhanced(0, b"x", 7 * units)

    assert [expected] == [one.at_ns for one in read(content).seen]


def test_each_interface_has_its_own_clock_and_link_type(read: Read) -> None:
    """Many interfaces, named out of order."""
    count = 37
    descriptions = b"".join(interface(100 + i, resolution=9 if i % 2 else 6) for i in range(count))
    numbers = [*range(count - 1, -1, -1), 0, 5, 36]
    stamps = b"".join(enhanced(i, bytes([i]), START * (SECOND if i % 2 else 10**6)) for i in numbers)
    result = read(section() + descriptions + stamps)

    assert [100 + i for i in numbers] == [one.linktype for one in result.seen]
    assert {START * SECOND} == {one.at_ns for one in result.seen}


def test_sections(read: Read) -> None:
    """A new section has a byte order of its own and forgets the interfaces of the one before."""
    first = section(length=12345) + interface(1) + enhanced(0, b"one", START * 10**6)
    second = section(order=">") + interface(113, order=">", resolution=9)
    second += enhanced(0, b"two", NANO, order=">")
    result = read(first + second + first)

    assert [b"one", b"two", b"one"] == result.data
    assert [1, 113, 1] == [one.linktype for one in result.seen]
    assert [START * SECOND, NANO, START * SECOND] == [one.at_ns for one in result.seen]
    assert {0} == {one.capture for one in result.seen}
    assert [] == result.source.troubles


def test_other_blocks_are_passed_over(read: Read) -> None:
    """Statistics, names, keys and custom blocks are known and skipped; what nobody knows is counted too."""
    others = b"".join(block(kind, b"\1" * 33) for kind in (4, 5, 9, 10, 0xBAD, 0x40000BAD, 0x80000001, 77))
    result = read(section() + others + interface() + others + enhanced(0, b"x", 1) + others)

    assert [b"x"] == result.data
    assert [] == result.source.troubles
    assert {"capture.unknown_block": 6} == result.stats.weirds


def test_nothing_but_other_blocks_for_long(read: Read) -> None:
    """More than a buffer of blocks that are no packets."""
    statistics = block(5, bytes(12)) * 150_000
    result = read(section() + interface() + enhanced(0, b"x", 1) + statistics + enhanced(0, b"y", 1) + statistics)

    assert [b"x", b"y"] == result.data
    assert [] == result.source.troubles


@pytest.mark.parametrize("size", [bounds.MAX_BLOCK_BYTES, 1_500_000, bounds.MAX_SKIPPED_BLOCK_BYTES])
def test_long_blocks(read: Read, size: int) -> None:
    """A block that is longer than the buffer is skipped to its end."""
    content = section() + interface() + block(10, bytes(size - 12)) + enhanced(0, b"x", 1)
    result = read(content)

    assert [b"x"] == result.data
    assert [] == result.source.troubles


def test_options(read: Read) -> None:
    """Comments and the like are passed over, and options that lie about their length do no harm."""
    comment = option(1, b"a comment " * 50) + option(0, b"")
    broken = struct.pack("<HHI", 1, 0, 0) + struct.pack("<HH", 9, 60_000) + b"\x09\0\0\0"
    content = section(options=comment) + block(1, broken) + interface(1, resolution=9)
    content += enhanced(0, b"x", START * 10**6, options=comment) + enhanced(1, b"y", NANO)
    result = read(content)

    assert [b"x", b"y"] == result.data
    assert [START * SECOND, NANO] == [one.at_ns for one in result.seen]


@pytest.mark.parametrize("packet", [enhanced(3, b"lost", 5), obsolete(3, b"lost", 5), simple(b"lost")])
def test_interface_nobody_described(read: Read, packet: bytes) -> None:
    """The packet is there, with an unknown link type and no time; it is counted and told."""
    content = section() + (b"" if packet[0] == 3 else interface()) + packet + packet + interface()
    result = read(content)

    assert [(b"lost", UNKNOWN_LINKTYPE, NO_TIME)] * 2 == [(one.data, one.linktype, one.at_ns) for one in result.seen]
    assert {"capture.unknown_interface": 2} == result.stats.weirds
    assert [TroubleKind.CORRUPT] == result.kinds


def test_too_many_interfaces(read: Read) -> None:
    """Only so many interfaces are remembered; the packets of the others are there all the same."""
    content = section() + interface() * (bounds.MAX_INTERFACES + 2)
    content += enhanced(bounds.MAX_INTERFACES - 1, b"last", 5) + enhanced(bounds.MAX_INTERFACES, b"first too many", 5)
    result = read(content)

    assert [1, UNKNOWN_LINKTYPE] == [one.linktype for one in result.seen]
    assert {"capture.interfaces": 2} == result.stats.limits


def test_header_alone(read: Read) -> None:
    """A capture in which nothing happened is a good capture, described or not."""
    for content in (section(), section() + interface()):
        result = read(content)
        assert [] == result.source.troubles
        assert 1 == result.source.captures_read


def test_cut_anywhere(read: Read) -> None:
    """All whole packets before the cut come out; a cut between two blocks cannot be told."""
    blocks = [section(), interface(), *(enhanced(0, packet.data, 1) for packet in packets(3))]
    whole = b"".join(blocks)
    ends = [sum(map(len, blocks[: i + 1])) for i in range(len(blocks))]
    for size in range(len(blocks[0]), len(whole)):
        result = read(whole[:size])
        assert sum(end <= size for end in ends[2:]) == len(result.seen)
        assert ([] if size in ends else [TroubleKind.CUT]) == result.kinds


def test_unknown_version(read: Read) -> None:
    """A section of another version is not guessed at; what came before it is read."""
    result = read(pcapng(packets(2)) + section(version=2) + interface() + enhanced(0, b"x", 1))

    assert 2 == len(result.seen)
    assert [TroubleKind.CORRUPT] == result.kinds


def test_larger_than_the_buffer(read: Read) -> None:
    """Blocks are whole wherever the buffer ends."""
    written = [Packet((START + i) * SECOND, struct.pack("<I", i) * (977 * i % 60_000)) for i in range(90)]
    result = read(pcapng(written))

    assert contents(written) == result.data
    assert [] == result.source.troubles
