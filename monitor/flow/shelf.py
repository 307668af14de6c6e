"""What the shelves of both transports have in common: the batch at hand, and their followers by number of the flow.

Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Iterable

import cython

from monitor.flow.lane import Follower
from monitor.flow.table import FlowTable
from monitor.model.columns import Columns
from monitor.model.finding import Moment
from monitor.model.frames import Frames

Ends = tuple[tuple[bytes, bytes], tuple[int, int]]
"""Addresses, 4 or 16 bytes each, and ports of a flow's two ends, in the order of the flow table."""


@cython.final
@cython.cclass
class Batch:
    """The packets at hand: where each of them came from, and when, and what it carries."""

    _captures: object
    _data: object
    _octets: cython.const[cython.uchar][::1]
    _v6: cython.const[cython.uchar][::1]
    _address: cython.const[cython.int][::1]
    _ports: cython.const[cython.uint][::1]
    _payload: cython.const[cython.int][::1]
    _payload_bytes: cython.const[cython.int][::1]
    _at_ns: cython.const[cython.longlong][::1]
    _vlan: cython.const[cython.int][::1]
    _number: cython.const[cython.longlong][::1]
    _interface: cython.const[cython.int][::1]

    def turn(self, frames: Frames) -> None:
        """Go over to the next batch, which the table has counted."""
        columns = frames.columns
        self._captures, self._data, self._octets = frames.captures, memoryview(frames.data), frames.data
        self._number, self._interface = frames.number, frames.interface
        self._v6, self._address, self._ports = columns.v6, columns.address, columns.ports
        self._payload, self._payload_bytes = columns.payload, columns.payload_bytes
        self._at_ns, self._vlan = columns.at_ns, columns.vlan

    def leave(self) -> None:
        """The batch has passed: its bytes are others' again."""
        self._data = self._octets = None

    def ends(self, packet: cython.int, side: cython.int) -> Ends:
        """Addresses and ports of a packet that `side` sent."""
        size: cython.int = 16 if self._v6[packet] else 4
        at: cython.int = self._address[packet]
        return _order(self._bytes(at, size), self._bytes(at + size, size), self._ports[packet], side)

    def sender(self, packet: cython.int) -> bytes:
        """Address from which a packet came."""
        return self._bytes(self._address[packet], 16 if self._v6[packet] else 4)

    def receiver(self, packet: cython.int) -> bytes:
        """Address to which a packet goes."""
        size: cython.int = 16 if self._v6[packet] else 4
        return self._bytes(self._address[packet] + size, size)

    def payload(self, packet: cython.int, most: cython.int) -> bytes:
        """What a packet carries, up to a number of bytes."""
        return self._bytes(self._payload[packet], min(self._payload_bytes[packet], most))

    def moment(self, packet: cython.int) -> Moment:
        """When and where a packet was seen."""
        return (
            self._at_ns[packet],
            self._captures[self._interface[packet]],
            self._number[packet],
            self._vlan[packet],
        )

    @cython.cfunc
    def _bytes(self, at: cython.int, size: cython.int) -> bytes:
        """A copy; what does not lie inside the batch is left out."""
        if cython.compiled and at >= 0 and 0 < size <= self._octets.shape[0] - at:  # a third of what a view takes
            return cython.cast(cython.p_char, cython.address(self._octets[at]))[:size]
        return bytes(self._data[at : at + size])


@cython.final
@cython.cclass
class Shelf:
    """The followers of one transport, and whom nobody wants any more."""

    flows = cython.declare(dict, visibility="readonly")
    """Followers by serial number."""
    dropped = cython.declare(set, visibility="readonly")
    """Flows that nobody wants any more, although the table may have picked more of them in the same batch."""
    _table: object

    def __init__(self, table: FlowTable) -> None:
        self.flows = {}
        self.dropped = set()
        self._table = table

    def review(self, forgotten: Iterable[int]) -> list[Follower]:
        """Describe all flows anew when they are next heard.

        Returns:
            those among the forgotten ones, by their numbers, that are followed: they are to be dropped unheard.
        """
        for flow in self.flows.values():
            flow.tie = None
        return [self.flows[serial] for serial in forgotten if serial in self.flows]

    def drop(self, flow: Follower) -> None:
        """Only count a flow from here on."""
        self.flows.pop(flow.serial, None)
        self.pass_by(flow.slot, flow.serial)

    @cython.ccall
    def pass_by(self, slot: object, serial: object) -> cython.int:
        """Only count a flow that is not followed."""
        self.dropped.add(serial)
        self._table.stop(slot, serial)
        return 0


def ends_of(columns: Columns, data: memoryview, packet: int, side: int) -> Ends:
    """Addresses and ports of a packet that `side` sent, of any batch."""
    size = 16 if columns.v6[packet] else 4
    at = columns.address[packet]
    middle = at + size
    return _order(bytes(data[at:middle]), bytes(data[middle : middle + size]), columns.ports[packet], side)


@cython.cfunc
def _order(source: bytes, target: bytes, ports: cython.uint, side: cython.int) -> Ends:
    if side:
        return (target, source), (ports & 0xFFFF, ports >> 16)
    return (source, target), (ports >> 16, ports & 0xFFFF)
