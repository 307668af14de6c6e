"""Watches the flows of cameras: of those in the configuration, and of those that say that they are one.

Rule: who says so late is watched from its first known flow on, as if it had been known before: the flow table keeps
flows that have ended until it needs their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from monitor.flow.areas import Areas
from monitor.flow.contacts import Contacts
from monitor.flow.follower import Follower
from monitor.flow.known import Known
from monitor.flow.picks import PICK_JOINED, PICK_OPENED, PICK_ORIENTED, PICK_ORIGINATOR, PICK_SIDE, Opening
from monitor.flow.shelf import ends_of
from monitor.flow.table import FlowTable
from monitor.model.columns import Kind
from monitor.model.contract import ProtocolSpec
from monitor.model.events import Event
from monitor.model.flow import Side
from monitor.model.frames import Frames
from monitor.model.opaque import HostName, Label


class Sign(NamedTuple):
    """How to read an event that tells of a device."""

    name: Callable[[Any], HostName | None] | None
    camera: Callable[[Any], Side | None] | None


class Watch:
    """Hears of flows from the table and of devices from the parsers."""

    def __init__(
        self,
        specs: Iterable[ProtocolSpec],
        table: FlowTable,
        contacts: Contacts,
        areas: Areas,
    ) -> None:
        self.signs = _signs(specs)
        """The events that tell of a device."""
        self._table = table
        self._areas = areas
        self._contacts = contacts
        table.mark(areas)

    def adopt(self, areas: Areas) -> list[int]:
        """Take what the operator says now, for all flows from their next packet on; see `FlowTable.review`."""
        areas.watch(*self._contacts.cameras.review())
        self._areas = areas
        self._table.mark(areas)
        return self._table.review()

    def take(self, frames: Frames, data: memoryview, index: int) -> None:
        """Take a packet of a watched flow that the table picked: its first, or the first that is no mere attempt."""
        columns, table = frames.columns, self._table
        packet, info = table.picked_packet[index], table.picked_info[index]
        sender = info & PICK_SIDE
        addresses, ports = ends_of(columns, data, packet, sender)
        opening = Opening(
            serial=table.picked_serial[index],
            udp=columns.kind[packet] == Kind.UDP,
            addresses=addresses,
            ports=ports,
            sender=sender,
            opened_by=int(info & PICK_ORIGINATOR != 0) if info & PICK_ORIENTED else None,
            joined=bool(info & PICK_JOINED),
            at_ns=columns.at_ns[packet],
            capture=frames.captures[frames.interface[packet]],
            frame=frames.number[packet],
            vlan=columns.vlan[packet],
            slot=table.picked_slot[index],
        )
        if info & PICK_OPENED:
            self._contacts.open(opening)
        else:
            self._contacts.join(opening)

    def hear(self, follower: Follower, known: Known, event: Event) -> None:
        """Take a fact about a flow: it tells at least which protocol it speaks."""
        self._contacts.recognize(follower.serial, known.label, follower.moment.at_ns)
        sign = self.signs.get(type(event))
        if sign is None:
            return
        if sign.name is not None:
            self._contacts.call(follower.serial, follower.originator, sign.name(event), follower.moment.at_ns)
        if sign.camera is not None:
            side = sign.camera(event)
            if side is not None and self.declare(follower.addresses[side ^ follower.originator], follower.moment.at_ns):
                follower.view = None

    def name(self, serial: int, protocol: Label, at_ns: int) -> None:
        """A flow speaks a protocol that the catalog of devices knows by this name."""
        self._contacts.recognize(serial, protocol, at_ns)

    def declare(self, address: bytes, at_ns: int) -> bool:
        """A device, with an address of 4 or 16 bytes, says that it is a camera; True if that is news and believed."""
        if not self._contacts.cameras.declare(address):
            return False
        self._areas.watch(address)
        self._table.mark(self._areas)
        for opening in self._table.watch(address):
            self._contacts.open(opening)
        self._contacts.expire(at_ns)
        return True


def _signs(specs: Iterable[ProtocolSpec]) -> Mapping[type[Event], Sign]:
    found = {}
    for spec in specs:
        for kind in {*spec.names, *spec.cameras}:
            found[kind] = Sign(spec.names.get(kind), spec.cameras.get(kind))
    return found
