"""Fragments of IP: what their headers say, whatever stands before them, and packets made whole again."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.inet6 import (
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    fragment6,
)
from scapy.layers.ipsec import AH
from scapy.layers.l2 import Dot1Q
from scapy.packet import Packet, Raw

from monitor.decode.fragment import MAX_PACKET_BYTES, make_whole, read_fragment
from tests.support.ethernet import ether
from tests.support.frames import decoded

BODY = random.Random(7).randbytes(1000)
V4 = IP(src="10.40.0.2", dst="10.40.0.250", id=77) / UDP(sport=1, dport=2) / Raw(BODY)
V6 = [
    IPv6(src="fd00::1", dst="fd00::2"),
    IPv6(src="fd00::1", dst="fd00::2") / IPv6ExtHdrHopByHop(),
    IPv6(src="fd00::1", dst="fd00::2") / IPv6ExtHdrHopByHop() / IPv6ExtHdrRouting(addresses=["fd00::9"]),
    IPv6(src="fd00::1", dst="fd00::2") / AH(nh=44, payloadlen=4, spi=1, seq=1, icv=bytes(12)),
]


def joined(pieces: list[Packet]) -> bytes | None:
    """The packet that those on Ethernet carry."""
    frames = decoded([bytes(piece) for piece in pieces])
    read = [read_fragment(frames, index) for index in range(len(pieces))]
    found = [one for one in read if one is not None]
    assert len(pieces) == len(found)
    assert 1 == len({one.key for one in found})
    assert [False] * (len(pieces) - 1) + [True] == [one.final for one in found]
    for before, one in pairwise(found):
        assert one.offset_bytes == before.offset_bytes + len(before.payload)
    return make_whole(found[0].head, b"".join(one.payload for one in found))


@pytest.mark.parametrize("tags", [0, 1, 2])
def test_ipv4(tags: int) -> None:
    """The packet comes out as it was, its checksum aside, which nobody asks for; options of the first are kept."""
    link: Packet = ether()
    for tag in range(tags):
        link /= Dot1Q(vlan=tag + 5)
    whole = joined([link / piece for piece in fragment(V4, 400)])
    expected = bytearray(bytes(V4))

    assert whole is not None
    expected[10:12] = whole[10:12]
    assert bytes(expected) == whole


@pytest.mark.parametrize("front", V6)
def test_ipv6_behind_other_extension_headers(front: Packet) -> None:
    """What stands before the fragment header comes in every fragment, and once in the packet; the header is gone."""
    packet = front / IPv6ExtHdrFragment(id=9) / UDP(sport=1, dport=2) / Raw(BODY)
    plain = front.copy()
    if AH in plain:
        plain[AH].nh = 17
    expected = bytes(plain / UDP(sport=1, dport=2) / Raw(BODY))
    whole = joined([ether() / piece for piece in fragment6(packet, 500)])

    assert whole is not None
    assert expected[:-1008] == whole[:-1008]
    assert expected[-1000:] == whole[-1000:]


def test_options_behind_the_fragment_header_are_part_of_the_payload() -> None:
    """They were fragmented with the rest."""
    front = IPv6(src="fd00::1", dst="fd00::2") / IPv6ExtHdrFragment(id=9)
    packet = front / IPv6ExtHdrDestOpt() / UDP(sport=1, dport=2) / Raw(BODY)
    whole = joined([ether() / piece for piece in fragment6(packet, 500)])

    assert whole is not None
    assert [60, 17] == [whole[6], whole[40]]


@pytest.mark.parametrize("packet", [V4, V6[0] / IPv6ExtHdrFragment(id=9) / UDP() / Raw(BODY)])
def test_a_fragment_that_was_cut_short(packet: Packet) -> None:
    """Of what the recorder did not keep, nothing is said; no cut raises."""
    cut = fragment(packet, 400) if IP in packet else fragment6(packet, 500)
    data = bytes(ether() / cut[0])
    for size in range(14 + 28, len(data)):
        frames = decoded([data[:size]])
        if frames.columns.kind[0] == 7:
            assert read_fragment(frames, 0) is None


def test_what_is_no_fragment_is_refused() -> None:
    """To ask is a mistake of ours."""
    with pytest.raises(ValueError, match="not a fragment"):
        read_fragment(decoded([bytes(ether() / V4)]), 0)


@pytest.mark.parametrize("head", [bytes(V4)[:20], bytes(V6[0])[:40]])
def test_no_packet_is_longer_than_its_length_can_say(head: bytes) -> None:
    """A ping of death has more."""
    most = MAX_PACKET_BYTES - (20 if len(head) == 20 else 0)

    assert make_whole(head, bytes(most)) is not None
    assert make_whole(head, bytes(most + 1)) is None
