"""What is known of a flow: its key, its two sides, how it ended, and how its ends may be named."""

from __future__ import annotations

from monitor.model.closed import Enum, IntEnum
from monitor.model.data import Audience, Role
from monitor.model.opaque import Label
from monitor.model.record import Record


class Side(IntEnum):
    """Who sent: the end that opened the flow, or the other."""

    ORIGINATOR = 0
    RESPONDER = 1

    @property
    def other(self) -> Side:
        """The opposite side."""
        return _OTHER[self]


_OTHER = (Side.RESPONDER, Side.ORIGINATOR)


class Close(Enum):
    """How a side of a flow ended."""

    FIN = "fin"
    RST = "rst"
    IDLE = "idle"
    EVICTED = "evicted"
    END = "end"


class Transport(IntEnum):
    """IANA protocol numbers of the transports that carry flows."""

    TCP = 6
    UDP = 17

    @property
    def word(self) -> str:
        """``tcp`` or ``udp``, as reports write it."""
        return self.name.lower()


class FlowKey(Record):
    """Both ends of a flow as they stand in the packets; the originator's end first once orientation is known."""

    transport: Transport
    originator: bytes
    """Address, 4 or 16 bytes."""
    originator_port: int
    responder: bytes
    """Address, 4 or 16 bytes."""
    responder_port: int


class Reach(Enum):
    """Where an address lies: judged by its number alone, unless the configuration names its network."""

    LOCAL = "local"
    GROUP = "group"
    """Multicast or broadcast: neither local nor internet."""
    INTERNET = "internet"


class Leg(Enum):
    """Which part of the way a flow is, where the operator said between whom a protocol is to be encrypted."""

    UNSTATED = "unstated"
    """Nobody said anything of it."""
    INSIDE = "inside"
    """As it was said: encrypted between ends of a tunnel, or in clear where that is allowed."""
    OUTSIDE = "outside"


class Endpoint(Record):
    """One end of a flow as people may see it. Empty labels where the naming policy shows nothing."""

    address: Label
    name: Label
    zone: Label
    asset: Label
    audience: Audience
    reach: Reach
    port: int
    role: Role | None = None
    """What the device is for, where the configuration says so."""


class Traffic:
    """What a device and one other end exchange, as it grows; the flow room moves it, findings read it."""

    __slots__ = ("received_bytes", "sent_bytes", "since_ns", "upload_bits_per_second", "upload_since_ns")

    def __init__(self, since_ns: int) -> None:
        self.since_ns = since_ns
        """When the first of their flows began."""
        self.sent_bytes = 0
        """On the wire, by the device; duplicates count once."""
        self.received_bytes = 0
        self.upload_since_ns = 0
        """When the device began to send without a pause, if it did for a minute; else 0."""
        self.upload_bits_per_second = 0
        """The mean since then."""


class FlowView(Record):
    """What rules may know of a flow. Made once a flow; a later change of configuration does not touch it."""

    transport: Transport
    originator: Endpoint
    responder: Endpoint
    protocol: Label
    """Name of the protocol that was recognised, else of the transport."""
    camera: Side | None = None
    """The end that is a camera, by the configuration or because it said so; None where neither is."""
    crosses_zones: bool = False
    """Whether the ends lie in different zones, or one of them on the internet."""
    leg: Leg = Leg.UNSTATED
    """Where it is among the operator's tunnels, of a protocol that belongs into one."""
    device: Side | None = None
    """The end that a finding about a device is about, where somebody says whom that device may talk to."""
    device_role: Role | None = None
    """What that device is for."""
    traffic: Traffic | None = None
    """All that this device exchanges with the other end."""
