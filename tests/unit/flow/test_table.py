"""The flow table: every packet counted once, flows told apart, the right payloads picked, compiled and not alike."""

from __future__ import annotations

import random
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from itertools import pairwise
from typing import Any

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP, fragment
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Dot1Q
from scapy.packet import Packet, Raw

import monitor.flow.table as built
from monitor.decode.headers import HeaderPass
from monitor.flow import picks as layout
from monitor.flow.areas import Areas
from monitor.model.columns import Kind
from monitor.model.data import Audience, Inspect, Role
from monitor.model.frames import NO_TIME
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Zone
from tests.support.ethernet import ether
from tests.support.frames import SECOND_NS, frames_of
from tests.support.uncompiled import load_source

source = load_source("monitor.flow.table")
TOTALS = [name for name in dir(layout) if name.startswith("TOTAL_") and name != "TOTAL_KINDS"]


def tcp(
    flags: str, data: bytes = b"", seq: int = 1000, *, back: bool = False, port: int = 50000, ident: int = 1
) -> Packet:
    """A segment between a self-check and its library system."""
    ends = {"src": "10.30.0.11", "dst": "10.1.0.10", "sport": port, "dport": 6001}
    if back:
        ends = {"src": ends["dst"], "dst": ends["src"], "sport": ends["dport"], "dport": ends["sport"]}
    ip = IP(src=ends["src"], dst=ends["dst"], id=ident)
    return ether() / ip / TCP(sport=ends["sport"], dport=ends["dport"], flags=flags, seq=seq) / Raw(data)


def udp(port: int, ident: int = 1, data: bytes = b"x") -> Packet:
    """A datagram of a flow of its own."""
    return ether() / IP(src="10.40.0.2", dst="10.40.0.250", id=ident) / UDP(sport=port, dport=5004) / Raw(data)


def run(
    packets: Sequence[Packet | bytes],
    *,
    times_ns: Sequence[int] | None = None,
    batch: int = 0,
    areas: Areas | None = None,
    late: Sequence[str] = (),
    **options: Any,
) -> tuple[list[tuple[int, ...]], dict[str, int]]:
    """Picks and totals after all packets, the same compiled and not; `batch` cuts them into batches of that size.

    What is known of the addresses in `late` stands behind the picks, as how each flow began.
    """
    frames = [bytes(packet) for packet in packets]
    times = list(times_ns or [SECOND_NS + index * 1_000_000 for index in range(len(frames))])
    size = batch or len(frames)
    results = []
    for module in (built, source):
        table = module.FlowTable(**options)
        if areas is not None:
            table.mark(areas)
        headers = HeaderPass()
        picked = []
        for first in range(0, len(frames), size):
            chunk = frames_of(frames[first : first + size], times_ns=times[first : first + size], first=first + 1)
            headers.run(chunk)
            for pick in range(table.run(chunk)):
                info = table.picked_info[pick]
                packet = table.picked_packet[pick]
                start = table.picked_start[pick] if info & layout.PICK_START else 0
                picked.append((first + packet if packet >= 0 else -1, table.picked_serial[pick], info, start))
        picked += [opening for address in late for opening in table.watch(ip_address(address).packed)]
        totals = {name: table.total[getattr(layout, name)] for name in TOTALS}
        results.append((picked, totals))
    assert results[0] == results[1]
    return results[0]


def test_the_module_under_test_is_compiled() -> None:
    """The build compiled the table; without that this file would compare the source with itself."""
    assert not built.__file__.endswith(".py")
    assert source.__file__.endswith(".py")


def test_both_directions_are_one_flow() -> None:
    """Whoever sends, the same two ends are the same flow."""
    _, totals = run([tcp("S"), tcp("SA", back=True), tcp("PA", b"hi", 1001)])

    assert (1, 0, 3) == (totals["TOTAL_TCP_FLOWS"], totals["TOTAL_ONE_SIDED"], totals["TOTAL_PACKETS"])


def test_payloads_are_picked_with_who_opened_and_where_the_bytes_begin() -> None:
    """SYNs and bare acknowledgments are counted and not picked."""
    picked, _ = run(
        [
            tcp("S", seq=999),
            tcp("SA", seq=77, back=True),
            tcp("A", seq=1000),
            tcp("PA", b"hi", 1000),
            tcp("PA", b"yo", 78, back=True),
        ]
    )
    (first, second) = picked
    oriented = layout.PICK_ORIENTED | layout.PICK_START

    assert 3 == first[0]
    assert 1000 == first[3]
    assert 78 == second[3]
    assert oriented == first[2] & oriented == second[2] & oriented
    assert first[2] & layout.PICK_SIDE != second[2] & layout.PICK_SIDE
    assert bool(first[2] & layout.PICK_ORIGINATOR) == bool(first[2] & layout.PICK_SIDE)


