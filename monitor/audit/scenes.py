"""Between whom marks travel: invented devices in each zone of the configuration, and what they talk to.

Rule: an invented device never has the address of an asset, so that what is found is about nobody real.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from random import Random

from monitor.config.settings import Config
from monitor.model.data import Audience, Role
from monitor.model.record import Record
from monitor.privacy.places import Address, Asset, Network, Places

MAX_ZONES = 8
"""Whose devices speak: each says everything, which takes half a second."""

_UNZONED = {4: ("192.168.254.11", "172.31.254.11", "10.254.254.11"), 6: ("fd5e:1f::11",)}
_SERVERS = {4: ("192.168.254.10", "172.31.254.10", "10.254.254.10"), 6: ("fd5e:1f::10",)}
_INTERNET = {4: "203.0.113.9", 6: "2001:db8::9"}
"""Documentation addresses (RFC 5737, RFC 3849), which count as the internet."""


class Scene(Record):
    """Two ends that say everything to each other."""

    client: str
    server: str
    is_patron: bool
    """Whether the client is in a public zone, so that nobody may see its address, nor whom it asks for."""


def set_scenes(config: Config, random: Random) -> list[Scene]:
    """One device of each zone with the library's own service, and one that is in no zone with the internet, too."""
    places = Places(config.zones, config.assets)
    scenes = []
    for client, is_patron in _clients(config, places, random):
        version = ip_address(client).version
        scenes.append(Scene(client=client, server=_service(config, places, version), is_patron=is_patron))
        if is_patron or not scenes[1:]:
            scenes.append(Scene(client=client, server=_INTERNET[version], is_patron=is_patron))
    return scenes


def _clients(config: Config, places: Places, random: Random) -> Iterator[tuple[str, bool]]:
    yield _free(_UNZONED[4], places), False
    # Patrons first: of their devices most must be kept.
    zones = sorted(config.zones, key=lambda zone: zone.audience is not Audience.PUBLIC)[:MAX_ZONES]
    for zone in zones:
        network = min(zone.networks, key=lambda one: one.version)
        address = _invent(network, places, random)
        if address is not None:
            yield str(address), zone.audience is Audience.PUBLIC


def _invent(network: Network, places: Places, random: Random) -> Address | None:
    """A device of a network that is nobody's asset, and in no zone within it; None where there is no room."""
    home = places.zone(network.network_address.packed)
    for _ in range(100):
        address = network[random.randrange(network.num_addresses)]
        if (
            places.asset(address.packed) is None
            and not places.is_broadcast(address.packed)
            and (address != network.network_address or network.num_addresses == 1)
            and places.zone(address.packed) is home
        ):
            return address
    return None


def _service(config: Config, places: Places, version: int) -> str:
    assets: list[Asset] = sorted(config.assets, key=lambda asset: asset.role is not Role.ILS)
    addresses = [str(one) for asset in assets for one in asset.addresses if one.version == version]
    return addresses[0] if addresses else _free(_SERVERS[version], places)


def _free(addresses: tuple[str, ...], places: Places) -> str:
    """The first that is in no zone."""
    return next((one for one in addresses if places.zone(ip_address(one).packed) is None), addresses[0])
