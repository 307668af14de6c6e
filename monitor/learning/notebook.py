"""Notes with whom watched devices talk, for a person to say what of it is right.

Rules: it is told what the engine is told, and beside that the full names of hosts that such devices talk to, as far as
the naming policy shows those hosts at all. Of devices of patrons it notes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model.closed import Enum
from monitor.model.data import Audience, Role
from monitor.model.events import FlowOpened, Trait
from monitor.model.finding import Observation
from monitor.model.flow import Endpoint, Reach, Side, Traffic, Transport
from monitor.model.named import NamedTuple
from monitor.model.opaque import HostName, Label
from monitor.model.stats import Stats
from monitor.privacy.expectations import DHCP, Verdict
from monitor.privacy.labels import NOTHING
from monitor.privacy.names import label_of

MAX_ENTRIES = 20_000
"""Whom all devices together talk to, by name and port: far more than anybody reads. About 20 MB when full."""
MAX_DEVICES = 10_000
"""Told apart in one entry; the rest is not counted."""


class Kind(Enum):
    """What a group of devices has in common; the values are keys of the configuration."""

    ZONE = "zones"
    ASSET = "assets"
    ROLE = "roles"


class Group(NamedTuple):
    """Devices for which one list of expectations can be written."""

    kind: Kind
    name: Label | Role
    """A role for `Kind.ROLE`."""

    @property
    def title(self) -> str:
        """In words."""
        return f"role {self.name.value}" if isinstance(self.name, Role) else f"{self.kind.value[:-1]} {self.name}"


class Destination(NamedTuple):
    """One service that devices use, or that they offer to somebody; the first of these that is not empty says whose."""

    asset: Label
    name: Label
    address: Label
    zone: Label
    port: int
    transport: Transport


class Entry:
    """What one group of devices did with one destination."""

    __slots__ = ("attempts", "devices", "first_ns", "flows", "last_ns", "traffics", "traits", "verdicts")

    def __init__(self, at_ns: int) -> None:
        self.first_ns = self.last_ns = at_ns
        self.flows = 0
        """In which something came of it."""
        self.attempts = 0
        self.devices: set[tuple[str, str]] = set()
        self.traits: set[Trait] = set()
        self.traffics: set[Traffic] = set()
        self.verdicts: set[Verdict] = set()

    @property
    def sent_bytes(self) -> int:
        """By the devices, in all their flows with that host."""
        return sum(one.sent_bytes for one in self.traffics)

    @property
    def received_bytes(self) -> int:
        """The other way."""
        return sum(one.received_bytes for one in self.traffics)

    @property
    def verdict(self) -> Verdict:
        """The worst."""
        return min(self.verdicts)


class Notebook:
    """All entries, by group and destination. Give `note` to whoever tells flows of watched devices."""

    def __init__(self) -> None:
        self.groups: dict[Group, dict[Destination, Entry]] = {}
        self.dropped = 0
        """Flows for which there was no room."""
        self._entries = 0

    def note(self, observation: Observation, names: Sequence[HostName], verdict: Verdict) -> None:
        """Note a flow (`monitor.flow.encounters.Learner`)."""
        flow, event = observation.flow, observation.event
        if flow.device is None or not isinstance(event, FlowOpened):
            return
        first = flow.device is Side.ORIGINATOR
        device, other = (flow.originator, flow.responder) if first else (flow.responder, flow.originator)
        group = _group(device, flow.device_role)
        if group is None or _is_needed(other):
            return
        name = label_of(names[0], registrable=False) if names and other.address and not other.asset else NOTHING
        service = flow.responder.port, flow.transport
        place = Destination(other.asset, name, other.address, other.zone, *service)
        entries = self.groups.setdefault(group, {})
        entry = entries.get(place)
        if entry is None:
            if self._entries >= MAX_ENTRIES:
                self.dropped += 1
                return
            self._entries += 1
            entry = entries[place] = Entry(observation.at_ns)
        entry.first_ns, entry.last_ns = min(entry.first_ns, observation.at_ns), max(entry.last_ns, observation.at_ns)
        if event.attempt:
            entry.attempts += 1
        else:
            entry.flows += 1
        entry.traits.update(event.traits)
        entry.verdicts.add(verdict)
        if flow.traffic is not None:
            entry.traffics.add(flow.traffic)
        if len(entry.devices) < MAX_DEVICES:
            entry.devices.add((device.address, device.asset))

    def report(self, stats: Stats) -> None:
        """Say what there was no room for."""
        if self.dropped:
            stats.limits["learning.entries"] = self.dropped


def _group(device: Endpoint, role: Role | None) -> Group | None:
    """Where expectations of a device are written: with its zone, unless it is of another kind than the zone."""
    if device.audience is Audience.PUBLIC:
        return None
    if device.asset and (not device.zone or device.role is not None):
        return Group(Kind.ASSET, device.asset)
    if device.zone:
        return Group(Kind.ZONE, device.zone)
    return None if role is None else Group(Kind.ROLE, role)


def _is_needed(other: Endpoint) -> bool:
    """What every device needs and every list expects: multicast, broadcast, DHCP."""
    return other.reach is Reach.GROUP or (other.reach is Reach.LOCAL and other.port in DHCP)
