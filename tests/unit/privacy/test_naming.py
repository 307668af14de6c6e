"""What is shown of an end of a flow follows from its zone, and patrons' devices are never shown."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.data import Audience, Role
from monitor.model.flow import Endpoint, Reach
from monitor.model.opaque import Label, Raw
from monitor.privacy.labels import NOTHING
from monitor.privacy.names import host_name
from monitor.privacy.naming import NamingPolicy, reach
from monitor.privacy.places import Asset, Zone


def packed(text: str) -> bytes:
    """The bytes of an address."""
    return ip_address(text).packed


ZONES = (
    Zone(
        name=Label("patron-wifi"),
        audience=Audience.PUBLIC,
        networks=(ip_network("10.99.0.0/16"), ip_network("2001:db8:99::/48")),
        show_addresses=True,  # a configuration cannot say it; if one could, it would not matter
    ),
    Zone(name=Label("staff"), audience=Audience.STAFF, networks=(ip_network("10.1.0.0/16"),), role=Role.STAFF_PC),
    Zone(
        name=Label("office"), audience=Audience.STAFF, networks=(ip_network("198.51.100.0/24"),), show_addresses=False
    ),
    Zone(name=Label("vendor"), audience=Audience.VENDOR, networks=(ip_network("203.0.113.0/24"),)),
)
ASSETS = (
    Asset(
        name=Label("printer"), addresses=(ip_address("10.99.0.20"), ip_address("2001:db8:99::20")), role=Role.PRINTER
    ),
    Asset(name=Label("ils"), addresses=(ip_address("192.0.2.10"),), role=Role.ILS),
    Asset(name=Label("desk"), addresses=(ip_address("198.51.100.5"),), role=Role.SELF_CHECK),
)
POLICY = NamingPolicy(ZONES, ASSETS, local=(ip_network("2001:db8::/32"),))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.0.0.1", Reach.LOCAL),
        ("172.16.0.1", Reach.LOCAL),
        ("172.32.0.1", Reach.INTERNET),
        ("192.168.1.1", Reach.LOCAL),
        ("100.64.0.1", Reach.LOCAL),
        ("100.128.0.1", Reach.INTERNET),
        ("127.0.0.1", Reach.LOCAL),
        ("169.254.1.1", Reach.LOCAL),
        ("192.0.2.1", Reach.INTERNET),
        ("224.0.0.251", Reach.GROUP),
        ("255.255.255.255", Reach.GROUP),
        ("fd00::1", Reach.LOCAL),
        ("fe80::1", Reach.LOCAL),
        ("::1", Reach.LOCAL),
        ("ff02::fb", Reach.GROUP),
        ("2001:db8::1", Reach.INTERNET),
        ("::ffff:10.0.0.1", Reach.LOCAL),
        ("::ffff:224.0.0.1", Reach.GROUP),
        ("::ffff:192.0.2.1", Reach.INTERNET),
    ],
)
def test_reach_by_number(address: str, expected: Reach) -> None:
    """Without a configuration an address is judged by its number; documentation ranges are internet."""
    assert expected is reach(packed(address))
    assert expected is NamingPolicy().endpoint(packed(address), 1).reach


def test_without_configuration() -> None:
    """Everything is shown, local ends are unassigned, and nothing has a name."""
    for text, audience, where in [
        ("10.0.0.1", Audience.UNASSIGNED, Reach.LOCAL),
        ("fe80::1", Audience.UNASSIGNED, Reach.LOCAL),
        ("192.0.2.1", Audience.INTERNET, Reach.INTERNET),
        ("224.0.0.251", Audience.UNASSIGNED, Reach.GROUP),
    ]:
        expected = Endpoint(
            address=Label(text), name=NOTHING, zone=NOTHING, asset=NOTHING, audience=audience, reach=where, port=7
        )
        assert expected == NamingPolicy().endpoint(packed(text), 7)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.99.1.2", ("", "patron-wifi", "", Audience.PUBLIC, None)),
        ("::ffff:10.99.1.2", ("", "patron-wifi", "", Audience.PUBLIC, None)),
        ("2001:db8:99::2", ("", "patron-wifi", "", Audience.PUBLIC, None)),
        ("10.99.0.20", ("10.99.0.20", "patron-wifi", "printer", Audience.PUBLIC, Role.PRINTER)),
        ("2001:db8:99::20", ("2001:db8:99::20", "patron-wifi", "printer", Audience.PUBLIC, Role.PRINTER)),
        ("10.1.2.3", ("10.1.2.3", "staff", "", Audience.STAFF, Role.STAFF_PC)),
        ("::ffff:10.1.2.3", ("10.1.2.3", "staff", "", Audience.STAFF, Role.STAFF_PC)),
        ("198.51.100.4", ("", "office", "", Audience.STAFF, None)),
        ("198.51.100.5", ("198.51.100.5", "office", "desk", Audience.STAFF, Role.SELF_CHECK)),
        ("203.0.113.1", ("203.0.113.1", "vendor", "", Audience.VENDOR, None)),
        ("192.0.2.10", ("192.0.2.10", "", "ils", Audience.INTERNET, Role.ILS)),
        ("10.2.0.1", ("10.2.0.1", "", "", Audience.UNASSIGNED, None)),
        ("2001:db8:7::1", ("2001:db8:7::1", "", "", Audience.UNASSIGNED, None)),
        ("10.1.255.255", ("10.1.255.255", "staff", "", Audience.STAFF, None)),
        ("fe80::1", ("", "", "", Audience.UNASSIGNED, None)),
        ("169.254.7.7", ("", "", "", Audience.UNASSIGNED, None)),
    ],
)
def test_with_configuration(address: str, expected: tuple[str, str, str, Audience, Role | None]) -> None:
    """Zone, asset, audience and role come from the configuration; the address is shown where it may be."""
    end = POLICY.endpoint(packed(address), 443)
    assert expected == (end.address, end.zone, end.asset, end.audience, end.role)
    assert (end.asset, 443) == (end.name, end.port)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("198.51.100.4", Reach.LOCAL),
        ("2001:db8:7::1", Reach.LOCAL),
        ("2001:db8:99::2", Reach.LOCAL),
        ("203.0.113.1", Reach.INTERNET),
        ("192.0.2.10", Reach.INTERNET),
        ("10.99.1.2", Reach.LOCAL),
        ("10.1.255.255", Reach.GROUP),
        ("ff02::fb", Reach.GROUP),
    ],
)
def test_reach_with_configuration(address: str, expected: Reach) -> None:
    """What the operator calls the library's own is local, public number or not; a vendor's network is where it is."""
    assert expected is POLICY.endpoint(packed(address), 1).reach


@pytest.mark.parametrize(
    ("address", "name", "expected"),
    [
        ("192.0.2.77", b"a.b.vendor.co.uk", "vendor.co.uk"),
        ("10.1.2.3", b"desk.library.example", "library.example"),
        ("192.0.2.10", b"a.vendor.example", "ils"),
        ("10.99.1.2", b"annas-laptop.example", ""),
        ("2001:db8:99::2", b"annas-laptop.example", ""),
        ("198.51.100.4", b"desk.library.example", ""),
    ],
)
def test_names(address: str, name: bytes, expected: str) -> None:
    """An end goes by the registrable domain, but an asset by its own name, and none that may not be seen by any."""
    end = POLICY.endpoint(packed(address), 443)
    assert expected == POLICY.named(end, host_name(Raw(name))).name
    assert end == POLICY.named(end, None)


def test_link_local_addresses_without_patrons() -> None:
    """Where there are no patrons' devices, a link-local address is none of theirs."""
    assert "fe80::1" == NamingPolicy(ZONES[1:]).endpoint(packed("fe80::1"), 1).address


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**80 - 1), st.integers(0, 65_535))
def test_no_patrons_address_is_ever_shown(low: int, host: int, port: int) -> None:
    """Whatever device it is, in whatever notation: only the zone's name is shown."""
    v4 = bytes([10, 99, *low.to_bytes(2)])
    for address in (v4, bytes(10) + b"\xff\xff" + v4, packed("2001:db8:99::")[:6] + host.to_bytes(10)):
        end = POLICY.endpoint(address, port)
        assert end.asset in ("", "printer")
        if not end.asset:
            assert ("", "", "patron-wifi") == (end.address, end.name, end.zone)


def test_more_addresses_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What falls out of memory is looked up again."""
    monkeypatch.setattr("monitor.privacy.naming.MAX_ADDRESSES", 2)
    policy = NamingPolicy(ZONES)
    for _ in range(2):
        for host in range(5):
            assert f"10.1.0.{host}" == policy.endpoint(bytes([10, 1, 0, host]), 1).address
    assert 2 == policy._describe.cache_info().currsize


@given(st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16))
def test_an_address_of_which_nothing_was_said(address: bytes) -> None:
    """It is described alike whether or not anything was said of others."""
    others = NamingPolicy(assets=(Asset(name=Label("it"), addresses=(ip_address("192.0.2.77"),), role=Role.ILS),))
    assert NamingPolicy().endpoint(address, 80) == others.endpoint(address, 80)
