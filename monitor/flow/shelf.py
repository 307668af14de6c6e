"""The followers of one transport, by the number of their flow: what the shelves of both transports have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from monitor.flow.follower import Follower
from monitor.flow.table import FlowTable
from monitor.model.columns import Columns
from monitor.model.finding import Moment
from monitor.model.frames import Frames

F = TypeVar("F", bound=Follower)


class Shelf(Generic[F]):
    """Finds the follower of a picked packet, and lets go of those that are done."""

    _columns: Columns
    """Of the batch at hand; as are the picks."""

    def __init__(self, table: FlowTable) -> None:
        self.flows: dict[int, F] = {}
        """By serial number."""
        self.dropped: set[int] = set()
        """Flows that nobody wants any more, although the table may have picked more of them in the same batch."""
        self._table = table

    def turn(self, frames: Frames) -> None:
        """Go over to the next batch, which the table has counted."""
        table = self._table
        columns = self._columns = frames.columns
        self._at_ns, self._vlan = columns.at_ns, columns.vlan
        self._number, self._interface, self._captures = frames.number, frames.interface, frames.captures
        self._picked_packet = table.picked_packet
        self._picked_slot = table.picked_slot
        self._picked_serial = table.picked_serial
        self._picked_info = table.picked_info

    def review(self, forgotten: Iterable[int]) -> None:
        """Drop flows unheard, by their numbers, and describe all others anew when they are next heard."""
        for serial in forgotten:
            flow = self.flows.get(serial)
            if flow is not None:
                self._drop(flow)
        for flow in self.flows.values():
            flow.view = None

    def forget_picks(self) -> None:
        """What was picked of flows has passed."""
        self.dropped.clear()

    def _ends(self, data: memoryview, packet: int, side: int) -> tuple[tuple[bytes, bytes], tuple[int, int]]:
        """Addresses and ports of a packet that `side` sent, in the order of the flow table."""
        return ends_of(self._columns, data, packet, side)

    def _mark(self, flow: F, packet: int) -> None:
        """Note the packet that was last seen of a flow."""
        flow.moment = self._moment(packet)

    def _moment(self, packet: int) -> Moment:
        """When and where a packet was seen."""
        return self._at_ns[packet], self._captures[self._interface[packet]], self._number[packet], self._vlan[packet]

    def _drop(self, flow: F) -> None:
        """Only count a flow from here on."""
        self.flows.pop(flow.serial, None)
        self.dropped.add(flow.serial)
        self._table.stop(flow.slot, flow.serial)


def ends_of(columns: Columns, data: memoryview, packet: int, side: int) -> tuple[tuple[bytes, bytes], tuple[int, int]]:
    """Addresses and ports of a packet that `side` sent, in the order of the flow table."""
    size = 16 if columns.v6[packet] else 4
    at = columns.address[packet]
    middle = at + size
    source, target = bytes(data[at:middle]), bytes(data[middle : middle + size])
    both = columns.ports[packet]
    if side:
        return (target, source), (both & 0xFFFF, both >> 16)
    return (source, target), (both >> 16, both & 0xFFFF)
