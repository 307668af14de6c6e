"""The compiled walks and searches against their own source: the same bytes, the same results, to the last one."""

from __future__ import annotations

import random
import struct
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.capture.records as built_records
import monitor.capture.resync as built_resync
from monitor.capture.sections import Description, Interfaces, PcapForm
from monitor.model.frames import Frames
from tests.support.captures import Packet, Pcap, block, enhanced, obsolete, packets, simple
from tests.support.uncompiled import load_source

source_records = load_source("monitor.capture.records")
source_resync = load_source("monitor.capture.resync")
SIDES = ((built_records, built_resync), (source_records, source_resync))

EDGES = st.sampled_from(
    [0, 1, 2, 3, 6, 12, 16, 32, 36, 60, 2**16, 262_144, 262_145, 0x50000, 2**31 - 1, 2**31, 2**32 - 1]
)
WORDS = st.one_of(EDGES, st.integers(0, 2**32 - 1), st.integers(1_767_225_000, 1_767_226_000))
SOUND = b"".join(Pcap().record(packet) for packet in packets(6, size=30))
BLOCKS = b"".join(
    (
        enhanced(0, b"abc", 2**40),
        obsolete(1, b"defg", 2**63 + 5),
        simple(b"h" * 9),
        enhanced(2, b"", 5),
        enhanced(9, b"ij", 7),
        block(5, b"statistics"),
        block(77, b"?"),
    )
)


def test_the_modules_under_test_are_compiled() -> None:
    """Without that this file would compare the source with itself."""
    for built in (built_records, built_resync):
        assert not str(built.__file__).endswith(".py")
    for source in (source_records, source_resync):
        assert str(source.__file__).endswith(".py")


def frames_over(content: bytes, capacity: int = 8) -> Frames:
    """Frames whose buffer holds these bytes."""
    return Frames(data=bytearray(content), capacity=capacity)


def facts(walker: object, frames: Frames) -> list[object]:
    """Everything a walk leaves behind."""
    names = ("position", "count", "packets", "wire_bytes", "first_ns", "last_ns")
    columns = (frames.offset, frames.caplen, frames.wirelen, frames.ts_ns, frames.interface, frames.number)
    return [*(getattr(walker, name) for name in names), *map(list, columns)]


def walk_pcap(records: ModuleType, content: bytes, form: PcapForm, cut: int) -> list[object]:
    """Walk twice: up to a cut, then on."""
    frames = frames_over(content)
    walker = records.PcapWalker(frames, form, 3)
    stops = [walker.walk(0, cut), *facts(walker, frames)]
    walker.vouched = True
    stops += [walker.walk(walker.position, len(content)), *facts(walker, frames), walker.seconds]
    return stops


def walk_pcapng(records: ModuleType, content: bytes, interfaces: Interfaces, cut: int) -> list[object]:
    """Walk twice: up to a cut, then on, with an index for unknown interfaces."""
    frames = frames_over(content)
    walker = records.PcapngWalker(frames, interfaces)
    stops = [walker.walk(0, cut), *facts(walker, frames)]
    walker.unknown_index = 7
    walker.learn(interfaces)
    stops += [walker.walk(walker.position, len(content)), *facts(walker, frames)]
    return [*stops, walker.undescribed, walker.unknown_blocks]


def search(resync: ModuleType, kind: str, content: bytes, form: PcapForm, *, final: bool, seconds: int) -> list[object]:
    """Everything a search can be asked."""
    data = bytearray(content)
    one = resync.PcapSearch(data, form) if kind == "pcap" else resync.PcapngSearch(data)
    one.seconds = seconds
    answers = [one.find(0, start, len(data), final) for start in (0, 20, len(data))]
    answers += [one.hint(at, len(data), final) for at in range(0, len(data), 7)]
    if kind == "pcap":
        answers += [one.vouch(at, len(data), final) for at in range(len(data) - form.record_bytes)]
        answers += [one.stands(at, len(data), final) for at in range(len(data) - form.record_bytes)]
    return answers


@st.composite
def contents(draw: st.DrawFn, sound: bytes) -> bytes:
    """Sound records with words and noise in between and over them."""
    order = draw(st.sampled_from("<>"))
    content = bytearray(sound)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        piece = draw(st.one_of(WORDS.map(lambda word: struct.pack(order + "I", word)), st.binary(max_size=20)))
        if draw(st.booleans()):
            content[at:at] = piece
        else:
            content[at : at + len(piece)] = piece
    return bytes(content)


FORMS = st.builds(PcapForm, st.booleans(), st.sampled_from([16, 24]), st.sampled_from([10**6, 10**9]))


@given(contents(SOUND), FORMS, st.floats(0, 1))
def test_pcap_walks_are_equal(content: bytes, form: PcapForm, cut: float) -> None:
    """Whatever the bytes, compiled or not."""
    results = [walk_pcap(records, content, form, int(len(content) * cut)) for records, _ in SIDES]
    assert results[1] == results[0]


@given(contents(BLOCKS), st.sampled_from("<>"), st.integers(0, 3), st.floats(0, 1), st.integers(0, 127))
def test_pcapng_walks_are_equal(content: bytes, order: str, described: int, cut: float, resolution: int) -> None:
    """Whatever the bytes and clocks, compiled or not."""
    results = []
    for records, _ in SIDES:
        interfaces = Interfaces()
        interfaces.begin_section(order)
        for i in range(described):
            interfaces.add(i, Description(1, 5, 10**resolution if i else 2 ** (resolution // 2), -(i**9)))
        results.append(walk_pcapng(records, content, interfaces, int(len(content) * cut)))
    assert results[1] == results[0]


@given(contents(SOUND), FORMS, st.booleans(), st.sampled_from([-1, 0, 1_767_225_600]))
def test_pcap_searches_are_equal(content: bytes, form: PcapForm, final: bool, seconds: int) -> None:  # noqa: FBT001
    """Whatever the bytes, compiled or not."""
    results = [search(resync, "pcap", content, form, final=final, seconds=seconds) for _, resync in SIDES]
    assert results[1] == results[0]


@given(contents(BLOCKS), st.booleans())
def test_pcapng_searches_are_equal(content: bytes, final: bool) -> None:  # noqa: FBT001
    """Whatever the bytes, compiled or not."""
    form = PcapForm(big=False, record_bytes=16, resolution=10**6)
    results = [search(resync, "pcapng", content, form, final=final, seconds=-1) for _, resync in SIDES]
    assert results[1] == results[0]


@pytest.mark.parametrize("final", [True, False])
def test_long_searches_are_equal(final: bool) -> None:  # noqa: FBT001
    """Far enough that rows are proven by their number and by their length, behind noise."""
    noise = random.Random(11).randbytes(300)
    form = PcapForm(big=False, record_bytes=16, resolution=10**6)
    for size in (40, 30_000, 200_000):
        written = [Packet(packet.at_ns, packet.data) for packet in packets(900_000 // size, size=size)]
        content = noise + b"".join(Pcap().record(packet) for packet in written)
        answers = []
        for _, resync in SIDES:
            one = resync.PcapSearch(bytearray(content), form)
            answers.append(one.find(0, len(content), len(content), final))
        assert [len(noise)] * 2 == answers
