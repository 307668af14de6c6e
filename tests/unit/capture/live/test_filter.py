"""The kernel's filter drops what the program itself would leave out, and nothing else: the kernel runs it here."""

from __future__ import annotations

import random
import socket
import sys
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

import pytest

from monitor.capture.conversation import Host, datagram, ip
from monitor.capture.live.filter import MAX_INSTRUCTIONS, Instruction, compile_filter, pack
from monitor.capture.live.proof import attach
from monitor.flow.areas import Areas
from monitor.flow.picks import TOTAL_EXCLUDED
from monitor.flow.table import FlowTable
from monitor.model.data import Audience, Inspect, Role
from monitor.model.flow import Transport
from monitor.model.opaque import Label
from monitor.privacy.exclusion import Exclusion
from monitor.privacy.places import Address, Asset, Zone
from tests.support.frames import decoded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has socket filters")

FORMS = ("plain", "tag", "two tags", "four tags", "five tags", "SNAP", "ARP", "MPLS", "PPPoE")


def runs(program: Sequence[Instruction], packets: Sequence[bytes]) -> list[bool]:
    """Which packets the kernel takes."""
    sending, receiving = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    taken = []
    with sending, receiving:
        attach(receiving, program)
        receiving.settimeout(0)
        for packet in packets:
            sending.send(packet)
            try:
                taken.append(receiving.recv(len(packet) + 1) == packet)
            except BlockingIOError:
                taken.append(False)
    return taken


def excluded(zones: Sequence[Zone], assets: Sequence[Asset], packet: bytes, linktype: int = 1) -> bool:
    """Whether the program leaves a packet out."""
    bars = Exclusion(zones, assets).bars
    table = FlowTable(slots=8)
    table.mark(Areas(zones, assets))
    table.run(decoded([packet], linktype=linktype, bars=bars))
    return bool(table.total[TOTAL_EXCLUDED])


def framed(packet: bytes, form: str) -> bytes:
    """An IP packet in a frame."""
    kind = b"\x08\x00" if packet[0] >> 4 == 4 else b"\x86\xdd"
    between = {
        "plain": b"",
        "tag": b"\x81\x00\x00\x1e",
        "two tags": b"\x88\xa8\x00\x07\x81\x00\x00\x1e",
        "four tags": b"\x91\x00\x00\x07" * 4,
        "five tags": b"\x92\x00\x00\x07" * 5,
        "SNAP": (len(packet) + 8).to_bytes(2) + b"\xaa\xaa\x03\x00\x00\x00",
    }
    if form == "ARP":
        return bytes(12) + b"\x08\x06" + packet
    if form == "MPLS":
        return bytes(12) + b"\x88\x47\x00\x01\x01\xff" + packet
    if form == "PPPoE":
        inner = b"\x00\x21" if packet[0] >> 4 == 4 else b"\x00\x57"
        return bytes(12) + b"\x88\x64\x11\x00\x00\x01" + (len(packet) + 2).to_bytes(2) + inner + packet
    return bytes(12) + between[form] + kind + packet


def a_packet(rng: random.Random, source: Host, target: Host) -> bytes:
    """UDP, TCP, something else, a fragment, with options, or short."""
    v6 = ":" in source.address
    what = rng.choice(("udp", "udp", "tcp", "icmp", "fragment", "options"))
    if what == "udp":
        return datagram(source, target, b"x" * rng.randrange(9))[14:]
    if what == "fragment" and v6:
        return ip(source, target, 44, b"\x11\0\0\x01\0\0\0\x07" + bytes(16))[1]
    if what == "options" and v6:
        return ip(source, target, 0, b"\x11\0\x01\x04\0\0\0\0" + bytes(16))[1]
    _, packet = ip(source, target, Transport.TCP if what == "tcp" else 1, bytes(12) + b"\x50" + bytes(27))
    if what == "fragment":
        return packet[:6] + rng.choice((b"\x20\x00", b"\x00\x05")) + packet[8:]
    if what == "options":
        return bytes([0x46]) + packet[1:2] + (len(packet) + 4).to_bytes(2) + packet[4:20] + bytes(4) + packet[20:]
    return packet


