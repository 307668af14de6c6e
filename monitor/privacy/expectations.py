"""Says whether a device may talk to a host, from what the operator expects of its zone.

Rules: a zone without an ``expect`` list expects everything; one with a list expects what it names and what every device
needs: DHCP, multicast and broadcast, and DNS and NTP with a host that the list or the assets name for anything. It does
not matter who opened the flow. ARP and ICMP are no flows and are never asked about. Names off the wire are opened here,
and nothing but yes or no comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Network
from typing import TypeVar

from monitor.model.flow import Reach, Transport
from monitor.model.opaque import HostName
from monitor.privacy.naming import reach
from monitor.privacy.places import Asset, Expectation, Network, Places, Port, PrefixTable, Zone, unmap

DHCP = frozenset({67, 68, 546, 547})
"""RFC 2131 4.1 and RFC 8415 7.2, both ends."""
BASIC = frozenset({Port(53, Transport.UDP), Port(53, Transport.TCP), Port(123, Transport.UDP)})
"""DNS (RFC 1035 4.2) and NTP (RFC 5905)."""

Ports = frozenset[Port]
ANY: Ports = frozenset({Port(-1, Transport.TCP)})
"""Stands for all ports."""
K = TypeVar("K")


class Expectations:
    """What the operator expects of all zones."""

    def __init__(self, zones: Sequence[Zone] = (), assets: Sequence[Asset] = (), local: Sequence[Network] = ()) -> None:
        """Take what the operator said; see `Places`."""
        self._places = Places(zones, assets, local)
        self._by_zone = {
            zone.name: _Expected(zone.expect, {asset.name: asset for asset in assets})
            for zone in zones
            if zone.expect is not None
        }

    def adopt(self, other: Expectations) -> None:
        """Say from now on what `other` says, to everybody who asks here."""
        self._places, self._by_zone = other._places, other._by_zone

    def stated(self, device: bytes) -> bool:
        """True when the zone of a 4 or 16 byte address has a list, so that something can be unexpected there."""
        zone = self._places.zone(device)
        return zone is not None and zone.name in self._by_zone

    def expected(
        self,
        device: bytes,
        other: bytes,
        other_port: int,
        transport: Transport,
        names: Sequence[HostName | str],
        *,
        device_port: int = 0,
    ) -> bool:
        """Whether a device may talk to a host.

        Args:
            device: address of the device, 4 or 16 bytes.
            other: address of the other end, 4 or 16 bytes.
            other_port: port of the other end.
            transport: of the flow.
            names: what the other end is called, as far as it is known.
            device_port: port of the device when the other end opened the flow, so that the service is the device's
                (a recorder fetches video); else 0.
        """
        zone = self._places.zone(device)
        expected = None if zone is None else self._by_zone.get(zone.name)
        if expected is None or self._needed(device, other, other_port, transport):
            return True
        service = Port(other_port, transport)
        basic = service in BASIC
        if basic and self._places.asset(other) is not None:
            return True
        services = {service, Port(device_port, transport)} if device_port else {service}
        return any(ports is ANY or basic or ports & services for ports in expected.ports_of(other, names))

    def _needed(self, device: bytes, other: bytes, other_port: int, transport: Transport) -> bool:
        """DHCP within the house, multicast, and broadcast in the device's own network."""
        where = reach(other)
        if where is Reach.GROUP:
            return True
        if transport is Transport.UDP and other_port in DHCP:
            return where is Reach.LOCAL or self._places.owns(other)
        network = self._places.network(device)
        return isinstance(network, IPv4Network) and unmap(other) == network.broadcast_address.packed


class _Expected:
    """What one zone's list names, ready to be looked up."""

    def __init__(self, expectations: Iterable[Expectation], assets: Mapping[str, Asset]) -> None:
        addresses: dict[bytes, Ports] = {}
        networks: dict[Network, Ports] = {}
        self._names: dict[str, Ports] = {}
        """By name; those of wildcards begin with a dot."""
        for one in expectations:
            ports = frozenset(one.ports) or ANY
            if one.asset:
                for address in assets[one.asset].addresses:
                    _add(addresses, address.packed, ports)
            elif one.network is not None:
                _add(networks, one.network, ports)
            else:
                _add(self._names, one.name.removeprefix("*"), ports)
        self._addresses = addresses
        self._networks = PrefixTable(networks.items())

    def ports_of(self, address: bytes, names: Sequence[HostName | str]) -> Iterator[Ports]:
        """The ports on which a host is expected, once for each way in which the list names it."""
        address = unmap(address)
        if address in self._addresses:
            yield self._addresses[address]
        yield from self._networks.find_all(address)
        for name in names:
            rest = (name if isinstance(name, str) else name.reveal()).lower().removesuffix(".")
            if rest.startswith("."):  # no name, but it would look like a wildcard
                continue
            if rest in self._names:
                yield self._names[rest]
            while dot := rest.find(".") + 1:
                if rest[dot - 1 :] in self._names:
                    yield self._names[rest[dot - 1 :]]
                rest = rest[dot:]


def _add(table: dict[K, Ports], key: K, ports: Ports) -> None:
    """Let `ports` be expected beside those that are so far."""
    before = table.get(key, frozenset())
    table[key] = ANY if before is ANY or ports is ANY else before | ports