def test_a_syn_ack_alone_tells_who_opened() -> None:
    """On a mirror that shows one direction the answer to the SYN is enough."""
    picked, totals = run([tcp("SA", seq=77, back=True), tcp("PA", b"yo", 78, back=True)])
    info = picked[0][2]

    assert info & layout.PICK_ORIENTED
    assert bool(info & layout.PICK_ORIGINATOR) != bool(info & layout.PICK_SIDE)
    assert 1 == totals["TOTAL_ONE_SIDED"]


def test_a_flow_met_in_the_middle_says_so() -> None:
    """No SYN, no orientation, no start."""
    picked, _ = run([tcp("PA", b"hi", 5)])

    assert 0 == picked[0][2] & (layout.PICK_ORIENTED | layout.PICK_START)


def test_ends_are_picked() -> None:
    """A FIN or RST of a flow that is looked at reaches Python although it carries nothing."""
    picked, _ = run([tcp("S"), tcp("PA", b"hi", 1001), tcp("FA", seq=1003), tcp("R", seq=1, back=True)])

    assert [1, 2, 3] == [pick[0] for pick in picked]
    assert picked[1][2] & layout.PICK_FIN
    assert picked[2][2] & layout.PICK_RST


def test_ports_used_again_are_another_flow() -> None:
    """A SYN after the end, or with another sequence number, opens a new flow; a repeated SYN does not."""
    again = [
        tcp("S", seq=1),
        tcp("S", seq=1, ident=2),
        tcp("PA", b"a", 2),
        tcp("FA", seq=3),
        tcp("FA", seq=9, back=True),
    ]
    picked, totals = run([*again, tcp("S", seq=1, ident=3), tcp("PA", b"b", 2, ident=4)])

    assert 2 == totals["TOTAL_TCP_FLOWS"]
    assert [1, 1, 1, 1, 2] == [pick[1] for pick in picked]
    assert (-1, 1, layout.PICK_ENDED | layout.PICK_IDLE, 0) == picked[3]
    assert 2 == run([tcp("S", seq=1), tcp("S", seq=500, ident=2)])[1]["TOTAL_TCP_FLOWS"]


def test_a_syn_ack_seen_before_its_syn_is_the_same_flow() -> None:
    """Two mirror queues may swap the first two packets."""
    assert 1 == run([tcp("SA", seq=7, back=True), tcp("S", seq=1)])[1]["TOTAL_TCP_FLOWS"]


def test_silence_ends_a_udp_flow() -> None:
    """After five minutes the same ports are another flow."""
    times = [SECOND_NS, SECOND_NS + built.UDP_IDLE_NS, SECOND_NS + 2 * built.UDP_IDLE_NS + 1]
    _, totals = run([udp(1, 1), udp(1, 2), udp(1, 3)], times_ns=times)

    assert 2 == totals["TOTAL_UDP_FLOWS"]


def test_a_quiet_weekend_does_not_end_a_tcp_flow() -> None:
    """Self-checks stay connected while the library is closed."""
    times = [SECOND_NS, SECOND_NS + 64 * 3600 * SECOND_NS]
    _, totals = run([tcp("PA", b"a", 1), tcp("PA", b"b", 2)], times_ns=times)

    assert 1 == totals["TOTAL_TCP_FLOWS"]


def test_duplicates_of_a_two_port_mirror_are_counted_and_not_picked() -> None:
    """The copy has another TTL and tag; 51 ms later it would be a repeat of its own."""
    first = tcp("PA", b"patron", 5, ident=7)
    copy = tcp("PA", b"patron", 5, ident=7)
    copy[IP].ttl = 63
    copy = ether() / Dot1Q(vlan=9) / copy[IP]
    picked, totals = run([first, copy], times_ns=[SECOND_NS, SECOND_NS + 50_000_000])
    late, late_totals = run([first, copy], times_ns=[SECOND_NS, SECOND_NS + 50_000_001])

    assert (1, 1, 2) == (len(picked), totals["TOTAL_DUPLICATES"], totals["TOTAL_PACKETS"])
    assert (2, 0) == (len(late), late_totals["TOTAL_DUPLICATES"])


