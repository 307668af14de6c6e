"""What the followers want of the flow table, kept until the table may be touched.

The table may be counting a later batch while an earlier one is followed, so nobody but the counting side changes it:
it carries out the orders of one batch before it counts the next but one. Rule: that lag is the same with one thread
and with two, so the results are too.
"""

from __future__ import annotations

from monitor.flow.picks import Pick
from monitor.flow.table import FlowTable


class Orders:
    """Orders about flows, by their place in the table and their number; one that comes too late does nothing."""

    def __init__(self) -> None:
        self._stopped: list[tuple[int, int]] = []
        self._followed: list[tuple[int, int]] = []
        self._skipped: list[tuple[int, int, int, int]] = []

    def stop(self, slot: int, serial: int) -> None:
        """See `FlowTable.stop`."""
        self._stopped.append((slot, serial))

    def follow(self, slot: int, serial: int) -> None:
        """See `FlowTable.follow`."""
        self._followed.append((slot, serial))

    def skip(self, slot: int, serial: int, side: int, until: int) -> None:
        """See `FlowTable.skip`."""
        self._skipped.append((slot, serial, side, until))

    def take_over(self, other: Orders) -> None:
        """Add what another collected, and leave that empty."""
        self._stopped += other._stopped
        self._followed += other._followed
        self._skipped += other._skipped
        other.clear()

    def carry_out(self, table: FlowTable) -> None:
        """Give them all to the table, those that end a look last."""
        for followed in self._followed:
            table.follow(*followed)
        for skipped in self._skipped:
            table.skip(*skipped)
        for stopped in self._stopped:
            table.stop(*stopped)
        self.clear()

    def clear(self) -> None:
        """Forget them."""
        self._followed.clear()
        self._skipped.clear()
        self._stopped.clear()


class Batch:
    """What was picked of some frames, on its way from counting to following; then its orders, on their way back."""

    def __init__(self) -> None:
        self.picks: list[Pick] = []
        self.orders = Orders()
