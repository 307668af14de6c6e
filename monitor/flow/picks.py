"""How the flow table writes down what it counted and what it picked."""

from __future__ import annotations

from monitor.model.named import NamedTuple

# Entries of `FlowTable.total`; from `TOTAL_KINDS` on, packets by `Kind`.
TOTAL_PACKETS, TOTAL_BYTES, TOTAL_TRUNCATED, TOTAL_DUPLICATES, TOTAL_BACKWARDS = range(5)
TOTAL_TCP_FLOWS, TOTAL_UDP_FLOWS, TOTAL_ONE_SIDED, TOTAL_EVICTED, TOTAL_EXCLUDED = range(5, 10)
TOTAL_SPOKEN, TOTAL_UNSEEN, TOTAL_KINDS = range(10, 13)

# What is marked of an address (see `Areas`).
MARK_WATCHED = 1
"""A device whose every flow is told."""
MARK_NONE = 2
"""Nothing of it is looked at."""
MARK_LIBRARY_ONLY = 4
"""Nothing of it is looked at but what it exchanges with a configured asset."""
MARK_ASSET = 8
"""A configured asset."""

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
PICK_OPENED = 256
"""The first packet of a flow with a watched end, payload or not; what it carries has a pick of its own."""
PICK_JOINED = 512
"""The first packet of a flow with a watched end that does more than try to connect; with or without `PICK_OPENED`."""


Pick = tuple[int, int, int, int]
"""What the flow table picked: its number among the picks of a batch, packet, info, and number of the flow."""


class Opening(NamedTuple):
    """The first packet of a flow. Ends are numbered 0 and 1 as the flow table does."""

    serial: int
    """Number of the flow."""
    udp: bool
    addresses: tuple[bytes, bytes]
    """4 or 16 bytes each."""
    ports: tuple[int, int]
    sender: int
    """The end that sent it."""
    opened_by: int | None
    """The end that opened the flow, where a SYN told."""
    joined: bool
    """Whether more was seen than attempts to connect and their refusal."""
    at_ns: int
    capture: int
    frame: int
    vlan: int
    slot: int
    """Its place in the flow table."""