def test_equal_packets_of_two_flows_are_no_duplicates() -> None:
    """Only the ports differ: two flows, two packets."""
    _, totals = run([udp(port) for port in range(1000, 1200)])

    assert (200, 0) == (totals["TOTAL_UDP_FLOWS"], totals["TOTAL_DUPLICATES"])


def said(size: int, seq: int, ack: int = 5000, *, back: bool = False, flags: str = "A", ident: int = 1) -> Packet:
    """A segment that carries so many bytes, and acknowledges; each is another IP packet."""
    packet = tcp(flags, b"x" * size, seq, back=back, ident=ident)
    packet[TCP].ack = ack
    return packet


OPENED = [said(0, 999, 0, flags="S"), said(0, 4999, 1000, back=True, flags="SA"), said(0, 1000, ident=2)]


@pytest.mark.parametrize(
    ("packets", "spoken", "unseen"),
    [
        ([said(100, 1000), said(0, 5000, 1100, back=True)], 100, 0),
        ([said(0, 5000, 1100, back=True)], 0, 100),
        ([said(0, 5000, 1100, back=True), said(100, 1000)], 100, 0),
        ([said(100, 1200), said(0, 5000, 1300, back=True)], 100, 200),
        ([said(100, 1200), said(150, 1000, ident=3), said(0, 5000, 1300, back=True)], 250, 50),
        ([said(100, 1000), said(100, 1000, ident=3), said(100, 1000, ident=4)], 100, 0),
        ([said(100, 1000), said(100, 1050, ident=3)], 150, 0),
        ([said(0, 1000, flags="FA"), said(0, 1000, flags="FA", ident=5), said(0, 5000, 1001, back=True)], 0, 0),
        ([said(1, 999), said(0, 5000, 1000, back=True)], 0, 0),
        ([said(0, 5000, 0x7FFFFFFF, back=True)], 0, built.MOST_UNSEEN),
        ([said(100, 1000), said(0, 900, 0xEEEEEEEE, flags="RA"), said(0, 5000, 1100, back=True)], 100, 0),
    ],
)
def test_what_was_acknowledged_and_not_seen_is_counted(packets: list[Packet], spoken: int, unseen: int) -> None:
    """Whatever comes late was not lost, and what is said twice counts once."""
    _, totals = run([*OPENED, *packets], look_tcp=False)
    assert (spoken, unseen) == (totals["TOTAL_SPOKEN"], totals["TOTAL_UNSEEN"])


def test_nothing_is_said_of_a_flow_with_one_side() -> None:
    """Its other half is not lost, it was never mirrored; and before both were seen, nobody knows."""
    _, totals = run([said(100, 1000), said(100, 9000), said(0, 5000, 9100, back=True), said(50, 9300, 5000)])
    assert (50, 200) == (totals["TOTAL_SPOKEN"], totals["TOTAL_UNSEEN"])
    assert (0, 0) == tuple(
        run([said(100, 1000), said(100, 9000)])[1][name] for name in ("TOTAL_SPOKEN", "TOTAL_UNSEEN")
    )


def test_sequence_numbers_go_round() -> None:
    """Nothing is lost where they pass zero."""
    start = 0xFFFFFF00
    talk = [said(0, start - 1, 0, flags="S"), said(0, 4999, start, back=True, flags="SA")]
    talk += [said(200, (start + 200 * n) % 2**32, ident=9 + n) for n in range(3)]
    talk += [said(0, 5000, (start + 700) % 2**32, back=True)]
    _, totals = run(talk)
    assert (600, 100) == (totals["TOTAL_SPOKEN"], totals["TOTAL_UNSEEN"])


def test_time_never_runs_back() -> None:
    """An earlier stamp is counted and read as the latest time; a missing one is not counted."""
    _, totals = run([udp(1, 1), udp(1, 2), udp(1, 3)], times_ns=[5 * SECOND_NS, SECOND_NS, NO_TIME])

    assert (1, 1) == (totals["TOTAL_BACKWARDS"], totals["TOTAL_UDP_FLOWS"])


def test_ipv6_and_ipv4_never_share_a_flow() -> None:
    """An IPv6 flow is told apart by all 32 bytes of its addresses."""
    packets = [
        ether() / IPv6(src=f"2001:db8:{n:x}::1", dst="fd00::2") / UDP(sport=9, dport=9) / Raw(b"x") for n in range(20)
    ]

    assert 20 == run([*packets, *packets])[1]["TOTAL_UDP_FLOWS"]


