"""The places of a library's network as the operator described them, and which of them an address belongs to.

Rules: where networks lie inside each other, the longest prefix wins; an IPv4 address inside IPv6 (``::ffff:10.0.0.1``,
RFC 4291 2.5.5.2) is that IPv4 address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Generic, TypeVar

from monitor.model.data import Audience, Inspect, Role
from monitor.model.flow import Reach, Transport
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.privacy.labels import NOTHING

if TYPE_CHECKING:
    from datetime import date

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
T = TypeVar("T")

_EPOCH_DAY = 719_163
"""The first of January 1970, as `date` counts days."""
_DAY_NS = 86_400 * 10**9
_MAPPED = bytes(10) + b"\xff\xff"
_OWN = frozenset({Audience.PUBLIC, Audience.STAFF, Audience.INFRASTRUCTURE})
"""Audiences whose networks are the library's, whatever their numbers say."""


class Port(NamedTuple):
    """A port with its transport, as in ``443/tcp``."""

    number: int
    transport: Transport

    def __str__(self) -> str:
        return f"{self.number}/{self.transport.word}"


class Terms(Record):
    """On which terms an exception holds."""

    owner: Label
    """Who answers for it."""
    reason: Label
    until: date
    """The last day on which it holds, UTC."""

    def hold(self, at_ns: int) -> bool:
        """Whether they do at that time, nanoseconds since 1970 UTC."""
        return at_ns < (self.until.toordinal() + 1 - _EPOCH_DAY) * _DAY_NS


class Expectation(Record):
    """Whom a device may talk to: exactly one of `asset`, `network`, `name`, `role` and `reach` is given."""

    asset: Label = NOTHING
    """Name of an asset."""
    network: Network | None = None
    name: Label = NOTHING
    """A host name in lower case, or ``*.example.org`` for every name below."""
    role: Role | None = None
    """Every asset with that role."""
    reach: Reach | None = None
    """Everything that lies there."""
    ports: tuple[Port, ...] = ()
    """Where it offers its service; empty for any port."""
    terms: Terms | None = None
    """Of an exception."""
    source: Label = NOTHING
    """Which file or vendor profile it came with; empty where it stands in the configuration itself."""


class Zone(Record):
    """Networks with the same people on them."""

    name: Label
    audience: Audience
    networks: tuple[Network, ...]
    role: Role | None = None
    """What its devices are, when they are all of one kind."""
    inspect: Inspect = Inspect.ALL
    show_addresses: bool = True
    """Never true for a public zone."""
    inside: Label = NOTHING
    """Name of the zone within whose networks these lie on purpose."""
    expect: tuple[Expectation, ...] | None = None
    """Whom its devices may talk to; None when the operator has not said it."""
    exceptions: tuple[Expectation, ...] = ()
    """Whom they may talk to for a while, each with its terms."""


class Asset(Record):
    """One device with a name: where it is, and what for."""

    name: Label
    addresses: tuple[Address, ...]
    role: Role
    ports: tuple[Port, ...] = ()
    """Where it offers its service; empty when the operator has not said it."""
    expect: tuple[Expectation, ...] | None = None
    """Whom it may talk to beside what holds for its zone and role; None when the operator has not said it."""
    exceptions: tuple[Expectation, ...] = ()


class RolePolicy(Record):
    """What holds for all devices of a role."""

    role: Role
    expect: tuple[Expectation, ...] | None = None
    exceptions: tuple[Expectation, ...] = ()


class Party(NamedTuple):
    """Who takes part in a tunnel: one asset, or every device of a zone."""

    name: Label
    is_asset: bool

    def __str__(self) -> str:
        return str(self.name) if self.is_asset else f"zone {self.name}"


class TunnelEnd(Record):
    """Where encryption begins or ends."""

    party: Party
    plain: tuple[Party, ...] = ()
    """Who may speak to it in clear, beside what stays within one machine."""


class Tunnel(Record):
    """Hosts between which a protocol that belongs into encryption is to be encrypted."""

    name: Label
    ends: tuple[TunnelEnd, ...]


