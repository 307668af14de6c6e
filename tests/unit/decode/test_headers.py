"""The header pass: every link type, every refusal, compiled and uncompiled alike."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import Any

import pytest
from scapy.contrib.erspan import ERSPAN_II, ERSPAN_III
from scapy.contrib.geneve import GENEVE
from scapy.contrib.mpls import MPLS, EoMCW
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment, IPv6ExtHdrHopByHop, IPv6ExtHdrRouting
from scapy.layers.l2 import ARP, GRE, LLC, SNAP, CookedLinux, CookedLinuxV2, Dot1AD, Dot1Q, Dot3, Loopback
from scapy.layers.ppp import PPP, PPPoE
from scapy.layers.vxlan import VXLAN
from scapy.packet import Packet, Raw

import monitor.decode.headers as built
from monitor.model.columns import Kind
from tests.support.ethernet import ether
from tests.support.frames import frames_of
from tests.support.uncompiled import load_source

source = load_source("monitor.decode.headers")
FACTS = ("kind", "v6", "address", "ports", "flags", "seq", "payload", "payload_bytes", "segment_bytes", "vlan")

HELLO = Raw(b"hello, wire")
IP4 = IP(src="10.0.0.1", dst="10.0.0.2")
IP6 = IPv6(src="fd00::1", dst="fd00::2")
SEGMENT = TCP(sport=50000, dport=6001, seq=0x80000001, ack=7, flags="PA") / HELLO
DATAGRAM = UDP(sport=50000, dport=53) / HELLO
OUTER = IP(src="192.0.2.1", dst="192.0.2.2")
OUTER6 = IPv6(src="2001:db8::1", dst="2001:db8::2")
INNER = ether() / IP4 / SEGMENT


def decode(packet: bytes, linktype: int = 1, wirelen: int | None = None) -> dict[str, int]:
    """What the pass makes of one frame, the same compiled and not."""
    results = []
    for module in (built, source):
        frames = frames_of([packet], linktype=linktype, wirelens=[wirelen or len(packet)])
        assert 0 == module.HeaderPass().run(frames)
        results.append(
            {name: getattr(frames.columns, name)[0] for name in FACTS} | {"signature": frames.columns.signature[0]}
        )
    assert results[0] == results[1]
    return results[0]


def test_the_module_under_test_is_compiled() -> None:
    """The build compiled the pass; without that this file would compare the source with itself."""
    assert not built.__file__.endswith(".py")
    assert source.__file__.endswith(".py")


WIFI = b"\x88\x01" + bytes(24)
"""The head of a frame of data from an access point, with a field for its quality of service."""


@pytest.mark.parametrize(
    ("linktype", "packet"),
    [
        (1, ether() / IP4 / SEGMENT),
        (1, ether() / Dot1Q(vlan=30) / IP4 / SEGMENT),
        (1, ether(type=0x88A8) / Dot1AD(vlan=7, type=0x8100) / Dot1Q(vlan=30) / IP4 / SEGMENT),
        (1, Dot3() / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(code=0x0800) / IP4 / SEGMENT),
        (113, CookedLinux() / IP4 / SEGMENT),
        (276, CookedLinuxV2() / IP4 / SEGMENT),
        (0, Loopback(type=2) / IP4 / SEGMENT),
        (108, Loopback(type=2) / IP4 / SEGMENT),
        (101, IP4 / SEGMENT),
        (104, Raw(b"\x0f\x00\x08\x00") / IP4 / SEGMENT),
        (228, IP4 / SEGMENT),
    ],
)
def test_every_link_type_leads_to_the_segment(linktype: int, packet: Packet) -> None:
    """Whatever lies below IP, the same TCP facts come out."""
    frame = bytes(packet)
    facts = decode(frame, linktype)

    assert Kind.TCP == facts["kind"]
    assert (50000 << 16 | 6001) == facts["ports"]
    assert 0x80000001 == facts["seq"]
    assert 0x18 == facts["flags"]
    assert len(HELLO) == facts["payload_bytes"] == facts["segment_bytes"]
    assert bytes(HELLO) == frame[facts["payload"] :]
    assert bytes([10, 0, 0, 1, 10, 0, 0, 2]) == frame[facts["address"] : facts["address"] + 8]


@pytest.mark.parametrize(
    "packet",
    [
        ether() / MPLS(s=0) / MPLS(s=1) / IP4 / SEGMENT,
        ether() / MPLS(s=1) / EoMCW() / INNER,
        ether() / Dot1Q(vlan=3) / PPPoE() / PPP(proto=0x21) / IP4 / SEGMENT,
        ether() / PPPoE() / Raw(b"\x21") / IP4 / SEGMENT,
        ether() / OUTER / IP4 / SEGMENT,
        ether() / OUTER6 / IP4 / SEGMENT,
        ether() / OUTER / GRE() / IP4 / SEGMENT,
        ether() / OUTER / GRE(chksum_present=1, key_present=1, seqnum_present=1) / IP4 / SEGMENT,
        ether() / OUTER / GRE(proto=0x6558) / INNER,
        ether() / OUTER / GRE(proto=0x8847) / MPLS(s=1) / IP4 / SEGMENT,
        ether()
        / OUTER
        / GRE(key_present=1, seqnum_present=1, version=1, proto=0x880B)
        / PPP(proto=0x21)
        / IP4
        / SEGMENT,
        ether() / OUTER / GRE(proto=0x880B) / Raw(b"\xff\x03") / PPP(proto=0x21) / IP4 / SEGMENT,
        ether() / OUTER / GRE(proto=0x8200) / Raw(WIFI) / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP() / IP4 / SEGMENT,
        ether() / OUTER / GRE(proto=0x88BE) / INNER,
        ether() / OUTER / GRE(proto=0x88BE, seqnum_present=1) / ERSPAN_II() / INNER,
        ether() / OUTER / GRE(proto=0x22EB, seqnum_present=1) / ERSPAN_III(o=0) / INNER,
        ether() / OUTER / GRE(proto=0x22EB, seqnum_present=1) / ERSPAN_III(o=1) / Raw(bytes(8)) / INNER,
        ether() / OUTER / UDP(dport=4789) / VXLAN(vni=7, flags=8) / INNER,
        ether() / OUTER6 / UDP(dport=6081) / GENEVE(vni=7, proto=0x6558) / INNER,
        ether() / OUTER / UDP(dport=6081) / GENEVE(proto=0x0800) / IP4 / SEGMENT,
        ether() / OUTER / UDP(dport=4754) / GRE() / IP4 / SEGMENT,
        ether() / OUTER / UDP(dport=2152) / Raw(bytes.fromhex("30ff004000000007")) / IP4 / SEGMENT,
        ether() / OUTER / UDP(dport=2152) / Raw(bytes.fromhex("34ff00400000000700000085 01100100")) / IP4 / SEGMENT,
        ether() / OUTER / UDP(dport=5072) / Raw(bytes.fromhex("41522104") + bytes(40)) / IP4 / SEGMENT,
        ether() / OUTER / UDP(sport=5072) / Raw(bytes.fromhex("41522104") + bytes(40)) / IP4 / SEGMENT,
        ether() / OUTER / GRE() / OUTER / OUTER6 / IP4 / SEGMENT,
    ],
)
def test_every_tunnel_leads_to_the_segment(packet: Packet) -> None:
    """Whatever a packet is carried in, its own addresses and payload come out."""
    frame = bytes(packet)
    facts = decode(frame)

    assert (Kind.TCP, 50000 << 16 | 6001, 0) == (facts["kind"], facts["ports"], facts["v6"])
    assert bytes(HELLO) == frame[facts["payload"] : facts["payload"] + facts["payload_bytes"]]
    assert bytes([10, 0, 0, 1, 10, 0, 0, 2]) == frame[facts["address"] : facts["address"] + 8]


def test_ipv6_in_ipv4_leads_to_the_segment() -> None:
    """6in4, whose inner addresses are longer than the outer ones."""
    facts = decode(bytes(ether() / OUTER / IP6 / SEGMENT))

    assert (Kind.TCP, 1, len(HELLO)) == (facts["kind"], facts["v6"], facts["payload_bytes"])


SNAPPED = bytes(LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(code=0x0800) / IP4 / SEGMENT)
MACS = bytes(12)


@pytest.mark.parametrize(
    ("linktype", "packet"),
    [
        (9, b"\xff\x03\x00\x21" + bytes(IP4 / SEGMENT)),
        (9, b"\x21" + bytes(IP4 / SEGMENT)),
        (50, b"\xff\x03\x00\x21" + bytes(IP4 / SEGMENT)),
        (51, b"\x11\0\0\x01\0\0\x00\x21" + bytes(IP4 / SEGMENT)),
        (6, bytes(14) + SNAPPED),
        (6, bytes(8) + b"\x80" + bytes(5) + b"\x06\x30\1\2\3\4" + SNAPPED),
        (10, bytes(13) + SNAPPED),
        (7, b"\1\2\xf0" + bytes(IP4 / SEGMENT)),
        (7, b"\1\2\xd4\0\0\1" + bytes(IP4 / SEGMENT)),
        (129, b"\1\2\0\0\xf0" + bytes(IP4 / SEGMENT)),
        (242, bytes(40) + b"\x08\0\0\0" + bytes(IP4 / SEGMENT)),
        (105, b"\x08\x01" + bytes(22) + SNAPPED),
        (105, b"\x88\x03" + bytes(30) + SNAPPED),
        (105, b"\x88\x81" + bytes(28) + SNAPPED),
        (119, bytes(144) + b"\x08\x01" + bytes(22) + SNAPPED),
        (127, b"\0\0\x0a\0" + bytes(6) + b"\x08\x01" + bytes(22) + SNAPPED),
        (192, b"\0\0\x0c\0\x69" + bytes(7) + b"\x08\x01" + bytes(22) + SNAPPED),
        (1, MACS + b"\x89\x26\0\0\0\0\x08\0" + bytes(IP4 / SEGMENT)),
        (1, MACS + b"\x89\x3f" + bytes(6) + b"\x08\0" + bytes(IP4 / SEGMENT)),
        (1, MACS + b"\x88\xe7\0\0\0\7" + bytes(INNER)),
        (1, MACS + b"\x89\x4f\x0f\xc2\1\1" + bytes(4) + bytes(IP4 / SEGMENT)),
        (1, MACS + b"\x89\x4f\x0f\xc6\1\3" + bytes(20) + bytes(INNER)),
        (9, b"\xff\x03\x02\x81\x00\x01\x01\xff" + bytes(IP4 / SEGMENT)),
        (101, OUTER / UDP(sport=3544, dport=9) / Raw(bytes(8)) / IP6 / SEGMENT),
        (101, OUTER / UDP(sport=9, dport=3544) / Raw(b"\0\1\1\1" + bytes(11)) / IP6 / SEGMENT),
        (101, OUTER / UDP(sport=9, dport=3544) / IP6 / SEGMENT),
        (101, IP(src="192.0.2.1", dst="192.0.2.2", proto=103) / Raw(b"\x21" + bytes(7)) / IP4 / SEGMENT),
        (101, OUTER / UDP(sport=9, dport=2152) / Raw(b"\x30\xff\0\0\0\0\0\7") / IP4 / SEGMENT),
        (
            101,
            OUTER
            / UDP(sport=9, dport=2152)
            / Raw(b"\x34\xff\0\0\0\0\0\7\0\0\0\x85\1\1\1\x40\2\0\0\0\0\0\0\0")
            / IP4
            / SEGMENT,
        ),
    ],
)
def test_rarer_links_and_tags_lead_to_the_segment(linktype: int, packet: Packet | bytes) -> None:
    """Whatever carries IP in a plain way; cut anywhere, nothing is read beyond the cut."""
    data = bytes(packet)
    facts = decode(data, linktype)
    assert (Kind.TCP, 50000 << 16 | 6001) == (facts["kind"], facts["ports"])
    assert data.endswith(bytes(HELLO))
    assert len(data) - len(bytes(HELLO)) == facts["payload"]
    kinds = {decode(data[:size], linktype, len(data))["kind"] for size in range(len(data) - 40)}
    assert Kind.TCP not in kinds


def test_what_is_encrypted_in_the_air_is_counted_as_not_opened() -> None:
    """So is what comes several packets to a frame; what carries no data is none of our business."""
    tail = bytes(40)
    assert Kind.ENCAPSULATED == decode(b"\x08\x41" + bytes(22) + tail, 105)["kind"]
    assert Kind.ENCAPSULATED == decode(b"\x88\x01" + bytes(22) + b"\x80\0" + tail, 105)["kind"]
    assert Kind.NON_IP == decode(b"\x80\x00" + bytes(22) + tail, 105)["kind"]


@pytest.mark.parametrize("barred", [False, True])
@pytest.mark.parametrize(
    ("packet", "kind"),
    [
        (ether() / OUTER / GRE() / IP4 / SEGMENT, Kind.OTHER_IP),
        (ether() / OUTER6 / IP4 / SEGMENT, Kind.OTHER_IP),
        (ether() / OUTER / UDP(sport=9, dport=4789) / VXLAN(vni=7) / INNER, Kind.UDP),
    ],
)
def test_a_tunnel_between_ends_that_are_not_looked_at_stays_closed(packet: Packet, kind: Kind, barred: bool) -> None:  # noqa: FBT001
    """Its outer ends are what counts then; whoever decides is asked once for packets of one tunnel in a row."""
    asked = []

    def bars(v6: bool, *ends: int) -> bool:  # noqa: FBT001 (columns)
        asked.append((v6, *ends))
        return barred

    for module in (built, source):
        asked.clear()
        frames = frames_of([bytes(packet)] * 3)
        assert 0 == module.HeaderPass(bars).run(frames)
        assert [kind if barred else Kind.TCP] * 3 == frames.columns.kind[:3].tolist()
        assert 1 == len(asked)
        assert frames.columns.ends[:4].tolist() == list(asked[0][1:]) or not barred


@pytest.mark.parametrize("port", [2152, 3544, 4754, 4789, 5072, 6081])
def test_other_datagrams_to_ports_of_tunnels_are_datagrams(port: int) -> None:
    """Ports alone prove nothing: what does not look like the tunnel is taken as it is."""
    for payload in (
        b"",
        b"hello",
        b"\x08" + bytes(40),
        b"\x34\xff" + bytes(9) + b"\x85" + bytes(30),
        b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
    ):
        facts = decode(bytes(ether() / IP4 / UDP(sport=50000, dport=port) / Raw(payload)))

        assert (Kind.UDP, len(payload)) == (facts["kind"], facts["payload_bytes"])


@pytest.mark.parametrize(
    ("packet", "vlan"),
    [
        (ether() / OUTER / UDP(dport=4789) / VXLAN(vni=7, flags=8) / ether() / Dot1Q(vlan=31) / IP4 / SEGMENT, 31),
        (ether() / IP4 / SEGMENT, -1),
        (ether() / Dot1Q(vlan=30) / IP4 / SEGMENT, 30),
        (ether(type=0x88A8) / Dot1AD(vlan=7, type=0x8100) / Dot1Q(vlan=30) / IP4 / SEGMENT, 30),
    ],
)
def test_the_innermost_vlan_is_told(packet: Packet, vlan: int) -> None:
    """Of two tags the inner one names the library's own network."""
    assert vlan == decode(bytes(packet))["vlan"]


