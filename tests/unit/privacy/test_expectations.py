"""Whom a device may talk to follows from its zone's list, and from what every device needs."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from monitor.config.loading import load_config
from monitor.model.data import Role
from monitor.model.flow import Transport
from monitor.model.opaque import HostName
from monitor.privacy.expectations import Expectations, Relation, Verdict

TEXT = """\
local: ["2001:db8::/32", 198.51.100.0/24]
zones:
  - name: cameras
    audience: infrastructure
    networks: [10.40.0.0/24, "2001:db8:40::/64"]
    expect:
      - {asset: recorder}
      - {asset: mixed, ports: [554/tcp, 514/udp]}
      - {network: 10.1.0.0/24, ports: [123/udp]}
      - {network: 10.1.0.0/28, ports: [8443/tcp]}
      - {network: "2001:db8:1::/64", ports: [8443/tcp]}
      - {name: "*.updates.example", ports: [443/tcp]}
      - {name: time.example, ports: [8123/udp]}
  - {name: strict, audience: infrastructure, networks: [10.41.0.0/24], expect: []}
  - {name: staff, audience: staff, networks: [10.1.0.0/16]}
assets:
  - {name: recorder, address: [10.40.0.250, "2001:db8:40::250"], role: recorder}
  - {name: mixed, address: 10.1.9.9, role: server}
  - {name: resolver, address: 10.1.9.53, role: server}
