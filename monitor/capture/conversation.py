"""Builds conversations frame by frame, for the traffic that this program invents to try itself.

    talk = Conversation(Host("10.30.0.11", 49152), Host("10.1.0.10", 6001))
    talk.open().originator(b"9300CNkiosk|").responder(b"941").lose(Side.RESPONDER, 120).close()

Leaving out `open` makes a capture that starts in the middle of a connection, which is the normal case. Checksums are
right, so that other tools read the same. Nothing of this is ever sent.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache
from ipaddress import ip_address
from typing import Self

from monitor.model.flow import Side, Transport
from monitor.model.record import Record, field

START = 1_767_225_600
"""2026-01-01T00:00:00Z in seconds."""
SECOND = 10**9
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
IPV4, IPV6, VLAN = 0x0800, 0x86DD, 0x8100


class Packet(Record, kw_only=False):
    """One packet, and when it passes."""

    at_ns: int
    data: bytes
    wirelen: int | None = None
    """Bytes on the wire, if not all were captured."""

    @property
    def size(self) -> int:
        """Bytes on the wire."""
        return len(self.data) if self.wirelen is None else self.wirelen


class Host(Record, kw_only=False):
    """One end: address in text, port, and a MAC address made from the address unless given."""

    address: str
    port: int = 0
    mac: bytes = b""

    @property
    def packed(self) -> bytes:
        """The address in 4 or 16 bytes."""
        return _packed(self.address)

    @property
    def hardware(self) -> bytes:
        """The MAC address."""
        return self.mac or b"\x02\x00" + self.packed[-4:]


@cache
def _packed(address: str) -> bytes:
    return ip_address(address).packed


def checksum(data: bytes) -> int:
    """The internet checksum (RFC 1071)."""
    total: int = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(source: Host, target: Host, kind: int, payload: bytes, vlans: Iterable[int] = ()) -> bytes:
    """One frame, padded to the 60 bytes a wire carries at least; `vlans` from the outermost tag inward."""
    tags = b"".join(struct.pack("!HH", VLAN, vlan) for vlan in vlans)
    return (target.hardware + source.hardware + tags + struct.pack("!H", kind) + payload).ljust(60, b"\0")


def ip(source: Host, target: Host, protocol: int, payload: bytes, *, ident: int = 0) -> tuple[int, bytes]:
    """The packet around `payload`, and its EtherType."""
    if ip_address(source.address).version == 6:  # noqa: PLR2004 (IP's number)
        head = struct.pack("!IHBB", 0x60000000, len(payload), protocol, 64)
        return IPV6, head + source.packed + target.packed + payload
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), ident & 0xFFFF, 0x4000, 64, protocol, 0)
    ends = source.packed + target.packed
    return IPV4, head[:10] + struct.pack("!H", checksum(head + ends)) + ends + payload


def _sealed(source: Host, target: Host, protocol: int, unit: bytes, at: int) -> bytes:
    """Put the checksum over the pseudo header (RFC 9293 3.1, RFC 8200 8.1) at byte `at` of `unit`."""
    pseudo = source.packed + target.packed + struct.pack("!II", len(unit), protocol)
    return unit[:at] + struct.pack("!H", checksum(pseudo + unit) or 0xFFFF) + unit[at + 2 :]


def segment(source: Host, target: Host, *, sequence: int, acknowledged: int, flags: int, data: bytes = b"") -> bytes:
    """One TCP segment with its checksum (RFC 9293)."""
    head = struct.pack(
        "!HHIIBBHHH",
        source.port,
        target.port,
        sequence & 0xFFFFFFFF,
        acknowledged & 0xFFFFFFFF,
        0x50,
        flags,
        64240,
        0,
        0,
    )
    return _sealed(source, target, Transport.TCP, head + data, 16)


def datagram(source: Host, target: Host, data: bytes, vlans: Iterable[int] = ()) -> bytes:
    """One frame with one UDP datagram (RFC 768)."""
    head = struct.pack("!HHHH", source.port, target.port, 8 + len(data), 0)
    kind, packet = ip(source, target, Transport.UDP, _sealed(source, target, Transport.UDP, head + data, 6))
    return ethernet(source, target, kind, packet, vlans)


class Conversation(Record, frozen=False, kw_only=False):
    """One TCP connection between two hosts; every method adds frames and returns the conversation."""

    near: Host
    """The originator."""
    far: Host
    """The responder."""
    at_ns: int = START * SECOND
    """When the next frame passes."""
    step_ns: int = 1_000_000
    """Time from one frame to the next."""
    vlans: tuple[int, ...] = ()
    mss: int = 1448
    acknowledging: bool = False
    """True to follow data with the bare ACK of the other side, as on a real wire."""
    sequence: list[int] = field(default_factory=lambda: [1000, 5000])
    """Next sequence number of each side."""
    packets: list[Packet] = field(default_factory=list)
    _ident: int = 0

    def send(self, side: Side, flags: int, data: bytes = b"") -> Self:
        """Add one segment as it is."""
        source, target = (self.near, self.far) if side is Side.ORIGINATOR else (self.far, self.near)
        acknowledged = self.sequence[side.other] if flags & ACK else 0
        unit = segment(source, target, sequence=self.sequence[side], acknowledged=acknowledged, flags=flags, data=data)
        self._ident += 1
        kind, packet = ip(source, target, Transport.TCP, unit, ident=self._ident)
        self.packets.append(Packet(self.at_ns, ethernet(source, target, kind, packet, self.vlans)))
        self.at_ns += self.step_ns
        self.sequence[side] += len(data) + bool(flags & (SYN | FIN))
        return self

    def open(self) -> Self:
        """Add the three-way handshake."""
        self.send(Side.ORIGINATOR, SYN).send(Side.RESPONDER, SYN | ACK)
        return self.send(Side.ORIGINATOR, ACK)

    def say(self, side: Side, data: bytes) -> Self:
        """Add `data` in as many segments as it needs."""
        for start in range(0, len(data), self.mss):
            self.send(side, PSH | ACK, data[start : start + self.mss])
            if self.acknowledging:
                self.send(side.other, ACK)
        return self

    def originator(self, data: bytes) -> Self:
        """The originator says `data`."""
        return self.say(Side.ORIGINATOR, data)

    def responder(self, data: bytes) -> Self:
        """The responder says `data`."""
        return self.say(Side.RESPONDER, data)

    def lose(self, side: Side, size_bytes: int) -> Self:
        """`size_bytes` of `side` pass without being captured."""
        self.sequence[side] += size_bytes
        return self

    def wait(self, pause_ns: int) -> Self:
        """Let time pass."""
        self.at_ns += pause_ns
        return self

    def close(self) -> Self:
        """Add the FINs of both sides and the last ACK."""
        self.send(Side.ORIGINATOR, FIN | ACK).send(Side.RESPONDER, FIN | ACK)
        return self.send(Side.ORIGINATOR, ACK)

    def reset(self, side: Side) -> Self:
        """`side` breaks the connection off."""
        return self.send(side, RST)


def woven(*conversations: Iterable[Packet]) -> list[Packet]:
    """All packets in the order in which they passed."""
    return sorted((packet for packets in conversations for packet in packets), key=lambda packet: packet.at_ns)
