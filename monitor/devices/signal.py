"""What a signal is: one way in which devices show what they are, and how much it weighs.

Rule: the channel is where a signal is seen. Two signals of one channel are one witness who said two things, so only
signals of different channels add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.model.closed import Enum
from monitor.model.data import Role
from monitor.model.events import Route
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.privacy.labels import typed


class Channel(Enum):
    """Where a signal is seen, the most telling first; with what it weighs, and whether it is the device's own word."""

    ONVIF = ("onvif", 50, True)
    """ONVIF over SOAP, or its types and scopes in WS-Discovery."""
    VENDOR = ("vendor", 45, True)
    """A maker's own discovery or video protocol."""
    VIDEO = ("video", 40, True)
    """It describes video or sends it, in clear."""
    SERVICE = ("service", 40, True)
    """It offers or uses a library's service (SIP2, NCIP, Z39.50)."""
    MDNS = ("mdns", 35, True)
    SSDP = ("ssdp", 35, True)
    WSD = ("wsd", 35, True)
    """WS-Discovery, other than ONVIF."""
    CLOUD = ("cloud", 35, True)
    """It registers with its maker's servers as a device, in a protocol that shows it."""
    RTSP = ("rtsp", 30, True)
    DHCP = ("dhcp", 30, True)
    HTTP = ("http", 30, True)
    """What its web server says of itself."""
    CERTIFICATE = ("certificate", 30, True)
    """The name in the certificate that it shows."""
    NAME = ("name", 25, False)
    """Names it asks for, by DNS or in a TLS hello. A viewer's telephone asks for the same ones."""
    PEER = ("peer", 20, False)
    """A protocol that devices and their viewers both speak."""
    MAKER = ("maker", 20, False)
    """Who made its network card, which may be of a module that is built into anything."""
    SHAPE = ("shape", 20, False)
    """How its traffic looks, whatever is in it."""

    def __init__(self, word: str, trust: int, own_word: bool) -> None:  # noqa: FBT001 (read from the list above)
        self.word = word
        self.trust = trust
        self.own_word = own_word

    @property
    def own(self) -> bool:
        """Whether it is of the device itself, and not of whom it talks to."""
        return self.own_word or self is Channel.MAKER


class Says(Enum):
    """What a signal says of a device."""

    CAMERA = "camera"
    RECORDER = "recorder"
    VOICE_ASSISTANT = "voice-assistant"
    PRINTER = "printer"
    SELF_CHECK = "self-check"
    PHONE = "phone"
    ILS = "ils"
    COMPUTER = "computer"
    """A personal computer: whose it is, the zone tells."""
    NOTHING = "nothing"
    """Worth telling, but of no kind of device in particular."""

    @property
    def role(self) -> Role | None:
        """The role that it is, where one word is enough for that."""
        return _ROLES.get(self.value)


_ROLES = {role.value: role for role in Role}


class Signal(Record):
    """One signal as its file in the catalog states it. Of what is matched, one or more are given."""

    name: Label
    says: Says
    channel: Channel
    udp: Sequence[str] = ()
    """How the first datagram of a flow begins, one of these (see `openings`)."""
    tcp: Sequence[str] = ()
    """The same of the first bytes of a connection."""
    scrambled: Sequence[str] = ()
    """Headers of datagrams, as they are before Kalay scrambles them (see `scrambled`)."""
    of: str = "sender"
    """Whose signal an opening is: that of its ``sender``, or its ``receiver``."""
    length: Sequence[int] = ()
    """Where an opening holds a length, in how many bytes, and how many more than it the whole has; negative numbers of
    bytes have the least significant first."""
    protocol: Label | None = None
    """What an opening is called."""
    route: Route = Route.NONE
    services: Sequence[str] = ()
    """Types of service in mDNS, such as ``_ipp._tcp``."""
    words: Sequence[str] = ()
    """Regular expressions, without regard to case, for what is said on the channel."""
    paths: Sequence[str] = ()
    """Beginnings of paths that a web server answers."""
    parameters: Sequence[str] = ()
    """DHCP parameter lists (option 55), as numbers joined by commas."""
    hosts: Sequence[str] = ()
    """Names, or ``*.example.org`` for every name below and the name itself."""


LISTS = frozenset(("udp", "tcp", "scrambled", "services", "words", "paths", "parameters", "hosts"))
"""What may be matched."""
SAYS: Mapping[str, Says] = {one.value: one for one in Says}
CHANNELS: Mapping[str, Channel] = {one.word: one for one in Channel}
ROUTES: Mapping[str, Route] = {one.value: one for one in Route}


def make_signal(item: Mapping[str, Any]) -> Signal:
    """The signal of which a file says this, once that was checked (see `reading`)."""
    given = {key: tuple(item[key]) for key in LISTS & item.keys()}
    if "length" in item:
        given["length"] = tuple(map(int, item["length"]))
    return Signal(
        name=typed(item["name"]),
        says=SAYS[item["says"]],
        channel=CHANNELS[item["channel"]],
        of=item.get("of", "sender"),
        protocol=typed(item["protocol"]) if "protocol" in item else None,
        route=ROUTES[item.get("route", "none")],
        **given,
    )
