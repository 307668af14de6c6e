"""The numbers that the compiled modules and the readers share: bounds with their reasons, and why a walk stops."""

from __future__ import annotations

MAX_CAPTURED_BYTES = 262_144
"""Longest packet: the largest snapshot length that capture tools offer. A record that claims more is damaged."""
MAX_BLOCK_BYTES = 0x50000
"""Longest pcapng block that is looked into: the longest packet, and 64 KiB of options with their headers."""
MAX_SKIPPED_BLOCK_BYTES = 16 * 1024 * 1024
"""Longest pcapng block of another kind, skipped unread: key logs and name tables grow; a longer claim is damage."""
MAX_TOGETHER = 16
"""Captures of the same time that are read side by side: more than anybody has interfaces. 70 MB when full."""
TOGETHER_BYTES = 1024 * 1024
"""Read to at a time of each of them. Must exceed `SETTLED_BYTES`."""
NEVER = 2**63 - 1
"""Behind all times."""
MAX_INTERFACES = 65_536
"""Interfaces described in one capture: packet blocks of the first format had 16 bits for them. About 2 MB when full."""
BATCH_FRAMES = 16_384
"""Frames of one batch: what a full part holds of packets of 1,024 bytes."""
PART_BYTES = 16 * 1024 * 1024
"""Read to, or shown, at a time: enough that two threads seldom wait for each other. Must exceed `SETTLED_BYTES`."""
AHEAD = 2
"""Batches that are made while one is worked on, so that one that takes long does not make the reading wait."""
SETTLED_BYTES = 2 * (65_536 + MAX_BLOCK_BYTES)
"""What must lie behind a place for a search to judge it: a chain and its rival, each with a longest last record."""
CHAIN_RECORDS = 32
"""Records in a row that prove a place: more than fit into an Ethernet frame that carries a piece of a capture."""
CHAIN_BYTES = 65_535
"""Or bytes that a row of records spans: the longest IP packet."""
WINDOW_SECONDS = 86_400
"""How far the time of a record may lie from the record before it to be taken without a second look."""
FAR_RECORDS = 4
"""Records in a row that are enough although their time is far from the last good one: captures pause for days."""
FIRST_SECONDS = 315_532_800
"""1980: behind damage, an earlier record is taken only if its time fits the last good one. Small numbers are common."""

# Why a walk stops.
FULL = 0
"""The columns are full."""
MORE = 1
"""The next record is not in the buffer yet, or not whole."""
DAMAGED = 2
"""No record can begin here."""
DOUBTFUL = 3
"""A record that could be real; what follows it must vouch for it."""
BLOCK = 4
"""A section or an interface begins here (pcapng)."""
SKIP = 5
"""A block begins here that is longer than the buffer (pcapng)."""
UNDESCRIBED = 6
"""A packet of an interface nobody described, and no index to give it yet (pcapng)."""
