"""What the headers of a capture say: the form of a pcap file; sections of a pcapng file, their interfaces and clocks.

Rule: whatever a header claims, what is kept of it is bounded and a number.
Sources: draft-ietf-opsawg-pcap section 4, draft-ietf-opsawg-pcapng sections 4.1 and 4.2.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from struct import unpack_from

from monitor.capture.bounds import MAX_BLOCK_BYTES
from monitor.model.frames import NO_TIME, UNKNOWN_LINKTYPE, Buffer
from monitor.model.record import Record

PCAP_BYTES = 24
"""The header of a pcap file."""
_LINKTYPE_BITS = 0x03FFFFFF
"""The bits above say whether frames end in a checksum; reserved ones below stay, so that nobody decodes such files."""


class PcapForm(Record, kw_only=False):
    """How the records of a pcap file are written."""

    big: bool
    """Numbers are stored most significant byte first."""
    record_bytes: int
    """Bytes before each packet."""
    resolution: int
    """Units of a second."""


_FORMS = {
    magic.to_bytes(4, "big" if big else "little"): PcapForm(big, record_bytes, resolution)
    for big in (False, True)
    for magic, record_bytes, resolution in (
        (0xA1B2C3D4, 16, 10**6),
        (0xA1B23C4D, 16, 10**9),
        (0xA1B2CD34, 24, 10**6),  # Kuznetzov's: interface, protocol and direction follow the lengths
    )
}


def pcap_form(head: bytes) -> PcapForm | None:
    """How a file that begins with `head` is written, if it is a pcap file."""
    return _FORMS.get(head[:4])


def pcap_linktype(data: Buffer, at: int, form: PcapForm) -> int:
    """LINKTYPE_ of all frames of the file whose header stands at `at`."""
    return int.from_bytes(data[at + 20 : at + 24], "big" if form.big else "little") & _LINKTYPE_BITS


SECTION_MAGIC = b"\x0a\x0d\x0d\x0a"
"""Type of a section header block; reads the same in both byte orders."""
HEAD_BYTES = 12
"""What tells a capture."""
SECTION_BYTES = 28
"""Shortest section header block."""
INTERFACE_BYTES = 20
"""Shortest interface description block."""
MAJOR_VERSION = 1

_ORDERS = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_RESOLUTION = 9
_OFFSET = 14
_MICROSECONDS = 10**6
"""Units of a second when an interface does not say."""


def section_order(data: bytes | Buffer, at: int) -> str | None:
    """Byte order, ``<`` or ``>``, of the section whose header's first 12 bytes are at `at`; None if it has none."""
    return _ORDERS.get(bytes(data[at + 8 : at + 12]))


def is_capture(head: bytes) -> bool:
    """Whether a file that begins with the `HEAD_BYTES` in `head` is a pcap or pcapng capture."""
    return pcap_form(head) is not None or is_pcapng(head)


def is_pcapng(head: bytes) -> bool:
    """Whether a file that begins with the `HEAD_BYTES` in `head` is a pcapng capture."""
    return head.startswith(SECTION_MAGIC) and section_order(head, 0) is not None


def section_version(data: Buffer, at: int, order: str) -> int:
    """Major version of the section whose header is at `at`."""
    version: int = unpack_from(order + "H", data, at + 12)[0]
    return version


def block_size(data: Buffer, at: int, order: str, smallest: int) -> int | None:
    """Length in bytes of the section or interface block at `at`; None if it is not plausible."""
    size: int = unpack_from(order + "I", data, at + 4)[0]
    return size if smallest <= size <= MAX_BLOCK_BYTES else None


def is_closed(data: Buffer, at: int, order: str, size: int) -> bool:
    """Whether the block repeats its length at its end."""
    closing: int = unpack_from(order + "I", data, at + size - 4)[0]
    return closing == size


class Description(Record, kw_only=False):
    """One interface."""

    linktype: int
    snaplen_bytes: int
    """Longest packet, 0 for no limit."""
    units: int
    """Units of a second in which stamps count."""
    offset_seconds: int
    """To be added to every stamp."""


UNKNOWN_INTERFACE = Description(UNKNOWN_LINKTYPE, 0, _MICROSECONDS, 0)
"""Stands for an interface whose description is damaged."""


def describe(data: Buffer, at: int, order: str, size: int) -> Description:
    """Read the interface description block of `size` bytes at `at`."""
    linktype, _, snaplen = unpack_from(order + "HHI", data, at + 8)
    units, offset_seconds = _MICROSECONDS, 0
    for code, value in _options(bytes(data[at + 16 : at + size - 4]), order):
        if code == _RESOLUTION and len(value) == 1:
            units = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        elif code == _OFFSET and len(value) == 8:  # noqa: PLR2004 - a 64-bit number
            offset_seconds = unpack_from(order + "q", value)[0]
    return Description(linktype, snaplen, units, offset_seconds)


def _options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        code, length = unpack_from(order + "HH", data, at)
        value = data[at + 4 : at + 4 + length]
        if code == 0 or len(value) < length:
            return
        yield code, value
        at += 4 + (length + 3) // 4 * 4


class Interfaces:
    """The interfaces of the section being read, in columns that the compiled walk looks into."""

    def __init__(self) -> None:
        self.bad_times = 0
        """Stamps so far that do not fit: before 1677 or after 2262."""
        self.begin_section(">")

    def begin_section(self, order: str) -> None:
        """Forget the interfaces: a new section describes its own."""
        self.order = order
        self.big = order == ">"
        self.count = 0
        self.snaplen = 0
        """Of the first interface, in bytes; 0 for no limit."""
        self.index = array("i", [0])
        """Index in `Frames.linktypes`."""
        self.factor = array("q", [0])
        """Nanoseconds of a unit."""
        self.base_ns = array("q", [0])
        """To be added to every stamp."""
        self.top = array("q", [0])
        """Upper half of the latest stamp that `factor` may be used for, or -1: ask `stamp`."""
        self._clocks: list[tuple[int, int]] = []

    def add(self, index: int, description: Description) -> None:
        """Add the next interface, known to all others by `index`."""
        if self.count == len(self.index):  # new arrays: the old ones are being looked into
            self.index = self.index + array("i", [0]) * self.count
            self.factor = self.factor + array("q", [0]) * self.count
            self.base_ns = self.base_ns + array("q", [0]) * self.count
            self.top = self.top + array("q", [0]) * self.count
        if self.count == 0:
            self.snaplen = description.snaplen_bytes
        factor, rest = divmod(10**9, description.units)
        plain = rest == 0 and abs(description.offset_seconds) < 2**31
        self.index[self.count] = index
        self.factor[self.count] = factor
        self.base_ns[self.count] = description.offset_seconds * 10**9 if plain else 0
        self.top[self.count] = (2**62 // factor >> 32) - 1 if plain else -1
        self._clocks.append((description.units, description.offset_seconds))
        self.count += 1

    def stamp(self, interface: int, high: int, low: int) -> int:
        """Nanoseconds since 1970 of a stamp in uncommon units, rounded down; `NO_TIME` if it does not fit."""
        units, offset_seconds = self._clocks[interface]
        at_ns = ((high << 32) | low) * 10**9 // units + offset_seconds * 10**9
        if -(2**63) < at_ns < 2**63:
            return at_ns
        self.bad_times += 1
        return NO_TIME
