"""The followers of one transport, by the number of their flow: what the shelves of both transports have in common."""

from __future__ import annotations

from typing import Generic, TypeVar

from monitor.flow.follower import Follower
from monitor.flow.orders import Orders
from monitor.flow.picks import PICK_SIDE, Pick

F = TypeVar("F", bound=Follower)


class Shelf(Generic[F]):
    """Finds the follower of a picked packet, and lets go of those that are done."""

    def __init__(self) -> None:
        self.flows: dict[int, F] = {}
        """By serial number."""
        self.orders = Orders()
        """Whose batch is being followed; the tracker changes it with the batch."""
        self._dropped: set[int] = set()
        self._dropped_before: set[int] = set()

    def wants(self, serial: int) -> bool:
        """False for a flow that nobody wants any more, although the table had picked more of it by then."""
        return serial not in self._dropped and serial not in self._dropped_before

    def turn(self) -> None:
        """A batch was followed: what the table picked before it knew of flows dropped the batch before has passed."""
        self._dropped, self._dropped_before = self._dropped_before, self._dropped
        self._dropped.clear()

    def _ends(self, pick: Pick) -> tuple[tuple[bytes, bytes], tuple[int, int]]:
        """Addresses and ports of a packet, in the order of the flow table."""
        middle = len(pick.ends) // 2
        source, target = pick.ends[:middle], pick.ends[middle:]
        if pick.info & PICK_SIDE:
            return (target, source), (pick.ports & 0xFFFF, pick.ports >> 16)
        return (source, target), (pick.ports >> 16, pick.ports & 0xFFFF)

    def _mark(self, flow: F, pick: Pick) -> None:
        """Note the packet that was last seen of a flow."""
        flow.at_ns = pick.at_ns
        flow.capture = pick.capture
        flow.frame = pick.frame
        flow.vlan = pick.vlan

    def _refuse(self, serial: int, slot: int) -> None:
        """Only count a flow from here on."""
        self._dropped.add(serial)
        self.orders.stop(slot, serial)

    def _drop(self, flow: F) -> None:
        """Let go of a follower."""
        self.flows.pop(flow.serial, None)
        self._refuse(flow.serial, flow.slot)
