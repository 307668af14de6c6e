"""What this machine can give for losing nothing: memory for rings, and being served before other programs.

A ring is what a pause costs: while another program has the processor, packets wait there. So it is as large as the
machine can well bear, and the thread that empties it goes first; it takes one processor at most.
"""

from __future__ import annotations

import os
from contextlib import suppress

from monitor.capture.live.ring import BLOCK_BYTES, BLOCKS

MOST_BLOCKS = 256
"""Of all rings together: half a second at 4 Gbit/s, two at a full line of 1 Gbit/s."""
LEAST_BLOCKS = 16
"""Of each of several rings."""
SHARE = 16
"""One part of so many of the machine's memory: 256 MB where there are 4 GB."""
PRECEDENCE = -10
"""Of nice values: half way to the front. What was lost once is lost; others can wait some milliseconds."""


def ring_blocks(interfaces: int, memory_bytes: int | None = None) -> int:
    """How many blocks the ring of each interface may have; `memory_bytes` of the machine are asked for if not given."""
    if memory_bytes is None:
        memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")
    together = min(MOST_BLOCKS, max(BLOCKS, memory_bytes // SHARE // BLOCK_BYTES))
    return max(LEAST_BLOCKS, together // interfaces)


def take_precedence() -> None:
    """Have this thread served before other programs, unless somebody chose its priority, or it may not.

    Threads that there are already keep theirs; a service may not, and is given it by its unit.
    """
    if os.getpriority(os.PRIO_PROCESS, 0) == 0:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, PRECEDENCE)