def a_site(rng: random.Random) -> tuple[list[Zone], list[Asset], list[Address]]:
    """Zones within each other, assets in and beside them, and addresses at their borders."""
    zones, assets, places = [], [], [ip_address("203.0.113.1"), ip_address("2001:db8:ffff::1")]
    for number in range(rng.randrange(1, 6)):
        text = rng.choice(
            (
                f"10.{rng.randrange(3)}.{rng.randrange(4) * 64}.0/{rng.choice((15, 16, 18, 20, 24, 31, 32))}",
                f"fd00:{rng.randrange(3)}::/{rng.choice((16, 31, 33, 48, 64, 97, 128))}",
                rng.choice(("0.0.0.0/0", "::/0", "128.0.0.0/1", "::/1", "255.255.255.255/32")),
            )
        )
        network = ip_network(text, strict=False)
        inspect = rng.choice(list(Inspect))
        zones.append(Zone(name=Label(f"z{number}"), audience=Audience.STAFF, networks=(network,), inspect=inspect))
        kind = type(network.network_address)
        first, last = int(network.network_address), int(network.broadcast_address)
        top = (1 << network.max_prefixlen) - 1
        places += [kind(one) for one in (first, last, max(first - 1, 0), min(last + 1, top), (first + last) // 2)]
    for number in range(rng.randrange(4)):
        address = rng.choice(places)
        assets.append(Asset(name=Label(f"a{number}"), addresses=(address,), role=Role.OTHER))
    return zones, assets, places


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.e2e) for seed in range(4, 16))])
def test_kernel_and_program_agree(seed: int) -> None:
    """Of any packet in any form: what the kernel drops, the program would leave out; what stands open, both do."""
    rng = random.Random(seed)
    zones, assets, places = a_site(rng)
    exclusion = Exclusion(zones, assets)
    packets = []
    for _ in range(120):
        one = rng.choice(places)
        other = rng.choice([place for place in places if place.version == one.version])
        packet = a_packet(rng, Host(str(one), 4711), Host(str(other), 53))
        packets.append((framed(packet, rng.choice(FORMS)), packet))
    takes = runs(compile_filter(exclusion, 1), [frame for frame, _ in packets])
    takes_raw = runs(compile_filter(exclusion, 101), [packet for _, packet in packets])
    behind = (b"\x08\x06", b"\x88\x47", b"\x88\x64")

    for (frame, packet), taken, raw in zip(packets, takes, takes_raw, strict=True):
        left_out = excluded(zones, assets, frame)
        assert raw is not excluded(zones, assets, packet, 101)
        assert taken if frame[12:14] in behind else taken is not left_out


def test_what_is_cut_is_taken() -> None:
    """A frame that ends before its addresses is for whoever decodes it."""
    zones = [
        Zone(name=Label("z"), audience=Audience.STAFF, networks=(ip_network(net),), inspect=Inspect.NONE)
        for net in ("0.0.0.0/0", "::/0")
    ]
    program = compile_filter(Exclusion(zones), 1)
    four = framed(datagram(Host("192.0.2.1", 1), Host("192.0.2.2", 2), b"")[14:], "two tags")
    six = framed(datagram(Host("2001:db8::1", 1), Host("2001:db8::2", 2), b"")[14:], "SNAP")

    assert [True] * 42 + [False] == runs(program, [*(four[:size] for size in range(42)), four[:42]])
    assert [True] * 62 + [False] == runs(program, [*(six[:size] for size in range(62)), six[:62]])


def test_many_assets_fit() -> None:
    """Two hundred addresses that lie apart, and the jumps that this takes."""
    zones = [
        Zone(
            name=Label("z"), audience=Audience.STAFF, networks=(ip_network("10.0.0.0/8"),), inspect=Inspect.LIBRARY_ONLY
        )
    ]
    addresses = [ip_address(0x0A000000 + 777 * number) for number in range(200)]
    assets = [Asset(name=Label(f"a{one}"), addresses=(one,), role=Role.OTHER) for one in addresses]
    program = compile_filter(Exclusion(zones, assets), 1)
    outside = Host("203.0.113.1", 53)
    packets = [datagram(Host(str(one + step), 4711), outside, b"x") for one in addresses for step in (0, 1)]

    assert len(program) <= MAX_INSTRUCTIONS
    assert 8 * len(program) == len(pack(program))
    assert [True, False] * 200 == runs(program, packets)
