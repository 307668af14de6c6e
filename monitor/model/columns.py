"""The header facts of one batch, a column each: written by the decode room, read by the flow room."""

from __future__ import annotations

from array import array
from mmap import PAGESIZE
from typing import Literal

from monitor.model.closed import IntEnum
from monitor.model.memory import reserve


class Kind(IntEnum):
    """What the header pass made of a frame. Every frame gets exactly one."""

    UNKNOWN_LINKTYPE = 0
    """A link type that is not decoded."""
    CUT_HEADER = 1
    """The capture ends before the headers do."""
    MALFORMED = 2
    """Lengths or versions contradict each other."""
    ENCAPSULATED = 3
    """A tunnel that is not opened (MPLS, PPPoE, too many tags)."""
    FAULT = 4
    """The pass ran into a guard: a bug of ours, counted."""
    NON_IP = 5
    """ARP, spanning tree and other frames without an IP packet."""
    OTHER_IP = 6
    """IP with neither TCP nor UDP in it (ICMP, IGMP, GRE...)."""
    FRAGMENT = 7
    """A fragment of an IP packet: has no ports of its own, or only a part of its payload."""
    TCP = 8
    UDP = 9


UNDECODED = (Kind.UNKNOWN_LINKTYPE, Kind.CUT_HEADER, Kind.MALFORMED, Kind.ENCAPSULATED, Kind.FAULT)
"""Kinds in which the pass could not find out what the frame holds."""


def column(typecode: Literal["B", "I", "Q", "i", "q"], capacity: int) -> memoryview[int]:
    """Room for a number of each frame, taken from the system as far as it is written to."""
    number = array(typecode, [0])
    size_bytes = number.itemsize * capacity
    if size_bytes < PAGESIZE:
        return memoryview(number * capacity)
    return memoryview(reserve(size_bytes)).cast(typecode)


class Columns:
    """One entry per frame of a batch; offsets count from the start of the batch's buffer.

    Only `kind` and `vlan` have a meaning for frames that are neither TCP nor UDP; where they hold IP nevertheless,
    `v6`, `address` and `ends` have one, too.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.kind = column("B", capacity)
        """A `Kind`."""
        self.v6 = column("B", capacity)
        """1 for IPv6, 0 for IPv4."""
        self.address = column("i", capacity)
        """Offset of the source address; the destination address follows it."""
        self.ends = column("Q", 4 * capacity)
        """Both addresses as numbers, high and low half of the source, then of the target; halves above IPv4 are 0."""
        self.ports = column("I", capacity)
        """Source port in the high 16 bits, destination port in the low."""
        self.flags = column("B", capacity)
        """TCP flags, RFC 9293 section 3.1."""
        self.seq = column("I", capacity)
        """TCP sequence number of the first payload byte (of the SYN itself where it is set)."""
        self.acknowledged = column("I", capacity)
        """TCP: the next sequence number that the sender expects of the other end."""
        self.payload = column("i", capacity)
        """Offset of the transport payload."""
        self.payload_bytes = column("i", capacity)
        """Payload bytes that were captured."""
        self.segment_bytes = column("i", capacity)
        """Payload bytes on the wire."""
        self.vlan = column("i", capacity)
        """VLAN id, the innermost where a frame is tagged more than once, or -1."""
        self.signature = column("Q", capacity)
        """Equal for two copies of one packet as a two-port mirror makes them; addresses and ports not included."""
        self.at_ns = column("q", capacity)
        """Trace time: the stamp, never running back. Written by the flow table."""
