"""The naming policy: which network names people may see, and where an address lies.

Addresses of infrastructure, staff, vendor, unassigned and internet ends are shown unless their zone says otherwise; of
ends in a `public` zone (patron devices) only the zone's name is, whatever it says, but for assets, which are the
library's own and go by their names. Link-local addresses are the same in every network, so they are shown only where
there is no public zone. With no configuration every local end is `unassigned`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address, ip_network

from monitor.model.data import Audience, Role
from monitor.model.flow import Endpoint, Reach
from monitor.model.named import NamedTuple
from monitor.model.opaque import HostName, Label
from monitor.model.record import replace
from monitor.privacy.labels import NOTHING
from monitor.privacy.names import label_of
from monitor.privacy.places import Asset, Network, Places, PrefixTable, Zone, unmap

MAX_ADDRESSES = 65_536
"""Remembered: the devices of a large consortium and the hosts they talk to in an hour. What falls out is looked up
again."""

_REACHES = PrefixTable(
    (ip_network(network), where)
    for where, networks in {
        Reach.LOCAL: (
            "10.0.0.0/8",  # RFC 1918
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",  # RFC 6598
            "127.0.0.0/8",  # RFC 1122 3.2.1.3
            "169.254.0.0/16",  # RFC 3927
            "fc00::/7",  # RFC 4193
            "fe80::/10",  # RFC 4291 2.5.6
            "::1/128",
        ),
        Reach.GROUP: ("224.0.0.0/4", "ff00::/8", "255.255.255.255/32"),
    }.items()
    for network in networks
)
_LINK_LOCAL = PrefixTable((ip_network(network), True) for network in ("169.254.0.0/16", "fe80::/10"))
_IPV4_BYTES = 4
_LOCAL, _GROUP, _INTERNET = Reach.LOCAL, Reach.GROUP, Reach.INTERNET  # saves a look-up each time
_PUBLIC, _OUTSIDE, _UNASSIGNED = Audience.PUBLIC, Audience.INTERNET, Audience.UNASSIGNED


def reach(address: bytes) -> Reach:
    """Where a 4 or 16 byte address lies. Documentation ranges are internet, on purpose."""
    return _REACHES.find(unmap(address)) or _INTERNET


class _Description(NamedTuple):
    """What is known of an address, whatever the port."""

    is_shown: bool
    """Whether people may see it."""
    zone: Label
    asset: Label
    audience: Audience
    reach: Reach
    role: Role | None


_UNPLACED = {
    where: _Description(True, NOTHING, NOTHING, _OUTSIDE if where is _INTERNET else _UNASSIGNED, where, None)  # noqa: FBT003
    for where in Reach
}
"""What is known of an address where the operator said nothing."""


class NamingPolicy:
    """Turns the ends of a flow into what may be shown of them."""

    def __init__(self, zones: Sequence[Zone] = (), assets: Sequence[Asset] = (), local: Sequence[Network] = ()) -> None:
        """Take what the operator said; see `Places`."""
        self._places = Places(zones, assets, local)
        self._hidden = {zone.name for zone in zones if not self._shows_all(zone)}
        self.roles = {asset.role for asset in assets} | {zone.role for zone in zones if zone.role is not None}
        """Every role that the operator gave to anything."""
        self.has_places = bool(zones or assets)
        """Whether the operator said anything of any device."""
        self._patrons = any(zone.audience is Audience.PUBLIC for zone in zones)
        self._describe = lru_cache(maxsize=MAX_ADDRESSES)(self._described)

    @property
    def patrons(self) -> bool:
        """Whether there is a zone for the public."""
        return self._patrons

    def adopt(self, other: NamingPolicy) -> None:
        """Say from now on what `other` says, to everybody who asks here."""
        self._places, self._hidden, self._patrons = other._places, other._hidden, other._patrons
        self.roles, self.has_places = other.roles, other.has_places
        self._describe = lru_cache(maxsize=MAX_ADDRESSES)(self._described)

    def again(self, end: Endpoint) -> Endpoint | None:
        """What is shown now of an end that was described under another policy; None if that cannot be told.

        Of an end without an address only the zone is known: it is told apart no better than before.
        """
        if not end.address:
            hidden = end.zone in self._hidden if end.zone else self._patrons
            return end if hidden else None
        now = self.endpoint(ip_address(end.address).packed, end.port)
        return now if now.asset or not now.address else replace(now, name=NOTHING if end.asset else end.name)

    def endpoint(self, address: bytes, port: int) -> Endpoint:
        """One end; `address` has 4 or 16 bytes."""
        is_shown, zone, asset, audience, where, role = self._describe(address)
        shown = _label(address) if is_shown else NOTHING
        return Endpoint(
            address=shown, name=asset, zone=zone, asset=asset, audience=audience, reach=where, port=port, role=role
        )

    def zone(self, address: bytes) -> Label:
        """The name of the zone of a 4 or 16 byte address; empty where it is in none."""
        return self._describe(address).zone

    def named(self, end: Endpoint, name: HostName | None) -> Endpoint:
        """The same end with the name it goes by, as far as people may see it: never where its address may not be.

        What is shown of a name is the registrable domain, so that all hosts of a cloud service are one. An asset keeps
        the name that the operator gave it.
        """
        if name is None or not end.address or end.asset:
            return end
        return replace(end, name=label_of(name, registrable=True))

    def host(self, name: HostName) -> Endpoint:
        """A host on the internet of which only the name is known, as an infrastructure device asked for it."""
        return Endpoint(
            address=NOTHING,
            name=label_of(name, registrable=True),
            zone=NOTHING,
            asset=NOTHING,
            audience=Audience.INTERNET,
            reach=Reach.INTERNET,
            port=0,
        )

    def role(self, address: bytes) -> Role | None:
        """What the operator says a device is for; `address` has 4 or 16 bytes."""
        return self._describe(address).role

    def is_own(self, address: bytes) -> bool:
        """Whether what has a 4 or 16 byte address is the library's: here, and no patron's."""
        found = self._describe(address)
        return found.reach is _LOCAL and (found.audience is not _PUBLIC or bool(found.asset))

    def audience(self, address: bytes) -> Audience:
        """Who uses the network of a 4 or 16 byte address."""
        return self._describe(address).audience

    def lies(self, address: bytes) -> Reach:
        """Where a 4 or 16 byte address lies; networks of the library are local, whatever their addresses."""
        return self._describe(address).reach

    def _described(self, address: bytes) -> _Description:
        where, places = reach(address), self._places
        if not places:
            return _UNPLACED[where]
        plain = unmap(address)
        zone, broadcast, owned = places.describe(plain)
        if where is _INTERNET and owned:
            where = _LOCAL
        asset = places.asset(plain)
        audience = _OUTSIDE if where is _INTERNET else _UNASSIGNED
        return _Description(  # by place, since it is made of every address that is met
            asset is not None or self._shows(plain, zone),
            zone.name if zone else NOTHING,
            asset.name if asset else NOTHING,
            zone.audience if zone else audience,
            _GROUP if broadcast else where,
            asset.role if asset else zone.role if zone and not broadcast else None,
        )

    def _shows(self, address: bytes, zone: Zone | None) -> bool:
        """Whether an address that is no asset's may be seen."""
        if zone is None:
            return not (self._patrons and _LINK_LOCAL.find(address))
        return self._shows_all(zone)

    @staticmethod
    def _shows_all(zone: Zone) -> bool:
        return zone.show_addresses and zone.audience is not Audience.PUBLIC


@lru_cache(maxsize=MAX_ADDRESSES)
def _label(address: bytes) -> Label:
    """An address of 4 or 16 bytes as people write it; for those that they may see."""
    plain = unmap(address)
    return Label(".".join(map(str, plain)) if len(plain) == _IPV4_BYTES else str(ip_address(plain)))
