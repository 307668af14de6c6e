"""Packets in fragments: read like any other once they are whole, bounded, counted, and independent of batches."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any

import pytest
from scapy.layers.inet import IP, TCP, UDP, fragment
from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, fragment6
from scapy.layers.l2 import GRE, Dot1Q
from scapy.layers.vxlan import VXLAN
from scapy.packet import Packet, Raw

from monitor.flow import fragments
from monitor.flow.areas import Areas
from monitor.flow.encounters import Wishes
from monitor.flow.fragments import MAX_HELD_BYTES, MAX_PACKETS, MAX_PIECES, WAIT_NS
from monitor.flow.tracker import Tracker
from monitor.model.data import Audience, Inspect
from monitor.model.finding import Observation
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import Zone
from tests.support.ethernet import ether
from tests.support.frames import SECOND_NS, decoded
from tests.support.toy import TOY, ToyLine

MS = 10**6
TEXT = b"TOY\n" + b"\n".join(b"%03d" % number * 20 for number in range(20)) + b"\n"
"""Twenty lines of 60 bytes; before them one that is lost on a parser in mid-stream."""
WHOLE = [60] * 20


def segment(data: bytes = TEXT, seq: int = 1000, ident: int = 7, *, v6: bool = False) -> Packet:
    """What a client of the toy protocol sends in one packet."""
    tcp = TCP(sport=50000, dport=7777, flags="PA", seq=seq, ack=1) / Raw(data)
    if v6:
        return IPv6(src="fd00::11", dst="fd00::10") / IPv6ExtHdrHopByHop() / IPv6ExtHdrFragment(id=ident) / tcp
    return IP(src="10.30.0.11", dst="10.1.0.10", id=ident) / tcp


def pieces(packet: Packet | None = None, size: int = 256) -> list[bytes]:
    """The frames of a packet, in fragments."""
    packet = segment() if packet is None else packet
    cut = fragment6(packet, size + 80) if IPv6 in packet else fragment(packet, size)
    return [bytes(ether() / one) for one in cut]


def track(
    frames: Sequence[bytes],
    *,
    times_ns: Sequence[int] | None = None,
    batch: int = 0,
    finish: bool = True,
    wirelens: Sequence[int] | None = None,
    wishes: Wishes | None = None,
    separate_vlans: bool = False,
) -> tuple[list[Observation], Stats]:
    """Run frames, a millisecond apart unless said otherwise, through a tracker of the toy protocol."""
    seen: list[Observation] = []
    stats = Stats()
    options: dict[str, Any] = {"slots": 1024, "wishes": wishes, "separate_vlans": separate_vlans}
    tracker = Tracker([TOY], NamingPolicy(), stats, seen.append, **options)
    times = list(times_ns or [SECOND_NS + index * MS for index in range(len(frames))])
    size = batch or len(frames)
    for first in range(0, len(frames), size):
        chunk = slice(first, first + size)
        lengths = wirelens[chunk] if wirelens else None
        tracker.take(decoded(frames[chunk], times_ns=times[chunk], first=first + 1, wirelens=lengths))
        tracker.tick(times[chunk][-1])
    if finish:
        tracker.finish()
    return seen, stats


def sizes(seen: Sequence[Observation]) -> list[int]:
    """Of the lines that were observed."""
    return [one.event.size_bytes for one in seen if isinstance(one.event, ToyLine)]


def oddities(stats: Stats) -> dict[str, int]:
    """What was counted of fragments that came to nothing."""
    return {name: number for name, number in {**stats.weirds, **stats.limits}.items() if "fragment" in name}


@pytest.mark.parametrize("v6", [False, True])
@pytest.mark.parametrize("batch", [0, 1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_a_segment_in_fragments_says_what_it_says_whole(v6: bool, batch: int, seed: int) -> None:  # noqa: FBT001
    """In whatever order they come, and however they are cut into batches; evidence is what completed it."""
    cut = pieces(segment(v6=v6))
    random.Random(seed).shuffle(cut)
    seen, stats = track(cut, batch=batch)

    assert WHOLE == sizes(seen)
    assert {len(cut)} == {one.frame for one in seen}
    assert {SECOND_NS + (len(cut) - 1) * MS} == {one.at_ns for one in seen}
    assert (1, {}) == (stats.coverage.reassembled_packets, oddities(stats))


def test_totals_count_frames_and_flows_count_packets() -> None:
    """As if nothing had been put together, but for the flow and what it says."""
    cut = pieces()
    _, stats = track(cut)
    seen = stats.coverage

    assert (len(cut), sum(map(len, cut))) == (seen.packets, seen.bytes)
    assert {"fragment": len(cut)} == {kind: count for kind, count in stats.packets_by_kind.items() if count}
    assert (1, 1, 0, 0) == (seen.flows, seen.one_sided_flows, seen.truncated_packets, seen.duplicate_packets)
    assert "time.backwards" not in stats.weirds


@pytest.mark.parametrize(
    "around",
    [
        ether() / Dot1Q(vlan=30),
        ether() / Dot1Q(vlan=3, type=0x88A8) / Dot1Q(vlan=30),
        ether() / IP(src="192.0.2.1", dst="192.0.2.2") / GRE(),
        ether() / IP(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=5, dport=4789) / VXLAN(flags=8) / ether(),
    ],
)
def test_fragments_behind_tags_and_in_tunnels(around: Packet) -> None:
    """The innermost packet counts; the VLAN is that of the fragment that came last."""
    seen, _ = track([bytes(around / one) for one in fragment(segment(), 256)])

    assert WHOLE == sizes(seen)
    assert {30 if Dot1Q in around else -1} == {one.vlan for one in seen}


def test_a_tunnel_in_fragments_that_carries_fragments() -> None:
    """Each is put together in turn."""
    outer = [
        IP(src="192.0.2.1", dst="192.0.2.2", id=number) / GRE() / one
        for number, one in enumerate(fragment(segment(), 512))
    ]
    seen, stats = track([frame for packet in outer for frame in pieces(packet, 128)])

    assert WHOLE == sizes(seen)
    assert len(outer) + 1 == stats.coverage.reassembled_packets


def test_what_follows_in_the_same_batch_follows() -> None:
    """The next segment of the flow, whole, lies behind the fragments, and is read behind them."""
    more = bytes(ether() / segment(b"one more line\n", 1000 + len(TEXT), 8))
    seen, _ = track([*pieces(), more])

    assert [*WHOLE, 13] == sizes(seen)
    assert len(pieces()) + 1 == seen[-1].frame


@pytest.mark.parametrize("late", [False, True])
def test_copies_of_a_two_port_mirror(late: bool) -> None:  # noqa: FBT001
    """Each right behind its original, or all behind all: counted as duplicates, and the packet once."""
    cut = pieces()
    frames = [*cut, *cut] if late else [frame for frame in cut for _ in range(2)]
    seen, stats = track(frames)

    assert WHOLE == sizes(seen)
    assert (len(cut), 1, {}) == (stats.coverage.duplicate_packets, stats.coverage.reassembled_packets, oddities(stats))


def test_an_identification_is_used_again() -> None:
    """A moment later, for another packet."""
    cut = [*pieces(), *pieces(segment(b"more of it\n" * 60, 1000 + len(TEXT)))]
    half = len(pieces())
    seen, _ = track(cut, times_ns=[SECOND_NS + (index >= half) * SECOND_NS for index in range(len(cut))])

    assert WHOLE + [10] * 60 == sizes(seen)


@pytest.mark.parametrize("v6", [False, True])
def test_of_fragments_that_overlap_none_is_believed(v6: bool) -> None:  # noqa: FBT001
    """A teardrop: the packet is dropped, and so is what still comes of it."""
    cut = pieces(segment(v6=v6))
    other = pieces(segment(TEXT.replace(b"0", b"9"), v6=v6))
    seen, stats = track([*cut[:2], other[1], *cut[2:]])

    assert [] == sizes(seen)
    assert {"flow.fragment_overlap": 1} == oddities(stats)


def test_overlaps_of_every_kind() -> None:
    """Into the one before, into the one behind, around both, behind the end, and a second end."""
    cut = fragment(segment(), 256)
    last = len(cut) - 1
    shifted = [
        [cut[0], changed(cut[1], frag=cut[1].frag - 1)],
        [cut[1], changed(cut[0], frag=1)],
        [cut[1], changed(cut[0], payload=bytes(1000))],
        [cut[last], changed(cut[1], frag=cut[last].frag + 100)],
        [cut[last], changed(cut[1], flags=0)],
        [cut[last], changed(cut[last], frag=cut[last].frag + 1)],
        [cut[2], changed(cut[1], flags=0)],
    ]
    for frames in shifted:
        seen, stats = track([bytes(ether() / one) for one in [*frames, *cut]])
        assert [] == sizes(seen)
        assert {"flow.fragment_overlap": 1} == oddities(stats)


def changed(piece: Packet, *, payload: bytes | None = None, **fields: Any) -> Packet:
    """A fragment with other fields."""
    other = IP(bytes(piece))
    for name, value in fields.items():
        setattr(other, name, value)
    if payload is not None:
        other.remove_payload()
        other /= Raw(payload)
    del other.len, other.chksum
    return IP(bytes(other))


@pytest.mark.parametrize(
    "fields", [{"payload": b""}, {"payload": bytes(255)}, {"frag": 8191, "payload": bytes(64), "flags": 0}]
)
def test_fragments_that_cannot_be(fields: dict[str, Any]) -> None:
    """Nothing in it, a length that is no multiple of eight, or a packet longer than there is."""
    cut = fragment(segment(), 256)
    seen, stats = track([bytes(ether() / one) for one in [changed(cut[1], **fields), *cut]])

    assert [] == sizes(seen)
    assert {"flow.fragment_malformed": 1} == oddities(stats)


@pytest.mark.parametrize("batch", [0, 1])
def test_what_is_missing_is_waited_for_a_minute(batch: int) -> None:
    """And not longer: what comes then begins anew, and the end of the trace ends all waiting."""
    cut = pieces()
    for wait_ns, lines, lost in ((WAIT_NS - 1, WHOLE, {}), (WAIT_NS, [], {"flow.fragment_unfinished": 2})):
        times = [SECOND_NS] * (len(cut) - 1) + [SECOND_NS + wait_ns]
        seen, stats = track(cut, times_ns=times, batch=batch)
        assert (lines, lost) == (sizes(seen), oddities(stats))


def test_a_fragment_that_was_cut_while_recording() -> None:
    """Its packet is never whole."""
    cut = pieces()
    lengths = [len(one) for one in cut]
    cut[1] = cut[1][:100]
    seen, stats = track(cut, wirelens=lengths)

    assert [] == sizes(seen)
    assert {"flow.fragment_cut": 1, "flow.fragment_unfinished": 1} == oddities(stats)


def test_floods_are_bounded_and_spare_what_is_whole_soon() -> None:
    """Of too many packets the oldest are given up; of too many pieces the packet is."""
    first = pieces()[0]
    flood = [first[:18] + struct.pack(">H", number) + first[20:] for number in range(100, 100 + 2 * MAX_PACKETS)]
    seen, stats = track([*flood, *pieces()])

    assert WHOLE == sizes(seen)
    assert {"flow.fragments": MAX_PACKETS + 1, "flow.fragment_unfinished": MAX_PACKETS - 1} == oddities(stats)
    seen, stats = track(pieces(size=8))
    assert [] == sizes(seen)
    assert {"flow.fragment_pieces": 1} == oddities(stats)
    assert len(pieces(size=8)) > MAX_PIECES


def test_the_work_of_a_second_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes above that is only counted, and the next second begins anew."""
    monkeypatch.setattr(fragments, "MAX_PER_SECOND", 8)
    flood = [pieces(segment(ident=number))[0] for number in range(100, 110)]
    cut = pieces()
    for second, lines in ((1, []), (2, WHOLE)):
        times = [SECOND_NS] * len(flood) + [second * SECOND_NS] * len(cut)
        seen, stats = track([*flood, *cut], times_ns=times)
        assert lines == sizes(seen)
        assert 2 + (second == 1) * len(cut) == stats.limits["flow.fragment_rate"]


