"""Says whether a flow keeps to the operator's tunnels: encrypted between their ends, in clear where they allow it.

Rules: once a tunnel is named, every flow of a protocol that belongs into one is inside or outside; what stays within
one machine is inside. Ends are equal: it does not matter who opened the flow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from monitor.model.flow import Leg
from monitor.privacy.places import Asset, Party, Places, Tunnel, Zone, unmap

_LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
"""RFC 1122 3.2.1.3, RFC 4291 2.5.3."""


class Tunnels:
    """All tunnels."""

    def __init__(
        self, tunnels: Sequence[Tunnel] = (), zones: Sequence[Zone] = (), assets: Sequence[Asset] = ()
    ) -> None:
        """Take what the operator said; see `Places`."""
        self._places = Places(zones, assets)
        self._tunnels = tuple(frozenset(end.party for end in one.ends) for one in tunnels)
        self._plain = tuple((end.party, frozenset(end.plain)) for one in tunnels for end in one.ends)

    def adopt(self, other: Tunnels) -> None:
        """Say from now on what `other` says, to everybody who asks here."""
        self._places, self._tunnels, self._plain = other._places, other._tunnels, other._plain

    def leg(self, one: bytes, other: bytes, *, encrypted: bool) -> Leg:
        """Which part of the way lies between two addresses of 4 or 16 bytes."""
        if not self._tunnels:
            return Leg.UNSTATED
        if unmap(one) == unmap(other) or _is_loopback(one) or _is_loopback(other):
            return Leg.INSIDE
        first, second = frozenset(self._parties(one)), frozenset(self._parties(other))
        if any(party.is_asset for party in first & second):
            return Leg.INSIDE
        if encrypted:
            inside = any(first & ends and second & ends for ends in self._tunnels)
        else:
            inside = any(
                (end in first and second & plain) or (end in second and first & plain) for end, plain in self._plain
            )
        return Leg.INSIDE if inside else Leg.OUTSIDE

    def _parties(self, address: bytes) -> Iterator[Party]:
        """As whom a tunnel may know an address."""
        asset, zone = self._places.asset(address), self._places.zone(address)
        if asset is not None:
            yield Party(asset.name, is_asset=True)
        if zone is not None:
            yield Party(zone.name, is_asset=False)


def _is_loopback(address: bytes) -> bool:
    plain = unmap(address)
    network = _LOOPBACK[len(plain) != 4]  # noqa: PLR2004 (bytes of an address)
    return int.from_bytes(plain) & int(network.netmask) == int(network.network_address)
