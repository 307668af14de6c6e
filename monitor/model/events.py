"""What parsers say: facts about patron data, oddities, and wishes about the rest of the flow.

Rules: an `Event` subclass holds numbers, enums, `Exposed`, `Label` and `HostName` only (a reflection test walks them
all). It knows no time, no address of its flow and no severity. What repeats is the same object: a parser that meets a
fact again gives the event that it made before, and whoever judges events may know them by identity.
"""

from __future__ import annotations

from typing import ClassVar

from monitor.model.closed import Enum
from monitor.model.data import DataClass
from monitor.model.flow import Leg, Side
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label, Sighting
from monitor.model.record import Record


class Exposed(NamedTuple):
    """One value of patron data stood in the clear. Neither the value nor its length, which of a PIN says too much.

    A tuple, not a dataclass as its neighbors are, because sets of them are looked up.
    """

    data_class: DataClass
    key: Label
    """The field that held it, from the protocol's closed list or the catalogue, else ``other``."""


class Sights(Enum):
    """Whom the sightings behind an event are of."""

    PATRONS = "patrons"
    ACCOUNTS = "accounts"
    """What programs and machines log in with."""


class Event(Record):
    """Base of every fact that a parser reports."""

    sights: ClassVar[Sights] = Sights.PATRONS

    exposed: tuple[Exposed, ...] = ()
    """Every value of patron data behind this fact, in wire order."""


class Sighted(NamedTuple):
    """An event, and the patrons or accounts behind it: the one repeats, the others do not."""

    event: Event
    sightings: tuple[Sighting, ...]
    """One for each patron identifier, or account (`Event.sights` says which), at least one."""


class Trait(Enum):
    """What is worth knowing of a watched device's flow beside whether it is expected."""

    UNNAMED = "unnamed"
    """The device opened a flow to an address on the internet for which neither DNS nor the flow gave a name."""
    ENCRYPTED_DNS = "encrypted_dns"
    """The other end resolves names inside encryption (RFC 7858, RFC 8484), past what the library's server blocks."""
    RELAY = "relay"
    """The flow looks for a way past the firewall: a relay, or hole punching."""
    MAPPING = "mapping"
    """The device asks the router to let hosts on the internet in."""
    INBOUND = "inbound"
    """A host on the internet opened it."""
    SCAN = "scan"
    """The device opens one flow after the other to devices of the library."""
    UPLOAD = "upload"
    """The device has been sending to that host for a minute and more."""
    LAPSED = "lapsed"
    """An exception would allow it that has expired."""


class FlowOpened(Event):
    """A flow of a watched device has begun, whatever it carries. Told by the flow room; again, when more is known."""

    expected: bool
    """Whether the operator expects it; without a word of the operator, whether the role's shipped policy does."""
    attempt: bool
    """Whether all that was seen is an attempt to connect, or its refusal."""
    traits: tuple[Trait, ...] = ()


class FlowAsked(Event):
    """A watched device asked for a name, and nothing came of it. Told by the flow room."""

    expected: bool
    """Whether the operator expects that name, on any port."""


class EncryptionBefore(Enum):
    """Whether the client of a flow in clear encrypted before, at the same service."""

    NEVER = "never"
    """Not that anybody saw."""
    EARLIER = "earlier"
    JUST_NOW = "just_now"
    """Right before: it gave up."""


class FlowCarried(Event):
    """A flow carries a protocol that belongs into encryption. Told by the flow room, where there is more to say of it.

    That is where a client speaks in clear that encrypted before, and where the operator said what is a tunnel.
    """

    encrypted: bool
    before: EncryptionBefore
    """Of a flow in clear."""
    leg: Leg


class Route(Enum):
    """Which way a device's own protocol takes."""

    NONE = "none"
    """None in particular."""
    LOCAL = "local"
    """It makes itself known to its neighbors."""
    CLOUD = "cloud"
    """It reports to its maker's servers."""
    PEER = "peer"
    """It opens a way in for somebody outside, through whatever stands between (hole punching)."""
    RELAY = "relay"
    """A host outside passes on what it sends."""
    MAPPING = "mapping"
    """It asks a router to let hosts on the internet in."""


class DeviceSign(Event):
    """An end says of itself, in passing, what kind of device it is. Never what it said, only whose words those are."""

    side: Side
    """The end that it tells of."""
    signals: tuple[Label, ...] = ()
    """Names of the signals in the catalog of devices that fit; none where there is merely a protocol to name."""
    protocol: Label | None = None
    """What the flow speaks, where the catalog knows it better than the parser's own name does."""
    route: Route = Route.NONE


class PortMapping(Event):
    """A router is asked to let hosts on the internet in to a device, in whichever protocol.

    That is UPnP (WANIPConnection), NAT-PMP (RFC 6886) or PCP (RFC 6887).
    """


class DeviceLease(Event):
    """A device was given an address (RFC 2131)."""

    hardware: int
    """Its hardware address as a number, 48 bits."""
    address: int
    """IPv4, as a number; 0 where it merely asks for one."""
    signals: tuple[Label, ...] = ()
    """As of `DeviceSign`, of what it said when it asked."""


class Weird(Record):
    """An oddity of the protocol; `name` is a member of the protocol's own closed enum."""

    name: Enum


class Expect(Record):
    """A side flow was announced between the same two hosts (RTSP announces RTP)."""

    protocol: Label
    originator_port: int
    """Its port at the host that opened this flow; 0 where that was not said."""
    responder_port: int
    """Its port at the other host; 0 where that was not said. One of the two must be known."""
    opened_by: Side = Side.ORIGINATOR
    """The end of this flow whose host acts as the originator of the announced one."""
    carries: DataClass | None = None
    """What was announced to travel in it; the parser finds it as option ``carries``."""


class Handoff(Record):
    """The bytes that follow on both sides speak another protocol."""

    protocol: Label


class SkipTo(Record):
    """The next `size_bytes` of `side` do not matter; the parser is next fed what follows them."""

    side: Side
    size_bytes: int


class Enough(Record, kw_only=False):
    """The parser has seen all it wants of this flow; from here on it is only counted."""


Output = Event | Sighted | Weird | Expect | Handoff | SkipTo | Enough