@pytest.mark.parametrize(
    "extensions",
    [
        IP6,
        IP6 / IPv6ExtHdrHopByHop(),
        IP6 / IPv6ExtHdrHopByHop() / IPv6ExtHdrRouting() / IPv6ExtHdrDestOpt(),
        IP6 / IPv6ExtHdrFragment(offset=0, m=0),
    ],
)
def test_ipv6_extension_headers_are_walked(extensions: Packet) -> None:
    """The transport is found behind every extension header, an atomic fragment's included (RFC 6946)."""
    frame = bytes(ether() / extensions / SEGMENT)
    facts = decode(frame)

    assert Kind.TCP == facts["kind"]
    assert 1 == facts["v6"]
    assert bytes(HELLO) == frame[facts["payload"] :]


@pytest.mark.parametrize(
    ("kind", "packet"),
    [
        (Kind.UDP, ether() / IP4 / DATAGRAM),
        (Kind.UDP, ether() / IP6 / DATAGRAM),
        (Kind.NON_IP, ether() / ARP()),
        (Kind.NON_IP, Dot3() / LLC(dsap=0x42, ssap=0x42, ctrl=3) / HELLO),
        (Kind.OTHER_IP, ether() / IP4 / ICMP()),
        (Kind.FRAGMENT, ether() / IP(flags="MF") / SEGMENT),
        (Kind.FRAGMENT, ether() / IP(frag=10) / SEGMENT),
        (Kind.FRAGMENT, ether() / IP6 / IPv6ExtHdrFragment(offset=3) / HELLO),
        (Kind.ENCAPSULATED, ether() / MPLS(s=1) / Raw(b"\x90" + bytes(40))),
        (Kind.ENCAPSULATED, ether() / MPLS(s=0) / MPLS(s=0) / MPLS(s=0) / Raw(bytes(40))),
        (Kind.ENCAPSULATED, ether() / OUTER / GRE(proto=0x8FFF) / HELLO / HELLO),
        (Kind.ENCAPSULATED, ether() / OUTER / OUTER / OUTER / OUTER / OUTER / IP4 / SEGMENT),
        (Kind.NON_IP, ether() / PPPoE() / PPP(proto=0xC021) / HELLO),
        (Kind.NON_IP, ether() / OUTER / UDP(dport=4789) / VXLAN(vni=7) / ether() / ARP()),
        (Kind.FRAGMENT, ether() / IP(flags="MF", proto=47) / GRE() / IP4 / SEGMENT),
        (Kind.MALFORMED, ether() / IP(ihl=4, len=60) / SEGMENT),
        (Kind.MALFORMED, ether() / IP(version=5) / SEGMENT),
        (Kind.MALFORMED, ether() / IP4 / TCP(dataofs=4)),
        (Kind.MALFORMED, ether(type=0x86DD) / IP4 / SEGMENT),
    ],
)
def test_every_frame_gets_the_kind_that_fits(kind: Kind, packet: Packet) -> None:
    """Nothing is guessed and nothing is dropped without a name."""
    assert kind == decode(bytes(packet))["kind"]


