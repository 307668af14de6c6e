"""Says whether a device may talk to a host, from what the operator expects of it, its zone and its role.

Rules: an ``expect`` list expects what it names and what every device needs: DHCP, multicast and broadcast, and DNS and
NTP with a host that the list or the assets name for anything. Lists of the asset, its zone and its role hold together;
where there is none of the three, the shipped policy of the role does. It does not matter who opened the flow. ARP and
ICMP are no flows and are never asked about. Names off the wire are opened here, and only a verdict comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import IPv4Network
from typing import TypeVar

from monitor.model.closed import IntEnum
from monitor.model.data import Role
from monitor.model.flow import Reach, Transport
from monitor.model.named import NamedTuple
from monitor.model.opaque import HostName
from monitor.privacy.naming import MAX_ADDRESSES, reach
from monitor.privacy.places import (
    Asset,
    Expectation,
    Network,
    Places,
    Port,
    PrefixTable,
    RolePolicy,
    Terms,
    Zone,
    unmap,
)

DHCP = frozenset({67, 68, 546, 547})
"""RFC 2131 4.1 and RFC 8415 7.2, both ends."""
BASIC = frozenset({Port(53, Transport.UDP), Port(53, Transport.TCP), Port(123, Transport.UDP)})
"""DNS (RFC 1035 4.2) and NTP (RFC 5905)."""

Ports = frozenset[Port]
ANY: Ports = frozenset({Port(-1, Transport.TCP)})
"""Stands for all ports."""
MAX_DEVICES = 16_384
"""Remembered with what holds for each: the watched devices of a consortium, and some. What falls out is worked out
again."""
Policies = Mapping[Role, Sequence[Expectation]]
"""The shipped policy of each role that has one."""
K = TypeVar("K")

_HOME = (Expectation(reach=Reach.LOCAL),)
"""For a role without a shipped policy: nobody said whom of the house it needs, so only the internet is unexpected."""


class Verdict(IntEnum):
    """Whether a device may talk to a host; larger is better."""

    UNEXPECTED = 0
    LAPSED = 1
    """Unexpected, but an exception allowed it that has expired."""
    EXPECTED = 2


class Relation(NamedTuple):
    """A device and whom it talks to."""

    device: bytes
    """Address, 4 or 16 bytes."""
    role: Role | None
    other: bytes
    """Address, 4 or 16 bytes."""
    other_port: int
    transport: Transport
    device_port: int = 0
    """When the other end opened the flow, so that the service is the device's (a recorder fetches video); else 0."""


class Expectations:
    """What the operator expects of all devices."""

    def __init__(
        self,
        zones: Sequence[Zone] = (),
        assets: Sequence[Asset] = (),
        local: Sequence[Network] = (),
        roles: Sequence[RolePolicy] = (),
        policies: Callable[[], Policies] = dict,
    ) -> None:
        """Take what the operator said, see `Places`; `policies` gives the shipped ones when first asked."""
        self._places = Places(zones, assets, local)
        self._assets = tuple(assets)
        self._roles = {one.role: one for one in roles}
        self._policies = policies
        self._list_of = lru_cache(maxsize=MAX_DEVICES)(self._make_list)
        self._reach = lru_cache(maxsize=MAX_ADDRESSES)(self._find_reach)

    def adopt(self, other: Expectations) -> None:
        """Say from now on what `other` says, to everybody who asks here."""
        self._places, self._assets, self._roles = other._places, other._assets, other._roles
        self._policies = other._policies
        self._list_of = lru_cache(maxsize=MAX_DEVICES)(self._make_list)
        self._reach = lru_cache(maxsize=MAX_ADDRESSES)(self._find_reach)

    def watches(self, device: bytes, role: Role | None) -> bool:
        """Whether anything can be unexpected of a device, with an address of 4 or 16 bytes."""
        return self._list_of(unmap(device), role).watched

    def watches_at(self, zone: Zone | None, asset: Asset | None) -> bool:
        """The same of an asset in a zone, or of all that is no asset there."""
        role = asset.role if asset is not None else zone.role if zone is not None else None
        return self._compose(zone, asset, role).watched

    def judge(self, relation: Relation, names: Sequence[HostName | str], at_ns: int) -> Verdict:
        """Whether a device may talk to a host.

        Args:
            relation: the two.
            names: what the other end is called, as far as it is known.
            at_ns: when, nanoseconds since 1970 UTC: exceptions expire.
        """
        device, role, other, other_port, transport, device_port = relation
        expected = self._list_of(unmap(device), role)
        where = self._reach(other)
        if where is Reach.GROUP or unmap(other) == expected.broadcast:
            return Verdict.EXPECTED
        if transport is Transport.UDP and other_port in DHCP and where is Reach.LOCAL:
            return Verdict.EXPECTED
        service = Port(other_port, transport)
        basic = service in BASIC
        if basic and (self._places.asset(other) is not None if expected.stated else where is Reach.LOCAL):
            return Verdict.EXPECTED
        services = {service, Port(device_port, transport)} if device_port else {service}
        best = Verdict.UNEXPECTED
        for ports, terms in expected.ports_of(unmap(other), where, names):
            if ports is ANY or (basic and expected.stated) or ports & services:
                if terms is None or terms.hold(at_ns):
                    return Verdict.EXPECTED
                best = Verdict.LAPSED
        return best

    def expects_name(self, device: bytes, role: Role | None, name: HostName, at_ns: int) -> bool:
        """Whether a device may talk, on any port, to a host of that name."""
        expected = self._list_of(unmap(device), role)
        return expected.internet or any(terms is None or terms.hold(at_ns) for _, terms in expected.by_name([name]))

    def name_decides(self, relation: Relation) -> bool:
        """Whether it may depend on the name of the other end, which is not known yet, if it is expected."""
        expected = self._list_of(unmap(relation.device), relation.role)
        if not expected.has_names:
            return False
        services = (Port(relation.other_port, relation.transport), Port(relation.device_port, relation.transport))
        return expected.names_on(services)

    def _make_list(self, device: bytes, role: Role | None) -> _Expected:
        network = self._places.network(device)
        broadcast = network.broadcast_address.packed if isinstance(network, IPv4Network) else b""
        return self._compose(self._places.zone(device), self._places.asset(device), role, broadcast)

    def _compose(self, zone: Zone | None, asset: Asset | None, role: Role | None, broadcast: bytes = b"") -> _Expected:
        """What holds for a device. Its zone's word is not about one of another kind: a recorder among cameras."""
        said: list[Asset | Zone | RolePolicy] = [] if asset is None else [asset]
        if zone is not None and (asset is None or zone.role in (None, asset.role)):
            said.append(zone)
        if role in self._roles:
            said.append(self._roles[role])
        lists = [one.expect for one in said if one.expect is not None]
        exceptions = [exception for one in said for exception in one.exceptions]
        shipped = None if role is None else self._policies().get(role)
        wanted = [expectation for one in lists for expectation in one] if lists else (shipped or _HOME)
        return _Expected(
            (*wanted, *exceptions),
            self._assets,
            broadcast=broadcast,
            stated=bool(lists),
            watched=bool(lists or exceptions) or shipped is not None or role is Role.CAMERA,
        )

    def _find_reach(self, address: bytes) -> Reach:
        """Where an address lies; the operator may have said that its number misleads."""
        where = reach(address)
        return Reach.LOCAL if where is Reach.INTERNET and self._places.owns(address) else where


