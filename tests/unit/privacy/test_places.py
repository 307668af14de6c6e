"""Addresses are found among zones, assets and own networks, whatever their IP version."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.data import Audience, Role
from monitor.model.flow import Transport
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Network, Places, Port, PrefixTable, Zone, unmap


def packed(text: str) -> bytes:
    """The bytes of an address."""
    return ip_address(text).packed


def zone(name: str, audience: Audience, *networks: str) -> Zone:
    """A zone with these networks."""
    return Zone(name=Label(name), audience=audience, networks=tuple(ip_network(network) for network in networks))


PLACES = Places(
    zones=(
        zone("staff", Audience.STAFF, "10.1.0.0/16", "2001:db8:1::/48"),
        zone("servers", Audience.INFRASTRUCTURE, "10.1.5.0/24", "2001:db8:1:5::/64"),
        zone("vendor", Audience.VENDOR, "198.51.100.0/24"),
    ),
    assets=(
        Asset(name=Label("ils"), addresses=(ip_address("10.1.5.10"), ip_address("2001:db8:1:5::10")), role=Role.ILS),
    ),
    local=(ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")),
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.0.0", "staff"),
        ("10.1.255.255", "staff"),
        ("10.1.5.1", "servers"),
        ("::ffff:10.1.5.1", "servers"),
        ("2001:db8:1:4::1", "staff"),
        ("2001:db8:1:5::1", "servers"),
        ("10.2.0.0", None),
        ("2001:db8:2::", None),
        ("::a01:501", None),
    ],
)
def test_zones(address: str, expected: str | None) -> None:
    """The longest prefix wins; an IPv4 address inside IPv6 is that address, and no other number is."""
    found = PLACES.zone(packed(address))
    assert expected == (found.name if found else None)
    assert (expected is None) is (PLACES.network(packed(address)) is None)


@pytest.mark.parametrize("address", ["10.1.5.10", "::ffff:10.1.5.10", "2001:db8:1:5::10"])
def test_assets(address: str) -> None:
    """An asset is found at each of its addresses."""
    found = PLACES.asset(packed(address))
    assert found is not None
    assert "ils" == found.name
    assert PLACES.asset(packed("10.1.5.11")) is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.1.0.1", True),
        ("192.0.2.200", True),
        ("::ffff:192.0.2.200", True),
        ("2001:db8:ffff::1", True),
        ("198.51.100.1", False),
        ("203.0.113.1", False),
        ("10.2.0.1", False),
    ],
)
def test_what_the_operator_calls_the_librarys_own(address: str, *, expected: bool) -> None:
    """A zone of the library's own people, or a network said to be local; a vendor's is neither."""
    assert expected is PLACES.owns(packed(address))


@pytest.mark.parametrize(
    ("network", "address", "expected"),
    [
        ("10.40.0.0/24", "10.40.0.255", True),
        ("10.40.0.0/24", "::ffff:10.40.0.255", True),
        ("10.40.0.0/24", "10.40.0.254", False),
        ("10.40.0.0/23", "10.40.0.255", False),
        ("10.40.0.0/31", "10.40.0.1", False),
        ("10.40.0.1/32", "10.40.0.1", False),
        ("fd00:40::/120", "fd00:40::ff", False),
    ],
)
def test_broadcast_addresses(network: str, address: str, *, expected: bool) -> None:
    """The last address of an IPv4 network is no device's, unless the network is too small to have one."""
    zone = Zone(name=Label("cameras"), audience=Audience.STAFF, networks=(ip_network(network),))
    assert expected is Places([zone]).is_broadcast(packed(address))


def test_nothing_is_anywhere_without_configuration() -> None:
    """Without places there are none."""
    places = Places()
    assert (None, None, False) == (places.zone(b"\n\0\0\1"), places.asset(bytes(16)), places.owns(bytes(16)))


def test_unmapping() -> None:
    """Only the one prefix stands for IPv4."""
    assert packed("10.1.5.10") == unmap(packed("::ffff:10.1.5.10"))
    for address in ("10.1.5.10", "::10.1.5.10", "64:ff9b::10.1.5.10", "::fffe:10.1.5.10"):
        assert packed(address) == unmap(packed(address))


def test_ports_are_written_as_they_are_read() -> None:
    """As in configurations and reports."""
    assert "443/tcp" == str(Port(443, Transport.TCP))


def networks() -> st.SearchStrategy[Network]:
    """Networks of which many lie inside each other."""
    v4 = st.builds(lambda n, bits: IPv4Network((n << 24, bits), strict=False), st.integers(0, 31), st.integers(0, 8))
    v6 = st.builds(lambda n, bits: IPv6Network((n << 120, bits), strict=False), st.integers(0, 31), st.integers(0, 8))
    return v4 | v6


@given(st.lists(networks(), max_size=10), st.integers(0, 31), st.booleans())
def test_as_if_each_were_tried(drawn: list[Network], number: int, v6: bool) -> None:  # noqa: FBT001 (drawn)
    """The table finds what trying every network finds, the longest prefix first."""
    address = ip_address(bytes([number, *bytes(15 if v6 else 3)]))
    table = PrefixTable((network, network) for network in drawn)
    fitting = {network for network in drawn if network.version == address.version and address in network}
    expected = sorted(fitting, key=lambda network: -network.prefixlen)
    assert expected == list(table.find_all(address.packed))
    assert (expected[0] if expected else None) == table.find(address.packed)
