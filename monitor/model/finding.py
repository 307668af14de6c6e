"""What is observed and what is found: the only things besides statistics that reach a sink."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from monitor.model.data import AboutKind, DataClass, Level
from monitor.model.events import Event
from monitor.model.flow import FlowView
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label, Sighting
from monitor.model.record import Record, field


class Observation(NamedTuple):
    """One event, with the time, the place in the capture and the flow it came from.

    A tuple, not a dataclass as its neighbors are: it is made once a message, four times faster.
    """

    at_ns: int
    flow: FlowView
    flow_serial: int
    """Number of the flow within this run, from 1."""
    event: Event
    capture: int
    """Index in `Stats.captures`."""
    frame: int
    """Number of the frame that completed the event, from 1."""
    vlan: int
    """VLAN id of that frame (inner id when tagged twice), or -1."""
    sightings: tuple[Sighting, ...] = ()
    """One for each patron identifier, or account, behind the event; see `Event.sights`."""


Moment = tuple[int, int, int, int]
"""When and where a packet was seen: `at_ns`, `capture`, `frame` and `vlan` of `Observation`. A plain tuple, because one
is made of every packet that is looked at."""


class Again(Protocol):
    """Takes an event that was observed before in a flow of the same view: what becomes of it is worked out already."""

    def __call__(self, moment: Moment, flow_serial: int, sightings: tuple[Sighting, ...]) -> None:
        """Take it; but for `moment` the arguments are those of `Observation`."""
        ...


Observe = Callable[[Observation], Again | None]
"""See `monitor.model.contract.Detector.observe`."""


class About(Record):
    """Whom a finding is about."""

    kind: AboutKind
    address: Label
    port: int
    """0 for a device."""
    transport: Label
    name: Label
    zone: Label
    asset: Label


class Peer(Record):
    """One other end of a finding, with how often it took part."""

    address: Label
    port: int
    """0 where the peer used many (clients)."""
    name: Label
    zone: Label
    asset: Label
    count: int
    sent_bytes: int = 0
    """To it, on the wire, by the watched device that the finding is about."""
    received_bytes: int = 0
    """From it."""


class Volume(Record):
    """What a watched device exchanged with the destination of a finding, in all their flows."""

    sent_bytes: int
    """On the wire, by the device; duplicates count once."""
    received_bytes: int
    since_ns: int
    """When the first of their flows began."""
    upload_since_ns: int = 0
    """When the device began to send without a pause, where it did for a minute; else 0."""
    upload_bits_per_second: int = 0
    """The mean since then."""


class Evidence(Record):
    """A frame to look at in the original capture."""

    capture: int
    """Index in `Stats.captures`."""
    frame: int
    """From 1."""


class Finding(Record):
    """One judged exposure, as it stands now. Holds no value read off the wire."""

    id: Label
    rule: Label
    rule_id: Label
    family: Label
    title: Label
    level: Level
    protocol: Label
    about: About
    peers: tuple[Peer, ...]
    """Worst first, up to the limit of the rule engine."""
    peers_total: int
    vlan: tuple[int, ...]
    data_classes: tuple[DataClass, ...]
    fields: Mapping[Label, int]
    """Occurrences with a value, by field key."""
    count: int
    """SIP2 messages, HTTP requests or flows behind the finding."""
    subjects: int
    """Distinct patrons per UTC day of trace time, summed; a lower bound when `subjects_limited`."""
    subjects_limited: bool
    first_seen_ns: int
    last_seen_ns: int
    evidence: tuple[Evidence, ...]
    """First and last frame."""
    remediation: Label
    references: tuple[Label, ...]
    checklist: tuple[Label, ...]
    volume: Volume | None = None
    """None where nobody counts it."""
    traits: Mapping[Label, int] = field(default_factory=dict)
    """Of how many flows something is known beside that they are not expected; by the values of `Trait`."""
    pages: bool = False
    """Whether its rule says that somebody should know at once, whatever the hour."""
