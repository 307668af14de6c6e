"""How the flow table writes down what it counted and what it picked, and a pick as it is handed on."""

from __future__ import annotations

from typing import NamedTuple

# Entries of `FlowTable.total`; from `TOTAL_KINDS` on, packets by `Kind`.
TOTAL_PACKETS, TOTAL_BYTES, TOTAL_TRUNCATED, TOTAL_DUPLICATES, TOTAL_BACKWARDS = range(5)
TOTAL_TCP_FLOWS, TOTAL_UDP_FLOWS, TOTAL_ONE_SIDED, TOTAL_EVICTED, TOTAL_KINDS = range(5, 10)

# What `picked_info` tells of a picked packet.
PICK_SIDE = 1
"""Which end sent: 0 the lower (address, port), 1 the higher."""
PICK_ORIENTED = 2
"""A SYN told who opened the flow."""
PICK_ORIGINATOR = 4
"""Which end opened it; valid with `PICK_ORIENTED`."""
PICK_START = 8
"""`picked_start` holds the first sequence number of this side's payload."""
PICK_FIN = 16
PICK_RST = 32
PICK_ENDED = 64
"""The flow is gone from the table (evicted or idle); no packet of its own."""
PICK_IDLE = 128
"""With `PICK_ENDED`: it was idle or closed, not evicted."""


class Pick(NamedTuple):
    """A packet that is looked at, with everything that is needed of it once its batch is gone."""

    serial: int
    """Number of its flow, from 1 in the order of their first packets."""
    slot: int
    """Place of its flow in the table."""
    info: int
    """``PICK_`` bits."""
    udp: bool
    start: int
    """First sequence number of the side's payload, with `PICK_START`."""
    seq: int
    """Sequence number of the first payload byte."""
    size_bytes: int
    """Of the payload on the wire."""
    payload: bytes
    """As far as it was captured."""
    ends: bytes
    """Source address, then destination address."""
    ports: int
    """Source port in the high 16 bits, destination port in the low."""
    at_ns: int
    """Trace time."""
    capture: int
    frame: int
    vlan: int
