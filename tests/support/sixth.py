"""Rewrites captures of IPv4 as if the same devices spoke IPv6: the last four bytes of an address stay as they are."""

from __future__ import annotations

import struct
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from tests.support.replay import read

_VLAN, _IPV4, _IPV6 = 0x8100, 0x0800, 0x86DD
_LOCAL, _OUTSIDE = IPv6Address("fd00:10::").packed[:12], IPv6Address("2001:db8:9::").packed[:12]
_HEADER_BYTES = 20


def sixth(address: str) -> str:
    """What an address has become: one of the house for 10.0.0.0/8, else one of the internet."""
    return str(IPv6Address(_sixth(ip_address(address).packed)))


def rewrite(source: Path, target: Path) -> None:
    """Write a capture (pcap, Ethernet) anew; IPv4 headers without options only. Times become even."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
    frames = [_frame(frame) for frame in read(str(source))]
    records = (
        struct.pack("<IIII", 1_763_800_000 + number // 60_000, number % 60_000 * 16, len(frame), len(frame)) + frame
        for number, frame in enumerate(frames)
    )
    target.write_bytes(head + b"".join(records))


def _frame(frame: bytes) -> bytes:
    at = 16 if frame[12:14] == _VLAN.to_bytes(2) else 12
    packet = frame[at + 2 :]
    payload = packet[_HEADER_BYTES : int.from_bytes(packet[2:4])]
    assert frame[at : at + 2] == _IPV4.to_bytes(2)
    header = struct.pack("!IHBB", 6 << 28, len(payload), packet[9], packet[8])
    return frame[:at] + _IPV6.to_bytes(2) + header + _sixth(packet[12:16]) + _sixth(packet[16:20]) + payload


def _sixth(packed: bytes) -> bytes:
    return (_LOCAL if packed[0] == 10 else _OUTSIDE) + packed