def test_overlapping_networks_can_be_told_apart_by_their_vlan() -> None:
    """By default mirrors that tag one direction only still give one flow."""
    packets = [tcp("PA", b"a", 1), ether() / Dot1Q(vlan=5) / tcp("PA", b"b", 2)[IP]]

    assert 1 == run(packets)[1]["TOTAL_TCP_FLOWS"]
    assert 2 == run(packets, separate_vlans=True)[1]["TOTAL_TCP_FLOWS"]


def test_a_full_table_gives_up_the_longest_silent_flow_and_counts_it() -> None:
    """The flow that a parser follows stays, however many new ones come."""
    for module in (built, source):
        table = module.FlowTable(slots=8, look_udp=True)
        headers = HeaderPass()

        def feed(packet: Packet, table: Any = table, headers: Any = headers) -> list[tuple[int, int]]:
            chunk = frames_of([bytes(packet)])
            headers.run(chunk)
            return [(table.picked_serial[n], table.picked_info[n]) for n in range(table.run(chunk))]

        feed(tcp("PA", b"kept", 1))
        table.follow(table.picked_slot[0], 1)
        for n in range(7):
            feed(udp(n))
        ended = feed(udp(99))

        assert (2, layout.PICK_ENDED) == ended[0]
        assert 1 == table.total[layout.TOTAL_EVICTED]
        for n in range(100, 150):
            feed(udp(n))
        assert [1] == [serial for serial, _ in feed(tcp("PA", b"more", 5, ident=2))]


def test_stopping_and_skipping_save_the_rest_of_a_flow() -> None:
    """A stopped flow is only counted; a skip lets through what crosses its end, a FIN, and nothing before."""
    for module in (built, source):
        table = module.FlowTable()
        headers = HeaderPass()

        def feed(packet: Packet, table: Any = table, headers: Any = headers) -> int:
            chunk = frames_of([bytes(packet)])
            headers.run(chunk)
            return table.run(chunk)

        assert 1 == feed(tcp("PA", b"head", 0xFFFFFFF0))
        side = table.picked_info[0] & layout.PICK_SIDE
        slot = table.picked_slot[0]
        table.skip(slot, 1, side, 100)
        assert 0 == feed(tcp("PA", b"body", 0xFFFFFFF4, ident=2))
        assert 0 == feed(tcp("PA", b"body", 96, ident=3))
        assert 1 == feed(tcp("PA", b"body", 97, ident=4))
        assert 1 == feed(tcp("FA", seq=90, ident=5))
        table.stop(slot, 99)
        assert 1 == feed(tcp("PA", b"still", 200, ident=6))
        for ident, seq in enumerate((2**30 + 99, 97 + 2**31, 97 + 3 * 2**30, 50), 7):
            assert 1 == feed(tcp("PA", b"far", seq, ident=ident)), "what is skipped ends there, however much follows"
        table.stop(slot, 1)
        assert 0 == feed(tcp("PA", b"gone", 300, ident=20))
        assert 11 == table.total[layout.TOTAL_PACKETS]


Noise = tuple[list[bytes], list[int]]
"""Frames, and when each came."""


@pytest.fixture(scope="module")
def noise() -> Noise:
    """Packets of many flows, in no order."""
    rng = random.Random(4)
    packets: list[Packet] = []
    for n in range(300):
        packets.append(
            tcp(
                rng.choice(["S", "PA", "FA", "R", "A"]),
                b"data"[: rng.randrange(5)],
                rng.randrange(2000),
                back=rng.random() < 0.5,
                port=50000 + rng.randrange(20),
                ident=n,
            )
        )
        packets.append(udp(rng.randrange(30), ident=n))
    return [bytes(packet) for packet in packets], [SECOND_NS + rng.randrange(10**12) for _ in packets]


@pytest.mark.parametrize("batch", [1, 2, 7, 64])
def test_cutting_into_batches_changes_nothing(noise: Noise, batch: int) -> None:
    """The same noise of flows gives the same picks and totals however it is cut, in a table far too small."""
    frames, times = noise
    options = {"slots": 16, "look_udp": True}

    assert run(frames, times_ns=times, **options) == run(frames, times_ns=times, batch=batch, **options)


def test_every_packet_is_accounted() -> None:
    """The kinds add up to the packets."""
    table = built.FlowTable()
    chunk = frames_of([bytes(udp(1)), bytes(tcp("S")), b"", b"\0" * 20, bytes(udp(2))[:30]])
    HeaderPass().run(chunk)
    table.run(chunk)

    assert 5 == sum(table.total[layout.TOTAL_KINDS + kind] for kind in Kind) == table.total[layout.TOTAL_PACKETS]


