"""What a capture source yields: batches of frames in one buffer, and the passing of trace time."""

from __future__ import annotations

from array import array
from mmap import mmap
from typing import TypeAlias

from monitor.model.columns import Columns, column
from monitor.model.record import Record

NO_TIME = -(2**63)
"""Stamp of a frame whose record carries no time; it takes the time of the frame before it."""

UNKNOWN_LINKTYPE = -1
"""Link type of a frame that names an interface nobody described."""

NO_VLAN = -1
"""VLAN id of a frame without a tag."""


Buffer: TypeAlias = bytearray | mmap
"""Memory that frames lie in."""


class Frames:
    """Up to `capacity` frames lying in one reused buffer, described by columns.

    Valid until the source is asked for its next item: whoever wants to keep bytes copies them.
    """

    __slots__ = (
        "capacity",
        "caplen",
        "captures",
        "columns",
        "count",
        "data",
        "interface",
        "linktypes",
        "number",
        "offset",
        "ts_ns",
        "wirelen"
    )  # fmt: skip

    def __init__(self, *, data: Buffer, capacity: int) -> None:
        """Lay out the columns once; they are reused for every batch."""
        self.data = data
        """The buffer, of less than 2 GiB; frame ``i`` is ``data[offset[i] : offset[i] + caplen[i]]``."""
        self.capacity = capacity
        self.count = 0
        self.offset = column("i", capacity)
        """Where each frame starts in `data` (int32)."""
        self.caplen = column("i", capacity)
        """Bytes captured of each frame (int32)."""
        self.wirelen = column("i", capacity)
        """Bytes each frame had on the wire (int32)."""
        self.ts_ns = column("q", capacity)
        """Stamp of each frame in nanoseconds since 1970 UTC, or `NO_TIME` (int64)."""
        self.interface = column("i", capacity)
        """Index of each frame's interface in `linktypes` and `captures` (int32)."""
        self.number = column("q", capacity)
        """Number of each frame in its own capture, from 1 (int64)."""
        self.linktypes = array("i")
        """LINKTYPE_ of each interface seen so far, or `UNKNOWN_LINKTYPE` (int32). Grows, never changes."""
        self.captures = array("i")
        """Index in `Stats.captures` of each interface seen so far (int32). Grows, never changes."""
        self.columns = Columns(capacity)
        """What the headers of each frame say, once they were decoded."""

    def twin(self) -> Frames:
        """Another batch over the same buffer and interfaces, to be filled while this one is in use."""
        twin = Frames(data=self.data, capacity=self.capacity)
        twin.linktypes, twin.captures = self.linktypes, self.captures
        return twin


class Tick(Record):
    """Trace time has reached `at_ns`. The only thing besides frames that makes time pass."""

    at_ns: int
    """Nanoseconds since 1970 UTC."""
