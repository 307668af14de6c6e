"""What is marked of an address is what its longest prefix says, found by the flow table as `Places` finds it."""

from __future__ import annotations

import random
from bisect import bisect_right
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import pytest

from monitor.flow.areas import Areas
from monitor.flow.picks import MARK_ASSET, MARK_LIBRARY_ONLY, MARK_NONE, MARK_WATCHED
from monitor.model.data import Audience, Inspect, Role
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Places, Zone


def zone(name: str, *networks: str, role: Role | None = None, inspect: Inspect = Inspect.ALL) -> Zone:
    """One zone."""
    parsed = tuple(ip_network(network) for network in networks)
    return Zone(name=Label(name), audience=Audience.STAFF, networks=parsed, role=role, inspect=inspect)


def asset(name: str, address: str, role: Role) -> Asset:
    """One asset."""
    return Asset(name=Label(name), addresses=(ip_address(address),), role=role)


ZONES = (
    zone("house", "10.0.0.0/8", "fd00::/16"),
    zone("cameras", "10.40.0.0/24", "fd00:40::/64", role=Role.CAMERA),
    zone("door", "10.40.0.128/25", inspect=Inspect.NONE),
    zone("patrons", "10.99.0.0/16", "::/3", inspect=Inspect.LIBRARY_ONLY),
    zone("last", "255.255.255.0/24", "ffff::/16", role=Role.CAMERA),
)
ASSETS = (
    asset("recorder", "10.40.0.100", Role.RECORDER),
    asset("shown", "10.1.0.7", Role.CAMERA),
    asset("hidden", "10.40.0.200", Role.CAMERA),
    asset("printer", "10.99.0.20", Role.PRINTER),
)
AREAS = Areas(ZONES, ASSETS)


def marks(areas: Areas, address: str) -> int:
    """What is marked of an address, looked up as the flow table does."""
    number = int(ip_address(address))
    if ip_address(address).version == 4:
        number += 0xFFFF << 32
    begins = [high << 64 | low for high, low in zip(areas.high, areas.low, strict=True)]
    return areas.marks[bisect_right(begins, number) - 1]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.40.0.0", MARK_WATCHED),
        ("10.40.0.127", MARK_WATCHED),
        ("10.39.255.255", 0),
        ("10.40.0.128", MARK_NONE),
        ("10.40.0.255", MARK_NONE),
        ("10.40.1.0", 0),
        ("fd00:40::1", MARK_WATCHED),
        ("fd00:40:0:1::", 0),
        ("10.40.0.99", MARK_WATCHED),
        ("10.40.0.100", MARK_ASSET),
        ("10.40.0.101", MARK_WATCHED),
        ("10.1.0.7", MARK_ASSET | MARK_WATCHED),
        ("10.1.0.8", 0),
        ("10.40.0.200", MARK_ASSET | MARK_WATCHED | MARK_NONE),
        ("10.99.0.19", MARK_LIBRARY_ONLY),
        ("10.99.0.20", MARK_LIBRARY_ONLY | MARK_ASSET),
        ("192.0.2.1", 0),  # although its number lies within ::/3
        ("0.1.2.3", 0),
        ("::fffe:ffff:ffff", MARK_LIBRARY_ONLY),
        ("::1:0:0:0", MARK_LIBRARY_ONLY),
        ("::", MARK_LIBRARY_ONLY),
        ("2000::", 0),
        ("255.255.255.255", MARK_WATCHED),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", MARK_WATCHED),
    ],
)
def test_marks(address: str, expected: int) -> None:
    """Roles of assets go before those of zones; how much is inspected follows from the zone alone."""
    assert expected == marks(AREAS, address)


def test_nothing_is_marked_without_a_word() -> None:
    """With nothing to look up, the flow table asks nothing."""
    assert 0 == len(Areas().marks)
    assert MARK_WATCHED == marks(Areas([zone("all", "0.0.0.0/0", role=Role.CAMERA)]), "192.0.2.1")


def test_watching_one_more_address() -> None:
    """What is marked besides stays; the neighbors are as they were."""
    areas = Areas(ZONES, ASSETS)
    for text in ("10.1.0.9", "10.99.0.7", "10.40.0.100", "2001:db8::9", "::ffff:10.1.0.11"):
        areas.watch(ip_address(text).packed)

    assert [0, MARK_WATCHED, 0] == [marks(areas, f"10.1.0.{n}") for n in (8, 9, 10)]
    assert MARK_LIBRARY_ONLY | MARK_WATCHED == marks(areas, "10.99.0.7")
    assert MARK_ASSET | MARK_WATCHED == marks(areas, "10.40.0.100")
    assert [0, MARK_WATCHED, 0] == [marks(areas, f"2001:db8::{n}") for n in ("8", "9", "a")]
    assert MARK_WATCHED == marks(areas, "10.1.0.11")
    alone = Areas()
    alone.watch(ip_address("10.1.0.9").packed)
    assert [0, MARK_WATCHED, 0] == [marks(alone, f"10.1.0.{n}") for n in (8, 9, 10)]


def test_the_longest_prefix_is_found_among_many() -> None:
    """Random networks inside each other give what `Places` gives, at their edges and between them."""
    rng = random.Random(3)
    networks: set[IPv4Network | IPv6Network] = set()
    for _ in range(300):
        if rng.random() < 0.5:
            networks.add(ip_network((10 << 24 | rng.randrange(1 << 10) << 14, rng.randrange(8, 33)), strict=False))
        else:
            networks.add(ip_network((0xFD << 120 | rng.randrange(1 << 10) << 60, rng.randrange(8, 129)), strict=False))
    zones = [
        Zone(
            name=Label(str(n)),
            audience=Audience.STAFF,
            networks=(network,),
            role=rng.choice([None, Role.CAMERA]),
            inspect=rng.choice(list(Inspect)),
        )
        for n, network in enumerate(sorted(networks, key=str))
    ]
    places, areas = Places(zones), Areas(zones)
    inspected = {Inspect.ALL: 0, Inspect.LIBRARY_ONLY: MARK_LIBRARY_ONLY, Inspect.NONE: MARK_NONE}
    checked = 0
    for network in networks:
        for number in (int(network[0]), int(network[-1]), int(network[0]) - 1, int(network[-1]) + 1):
            address = type(network[0])(number)
            found = places.zone(address.packed)
            expected = 0 if found is None else inspected[found.inspect] | bool(found.role) * MARK_WATCHED
            assert expected == marks(areas, str(address))
            checked += 1
    assert checked > 500