def zone(name: str, *networks: str, role: Role | None = None, inspect: Inspect = Inspect.ALL) -> Zone:
    """One zone."""
    parsed = tuple(ip_network(network) for network in networks)
    return Zone(name=Label(name), audience=Audience.INFRASTRUCTURE, networks=parsed, role=role, inspect=inspect)


CAMERAS = zone("cameras", "10.40.0.0/24", "fd00:40::/64", role=Role.CAMERA)
PAYMENT = zone("payment", "10.60.0.0/24", "fd00:60::/64", inspect=Inspect.NONE)
PATRONS = zone("patrons", "10.99.0.0/16", inspect=Inspect.LIBRARY_ONLY)
ILS = Asset(name=Label("ils"), addresses=(ip_address("10.1.0.10"),), role=Role.ILS)
AREAS = Areas((CAMERAS, PAYMENT, PATRONS), (ILS,))


def between(one: str, other: str, layer: Packet | None = None, ident: int = 1) -> Packet:
    """A packet from one host to another, a datagram unless told otherwise."""
    if layer is None:
        layer = UDP(sport=5000, dport=5004) / Raw(b"x")
    if ":" in one:
        return ether() / IPv6(src=one, dst=other) / layer
    return ether() / IP(src=one, dst=other, id=ident) / layer


@pytest.mark.parametrize(("look", "picks"), [(False, 1), (True, 2)])
@pytest.mark.parametrize(
    "ends", [("10.40.0.7", "192.0.2.1"), ("192.0.2.1", "10.40.0.7"), ("fd00:40::7", "2001:db8::1")]
)
def test_the_first_packet_of_a_watched_flow_is_told(ends: tuple[str, str], look: bool, picks: int) -> None:  # noqa: FBT001
    """Once, whichever end is watched and whoever sends; its payload has a pick of its own."""
    answer = between(*reversed(ends), UDP(sport=5004, dport=5000) / Raw(b"y"))
    picked, totals = run([between(*ends), answer, between("10.1.0.1", "192.0.2.1")], areas=AREAS, look_udp=look)

    told = layout.PICK_OPENED | layout.PICK_JOINED
    assert (0, 1, told) == (picked[0][0], picked[0][1], picked[0][2] & ~layout.PICK_SIDE)
    assert picks == sum(pick[1] == 1 and pick[0] == 0 for pick in picked)
    assert 1 == sum(bool(pick[2] & layout.PICK_OPENED) for pick in picked)
    assert 2 == totals["TOTAL_UDP_FLOWS"]


def test_an_attempt_of_a_watched_end_is_told() -> None:
    """A SYN that nobody answers has no payload and is told all the same; repeated, it is the same flow."""
    attempt = between("10.40.0.7", "192.0.2.1", TCP(sport=5, dport=443, flags="S", seq=9))
    picked, _ = run([attempt, attempt, attempt], areas=AREAS)

    assert [(0, 1)] == [pick[:2] for pick in picked]
    assert picked[0][2] & layout.PICK_OPENED
    assert not picked[0][2] & layout.PICK_JOINED


@pytest.mark.parametrize(
    ("rest", "joined"),
    [(["SA"], None), (["RA"], None), (["SA", "R"], None), (["SA", "A", "PA"], 2), (["A"], 1), (["R", "FA"], 2)],
)
def test_the_first_packet_that_does_more_than_try_is_told(rest: list[str], joined: int | None) -> None:
    """Neither an answer alone nor a refusal is more than an attempt; with the first of what follows, the ends talk."""
    packets = [
        between("10.40.0.7", "192.0.2.1", TCP(sport=5, dport=443, flags=flags, seq=9), ident=ident)
        for ident, flags in enumerate(["S", *rest])
    ]
    picked, _ = run(packets, areas=AREAS, look_tcp=False)

    assert [0] == [pick[0] for pick in picked if pick[2] & layout.PICK_OPENED]
    assert ([] if joined is None else [joined]) == [pick[0] for pick in picked if pick[2] & layout.PICK_JOINED]
    assert all(pick[2] & layout.PICK_ORIENTED for pick in picked)


def test_a_flow_that_opens_anew_is_told_anew() -> None:
    """The end of the one before comes first, and what the packet carries last."""
    first = between("10.40.0.7", "192.0.2.1", ident=1)
    times = [SECOND_NS, SECOND_NS + built.UDP_IDLE_NS + 1]
    picked, _ = run([first, first], times_ns=times, areas=AREAS, look_udp=True)

    told = layout.PICK_OPENED | layout.PICK_JOINED
    kinds = [told, 0, layout.PICK_ENDED | layout.PICK_IDLE, told, 0]
    assert kinds == [pick[2] & ~layout.PICK_SIDE for pick in picked]
    assert [1, 1, 1, 2, 2] == [pick[1] for pick in picked]