def unmap(address: bytes) -> bytes:
    """The 4 bytes of an IPv4 address that stands inside an IPv6 one; any other address as it is."""
    return address.removeprefix(_MAPPED)


class PrefixTable(Generic[T]):
    """Finds what belongs to the prefixes of an address: one dictionary a prefix length, by the first byte they fit."""

    def __init__(self, entries: Iterable[tuple[Network, T]]) -> None:
        lengths: dict[tuple[int, int], dict[int, T]] = {}
        for network, value in entries:
            shift = network.max_prefixlen - network.prefixlen
            prefix = int(network.network_address) >> shift
            lengths.setdefault((network.max_prefixlen // 8, shift), {}).setdefault(prefix, value)
        self._by_first: dict[int, dict[int, list[tuple[int, dict[int, T]]]]] = {4: {}, 16: {}}
        for (size, shift), prefixes in sorted(lengths.items()):
            down = 8 * (size - 1) - shift
            width = 1 << max(-down, 0)  # first bytes that a prefix fits which is shorter than one
            starts = {prefix >> down if down >= 0 else prefix * width for prefix in prefixes}
            for first in {start + more for start in starts for more in range(width)}:
                self._by_first[size].setdefault(first, []).append((shift, prefixes))

    def find(self, address: bytes) -> T | None:
        """What belongs to the longest prefix of a 4 or 16 byte address, or None."""
        fitting = self._by_first[len(address)].get(address[0])
        if fitting is not None:
            number = int.from_bytes(address)
            for shift, prefixes in fitting:
                found = prefixes.get(number >> shift)
                if found is not None:
                    return found
        return None

    def find_all(self, address: bytes) -> Iterator[T]:
        """What belongs to each prefix of a 4 or 16 byte address, longest first."""
        number = int.from_bytes(address)
        for shift, prefixes in self._by_first[len(address)].get(address[0], ()):
            found = prefixes.get(number >> shift)
            if found is not None:
                yield found


class Places:
    """Looks addresses up among zones, assets and own networks."""

    def __init__(self, zones: Sequence[Zone] = (), assets: Sequence[Asset] = (), local: Sequence[Network] = ()) -> None:
        """Build the tables.

        Args:
            zones: no network twice.
            assets: no address twice.
            local: networks of the library's own beside the zones' and the private ones.
        """
        self._zones = PrefixTable((network, (zone, network)) for zone in zones for network in zone.networks)
        self._assets = {address.packed: asset for asset in assets for address in asset.addresses}
        self._local = PrefixTable((network, network) for network in local)

    def zone(self, address: bytes) -> Zone | None:
        """The zone of a 4 or 16 byte address, if it is in one."""
        found = self._zones.find(unmap(address))
        return found[0] if found else None

    def network(self, address: bytes) -> Network | None:
        """The zone's network that a 4 or 16 byte address lies in, if there is one."""
        found = self._zones.find(unmap(address))
        return found[1] if found else None

    def is_broadcast(self, address: bytes) -> bool:
        """True for the broadcast address of a zone's IPv4 network (RFC 919 7), which is no device's."""
        return self.describe(address)[1]

    def describe(self, address: bytes) -> tuple[Zone | None, bool, bool]:
        """The same as `zone`, `is_broadcast` and `owns`, looked up once."""
        plain = unmap(address)
        found = self._zones.find(plain)
        if found is None:
            return None, False, self._local.find(plain) is not None
        zone, network = found
        broadcast = (
            isinstance(network, IPv4Network)
            and network.num_addresses > 2  # noqa: PLR2004 (RFC 3021: it has none)
            and plain == network.broadcast_address.packed
        )
        return zone, broadcast, zone.audience in _OWN or self._local.find(plain) is not None

    def asset(self, address: bytes) -> Asset | None:
        """The asset with a 4 or 16 byte address, if there is one."""
        return self._assets.get(unmap(address))

    def owns(self, address: bytes) -> bool:
        """True when the operator said that an address is the library's, be its number private or not."""
        return self.describe(address)[2]