def test_an_unknown_link_type_is_named() -> None:
    """USB carries no IP in a plain way."""
    assert Kind.UNKNOWN_LINKTYPE == decode(bytes(60), 189)["kind"]
    assert Kind.UNKNOWN_LINKTYPE == decode(bytes(ether() / IP4 / SEGMENT), -1)["kind"]


@pytest.mark.parametrize(
    "build",
    [
        lambda: ether() / IP4 / SEGMENT,
        lambda: ether() / IP6 / DATAGRAM,
        lambda: ether() / OUTER / GRE() / INNER,
        lambda: ether() / MPLS(s=1) / IP4 / SEGMENT,
        lambda: ether() / PPPoE() / PPP(proto=0x21) / IP4 / SEGMENT,
    ],
)
def test_a_header_cut_anywhere_is_told(build: Callable[[], Packet]) -> None:
    """A frame whose captured bytes end inside its headers is CUT_HEADER, and never read past."""
    frame = bytes(build())
    headers = len(frame) - len(HELLO)
    for size in range(headers):
        assert Kind.CUT_HEADER == decode(frame[:size], wirelen=len(frame))["kind"], size
    assert decode(frame[:headers], wirelen=len(frame))["payload_bytes"] == 0


def test_ethernet_padding_is_no_payload() -> None:
    """A short segment padded to the minimum frame has the payload its IP length says."""
    frame = bytes(ether() / IP4 / TCP(flags="A")) + b"\0" * 6

    assert 0 == decode(frame)["segment_bytes"]


