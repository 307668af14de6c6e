"""Who is behind an address, and what that device is."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from monitor.devices import book as room
from monitor.devices import curiosity
from monitor.devices.book import MAX_IPV4, NAMES, DeviceBook
from monitor.devices.catalog import catalog
from monitor.model.data import Audience, Role
from monitor.model.stats import Link, Stats
from monitor.privacy.labels import typed
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import Asset, Zone

CARD, OTHER_CARD = 0x0010A0000001, 0x0010A0000002
AXIS = 0x00408C123456
TWO = (typed("dlink-camera-model-mdns"), typed("dlink-camera-model-ssdp"))
ZONES = (
    Zone(name=typed("patrons"), audience=Audience.PUBLIC, networks=(ip_network("10.99.0.0/16"),)),
    Zone(name=typed("staff"), audience=Audience.STAFF, networks=(ip_network("10.20.0.0/16"),)),
)


def at(text: str) -> bytes:
    """An address."""
    return ip_address(text).packed


def a_book(zones: tuple[Zone, ...] = (), assets: tuple[Asset, ...] = ()) -> DeviceBook:
    """A book of a network with these places."""
    return DeviceBook(NamingPolicy(zones, assets), catalog(), Stats())


def test_two_addresses_of_one_card() -> None:
    """What a device showed before it was given another address still counts."""
    book = a_book()
    book.note(at("192.168.0.20"), TWO[:1], CARD, 1)
    assert book.role(at("192.168.0.20")) is None
    book.note(at("10.40.0.7"), TWO[1:], CARD, 2)
    assert Role.CAMERA is book.role(at("10.40.0.7"))
    assert (at("192.168.0.20"), at("10.40.0.7")) == book.addresses(at("10.40.0.7"))
    (device,) = book.devices()
    assert (["192.168.0.20", "10.40.0.7"], Link.OWN, 70) == (
        [str(end.address) for end in device.ends],
        device.link,
        device.score,
    )


def test_before_it_has_an_address() -> None:
    """What a device says while it asks for an address belongs to the one that it gets."""
    book = a_book()
    book.note(bytes(4), TWO[:1], CARD, 1)
    book.note(at("10.40.0.7"), TWO[1:], CARD, 2)
    assert Role.CAMERA is book.role(at("10.40.0.7"))


def test_behind_a_router() -> None:
    """One card with many addresses is a router's: what they show is not joined, and its maker tells nothing."""
    book = a_book()
    for number in range(MAX_IPV4 + 1):
        book.note(at(f"10.40.0.{number + 1}"), TWO[number % 2 :][:1], AXIS, number)
    assert {None} == {book.role(at(f"10.40.0.{number + 1}")) for number in range(MAX_IPV4 + 1)}
    assert {Link.ROUTED} == {device.link for device in book.devices()}


def test_maker_decides_where_one_is_missing() -> None:
    """A camera's maker and one word of its own are two."""
    book = a_book()
    book.note(at("10.40.0.7"), TWO[:1], AXIS, 1)
    assert Role.CAMERA is book.role(at("10.40.0.7"))


def test_a_random_address() -> None:
    """It names no maker; a telephone that says nothing else but that it is one is known by it."""
    book = a_book()
    book.note(at("10.40.0.7"), (typed("android-dhcp"),), 0x02005E100001, 1)
    assert Role.PHONE is book.role(at("10.40.0.7"))
    assert [Link.RANDOM] == [device.link for device in book.devices()]


def test_patrons_are_not_noted() -> None:
    """Nothing of a device in a zone for the public, nor of one that might be there."""
    book = a_book(ZONES)
    book.note(at("10.99.0.7"), TWO, CARD, 1)
    book.note(bytes(4), TWO, OTHER_CARD, 1)
    assert ([], False) == (list(book.devices()), book.curious(at("10.99.0.7")))


def test_the_internet_is_not_noted() -> None:
    """Hosts that are not of the house are no devices of it."""
    book = a_book()
    book.note(at("192.0.2.7"), TWO, CARD, 1)
    assert [] == list(book.devices())


def test_the_operators_word() -> None:
    """Whatever it shows, a device is what the operator says; what it showed is told all the same."""
    asset = Asset(name=typed("recorder"), addresses=(ip_address("10.40.0.250"),), role=Role.RECORDER)
    book = a_book((), (asset,))
    book.note(at("10.40.0.250"), TWO, CARD, 1)
    assert Role.RECORDER is book.role(at("10.40.0.250"))
    (device,) = book.devices()
    assert (Role.RECORDER, True, TWO) == (device.role, device.stated, device.signals)


def test_mapped_addresses() -> None:
    """An IPv4 address inside IPv6 is that address."""
    book = a_book()
    book.note(at("::ffff:10.40.0.7"), TWO, CARD, 1)
    assert Role.CAMERA is book.role(at("10.40.0.7"))


def test_who_might_be_a_camera() -> None:
    """Those that say so once: their traffic may tell."""
    book = a_book()
    book.note(at("10.40.0.7"), TWO[:1], 0, 1)
    book.note(at("10.40.0.8"), TWO, 0, 1)
    book.note(at("10.40.0.9"), (typed("windows-dhcp"),), 0, 1)
    assert frozenset({at("10.40.0.7")}) == book.undecided()


def test_news() -> None:
    """What was known already is none, and names that the catalog does not have are passed over."""
    book = a_book()
    assert book.note(at("10.40.0.7"), TWO, CARD, 1)
    assert not book.note(at("10.40.0.7"), TWO, CARD, 2)
    assert not book.note(at("10.40.0.7"), (typed("no-such-signal"),), CARD, 2)


def test_curiosity_ends() -> None:
    """A device's first names are looked at, and no more."""
    book = a_book()
    assert [*[True] * NAMES, False] == [book.curious(at("10.40.0.7")) for _ in range(NAMES + 1)]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """More devices than there is room for are counted, not kept."""
    monkeypatch.setattr(room, "MAX_SOURCES", 1)
    monkeypatch.setattr(curiosity, "MAX_CURIOUS", 1)
    stats = Stats()
    book = DeviceBook(NamingPolicy(), catalog(), stats)
    for number in (1, 2):
        book.note(at(f"10.40.0.{number}"), TWO, 0, 1)
        book.curious(at(f"10.40.0.{number}"))
    assert {"devices.sources": 1, "devices.curious": 1} == dict(stats.limits)
    assert 1 == len(list(book.devices()))