@pytest.mark.parametrize(
    ("one", "other", "excluded"),
    [
        ("10.60.0.5", "192.0.2.1", True),
        ("fd00:60::5", "2001:db8::1", True),
        ("10.60.0.5", "10.1.0.10", True),
        ("10.60.0.5", "10.40.0.7", True),
        ("10.99.3.4", "192.0.2.1", True),
        ("10.99.3.4", "10.99.3.5", True),
        ("10.99.3.4", "10.1.0.10", False),
        ("10.1.0.9", "192.0.2.1", False),
    ],
)
def test_what_is_not_to_be_inspected_is_counted_and_nothing_else(one: str, other: str, excluded: bool) -> None:  # noqa: FBT001
    """No flow, no payload, no end, nothing watched; fragments and ICMP of the same hosts are counted as well."""
    attempt, told, end = (
        between(one, other, TCP(sport=5, dport=80, flags=flags, seq=9) / Raw(data))
        for flags, data in (("S", b""), ("PA", b"secret"), ("FA", b""))
    )
    answer = between(other, one, TCP(sport=80, dport=5, flags="SA", seq=1))
    rest = [between(one, other, ICMP())]
    rest += fragment(between(one, other, UDP() / Raw(bytes(900))), 400) if ":" not in one else []
    packets = [attempt, answer, told, end, between(one, other), *rest]
    picked, totals = run(packets, areas=AREAS, look_udp=True)

    assert (len(packets) if excluded else 0) == totals["TOTAL_EXCLUDED"]
    assert excluded == (not picked)
    flows = (totals["TOTAL_TCP_FLOWS"], totals["TOTAL_UDP_FLOWS"], totals["TOTAL_ONE_SIDED"])
    assert ((0, 0, 0) if excluded else (1, 1, 0)) == flows
    assert len(packets) == totals["TOTAL_PACKETS"]


def test_an_address_within_ipv6_is_the_one_it_is() -> None:
    """An IPv4 address that is written as an IPv6 one lies in the IPv4 zone."""
    picked, _ = run([between("::ffff:10.40.0.7", "2001:db8::1"), between("::10.40.0.7", "2001:db8::1")], areas=AREAS)

    assert [0] == [pick[0] for pick in picked]


def test_who_is_watched_late_is_watched_from_its_first_known_flow_on() -> None:
    """How each flow began is still known, ended or not; what is watched already or excluded is not told again."""
    tagged = ether() / Dot1Q(vlan=40) / between("10.70.0.7", "192.0.2.1", UDP(sport=9, dport=53) / Raw(b"q"))[IP]
    packets = [
        between("10.1.0.1", "192.0.2.1"),
        between("10.70.0.7", "192.0.2.1", TCP(sport=5, dport=443, flags="S", seq=9)),
        between("192.0.2.1", "10.70.0.7", TCP(sport=443, dport=5, flags="RA", seq=0)),
        between("192.0.2.1", "10.70.0.7", TCP(sport=7, dport=554, flags="SA", seq=0)),
        tagged,
        between("10.40.0.7", "10.70.0.7"),
        between("10.60.0.5", "10.70.0.7"),
        between("fd00:70::7", "2001:db8::1"),
    ]
    late = ["10.70.0.7", "10.70.0.7", "fd00:70::7"]
    picked, _ = run(packets, areas=AREAS, late=late)
    known = [opening for opening in picked if isinstance(opening, layout.Opening)]

    assert known == [one for one in run(packets, areas=AREAS, late=late, batch=1)[0] if isinstance(one, layout.Opening)]
    assert [(2, 2, -1), (3, 4, -1), (4, 5, 40), (7, 8, -1)] == [(one.serial, one.frame, one.vlan) for one in known]
    attempt, answered, question, six = known
    camera = ip_address("10.70.0.7").packed
    assert [True, True, False] == [one.addresses[one.sender] == camera for one in (attempt, question, answered)]
    assert [camera, camera] == [one.addresses[one.opened_by or 0] for one in (attempt, answered)]
    assert (None, None) == (question.opened_by, six.opened_by)
    assert [False, False, True, True] == [one.joined for one in known]
    assert [5, 443] == sorted(attempt.ports)
    assert (False, True) == (attempt.udp, question.udp)
    assert SECOND_NS + 4_000_000 == question.at_ns
    assert ip_address("fd00:70::7").packed in six.addresses


