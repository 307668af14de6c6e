"""Damage in the middle: nothing behind it is lost, and nothing is made up out of payload."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence

import pytest

from monitor.capture.trouble import TroubleKind
from tests.support.captures import (
    SECOND,
    START,
    Packet,
    Pcap,
    Read,
    Reading,
    block,
    contents,
    enhanced,
    interface,
    packets,
    pcapng,
    section,
    simple,
)

FORM = Pcap()
MANY = packets(200)
NOISE = random.Random(5).randbytes(4000)
PLACES = pytest.mark.parametrize("place", [0, 1, 77, 198, 199])
Write = Callable[[Sequence[bytes]], bytes]


def records(written: Sequence[Packet]) -> list[bytes]:
    """Pcap records, one by one."""
    return [FORM.record(packet) for packet in written]


def blocks(written: Sequence[Packet]) -> list[bytes]:
    """Enhanced packet blocks, one by one."""
    return [enhanced(0, packet.data, packet.at_ns // 1000) for packet in written]


def as_pcap(parts: Sequence[bytes]) -> bytes:
    """A pcap file of these records."""
    return FORM.header() + b"".join(parts)


def as_pcapng(parts: Sequence[bytes]) -> bytes:
    """A pcapng file of these blocks."""
    return section() + interface() + b"".join(parts)


FORMATS = pytest.mark.parametrize(("split", "write"), [(records, as_pcap), (blocks, as_pcapng)], ids=["pcap", "pcapng"])
Split = Callable[[Sequence[Packet]], list[bytes]]


def assert_damaged(result: Reading, skipped_bytes: int | None = None, places: int = 1) -> None:
    """One trouble a capture, and the damage counted."""
    assert [TroubleKind.CORRUPT] == result.kinds
    assert places == result.stats.weirds["capture.resync"]
    if skipped_bytes is not None:
        assert skipped_bytes == result.stats.weirds["capture.skipped_bytes"]


@PLACES
@pytest.mark.parametrize("claim", [2**31, 2**32 - 1, 262_145, 0x20202020])
def test_claimed_length(read: Read, place: int, claim: int) -> None:
    """A length nobody can have captured costs the packet that claims it."""
    parts = records(MANY)
    parts[place] = FORM.record(MANY[place], caplen=claim)
    result = read(as_pcap(parts))

    assert contents(MANY[:place] + MANY[place + 1 :]) == result.data
    assert_damaged(result, len(parts[place]))


@PLACES
def test_plausible_wrong_length(read: Read, place: int) -> None:
    """A length that is wrong but possible leads into the middle of other packets, and back out."""
    parts = records(MANY)
    parts[place] = FORM.record(MANY[place], caplen=len(MANY[place].data) + 100)
    result = read(as_pcap(parts))

    assert contents(MANY[:place] + MANY[place + 1 :]) == result.data
    assert_damaged(result, len(parts[place]))


@pytest.mark.parametrize("place", [1, 77, 150])
def test_swallowed_records(read: Read, place: int) -> None:
    """Both lengths wrong alike: what the packet swallowed is found inside of it."""
    parts = records(MANY)
    size = len(MANY[place].data) + 1234
    parts[place] = FORM.record(Packet(MANY[place].at_ns, MANY[place].data, size), caplen=size)
    result = read(as_pcap(parts))

    assert contents(MANY[place + 1 :]) == result.data[place + 1 :]
    assert_damaged(result, 0)


@FORMATS
@PLACES
def test_header_overwritten(read: Read, split: Split, write: Write, place: int) -> None:
    """Noise over a whole record header costs that packet."""
    parts = split(MANY)
    parts[place] = NOISE[:28] + parts[place][28:]
    result = read(write(parts))

    assert contents(MANY[:place] + MANY[place + 1 :]) == result.data
    assert_damaged(result, len(parts[place]))


@FORMATS
@PLACES
@pytest.mark.parametrize("size", [1, 3, 4, 16, 333, 4000])
def test_bytes_inserted(read: Read, split: Split, write: Write, place: int, size: int) -> None:
    """Bytes that do not belong there cost nothing but themselves."""
    parts = split(MANY)
    parts.insert(place, NOISE[:size])
    result = read(write(parts))

    assert contents(MANY) == result.data
    assert_damaged(result, size)


@FORMATS
@pytest.mark.parametrize("place", [1, 77, 150])
@pytest.mark.parametrize("size", [1, 4, 16, 40])
def test_bytes_missing(read: Read, split: Split, write: Write, place: int, size: int) -> None:
    """A hole costs the packets it lies in."""
    parts = split(MANY)
    parts[place] = parts[place][:-size]
    result = read(write(parts))

    assert contents(MANY[:place]) == result.data[:place]
    assert contents(MANY[place + 1 :]) == result.data[-len(MANY) + place + 1 :]
    assert len(result.data) <= len(MANY)
    assert_damaged(result)


@FORMATS
@pytest.mark.parametrize("place", [0, 100])
@pytest.mark.parametrize("size", [512, 4096, 3_000_000])
def test_hole_of_zeros(read: Read, split: Split, write: Write, place: int, size: int) -> None:
    """Zeros, as a crashed file system leaves them, are no packets, and what follows them is read."""
    parts = split(MANY)
    parts.insert(place, bytes(size))
    result = read(write(parts))

    assert contents(MANY) == result.data
    assert_damaged(result, size)


@FORMATS
def test_tail_of_zeros(read: Read, split: Split, write: Write) -> None:
    """Zeros to the end, as preallocated files have them, are no packets."""
    result = read(write([*split(MANY), bytes(5000)]))

    assert contents(MANY) == result.data
    assert_damaged(result, 5000)


@FORMATS
def test_several_places(read: Read, split: Split, write: Write) -> None:
    """Every damaged place is counted; there is one trouble all the same."""
    parts = split(MANY)
    for place in (10, 50, 51, 190):
        parts[place] = NOISE[:20] + parts[place][20:]
    result = read(write(parts))

    assert contents([packet for i, packet in enumerate(MANY) if i not in (10, 50, 51, 190)]) == result.data
    assert [TroubleKind.CORRUPT] == result.kinds
    assert result.stats.weirds["capture.resync"] in (3, 4)  # 50 and 51 may be one place
    assert sum(len(parts[place]) for place in (10, 50, 51, 190)) == result.stats.weirds["capture.skipped_bytes"]


@pytest.mark.parametrize("damage", [FORM.record(MANY[0], caplen=2**31), NOISE[:300], NOISE[:16] + MANY[0].data])
def test_packet_holding_a_capture(read: Read, damage: bytes) -> None:
    """A capture being downloaded, behind damage: its records are payload, not packets."""
    download = Packet(START * SECOND, as_pcap(records(packets(25, size=40)))[:1400])
    written = [*MANY[:50], download, *MANY[50:]]
    parts = records(written)
    parts.insert(50, damage)
    result = read(as_pcap(parts))

    assert contents(written) == result.data


@pytest.mark.parametrize("size", [16, 10])
def test_damaged_packet_holding_a_capture(read: Read, size: int) -> None:
    """The same, where the damage lies in the header of that very packet."""
    download = Packet(START * SECOND, as_pcap(records(packets(25, size=40)))[:1400])
    parts = records([*MANY[:50], download, *MANY[50:]])
    parts[50] = NOISE[:size] + b"\xff\xff\xff\xff"[: 16 - size] + parts[50][16:]
    result = read(as_pcap(parts))

    assert contents(MANY) == result.data


def test_block_holding_a_capture(read: Read) -> None:
    """The same for pcapng: the length at the end of the damaged block says how far it reaches."""
    download = Packet(START * SECOND, pcapng(packets(10)))
    parts = blocks([*MANY[:50], download, *MANY[50:]])
    parts[50] = NOISE[:28] + parts[50][28:]
    result = read(as_pcapng(parts))

    assert contents(MANY) == result.data
    assert_damaged(result, len(parts[50]))


def test_closing_length(read: Read) -> None:
    """A block whose two lengths differ is damaged, however good it looks."""
    parts = blocks(MANY)
    body = parts[30][8:-4]
    parts[30] = block(6, body, closing=len(parts[30]) + 4)
    result = read(as_pcapng(parts))

    assert contents(MANY[:30] + MANY[31:]) == result.data
    assert_damaged(result, len(parts[30]))


@pytest.mark.parametrize("claim", [2**31, 2**32 - 1, 67, 262_145])
def test_claimed_length_in_a_block(read: Read, claim: int) -> None:
    """A packet longer than its block costs that block; the next one begins where it ends."""
    parts = blocks(MANY)
    parts[30] = parts[30][:20] + struct.pack("<I", claim) + parts[30][24:]
    result = read(as_pcapng(parts))

    assert contents(MANY[:30] + MANY[31:]) == result.data
    assert_damaged(result, len(parts[30]))


@pytest.mark.parametrize("claim", [0, 8, 11, 300_000, 2**24 + 4, 2**32 - 4])
def test_claimed_length_of_a_block(read: Read, claim: int) -> None:
    """A block that claims an impossible length costs itself."""
    parts = blocks(MANY)
    parts[30] = parts[30][:4] + struct.pack("<I", claim) + parts[30][8:]
    result = read(as_pcapng(parts))

    assert contents(MANY[:30] + MANY[31:]) == result.data
    assert_damaged(result, len(parts[30]))


def test_long_block_that_does_not_close(read: Read) -> None:
    """A skipped block that does not end as it began is damage, and what follows is found."""
    size = 1_500_000
    parts = [*blocks(MANY[:5]), block(10, bytes(size), closing=7), *blocks(MANY[5:])]
    result = read(as_pcapng(parts))

    assert contents(MANY) == result.data
    assert_damaged(result)


def test_damaged_interface(read: Read) -> None:
    """An interface whose description is damaged keeps its number: the packets of the next are not taken for its own."""
    broken = block(1, interface(113)[8:-4], closing=99)
    content = section() + interface(1) + broken + interface(101)
    content += b"".join(enhanced(i % 3, packet.data, 1) for i, packet in enumerate(MANY[:30]))
    result = read(content)

    assert [1, -1, 101] * 10 == [one.linktype for one in result.seen]
    assert contents(MANY[:30]) == result.data


def test_damaged_section_mark(read: Read) -> None:
    """A section header without a byte order is damage; the section behind it goes on in the old order."""
    broken = section()[:8] + b"\0\0\0\0" + section()[12:]
    result = read(pcapng(MANY[:5]) + broken + b"".join(blocks(MANY[5:])))

    assert contents(MANY) == result.data
    assert_damaged(result, len(broken))


@pytest.mark.parametrize("order", ["<", ">"])
def test_damaged_first_section(read: Read, order: str) -> None:
    """A first header that does not close still says in which order the bytes of all others are."""
    head = section(order=order)
    result = read(head[:-4] + b"\0\0\0\7" + pcapng(MANY, order=order)[len(head) :])

    assert contents(MANY) == result.data
    assert_damaged(result, len(head))


def test_row_that_begins_with_the_damage(read: Read) -> None:
    """What was refused once is not found again for the row behind it: a search from there would never end."""
    too_long = simple(bytes(0x48000), wirelen=0x50000)
    result = read(section() + interface() + too_long + block(0x9F, bytes(52)))

    assert [] == result.data
    assert_damaged(result)


@pytest.mark.parametrize("order", ["<", ">"])
def test_section_behind_damage(read: Read, order: str) -> None:
    """The next record may be a section header, in either byte order."""
    result = read(pcapng(MANY[:5]) + NOISE[:999] + pcapng(MANY[5:], order=order))

    assert contents(MANY) == result.data
    assert_damaged(result, 999)


def test_nothing_but_noise(read: Read) -> None:
    """A header in front of noise gives no packets and ends."""
    noise = random.Random(7).randbytes(2_500_000)
    for head in (FORM.header(), section() + interface()):
        result = read(head + noise)
        assert [] == result.data
        assert_damaged(result, len(noise))


@pytest.mark.parametrize("text", [b"GET / HTTP/1.1\r\n", b"\0\0\0\1", b"\xff", b"\1\0\0\0"])
def test_nothing_but_repetition(read: Read, text: bytes) -> None:
    """Repeated bytes, small numbers among them, give no packets where the time is known."""
    parts = records(MANY)
    parts.insert(3, text * (1_200_000 // len(text)))
    result = read(as_pcap(parts))

    assert contents(MANY) == result.data
    assert_damaged(result, len(parts[3]))


def test_damage_behind_the_first_buffer(read: Read) -> None:
    """Damage far into a file, next to packets of the largest size."""
    written = [Packet((START + i) * SECOND, struct.pack("<I", i + 0xA0000000) * 65_536) for i in range(12)]
    written[6:6] = packets(20)
    parts = records(written)
    parts[20] = NOISE[:16] + parts[20][16:]
    parts.insert(9, NOISE)
    result = read(as_pcap(parts))

    assert contents([packet for i, packet in enumerate(written) if i != 20]) == result.data


def test_cut_behind_damage(read: Read) -> None:
    """A damaged capture that also ends too early is told once, with both."""
    parts = records(MANY)
    parts[30] = NOISE[:16] + parts[30][16:]
    result = read(as_pcap(parts)[:-5])

    assert contents(MANY[:30] + MANY[31:-1]) == result.data
    assert_damaged(result)
    assert "ends in the middle of a packet" in result.source.troubles[0].reason


def test_reason_names_the_place(read: Read) -> None:
    """The trouble says where and how much, and nothing of what stood there."""
    parts = records(MANY)
    parts[1] = b"SECRETSECRETSECRET"[:16] + parts[1][16:]
    result = read(as_pcap(parts))

    place = 24 + len(parts[0])
    assert (
        f"damaged in 1 place, first at byte {place:,}; {len(parts[1])} bytes skipped"
        == result.source.troubles[0].reason
    )