def test_a_snap_length_cuts_the_payload_but_not_its_size() -> None:
    """What was on the wire and what was captured are told apart."""
    frame = bytes(ether() / IP4 / TCP(flags="A") / Raw(b"x" * 500))
    facts = decode(frame[:104], wirelen=len(frame))

    assert (50, 500) == (facts["payload_bytes"], facts["segment_bytes"])


def test_a_claimed_length_beyond_the_wire_is_not_believed() -> None:
    """An IP length larger than the frame was does not invent missing bytes."""
    packet = ether() / IP(src="10.0.0.1", dst="10.0.0.2", len=60_000) / SEGMENT

    assert len(HELLO) == decode(bytes(packet))["segment_bytes"]


def test_offloaded_segments_have_the_length_of_the_frame() -> None:
    """A total length of zero is what segmentation offload leaves."""
    packet = ether() / IP(src="10.0.0.1", dst="10.0.0.2", len=0) / SEGMENT

    assert len(HELLO) == decode(bytes(packet))["segment_bytes"]


def test_the_signature_ignores_what_a_router_changes() -> None:
    """Copies that differ in TTL, header checksum, MAC addresses and tag are the same packet; others are not."""
    first = decode(bytes(ether() / IP(src="10.0.0.1", dst="10.0.0.2", id=7, ttl=64) / SEGMENT))
    routed = decode(
        bytes(
            ether(dst="02:00:00:00:00:09") / Dot1Q(vlan=4) / IP(src="10.0.0.1", dst="10.0.0.2", id=7, ttl=63) / SEGMENT
        )
    )
    later = decode(bytes(ether() / IP(src="10.0.0.1", dst="10.0.0.2", id=8, ttl=64) / SEGMENT))

    assert first["signature"] == routed["signature"]
    assert first["signature"] != later["signature"]


