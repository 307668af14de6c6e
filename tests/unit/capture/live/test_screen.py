"""A filter that cannot be had is said and counted, and everything goes on without it."""

from __future__ import annotations

import sys
from ipaddress import ip_address, ip_network

import pytest

from monitor.capture.live import screen
from monitor.capture.live.screen import Screen
from monitor.model.data import Audience, Inspect, Role
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.exclusion import Exclusion
from monitor.privacy.places import Asset, Zone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has socket filters")

ZONE = Zone(name=Label("wifi"), audience=Audience.PUBLIC, networks=(ip_network("::/1"),), inspect=Inspect.LIBRARY_ONLY)


def made(exclusion: Exclusion) -> tuple[bool, list[str], Stats]:
    """Whether there is a filter, and what was said and counted."""
    stats, said = Stats(), list[str]()
    return bool(Screen(exclusion, stats, said.append).program(1)), said, stats


def test_a_zone_makes_one() -> None:
    """And nothing is said of it."""
    has, said, stats = made(Exclusion((ZONE,)))
    assert (True, [], {}) == (has, said, dict(stats.limits))
    assert (False, [], {}) == (*made(Exclusion())[:2], dict(stats.limits))


def test_too_many_assets() -> None:
    """Their addresses do not fit."""
    addresses = [ip_address((1 << 96) * number + (number << 40) + number) for number in range(1, 500)]
    assets = [Asset(name=Label(f"a{one}"), addresses=(one,), role=Role.OTHER) for one in addresses]
    has, said, stats = made(Exclusion((ZONE,), assets))

    assert not has
    assert 1 == len(said) == stats.limits["capture.filter"]
    assert "more networks and assets than fit" in said[0]


def test_one_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of ours, which is counted as one."""
    monkeypatch.setattr(screen, "compile_filter", lambda *_: [(6, 0, 0, 0xFFFF)])
    has, said, stats = made(Exclusion((ZONE,)))

    assert not has
    assert 1 == stats.faults["capture.filter"] == stats.limits["capture.filter"]
    assert "does not do what it should" in said[0]


def test_one_that_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel says why."""
    monkeypatch.setattr(screen, "compile_filter", lambda *_: [(0xFFFF, 0, 0, 0)])
    has, said, _ = made(Exclusion((ZONE,)))

    assert not has
    assert "refuses its filter: Invalid argument" in said[0]
