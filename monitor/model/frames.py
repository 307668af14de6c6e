"""What a capture source yields: batches of frames in one buffer, and the passing of trace time."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from mmap import mmap

NO_TIME = -(2**63)
"""Stamp of a frame whose record carries no time; it takes the time of the frame before it."""

UNKNOWN_LINKTYPE = -1
"""Link type of a frame that names an interface nobody described."""

NO_VLAN = -1
"""VLAN id of a frame without a tag."""


def _ints(typecode: str, capacity: int) -> array[int]:
    return array(typecode, [0]) * capacity


@dataclass(slots=True, kw_only=True)
class Frames:
    """Up to `capacity` frames lying in one reused buffer, described by columns.

    Valid until the source is asked for its next item: whoever wants to keep bytes copies them.
    """

    data: bytearray | mmap
    """The buffer, of less than 2 GiB; frame ``i`` is ``data[offset[i] : offset[i] + caplen[i]]``."""
    capacity: int
    count: int = 0
    offset: array[int] = field(init=False)
    """Where each frame starts in `data` (int32)."""
    caplen: array[int] = field(init=False)
    """Bytes captured of each frame (int32)."""
    wirelen: array[int] = field(init=False)
    """Bytes each frame had on the wire (int32)."""
    ts_ns: array[int] = field(init=False)
    """Stamp of each frame in nanoseconds since 1970 UTC, or `NO_TIME` (int64)."""
    interface: array[int] = field(init=False)
    """Index of each frame's interface in `linktypes` and `captures` (int32)."""
    number: array[int] = field(init=False)
    """Number of each frame in its own capture, from 1 (int64)."""
    linktypes: array[int] = field(default_factory=lambda: array("i"))
    """LINKTYPE_ of each interface seen so far, or `UNKNOWN_LINKTYPE` (int32). Grows, never changes."""
    captures: array[int] = field(default_factory=lambda: array("i"))
    """Index in `Stats.captures` of each interface seen so far (int32). Grows, never changes."""

    def __post_init__(self) -> None:
        """Lay out the columns once; they are reused for every batch."""
        self.offset = _ints("i", self.capacity)
        self.caplen = _ints("i", self.capacity)
        self.wirelen = _ints("i", self.capacity)
        self.ts_ns = _ints("q", self.capacity)
        self.interface = _ints("i", self.capacity)
        self.number = _ints("q", self.capacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Trace time has reached `at_ns`. The only thing besides frames that makes time pass."""

    at_ns: int
    """Nanoseconds since 1970 UTC."""
