"""The pcap format in all its variants, and what real writers do to it."""

from __future__ import annotations

import itertools
import struct

import pytest

from monitor.capture.bounds import BATCH_FRAMES
from monitor.capture.trouble import TroubleKind
from tests.support.captures import SECOND, START, Packet, Pcap, Read, contents, packets

VARIANTS = [
    Pcap(big=big, nano=nano, modified=modified)
    for big, nano, modified in itertools.product((False, True), repeat=3)
    if not (nano and modified)
]


@pytest.mark.parametrize("form", VARIANTS, ids=str)
def test_every_variant(read: Read, form: Pcap) -> None:
    """Byte order, resolution and the longer record headers change nothing but the precision of time."""
    written = packets(5, every_ns=1_234_567_891)
    result = read(form.file(written))

    unit = 1 if form.nano else 1000
    assert contents(written) == result.data
    assert [packet.at_ns // unit * unit for packet in written] == [one.at_ns for one in result.seen]
    assert [1, 2, 3, 4, 5] == [one.number for one in result.seen]
    assert {1} == {one.linktype for one in result.seen}
    assert [] == result.source.troubles


@pytest.mark.parametrize(
    ("field", "linktype"),
    [
        (113, 113),
        (0xF4000001, 1),  # frames end in a checksum of 15 words
        (0x00300000, 0x00300000),  # reserved bits: nobody may take this for link type 0
        (0x03FFFFFF, 0x03FFFFFF),
    ],
)
def test_link_type(read: Read, field: int, linktype: int) -> None:
    """The bits that tell of a checksum are not part of the link type; reserved bits make it unknown."""
    assert [linktype] == [one.linktype for one in read(Pcap(linktype=field).file(packets(1))).seen]


def test_figures(read: Read) -> None:
    """Packets, bytes on the wire, earliest and latest stamp, whatever their order."""
    written = [
        Packet(START * SECOND + 5000, b"a" * 60, 1500),
        Packet(START * SECOND, b"b" * 70),
        Packet(START * SECOND + 9000, b"c" * 80),
        Packet(START * SECOND + 1000, b"d" * 90),
    ]
    figures = read(Pcap().file(written)).figures

    assert (4, 1740) == (figures.packets, figures.bytes)
    assert (START * SECOND, START * SECOND + 9000) == (figures.first_ns, figures.last_ns)


def test_header_alone(read: Read) -> None:
    """A capture in which nothing happened is a good capture."""
    result = read(Pcap().file([]))

    assert [] == result.seen
    assert [] == result.source.troubles
    assert 1 == result.source.captures_read
    assert (0, None, None) == (result.figures.packets, result.figures.first_ns, result.figures.last_ns)


@pytest.mark.parametrize("size", [4, 12, 23])
def test_header_cut(read: Read, size: int) -> None:
    """A capture that ends within its own header is one, and is cut."""
    result = read(Pcap().header()[:size])

    assert [TroubleKind.CUT] == result.kinds
    assert 1 == result.source.captures_read
    assert 0 == result.figures.packets


@pytest.mark.parametrize("lost", [1, 59, 60, 70, 75])
def test_cut_tail(read: Read, lost: int) -> None:
    """Whatever the last record lacks, all before it comes out."""
    written = packets(7)
    result = read(Pcap().file(written)[:-lost])

    assert contents(written[:-1]) == result.data
    assert [TroubleKind.CUT] == result.kinds
    assert {} == result.stats.weirds


def test_batches_are_bounded(read: Read) -> None:
    """More packets than fit into one batch come in several, none lost where one ends."""
    written = packets(2 * BATCH_FRAMES + 17, size=0)
    result = read(Pcap().file(written))

    assert contents(written) == result.data
    assert [*range(1, len(written) + 1)] == [one.number for one in result.seen]


def test_packets_across_the_buffer(read: Read) -> None:
    """Packets of every size up to the largest are whole, wherever the buffer ends."""
    sizes = [262_144, 1, 262_144, 262_143, 65_535, *(range(1000, 200_000, 7919)), 262_144]
    written = [
        Packet((START + i) * SECOND, struct.pack("<I", i) * (size // 4) + b"x" * (size % 4))
        for i, size in enumerate(sizes)
    ]
    result = read(Pcap().file(written))

    assert contents(written) == result.data
    assert [] == result.source.troubles


@pytest.mark.parametrize(
    "odd",
    [
        {"wirelen": 10},  # fewer than were captured
        {"wirelen": 0},
        {"wirelen": 400_000},
        {"at_ns": 7 * SECOND},  # decades earlier
        {"at_ns": (START + 10**9) * SECOND},
    ],
    ids=str,
)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_one_odd_record(read: Read, odd: dict[str, int], place: int) -> None:
    """A record that contradicts itself or its neighbors in one point is taken as it is if others follow it rightly."""
    written = packets(5)
    written[place] = Packet(odd.get("at_ns", written[place].at_ns), written[place].data, odd.get("wirelen"))
    result = read(Pcap().file(written))

    assert contents(written) == result.data
    assert [packet.at_ns for packet in written] == [one.at_ns for one in result.seen]
    assert [packet.size for packet in written] == [one.wirelen for one in result.seen]
    assert [] == result.source.troubles


def test_every_record_odd_in_the_same_way(read: Read) -> None:
    """Writers that always get something wrong are understood."""
    written = [Packet(packet.at_ns, packet.data, 1) for packet in packets(50)]

    assert contents(written) == read(Pcap().file(written)).data


def test_fraction_of_more_than_a_second(read: Read) -> None:
    """Nanoseconds in a file that promises microseconds are added up."""
    records = b"".join(struct.pack("<IIII", START, 2_000_000 + i, 4, 4) + b"abcd" for i in range(9))
    result = read(Pcap().header() + records)

    assert [(START + 2) * SECOND + i * 1000 for i in range(9)] == [one.at_ns for one in result.seen]
    assert [] == result.source.troubles


def test_wire_length_of_32_bits(read: Read) -> None:
    """A length on the wire that no column holds is cut down to what it holds."""
    written = [Packet(packet.at_ns, packet.data, 2**32 - 1) for packet in packets(6)]

    assert {2**31 - 1} == {one.wirelen for one in read(Pcap().file(written)).seen}


def test_empty_packets(read: Read) -> None:
    """Packets of which nothing was kept count."""
    written = [Packet(packet.at_ns, b"", 60) for packet in packets(9)]

    assert [60] * 9 == [one.wirelen for one in read(Pcap().file(written)).seen]


def test_time_jumps(read: Read) -> None:
    """Days of silence between packets, back and forth, are no damage."""
    days = (0, 3, 400, 2, 0, 9000)
    written = [Packet((START + day * 86_400) * SECOND, b"x" * 60) for day in days]
    result = read(Pcap().file(written))

    assert [packet.at_ns for packet in written] == [one.at_ns for one in result.seen]
    assert [] == result.source.troubles
