"""What is excluded between two ends follows the innermost network of each, and assets."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from monitor.model.data import Audience, Inspect, Role
from monitor.model.opaque import Label
from monitor.privacy.exclusion import Exclusion, Treatment, excludes
from monitor.privacy.places import Asset, Zone


def zone(name: str, inspect: Inspect, *networks: str) -> Zone:
    """One zone."""
    parsed = tuple(map(ip_network, networks))
    return Zone(name=Label(name), audience=Audience.STAFF, networks=parsed, inspect=inspect)


ASSETS = (
    Asset(name=Label("ils"), addresses=(ip_address("10.1.0.10"), ip_address("fd00::10")), role=Role.ILS),
    Asset(name=Label("printer"), addresses=(ip_address("10.99.0.20"),), role=Role.PRINTER),
    Asset(name=Label("safe"), addresses=(ip_address("10.98.0.1"),), role=Role.OTHER),
)
ZONES = (
    zone("patrons", Inspect.LIBRARY_ONLY, "10.99.0.0/16", "fd00:99::/64"),
    zone("directors", Inspect.NONE, "10.98.0.0/16"),
    zone("kiosks", Inspect.ALL, "10.99.7.0/24"),
)


@pytest.mark.parametrize(
    ("one", "other", "barred"),
    [
        ("10.99.0.1", "203.0.113.1", True),
        ("10.99.0.1", "10.99.0.2", True),
        ("10.99.0.1", "10.1.0.10", False),
        ("10.99.0.20", "203.0.113.1", False),
        ("10.99.7.1", "203.0.113.1", False),
        ("10.99.7.1", "10.99.8.1", True),
        ("10.98.0.1", "10.1.0.10", True),
        ("10.98.0.7", "10.1.0.10", True),
        ("10.97.255.255", "203.0.113.1", False),
        ("10.100.0.0", "203.0.113.1", False),
        ("fd00:99::1", "2001:db8::1", True),
        ("fd00:99::1", "fd00::10", False),
        ("::ffff:10.99.0.1", "2001:db8::1", True),
    ],
)
def test_between_two_ends(one: str, other: str, barred: bool) -> None:  # noqa: FBT001 (a parameter)
    """Whichever of the two sends."""
    exclusion = Exclusion(ZONES, ASSETS)
    ends = [int(ip_address(address)) for address in (one, other)]
    halves = [(number >> 64, number & (1 << 64) - 1) for number in ends]
    v6 = ":" in one

    assert barred == exclusion.bars(v6, *halves[0], *halves[1]) == exclusion.bars(v6, *halves[1], *halves[0])


def test_nothing_is_excluded_without_such_a_zone() -> None:
    """Assets alone make no areas."""
    assert not Exclusion((), ASSETS)
    assert 1 == len(Exclusion(ZONES[2:], ASSETS).areas)
    assert Exclusion(ZONES)


def test_an_asset_saves_the_library_only() -> None:
    """Every pair of treatments, in words."""
    said = {(one, other) for one in Treatment for other in Treatment if excludes(one, other)}
    none = {(Treatment.NONE, one) for one in Treatment} | {(one, Treatment.NONE) for one in Treatment}
    patron = Treatment.LIBRARY_ONLY

    assert none | {(patron, patron), (patron, Treatment.ALL), (Treatment.ALL, patron)} == said
