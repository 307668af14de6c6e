"""Says whether a flow keeps to the operator's tunnels: encrypted between their ends, in clear where they allow it.

Rules: once a tunnel is named, every flow of a protocol that belongs into one is inside or outside; what stays within
one machine is inside. Ends are equal: it does not matter who opened the flow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network

from monitor.model.flow import Leg
from monitor.privacy.places import Asset, Places, Tunnel, TunnelEnd, Zone, unmap

_LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
"""RFC 1122 3.2.1.3, RFC 4291 2.5.3."""


class Tunnels:
    """All tunnels."""

    def __init__(
        self, tunnels: Sequence[Tunnel] = (), zones: Sequence[Zone] = (), assets: Sequence[Asset] = ()
    ) -> None:
        """Take what the operator said; see `Places`."""
        self._places = Places(zones, assets)
        self._tunnels = tuple((frozenset(one.ends), frozenset(one.plain)) for one in tunnels)

    def adopt(self, other: Tunnels) -> None:
        """Say from now on what `other` says, to everybody who asks here."""
        self._places, self._tunnels = other._places, other._tunnels

    def leg(self, one: bytes, other: bytes, *, encrypted: bool) -> Leg:
        """Which part of the way lies between two addresses of 4 or 16 bytes."""
        if not self._tunnels:
            return Leg.UNSTATED
        if unmap(one) == unmap(other) or _is_loopback(one) or _is_loopback(other):
            return Leg.INSIDE
        first, second = set(self._names(one)), set(self._names(other))
        same = {name for name in first & second if name.is_asset}
        for ends, plain in self._tunnels:
            if encrypted and first & ends and second & ends:
                return Leg.INSIDE
            if not encrypted and (
                same & ends or (first & ends and second & plain) or (first & plain and second & ends)
            ):
                return Leg.INSIDE
        return Leg.OUTSIDE

    def _names(self, address: bytes) -> Iterable[TunnelEnd]:
        """By which names a tunnel may know an address."""
        asset, zone = self._places.asset(address), self._places.zone(address)
        if asset is not None:
            yield TunnelEnd(asset.name, is_asset=True)
        if zone is not None:
            yield TunnelEnd(zone.name, is_asset=False)


def _is_loopback(address: bytes) -> bool:
    plain = unmap(address)
    network = _LOOPBACK[len(plain) != 4]  # noqa: PLR2004 (bytes of an address)
    return int.from_bytes(plain) & int(network.netmask) == int(network.network_address)