"""
TCP, UDP = Transport.TCP, Transport.UDP


@pytest.fixture(scope="module")
def expectations(tmp_path_factory: pytest.TempPathFactory) -> Expectations:
    """What the text above expects."""
    path = tmp_path_factory.mktemp("config") / "c.yaml"
    path.write_text(TEXT, "utf-8")
    config = load_config(path)
    return Expectations(config.zones, config.assets, config.local)


def ask(
    expectations: Expectations,
    other: str,
    port: int,
    transport: Transport,
    *names: HostName | str,
    device: str = "10.40.0.7",
    device_port: int = 0,
) -> bool:
    """Whether a camera may talk to a host."""
    relation = Relation(ip_address(device).packed, None, ip_address(other).packed, port, transport, device_port)
    return expectations.judge(relation, names, 0) is Verdict.EXPECTED


@pytest.mark.parametrize(
    ("other", "port", "transport", "expected"),
    [
        ("10.40.0.250", 554, TCP, True),
        ("10.40.0.250", 40_000, UDP, True),
        ("::ffff:10.40.0.250", 9, TCP, True),
        ("2001:db8:40::250", 9, TCP, True),
        ("10.40.0.251", 554, TCP, False),
        ("10.1.9.9", 554, TCP, True),
        ("10.1.9.9", 554, UDP, False),
        ("10.1.9.9", 514, UDP, True),
        ("10.1.9.9", 80, TCP, False),
        ("10.1.0.200", 123, UDP, True),
        ("10.1.0.200", 8443, TCP, False),
        ("10.1.0.3", 8443, TCP, True),
        ("10.1.0.3", 123, UDP, True),
        ("10.1.1.1", 123, UDP, False),
        ("2001:db8:1::5", 8443, TCP, True),
        ("2001:db8:2::5", 8443, TCP, False),
        ("192.0.2.1", 443, TCP, False),
        ("10.1.9.53", 443, TCP, False),
    ],
)
def test_assets_and_networks(
    expectations: Expectations, other: str, port: int, transport: Transport, *, expected: bool
) -> None:
    """Each host that the list names is expected on the ports that it names, by any of its entries."""
    assert expected is ask(expectations, other, port, transport)


@pytest.mark.parametrize("device", ["::ffff:10.40.0.7", "2001:db8:40::7"])
def test_devices_of_any_ip_version(expectations: Expectations, device: str) -> None:
    """The list holds for all networks of the zone."""
    assert ask(expectations, "10.40.0.250", 1, TCP, device=device)
    assert not ask(expectations, "192.0.2.1", 443, TCP, device=device)


@pytest.mark.parametrize(
    ("name", "port", "expected"),
    [
        ("fw.updates.example", 443, True),
        ("a.b.c.updates.example", 443, True),
        ("FW.Updates.Example.", 443, True),
        ("updates.example", 443, False),
        ("fwupdates.example", 443, False),
        ("updates.example.evil.example", 443, False),
        (".updates.example", 443, False),
        ("", 443, False),
        (".", 443, False),
        ("..", 443, False),
        ("fw.updates.example", 80, False),
        ("time.example", 443, False),
        ("time.example", 8123, False),
    ],
)
def test_names(expectations: Expectations, name: str, port: int, *, expected: bool) -> None:
    """A wildcard is every name below, at any depth, and not the name itself; a name is itself alone."""
    assert expected is ask(expectations, "192.0.2.1", port, TCP, name)


def test_any_of_the_names(expectations: Expectations) -> None:
    """A host may have several names."""
    assert ask(expectations, "192.0.2.1", 443, TCP, "cdn.example", "fw.updates.example")
    assert ask(expectations, "192.0.2.1", 8123, UDP, "time.example")
    assert not ask(expectations, "192.0.2.1", 443, TCP, "cdn.example")


def test_names_off_the_wire(expectations: Expectations) -> None:
    """They are compared without being shown."""
    assert ask(expectations, "192.0.2.1", 443, TCP, HostName("fw.updates.example"))
    assert not ask(expectations, "192.0.2.1", 443, TCP, HostName("updates.example"))


@pytest.mark.parametrize(
    ("other", "port", "transport", "names", "expected"),
    [
        ("10.40.0.250", 53, UDP, (), True),
        ("10.1.0.200", 53, UDP, (), True),
        ("10.1.0.200", 53, TCP, (), True),
        ("10.1.9.9", 123, UDP, (), True),
        ("10.1.9.9", 123, TCP, (), False),
        ("10.1.9.53", 53, UDP, (), True),
        ("10.1.9.54", 53, UDP, (), False),
        ("192.0.2.53", 53, UDP, (), False),
        ("192.0.2.53", 123, UDP, ("pool.updates.example",), True),
        ("192.0.2.53", 123, UDP, ("pool.example",), False),
    ],
)
def test_dns_and_ntp(
    expectations: Expectations, other: str, port: int, transport: Transport, names: tuple[str, ...], *, expected: bool
) -> None:
    """They are expected with every host that the list names for anything, and with assets."""
    assert expected is ask(expectations, other, port, transport, *names)


@pytest.mark.parametrize(
    ("other", "port", "transport", "expected"),
    [
        ("10.9.9.9", 67, UDP, True),
        ("10.9.9.9", 67, TCP, False),
        ("fe80::1", 547, UDP, True),
        ("2001:db8:7::1", 547, UDP, True),
        ("198.51.100.1", 67, UDP, True),
        ("192.0.2.1", 67, UDP, False),
        ("255.255.255.255", 67, UDP, True),
        ("224.0.0.251", 5353, UDP, True),
        ("239.255.255.250", 3702, UDP, True),
        ("ff02::fb", 5353, UDP, True),
        ("255.255.255.255", 10_001, UDP, True),
        ("10.40.0.255", 37_810, UDP, True),
        ("10.41.0.255", 37_810, UDP, False),
    ],
)
def test_what_every_device_needs(
    expectations: Expectations, other: str, port: int, transport: Transport, *, expected: bool
) -> None:
    """DHCP at home, multicast, broadcast in its own network."""
    assert expected is ask(expectations, other, port, transport)


def test_ipv6_has_no_broadcast(expectations: Expectations) -> None:
    """The last address of an IPv6 network is a device like others."""
    assert not ask(expectations, "2001:db8:40::ffff:ffff:ffff:ffff", 9, UDP, device="2001:db8:40::7")


def test_who_opened_does_not_matter(expectations: Expectations) -> None:
    """A recorder that fetches video from a camera talks to the camera's port."""
    assert not ask(expectations, "10.1.9.9", 50_000, TCP)
    assert ask(expectations, "10.1.9.9", 50_000, TCP, device_port=554)
    assert not ask(expectations, "10.1.9.9", 50_000, TCP, device_port=80)
    assert not ask(expectations, "10.1.9.10", 50_000, TCP, device_port=554)
    assert not ask(expectations, "192.0.2.1", 50_000, UDP, device_port=53)


def test_an_empty_list(expectations: Expectations) -> None:
    """It expects what every device needs, and nothing else."""
    assert ask(expectations, "224.0.0.251", 5353, UDP, device="10.41.0.7")
    assert ask(expectations, "10.1.9.53", 53, UDP, device="10.41.0.7")
    assert not ask(expectations, "10.40.0.250", 554, TCP, device="10.41.0.7")


@pytest.mark.parametrize("device", ["10.1.2.3", "10.9.9.9", "192.0.2.1", "fe80::1"])
def test_where_nothing_is_said_only_the_internet_is_unexpected(expectations: Expectations, device: str) -> None:
    """Devices of zones without a list, and of no zone, are watched if they are cameras, and then need the house."""
    packed = ip_address(device).packed

    assert [False, True] == [expectations.watches(packed, role) for role in (Role.STAFF_PC, Role.CAMERA)]
    assert [True, False] == [ask(expectations, other, 23, TCP, device=device) for other in ("10.9.9.9", "192.0.2.1")]


def test_who_is_watched(expectations: Expectations) -> None:
    """Where there is a list, an empty one too, something can be unexpected."""
    assert [True, True] == [expectations.watches(ip_address(text).packed, None) for text in ("10.40.0.1", "10.41.0.1")]
    assert not Expectations().watches(bytes(4), None)