def test_bytes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever bound is reached first."""
    monkeypatch.setattr(fragments, "MAX_HELD_BYTES", 4_000)
    flood = [pieces(segment(ident=number))[0] for number in range(100, 110)]
    seen, stats = track([*flood, *pieces()])

    assert WHOLE == sizes(seen)
    assert 10 - 4_000 // 512 < stats.limits["flow.fragments"] < 10 + 1
    assert MAX_HELD_BYTES > MAX_PIECES * 512


@pytest.mark.parametrize("inspect", [Inspect.NONE, Inspect.LIBRARY_ONLY])
def test_ends_that_are_not_looked_at(inspect: Inspect) -> None:
    """Their fragments are counted as excluded and not kept; of a tunnel, those inside count."""
    zone = Zone(name=Label("wifi"), audience=Audience.PUBLIC, inspect=inspect, networks=(ip_network("10.30.0.0/24"),))
    cut = pieces()
    seen, stats = track(cut, wishes=Wishes(areas=Areas([zone])))
    assert [] == seen
    assert (len(cut), 0, 0) == (
        stats.coverage.excluded_packets,
        stats.coverage.reassembled_packets,
        stats.coverage.flows,
    )
    tunnel = IP(src="192.0.2.1", dst="192.0.2.2", id=5) / GRE() / segment()
    seen, stats = track(pieces(tunnel), wishes=Wishes(areas=Areas([zone])))
    assert ([], 0) == (seen, stats.coverage.flows)


def test_networks_that_overlap() -> None:
    """Where a VLAN is part of who somebody is, fragments of two are not put together."""
    tagged = [bytes(ether() / Dot1Q(vlan=index % 2) / one) for index, one in enumerate(fragment(segment(), 256))]

    assert WHOLE == sizes(track(tagged)[0])
    assert [] == sizes(track(tagged, separate_vlans=True)[0])


@pytest.mark.parametrize("seed", range(8))
def test_mutated_fragments(seed: int) -> None:
    """Whatever headers say, nothing raises, no figure of frames changes, and the answer is the same in any batches."""
    chance = random.Random(seed)
    whole = {(ident, v6): pieces(segment(ident=ident, v6=v6)) for ident in range(3) for v6 in (False, True)}
    frames = []
    for _ in range(300):
        frame = bytearray(chance.choice(whole[chance.randrange(3), chance.random() < 0.5]))
        for _ in range(chance.randrange(3)):
            frame[chance.randrange(14, 80)] = chance.randrange(256)
        frames.append(bytes(frame[: chance.choice([len(frame), len(frame), chance.randrange(14, len(frame))])]))
    seen, stats = track(frames)
    again, same = track(frames, batch=7)

    assert (300, 300) == (stats.coverage.packets, sum(stats.packets_by_kind.values()))
    assert not stats.faults
    assert (seen, stats) == (again, same)
