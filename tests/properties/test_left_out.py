"""What is left out, from capture to document: zones that are not inspected, wrapped as it may be, and unknown links."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from monitor.analyze import Request, analyze
from monitor.capture.conversation import Conversation, Host, Packet, datagram, ethernet, ip
from monitor.config.loading import load_config
from monitor.sinks.report.json import JsonReport
from tests.support.captures import Packet as Captured
from tests.support.captures import Pcap

KIOSK, ILS = Host("10.60.0.11", 49_152), Host("10.1.0.10", 6001)
NEAR, FAR = Host("192.0.2.1", 40_000), Host("192.0.2.2", 4789)
CONFIG = "zones:\n  - {name: payment, audience: vendor, networks: [10.60.0.0/24], inspect: %s}\n"


def in_gre(packet: bytes) -> bytes:
    """RFC 2784: the IP packet behind four bytes."""
    return ethernet(NEAR, FAR, *ip(NEAR, FAR, 47, b"\0\0\x08\x00" + packet[14:]))


def in_vxlan(packet: bytes) -> bytes:
    """RFC 7348: the whole frame."""
    return datagram(NEAR, FAR, b"\x08\0\0\0\0\0\x07\0" + packet)


def in_two(packet: bytes) -> bytes:
    """One in the other."""
    return in_vxlan(in_gre(packet))


def in_tags(packet: bytes) -> bytes:
    """IEEE 802.1ad: an outer tag and an inner one."""
    return packet[:12] + b"\x88\xa8\x00\x07\x81\x00\x00\x1e" + packet[12:]


def talk() -> list[Packet]:
    """A self-check sends a PIN."""
    said = (
        Conversation(KIOSK, ILS)
        .open()
        .originator(b"6300020261122    120000Y         AOexample|AA29990000000017|AC|AD4711|\r")
    )
    return said.close().packets


def document(folder: Path, frames: list[bytes], *, linktype: int = 1, inspect: str = "all") -> dict[str, Any]:
    """The report of a capture."""
    capture, config, stream = folder / "some.pcap", folder / "library.yaml", StringIO()
    packets = [Captured(10**18 + number * 10**6, data) for number, data in enumerate(frames)]
    capture.write_bytes(Pcap(nano=True, linktype=linktype).file(packets))
    config.write_text(CONFIG % inspect, "utf-8")
    analyze(Request(paths=(str(capture),), sinks=(JsonReport(stream),), config=load_config(config)))
    made: dict[str, Any] = json.loads(stream.getvalue())
    return made


@pytest.mark.parametrize("wrap", [bytes, in_gre, in_vxlan, in_two, in_tags])
def test_a_zone_is_left_out_however_it_is_wrapped(wrap: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Inspected, the PIN is found; not inspected, every packet is counted as left out and nothing else is known."""
    frames = [wrap(one.data) for one in talk()]
    seen, left_out = (document(tmp_path, frames, inspect=inspect) for inspect in ("all", "none"))

    assert "sip2-patron-credential" in {one["rule"] for one in seen["findings"]}
    assert 0 == seen["coverage"]["excluded_packets"]
    assert ([], len(frames), 0) == (
        left_out["findings"],
        left_out["coverage"]["excluded_packets"],
        left_out["coverage"]["flows"],
    )


@pytest.mark.parametrize("linktype", [147, 189, 9_999])
def test_an_unknown_link_is_counted_by_its_type(linktype: int, tmp_path: Path) -> None:
    """It is not guessed at, although what is in it looks like Ethernet; the report says that it is blind."""
    frames = [one.data for one in talk()]
    coverage = document(tmp_path, frames, linktype=linktype)["coverage"]

    assert {str(linktype): len(frames)} == coverage["undecoded_by_linktype"]
    assert (len(frames), True) == (coverage["undecoded_packets"], coverage["verdict"] in {"blind", "nothing seen"})
    assert any("link type" in reason for reason in coverage["reasons"])
