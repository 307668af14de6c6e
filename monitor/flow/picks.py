"""How the flow table writes down what it counted and what it picked."""

from __future__ import annotations

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
