"""Our own figures: what was read, what was lost, which limits were hit. Numbers and names of ours only."""

from __future__ import annotations

from collections import Counter

from monitor.model.closed import Enum
from monitor.model.data import DataClass, Role
from monitor.model.flow import Endpoint, Transport
from monitor.model.opaque import Label
from monitor.model.record import Record, field, replace


class CaptureStats(Record, frozen=False):
    """One capture as it was read, or one interface."""

    path: str
    """As the operator typed it or as the folder lists it; made safe for the terminal by whoever shows it.

    Of live traffic, the name of the interface.
    """
    packets: int = 0
    bytes: int = 0
    """On the wire."""
    first_ns: int | None = None
    last_ns: int | None = None
    arrived: int = 0
    """Live: packets that the kernel had for us, those it dropped included."""
    dropped: int = 0
    """Live: packets the kernel dropped because there was no room for them."""
    screened: int | None = None
    """Live: packets that the kernel left out because they are not to be inspected; None where it was not asked to.

    An estimate: what the interface counted beyond what came for us.
    """
    away: bool = False
    """Live: whether the interface is not there at present."""


class Coverage(Record, frozen=False):
    """How much was seen, and how well."""

    packets: int = 0
    bytes: int = 0
    """On the wire."""
    flows: int = 0
    tcp_flows: int = 0
    udp_flows: int = 0
    one_sided_flows: int = 0
    gap_bytes: int = 0
    undecoded_packets: int = 0
    duplicate_packets: int = 0
    excluded_packets: int = 0
    truncated_packets: int = 0
    reassembled_packets: int = 0
    """IP packets that came in fragments, all of which were seen; not in `packets`, where their fragments are."""


class SinkStats(Record, frozen=False):
    """How one sink gets rid of what it is given."""

    delivered: int = 0
    """Findings and new states of findings."""
    dropped: int = 0
    """Those that it had no room for, or that were left at the end."""
    waiting: int = 0
    """Findings whose last state it still has to deliver."""
    failing: bool = False
    """Whether it cannot deliver at present; what waits is delivered when it can."""
    limits: Counter[str] = field(default_factory=Counter)
    """For `Stats.limits`: what it hit since the start."""
    faults: Counter[str] = field(default_factory=Counter)
    """For `Stats.faults`, the same."""

    def snapshot(self) -> SinkStats:
        """The figures as they stand."""
        return replace(self, limits=self.limits.copy(), faults=self.faults.copy())


class ServiceUse(Record, frozen=False):
    """How one service was spoken to, whose protocol can be carried encrypted."""

    protocol: Label
    endpoint: Endpoint
    transport: Transport
    plain_flows: int = 0
    encrypted_flows: int = 0
    """Those given up included."""
    given_up_flows: int = 0
    """Encrypted ones after which the same client spoke in clear at once."""

    @property
    def encrypted_share(self) -> float:
        """Of all flows but those given up, how many were encrypted; from 0 to 1, and 0 where there are no others."""
        kept = self.encrypted_flows - self.given_up_flows
        return kept / max(self.plain_flows + kept, 1)


class Link(Enum):
    """What is known of a device's hardware address, which is itself told to nobody."""

    UNSEEN = "unseen"
    """The capture does not show it."""
    OWN = "own"
    RANDOM = "random"
    """Made up by the device: it may have another one tomorrow."""
    ROUTED = "routed"
    """It is a router's: many addresses are behind it."""


class DeviceSeen(Record):
    """One device that showed what it is, or some of it."""

    ends: tuple[Endpoint, ...]
    """Its addresses as they may be shown; none for one that was never given one."""
    role: Role | None
    """None where it is unknown."""
    stated: bool
    """The operator says so."""
    score: int
    """What speaks for what it most likely is, see `monitor.devices.signal.Channel`."""
    likely: Label
    """What it most likely is, whether that is enough or not; ``nothing`` where nothing tells."""
    signals: tuple[Label, ...]
    """What it showed, by names in the catalog of devices."""
    link: Link
    first_ns: int
    last_ns: int


class Stats(Record, frozen=False):
    """Every figure of one run; rooms add to it, sinks read it."""

    captures: list[CaptureStats] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)
    packets_by_kind: Counter[str] = field(default_factory=Counter)
    """Packets by what the packet pass made of them; the values add up to `coverage.packets`."""
    undecoded_by_linktype: Counter[int] = field(default_factory=Counter)
    weirds: Counter[str] = field(default_factory=Counter)
    """Oddities as ``room.name``."""
    limits: Counter[str] = field(default_factory=Counter)
    """Limits hit, as ``room.limit``."""
    faults: Counter[str] = field(default_factory=Counter)
    """Guarded failures as ``room.ErrorType``; each one is a bug of ours."""
    protocols: dict[str, dict[str, int]] = field(default_factory=dict)
    """Per protocol: ``flows`` and the counters its specification names."""
    sessions: Counter[tuple[Label, bool, Label]] = field(default_factory=Counter)
    """Flows by protocol, whether it is encrypted, and the zone of the end that answers (empty: in none)."""
    services: tuple[ServiceUse, ...] = ()
    """At the end of the trace: every service whose protocol can be carried encrypted."""
    devices: tuple[DeviceSeen, ...] = ()
    """At the end of the trace: every device that showed something of what it is."""
    exposures: Counter[tuple[Label, DataClass, Label]] = field(default_factory=Counter)
    """Messages, requests or flows that showed patron data, by protocol, kind of data, and the zone of the camera, or
    else of the end that answers. What shows two kinds of data counts for both."""
    camera_upload_bytes: Counter[tuple[Label, bool]] = field(default_factory=Counter)
    """On the wire, sent by cameras: by their zone, and whether the other end is expected."""
    followed_flows: int = 0
    """Flows whose content is of interest now."""
    spoken_bytes: int = 0
    """Payload of all TCP flows of which both ends were seen, whether it is of interest or not; each byte once."""
    unseen_bytes: int = 0
    """Payload of them that was not seen, though what follows it was, or the other end has acknowledged it."""
    followed_bytes: int = 0
    """Payload of TCP that parsers were fed or that waited for one; what was lost of it is `lost_bytes`."""
    lost_bytes: int = 0
    """As `Coverage.gap_bytes`, but of one gap no more than reassembly holds: a sequence number that jumps, forged or of
    a port that is used again, is no loss of gigabytes."""
    sinks: dict[str, SinkStats] = field(default_factory=dict)
    """By name, those that can fail."""
    reload_failed: bool = False
    """Whether the configuration was changed last into something that cannot be used, so that an older one holds."""
    skipped_files: int = 0
    """Files of a given folder that are not captures."""
    now_ns: int = 0
    """Latest trace time."""

    def protocol(self, name: str) -> dict[str, int]:
        """The counters of one protocol."""
        return self.protocols.setdefault(name, {})

    def snapshot(self) -> Stats:
        """The figures as they stand, for other threads: nothing in it changes any more, as nobody may change it."""
        return replace(
            self,
            captures=[replace(one) for one in self.captures],
            coverage=replace(self.coverage),
            packets_by_kind=self.packets_by_kind.copy(),
            undecoded_by_linktype=self.undecoded_by_linktype.copy(),
            weirds=self.weirds.copy(),
            limits=self.limits.copy(),
            faults=self.faults.copy(),
            protocols={name: counted.copy() for name, counted in self.protocols.items()},
            sessions=self.sessions.copy(),
            exposures=self.exposures.copy(),
            camera_upload_bytes=self.camera_upload_bytes.copy(),
            sinks={name: one.snapshot() for name, one in self.sinks.items()},
        )
