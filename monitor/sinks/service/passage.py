"""Whether packets that an interface receives really come through the pipeline.

Rule: the kernel's own count for the interface is held against the packets that the flow table counted. What the kernel
counts a moment before us, or now and then for itself, is no reason to worry.
Source: proc_pid_net(5), net/core/net-procfs.c.
"""

from __future__ import annotations

from pathlib import Path

LEAST_PACKETS = 100
"""So many that not one came through: some cards count what they answer themselves."""
PATIENCE_NS = 15 * 10**9
"""And for so long: much longer than a packet waits in the ring."""
COUNTERS = Path("/proc/self/net/dev")


def received_packets(interface: str, counters: Path = COUNTERS) -> int | None:
    """How many packets an interface received; None where nobody counts them, or it is not there."""
    try:
        lines = counters.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, colon, figures = line.rpartition(":")
        if colon and name.strip() == interface:
            words = figures.split()
            return int(words[1]) if len(words) > 1 and words[1].isdecimal() else None
    return None


class Passage:
    """Watches two counts: what arrived at an interface, and what came through."""

    def __init__(self) -> None:
        self._through = -1
        self._arrived = 0
        self._since_ns = 0

    def is_open(self, at_ns: int, arrived: int | None, through: int) -> bool:
        """Whether packets come through, as far as any arrive.

        Args:
            at_ns: now, in trace time.
            arrived: see `received_packets`.
            through: packets that came through since the start.
        """
        if arrived is None or through != self._through or arrived < self._arrived:
            self._through, self._arrived, self._since_ns = through, arrived or 0, at_ns
            return True
        return arrived - self._arrived < LEAST_PACKETS or at_ns - self._since_ns < PATIENCE_NS