def test_columns_that_lie_raise_a_counted_fault() -> None:
    """Were a source ever to point past its buffer, the guard stops that frame and the next is decoded."""
    good = bytes(ether() / IP4 / SEGMENT)
    for module in (built, source):
        frames = frames_of([good, good])
        frames.offset[0] = len(frames.data) - 3

        assert 1 == module.HeaderPass().run(frames)
        assert [Kind.FAULT, Kind.TCP] == frames.columns.kind.tolist()


def test_compiled_and_uncompiled_agree_on_noise() -> None:
    """Random and mutated frames of every link type give the same columns either way."""
    rng = random.Random(20261122)
    seeds = [
        bytes(ether() / Dot1Q(vlan=3) / IP4 / SEGMENT),
        bytes(ether() / IP6 / IPv6ExtHdrHopByHop() / DATAGRAM),
        bytes(ether() / OUTER / GRE(proto=0x88BE, seqnum_present=1) / ERSPAN_II() / INNER),
        bytes(ether() / MPLS(s=0) / MPLS(s=1) / EoMCW() / INNER),
        bytes(ether() / OUTER / UDP(dport=4789) / VXLAN(vni=7, flags=8) / INNER),
        bytes(
            ether() / OUTER / UDP(dport=2152) / Raw(bytes.fromhex("34ff0040000000070000008501100100")) / IP4 / SEGMENT
        ),
        bytes(ether() / OUTER6 / UDP(dport=6081) / GENEVE(vni=7, proto=0x6558) / INNER),
    ]
    for linktype in (0, 1, 1, 1, 1, 12, 101, 104, 108, 113, 127, 228, 229, 276, 277, 70_000):
        for _ in range(150):
            frame = bytearray(rng.choice(seeds))
            for _ in range(rng.randrange(4)):
                frame[rng.randrange(len(frame))] = rng.randrange(256)
            if rng.random() < 0.2:
                frame = bytearray(struct.pack("!I", rng.getrandbits(32)) * rng.randrange(1, 20))
            decode(bytes(frame[: rng.randrange(len(frame) + 1)]), linktype, wirelen=rng.randrange(1, 2000))


@pytest.mark.parametrize("module", [built, source], ids=["compiled", "source"])
@pytest.mark.parametrize("name", ["v6", "ends", "ports", "flags", "segment_bytes", "signature"])
def test_a_column_that_is_too_short_is_not_written_behind_its_end(module: Any, name: str) -> None:
    """The columns are held against the batch before its first frame is decoded."""
    frames = frames_of([bytes(INNER), bytes(INNER)])
    setattr(frames.columns, name, getattr(frames.columns, name)[:1])
    with pytest.raises(IndexError):
        module.HeaderPass().run(frames)


@pytest.mark.parametrize("module", [built, source], ids=["compiled", "source"])
@pytest.mark.parametrize("size", [14, 15, 33, 34, 35, 53, 54, 61])
def test_a_frame_that_claims_more_than_the_buffer_holds_is_a_fault(module: Any, size: int) -> None:
    """Wherever the buffer ends, nothing behind it is read, although the lengths of the frame say it is there."""
    frames = frames_of([bytes(INNER)])
    frames.data = frames.data[: frames.offset[0] + size]
    assert 1 == module.HeaderPass().run(frames)
    assert [Kind.FAULT] == frames.columns.kind.tolist()
