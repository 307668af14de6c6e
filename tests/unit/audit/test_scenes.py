"""Invented devices are where they should be, and nobody real."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from random import Random

import pytest

from monitor.audit.scenes import MAX_ZONES, set_scenes
from monitor.config.settings import Config
from monitor.model.data import Audience, Role
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Zone


def zone(name: str, network: str, audience: Audience = Audience.STAFF) -> Zone:
    """A zone of one network."""
    return Zone(name=Label(name), audience=audience, networks=(ip_network(network),))


def asset(name: str, address: str, role: Role = Role.OTHER) -> Asset:
    """A device with a name."""
    return Asset(name=Label(name), addresses=(ip_address(address),), role=role)


def test_without_a_configuration() -> None:
    """A device that is in no zone talks to a library system and to the internet."""
    scenes = set_scenes(Config(), Random(1))
    assert [("192.168.254.11", "192.168.254.10"), ("192.168.254.11", "203.0.113.9")] == [
        (scene.client, scene.server) for scene in scenes
    ]


def test_patrons_come_first() -> None:
    """Their devices talk to the internet, too; the library system is the real one."""
    config = Config(
        zones=(zone("desks", "10.1.0.0/24"), zone("wifi", "10.99.0.0/16", Audience.PUBLIC)),
        assets=(asset("printer", "10.1.0.20"), asset("ils", "10.1.0.10", Role.ILS)),
    )
    scenes = set_scenes(config, Random(1))
    assert ["10.1.0.10", "203.0.113.9", "10.1.0.10", "203.0.113.9", "10.1.0.10"] == [one.server for one in scenes]
    assert [False, False, True, True, False] == [one.is_patron for one in scenes]
    assert ip_address(scenes[2].client) in ip_network("10.99.0.0/16")
    assert scenes[2].client == scenes[3].client


@pytest.mark.parametrize("seed", range(20))
def test_nobody_real(seed: int) -> None:
    """Assets, networks' own addresses and zones inside keep theirs; where there is no room, nobody is invented."""
    config = Config(
        zones=(zone("outer", "10.1.0.0/29"), zone("inner", "10.1.0.4/30"), zone("full", "10.2.0.1/32")),
        assets=(asset("one", "10.1.0.1"), asset("two", "10.1.0.2"), asset("full", "10.2.0.1")),
    )
    clients = {scene.client for scene in set_scenes(config, Random(seed))}
    assert {"10.1.0.3"} == {one for one in clients if ip_address(one) in ip_network("10.1.0.0/30")}
    assert clients <= {"192.168.254.11", "10.1.0.3", "10.1.0.5", "10.1.0.6", "10.1.0.4"}


def test_ipv6() -> None:
    """A zone without IPv4 has a device, too, and somebody to talk to."""
    scenes = set_scenes(Config(zones=(zone("six", "fd00:30::/64", Audience.PUBLIC),)), Random(1))
    assert [6, 6] == [ip_address(one.server).version for one in scenes if one.is_patron]
    assert ip_address(scenes[-1].client) in ip_network("fd00:30::/64")


def test_many_zones() -> None:
    """A consortium's audit ends, too."""
    zones = tuple(zone(f"z{number}", f"10.{number}.0.0/16") for number in range(40))
    assert MAX_ZONES + 2 >= len(set_scenes(Config(zones=zones), Random(1)))