def test_ends_of_flows_are_told_by_slots_and_by_time() -> None:
    """The same compiled and not: both ends with their ports, and whether they show."""
    results = []
    for module in (built, source):
        table = module.FlowTable(slots=64)
        packets = [tcp("S"), udp(5, data=b"x"), between("fd00:70::7", "2001:db8::1", TCP(sport=1, dport=2, flags="A"))]
        chunk = frames_of([bytes(one) for one in packets], times_ns=[SECOND_NS, 2 * SECOND_NS, 3 * SECOND_NS])
        HeaderPass().run(chunk)
        table.run(chunk)
        halves = [
            sorted(table.ends(0, 32, since) + table.ends(32, 64, since)) for since in (0, SECOND_NS, 3 * SECOND_NS)
        ]
        assert halves[0] == sorted(table.ends(0, 64, 0))
        results.append(halves)
    assert results[0] == results[1]
    everything, later, nothing = results[0]
    kiosk, server, camera, recorder = (
        ip_address(one).packed for one in ("10.30.0.11", "10.1.0.10", "10.40.0.2", "10.40.0.250")
    )
    assert (server, 6001, False, kiosk, 50_000, True) in everything
    assert [(camera, 5, True, recorder, 5_004, False)] == [one for one in later if len(one[0]) == 4]
    assert [(True, True)] == [(one[2], one[5]) for one in later if len(one[0]) == 16]
    assert (3, 2, []) == (len(everything), len(later), nothing)


@pytest.fixture(scope="module")
def noise_of_areas() -> Noise:
    """Packets of watched, excluded and other flows."""
    rng = random.Random(5)
    hosts = ["10.40.0.7", "10.40.0.8", "10.60.0.5", "10.99.0.4", "10.1.0.10", "192.0.2.1", "10.1.0.9"]
    packets = []
    for n in range(400):
        layer = UDP(sport=rng.randrange(4), dport=9) / Raw(b"u")
        if rng.random() < 0.5:
            layer = TCP(sport=rng.randrange(4), dport=9, flags=rng.choice(["S", "PA", "R"]), seq=n) / Raw(b"t")
        packets.append(between(*rng.sample(hosts, 2), layer, ident=n))
    return [bytes(packet) for packet in packets], [SECOND_NS + n * 10**9 for n in range(len(packets))]


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_areas_change_nothing_about_batches(noise_of_areas: Noise, batch: int) -> None:
    """A noise of watched, excluded and other flows in a table far too small is told the same however it is cut."""
    frames, times = noise_of_areas
    options = {"slots": 16, "look_udp": True, "areas": AREAS}

    whole = run(frames, times_ns=times, **options)
    assert whole == run(frames, times_ns=times, batch=batch, **options)
    assert 40 < whole[1]["TOTAL_EXCLUDED"] < 360
    assert 40 < sum(bool(pick[2] & layout.PICK_OPENED) for pick in whole[0])


def test_what_an_end_sends_is_charged() -> None:
    """From the first packet on, also when that is asked for later; the same compiled and not."""
    place = Asset(name=Label("camera"), addresses=(ip_address("10.40.0.2"),), role=Role.CAMERA)
    frames = [bytes(udp(40_000, number, b"x" * number)) for number in range(1, 9)]
    halves = frames[:4], [*frames[4:], frames[7]]
    charged = []
    for module in (built, source):
        table = module.FlowTable(slots=8)
        table.mark(Areas((), (place,)))
        headers = HeaderPass()
        for half in halves:
            chunk = frames_of(half, times_ns=[SECOND_NS + number for number in range(len(half))])
            headers.run(chunk)
            table.run(chunk)
            for account in (7, 9) if half is halves[0] else ():
                table.charge(
                    table.picked_slot[0], table.picked_serial[0], table.picked_info[0] & layout.PICK_SIDE, account
                )
        charged.append({place: size for place, size in enumerate(table.account_bytes) if place > 1 and size})

    first, rest = (sum(map(len, part)) for part in (frames[:4], frames[4:]))
    assert charged[0] == charged[1]
    assert {2 * 7: first, 2 * 9: rest} == charged[0]