Found = tuple[Ports, Terms | None]


class _Expected:
    """What some lists name together, ready to be looked up."""

    def __init__(
        self,
        expectations: Iterable[Expectation],
        assets: Sequence[Asset],
        *,
        broadcast: bytes,
        stated: bool,
        watched: bool,
    ) -> None:
        self.broadcast = broadcast
        """Address of the device's own network that stands for all in it; empty where there is none."""
        self.stated = stated
        """Whether the operator said it."""
        self.watched = watched
        """Whether anybody said anything."""
        addresses: dict[bytes, list[Found]] = {}
        networks: dict[Network, list[Found]] = {}
        self._names: dict[str, list[Found]] = {}
        """By name; those of wildcards begin with a dot."""
        self._reaches: dict[Reach, list[Found]] = {}
        for one in expectations:
            found = (frozenset(one.ports) or ANY, one.terms)
            if one.asset or one.role is not None:
                for asset in assets:
                    if asset.name == one.asset or (one.role is not None and asset.role is one.role):
                        for address in asset.addresses:
                            addresses.setdefault(address.packed, []).append(found)
            elif one.network is not None:
                networks.setdefault(one.network, []).append(found)
            elif one.reach is not None:
                self._reaches.setdefault(one.reach, []).append(found)
            else:
                self._names.setdefault(one.name.removeprefix("*"), []).append(found)
        self._addresses = addresses
        self._networks = PrefixTable(networks.items())
        ports = [ports for found in self._names.values() for ports, _ in found]
        self._on_any_port = any(one is ANY for one in ports)
        self._named_ports = frozenset(port for one in ports for port in one)
        self.has_names = bool(ports)
        self.internet = any(found is ANY for found, _ in self._reaches.get(Reach.INTERNET, ()))
        """Whether everything on the internet is expected."""

    def names_on(self, services: Iterable[Port]) -> bool:
        """Whether any name is expected at one of these."""
        return self._on_any_port or not self._named_ports.isdisjoint(services)

    def ports_of(self, address: bytes, where: Reach, names: Sequence[HostName | str]) -> Iterator[Found]:
        """The ports on which a host is expected, once for each way in which the list names it."""
        yield from self._reaches.get(where, ())
        yield from self._addresses.get(address, ())
        for found in self._networks.find_all(address):
            yield from found
        yield from self.by_name(names)

    def by_name(self, names: Sequence[HostName | str]) -> Iterator[Found]:
        """The same of a host of which only names are known."""
        for name in names:
            rest = (name if isinstance(name, str) else name.reveal()).lower().removesuffix(".")
            if rest.startswith("."):  # no name, but it would look like a wildcard
                continue
            yield from self._names.get(rest, ())
            while dot := rest.find(".") + 1:
                yield from self._names.get(rest[dot - 1 :], ())
                rest = rest[dot:]
