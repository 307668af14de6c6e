"""Writes captures byte by byte, in every variant of pcap and pcapng, whole or spoiled.

Pcap(big=True, nano=True).file(packets(3))
section() + interface() + enhanced(0, b"...", 5)
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor.capture.conversation import SECOND, START, Packet
from monitor.capture.files import CaptureFiles
from monitor.capture.trouble import TroubleKind
from monitor.model.frames import Frames, Tick
from monitor.model.stats import CaptureStats, Stats


def packets(count: int, *, size: int = 60, every_ns: int = 10**6) -> list[Packet]:
    """Packets that differ in time and content; no byte of them looks like a header."""
    return [Packet(START * SECOND + i * every_ns, bytes([0xA0 + i % 64]) * (size + i % 7)) for i in range(count)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pcap:
    """One variant of the pcap format."""

    big: bool = False
    nano: bool = False
    modified: bool = False
    """With the longer record headers of a patched libpcap."""
    linktype: int = 1

    @property
    def order(self) -> str:
        """For `struct`."""
        return ">" if self.big else "<"

    def header(self) -> bytes:
        """The 24 bytes before the first record."""
        magic = 0xA1B2CD34 if self.modified else 0xA1B23C4D if self.nano else 0xA1B2C3D4
        return struct.pack(self.order + "IHHiIII", magic, 2, 4, 0, 0, 262_144, self.linktype)

    def record(self, packet: Packet, *, caplen: int | None = None) -> bytes:
        """One packet with its header, which may lie about the captured length."""
        seconds, rest = divmod(packet.at_ns, SECOND)
        fraction = rest if self.nano else rest // 1000
        captured = len(packet.data) if caplen is None else caplen
        head = struct.pack(self.order + "IIII", seconds, fraction, captured, packet.size)
        return head + (struct.pack(self.order + "IHBB", 2, 0x0800, 0, 0) if self.modified else b"") + packet.data

    def file(self, contents: Sequence[Packet]) -> bytes:
        """A whole capture."""
        return self.header() + b"".join(self.record(packet) for packet in contents)


def block(kind: int, body: bytes, *, order: str = "<", closing: int | None = None) -> bytes:
    """A pcapng block, which may lie about its length at the end."""
    body += bytes(-len(body) % 4)
    size = len(body) + 12
    return struct.pack(order + "II", kind, size) + body + struct.pack(order + "I", size if closing is None else closing)


def option(code: int, value: bytes, *, order: str = "<") -> bytes:
    """An option of a block."""
    return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(*, order: str = "<", version: int = 1, length: int = -1, options: bytes = b"") -> bytes:
    """A section header block."""
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, version, 0, length) + options, order=order)


def interface(
    linktype: int = 1,
    *,
    order: str = "<",
    snaplen: int = 0,
    resolution: int | None = None,
    offset: int | None = None,
) -> bytes:
    """An interface description block; `resolution` is the byte of if_tsresol, `offset` the seconds of if_tsoffset."""
    options = b""
    if resolution is not None:
        options += option(9, bytes([resolution]), order=order)
    if offset is not None:
        options += option(14, struct.pack(order + "q", offset), order=order)
    if options:
        options += option(0, b"", order=order)
    return block(1, struct.pack(order + "HHI", linktype, 0, snaplen) + options, order=order)


def enhanced(
    number: int, data: bytes, stamp: int, *, order: str = "<", wirelen: int | None = None, options: bytes = b""
) -> bytes:
    """An enhanced packet block; `stamp` is in the interface's own units."""
    size = len(data) if wirelen is None else wirelen
    body = struct.pack(order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, len(data), size)
    return block(6, body + data + bytes(-len(data) % 4) + options, order=order)


def obsolete(number: int, data: bytes, stamp: int, *, order: str = "<", drops: int = 0) -> bytes:
    """A packet block of the first version of the format."""
    body = struct.pack(order + "HHIIII", number, drops, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return block(2, body + data, order=order)


def simple(data: bytes, *, order: str = "<", wirelen: int | None = None) -> bytes:
    """A simple packet block."""
    size = len(data) if wirelen is None else wirelen
    return block(3, struct.pack(order + "I", size) + data, order=order)


def pcapng(contents: Sequence[Packet], *, order: str = "<", linktype: int = 1) -> bytes:
    """A capture of one section and one interface, in microseconds."""
    blocks = (enhanced(0, packet.data, packet.at_ns // 1000, order=order, wirelen=packet.size) for packet in contents)
    return section(order=order) + interface(linktype, order=order) + b"".join(blocks)


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame as it came out."""

    data: bytes
    at_ns: int
    wirelen: int
    linktype: int
    capture: int
    number: int


def collect(source: CaptureFiles) -> list[Seen]:
    """Every frame of a source, copied."""
    return [one for item in source if isinstance(item, Frames) for one in copy(item)]


def copy(frames: Frames) -> list[Seen]:
    """The frames of one batch, copied."""
    return [
        Seen(
            bytes(frames.data[frames.offset[i] : frames.offset[i] + frames.caplen[i]]),
            frames.ts_ns[i],
            frames.wirelen[i],
            frames.linktypes[frames.interface[i]],
            frames.captures[frames.interface[i]],
            frames.number[i],
        )
        for i in range(frames.count)
    ]


def ticks(source: CaptureFiles) -> list[int]:
    """The times of all ticks of a source."""
    return [item.at_ns for item in source if isinstance(item, Tick)]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading."""

    seen: list[Seen]
    source: CaptureFiles
    stats: Stats

    @property
    def data(self) -> list[bytes]:
        """The packets alone."""
        return [one.data for one in self.seen]

    @property
    def kinds(self) -> list[TroubleKind]:
        """What went wrong."""
        return [trouble.kind for trouble in self.source.troubles]

    @property
    def figures(self) -> CaptureStats:
        """Of the only capture."""
        (figures,) = self.stats.captures
        return figures


Read = Callable[[bytes], Reading]
"""Reads bytes as a file."""


def read_paths(*paths: str) -> Reading:
    """Read everything there is at some paths."""
    stats = Stats()
    source = CaptureFiles(paths, stats)
    return Reading(collect(source), source, stats)


def contents(packets: Sequence[Packet]) -> list[bytes]:
    """The bytes of packets that were written."""
    return [packet.data for packet in packets]