@pytest.mark.parametrize("module", [built, source], ids=["compiled", "plain"])
def test_known_flows_are_reviewed(module: Any) -> None:
    """With other marks, a flow is looked at, watched or excluded from its next packet on, and told what changed."""
    table, headers = module.FlowTable(slots=64, look_udp=True), HeaderPass()
    kiosk, camera = tcp("A", b"one"), udp(4000)

    def picked(*packets: Packet) -> list[tuple[int, int]]:
        frames = frames_of([bytes(packet) for packet in packets])
        headers.run(frames)
        return [(table.picked_serial[i], table.picked_info[i] & ~layout.PICK_SIDE) for i in range(table.run(frames))]

    def zone(network: str, role: Role | None = None, inspect: Inspect = Inspect.ALL) -> Areas:
        name, networks = Label("zone"), (ip_network(network),)
        return Areas([Zone(name=name, audience=Audience.STAFF, networks=networks, role=role, inspect=inspect)])

    def review(areas: Areas) -> list[int]:
        table.mark(areas)
        forgotten: list[int] = table.review()
        return forgotten

    assert [(1, 0), (2, 0)] == picked(kiosk, camera)
    assert [] == review(zone("10.40.0.0/24", role=Role.CAMERA))
    opened = layout.PICK_OPENED | layout.PICK_JOINED
    assert [(1, 0), (2, opened), (2, 0)] == picked(tcp("A", b"two", 1003), udp(4000, 2))
    assert [1] == review(zone("10.30.0.0/24", inspect=Inspect.NONE))
    assert [(2, 0)] == picked(tcp("A", b"six", 1006), udp(4000, 3))
    assert 1 == table.total[layout.TOTAL_EXCLUDED]
    assert [3] == review(Areas())
    assert [(4, 0), (2, 0)] == picked(tcp("A", b"ten", 1009), udp(4000, 4))


def test_a_batch_in_parts_is_a_batch() -> None:
    """Counted up to a packet and then from there on, compiled and not."""
    packets = [bytes(one) for one in (tcp("S", seq=999), tcp("PA", b"hi", 1000), tcp("PA", b"yo", 1002), udp(9))]
    for module in (built, source):
        results = []
        for cuts in ([], [0], [1, 2], [4]):
            chunk = frames_of(packets)
            HeaderPass().run(chunk)
            table = module.FlowTable(look_udp=True)
            picked = []
            for first, behind in pairwise([0, *cuts, len(packets)]):
                picks = table.run(chunk, first, behind)
                picked += [(table.picked_packet[n], table.picked_serial[n]) for n in range(picks)]
            results.append((picked, list(table.total)))
        assert all(results[0] == result for result in results)
        assert [(1, 1), (2, 1), (3, 2)] == results[0][0]


def test_fragments_are_barred_where_their_ends_are() -> None:
    """Before they are counted, and only where something is marked at all."""
    zone = Zone(name=Label("z"), audience=Audience.PUBLIC, networks=(ip_network("10.40.0.0/24"),), inspect=Inspect.NONE)
    inside, outside = (IP(src=one, dst="192.0.2.9") / UDP() / Raw(bytes(900)) for one in ("10.40.0.2", "10.41.0.2"))
    chunk = frames_of([bytes(ether() / fragment(packet, 400)[1]) for packet in (inside, outside)])
    HeaderPass().run(chunk)
    for module in (built, source):
        table = module.FlowTable()
        assert [False, False] == [table.bars(chunk, 0), table.bars(chunk, 1)]
        table.mark(Areas([zone]))
        assert [True, False] == [table.bars(chunk, 0), table.bars(chunk, 1)]


@pytest.mark.parametrize("module", [built, source], ids=["compiled", "source"])
@pytest.mark.parametrize("name", ["kind", "ends", "ports", "seq", "acknowledged", "signature", "at_ns", "vlan"])
def test_a_column_that_is_too_short_is_not_read_behind_its_end(module: Any, name: str) -> None:
    """The columns are held against the batch before its first packet is counted."""
    frames = frames_of([bytes(tcp("PA", b"x", seq=seq)) for seq in (1000, 1001)])
    HeaderPass().run(frames)
    setattr(frames.columns, name, getattr(frames.columns, name)[:1])
    table = module.FlowTable()
    with pytest.raises(IndexError):
        table.run(frames)
    assert 0 == table.total[layout.TOTAL_PACKETS]


@pytest.mark.parametrize("module", [built, source], ids=["compiled", "source"])
def test_a_kind_that_there_is_not_has_no_figure(module: Any) -> None:
    """Nothing behind the last figure is counted up."""
    frames = frames_of([bytes(tcp("PA", b"x"))])
    HeaderPass().run(frames)
    frames.columns.kind[0] = len(Kind)
    with pytest.raises(IndexError):
        module.FlowTable().run(frames)
