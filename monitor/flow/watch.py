"""Watches the flows of devices: of those in the configuration, and of those that say that they are cameras.

Rule: who says so late is watched from its first known flow on, as if it had been known before: the flow table keeps
flows that have ended until it needs their place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from monitor.flow.contacts import Contacts
from monitor.flow.devices import Devices
from monitor.flow.encounters import Encounters, Wishes
from monitor.flow.known import Known
from monitor.flow.lane import Follower
from monitor.flow.picks import PICK_JOINED, PICK_OPENED, PICK_ORIENTED, PICK_ORIGINATOR, PICK_SIDE, Opening
from monitor.flow.shelf import ends_of
from monitor.flow.table import FlowTable
from monitor.flow.views import Views
from monitor.flow.volumes import Volumes
from monitor.model.columns import Kind
from monitor.model.contract import Lookup, ProtocolSpec
from monitor.model.events import Event, FlowAsked, Route
from monitor.model.finding import Observation
from monitor.model.flow import FlowView, Reach, Side, Transport
from monitor.model.frames import Frames
from monitor.model.named import NamedTuple
from monitor.model.opaque import HostName, Label
from monitor.model.stats import Stats
from monitor.privacy.lookups import Lookups
from monitor.privacy.names import NameBook
from monitor.privacy.naming import reach


class Sign(NamedTuple):
    """How to read an event that tells of a device."""

    name: Callable[[Any], HostName | None] | None
    camera: Callable[[Any], Side | None] | None
    lookup: Callable[[Any], Lookup] | None


class _Place(NamedTuple):
    """Where a name was asked for."""

    flow: int
    capture: int
    frame: int
    vlan: int
    at_ns: int
    protocol: Label


class Watch:
    """Hears of flows from the table and of devices from the parsers."""

    def __init__(
        self,
        specs: Iterable[ProtocolSpec],
        table: FlowTable,
        views: Views,
        *,
        wishes: Wishes,
        names: NameBook,
        stats: Stats,
        observe: Callable[[Observation], object],
    ) -> None:
        self.signs = _signs(specs)
        """The events that tell of a device."""
        self.telling = {kind for kind, sign in self.signs.items() if sign.camera or sign.lookup}
        """Those of them that do so even while no flow waits for a name."""
        self.devices = Devices(views.cameras, views.naming, wishes.expectations)
        self._views = views
        self._table = table
        self._expectations, self._services, self._areas = wishes.expectations, wishes.services, wishes.areas
        self._volumes = Volumes(table, stats, views.naming.zone)
        views.traffic = self._volumes.traffic
        self._lookups: Lookups[_Place] = Lookups(stats)
        self._encounters = Encounters(self.devices, views, wishes, names, stats, volumes=self._volumes, observe=observe)
        self._encounters.met = self._lookups.meet
        self.contacts = Contacts(self._encounters, stats)
        table.mark(wishes.areas)

    def adopt(self, wishes: Wishes, observe: Callable[[Observation], object]) -> list[int]:
        """Take what the operator says now, for all flows from their next packet on; see `FlowTable.review`."""
        self._encounters.observe = observe
        self._expectations.adopt(wishes.expectations)
        self._services.adopt(wishes.services)
        wishes.areas.watch(*self.devices.cameras.review())
        self.devices.forget()
        self._areas = wishes.areas
        self._table.mark(wishes.areas)
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
            self.contacts.open(opening)
        else:
            self.contacts.join(opening)

    def hear(self, follower: Follower, known: Known, event: Event) -> None:
        """Take a fact about a flow: it tells at least which protocol it speaks."""
        is_due = bool(self.contacts.due)
        if is_due:
            self.contacts.recognize(follower.serial, known.label, follower.at_ns, may_name=known.may_name)
        sign = self.signs.get(type(event))
        if sign is None:
            return
        if is_due and sign.name is not None:
            self.contacts.call(follower.serial, follower.originator, sign.name(event), follower.at_ns)
        if sign.lookup is not None:
            self._look_up(follower, known, sign.lookup(event))
        if sign.camera is not None:
            side = sign.camera(event)
            if side is not None and self.declare(follower.addresses[side ^ follower.originator], follower.at_ns):
                follower.tie = None

    def name(self, serial: int, protocol: Label, route: Route, at_ns: int) -> None:
        """A flow speaks a protocol that the catalog of devices knows by this name, and goes that way."""
        self.contacts.name(serial, protocol, route, at_ns)

    def declare(self, address: bytes, at_ns: int) -> bool:
        """A device, with an address of 4 or 16 bytes, says that it is a camera; True if that is news and believed."""
        if not self.devices.cameras.declare(address):
            return False
        self.devices.forget()
        self._areas.watch(address)
        self._table.mark(self._areas)
        for opening in self._table.watch(address):
            self.contacts.open(opening)
        self.contacts.expire(at_ns)
        return True

    def tick(self, at_ns: int, *, last: bool = False) -> None:
        """Let trace time pass: tell what is due."""
        self.contacts.expire(at_ns)
        for client, name, place in self._lookups.due(at_ns):
            self._tell_asked(client, name, place)
        self._encounters.review(at_ns, last=last)

    def finish(self, at_ns: int) -> None:
        """The trace has ended: nothing more is waited for, but what was asked for at its end may yet be used."""
        self.contacts.finish()
        self.tick(at_ns, last=True)

    def _look_up(self, follower: Follower, known: Known, lookup: Lookup) -> None:
        """A name was asked for, or an answer came; addresses of the house are nobody's cloud."""
        client = follower.addresses[follower.originator]
        if not self.devices.listens_to(client):
            return
        if not lookup.addresses:
            at_ns, capture, frame, vlan = follower.moment
            place = _Place(follower.serial, capture, frame, vlan, at_ns, known.label)
            self._lookups.ask(client, lookup.name, place, at_ns)
        elif all(reach(address) is not Reach.INTERNET for address in lookup.addresses):
            self._lookups.meet(client, lookup.name)

    def _tell_asked(self, client: bytes, name: HostName, place: _Place) -> None:
        """A name was merely asked for."""
        role = self.devices.role(client)
        view = FlowView(
            transport=Transport.UDP,
            originator=self._views.naming.endpoint(client, 0),
            responder=self._views.naming.host(name),
            protocol=place.protocol,
            device=Side.ORIGINATOR,
            device_role=role,
        )
        expected = self._expectations.expects_name(client, role, name, place.at_ns)
        self._encounters.observe(
            Observation(place.at_ns, view, place.flow, _ASKED[expected], place.capture, place.frame, place.vlan)
        )


_ASKED = {expected: FlowAsked(expected=expected) for expected in (False, True)}


def _signs(specs: Iterable[ProtocolSpec]) -> Mapping[type[Event], Sign]:
    found = {}
    for spec in specs:
        for kind in {*spec.names, *spec.cameras, *spec.lookups}:
            found[kind] = Sign(spec.names.get(kind), spec.cameras.get(kind), spec.lookups.get(kind))
    return found
