"""The naming policy: which network names people may see, and where an address lies.

Addresses of infrastructure, staff, unassigned and internet ends are shown; of ends in a `public` zone (patron
devices) only the zone's name is. With no configuration every local end is `unassigned`.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address, ip_network

from monitor.model.data import Audience
from monitor.model.flow import Endpoint, Reach
from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING

_LOCAL = tuple(
    ip_network(network)
    for network in (
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",  # RFC 6598
        "127.0.0.0/8",  # RFC 1122 3.2.1.3
        "169.254.0.0/16",  # RFC 3927
        "fc00::/7",  # RFC 4193
        "fe80::/10",  # RFC 4291 2.5.6
        "::1/128",
    )
)
_GROUP = tuple(ip_network(network) for network in ("224.0.0.0/4", "ff00::/8", "255.255.255.255/32"))


@lru_cache(maxsize=65_536)
def reach(address: bytes) -> Reach:
    """Where a 4 or 16 byte address lies. Documentation ranges are internet, on purpose."""
    parsed = ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped is not None:
        parsed = mapped
    if any(parsed.version == network.version and parsed in network for network in _GROUP):
        return Reach.GROUP
    if any(parsed.version == network.version and parsed in network for network in _LOCAL):
        return Reach.LOCAL
    return Reach.INTERNET


class NamingPolicy:
    """Turns the ends of a flow into what may be shown of them."""

    def endpoint(self, address: bytes, port: int) -> Endpoint:
        """One end; `address` has 4 or 16 bytes."""
        where = reach(address)
        return Endpoint(
            address=Label(str(ip_address(address))),
            name=NOTHING,
            zone=NOTHING,
            asset=NOTHING,
            audience=Audience.INTERNET if where is Reach.INTERNET else Audience.UNASSIGNED,
            reach=where,
            port=port,
        )
