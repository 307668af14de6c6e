"""Hosts are known for what they do by name, address, port of their own, or protocol."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from monitor.config.catalog import shipped_services
from monitor.model.events import Trait
from monitor.model.flow import Transport
from monitor.model.opaque import HostName, Label
from monitor.privacy.services import Services

DNS, RELAY = {Trait.ENCRYPTED_DNS}, {Trait.RELAY}


@pytest.mark.parametrize(
    ("address", "port", "transport", "protocol", "names", "expected"),
    [
        ("203.0.113.9", 443, Transport.TCP, "tls", ["dns.google"], DNS),
        ("203.0.113.9", 443, Transport.TCP, "tls", ["mozilla.cloudflare-dns.com"], DNS),
        ("203.0.113.9", 443, Transport.TCP, "tls", ["mydns.google"], set()),
        ("8.8.8.8", 443, Transport.TCP, "tls", [], DNS),
        ("::ffff:8.8.8.8", 443, Transport.UDP, "udp", [], DNS),
        ("8.8.8.8", 53, Transport.UDP, "dns", [], set()),
        ("203.0.113.9", 853, Transport.TCP, "tls", [], DNS),
        ("203.0.113.9", 32_100, Transport.UDP, "udp", ["m4.iotcplatform.com"], RELAY),
        ("203.0.113.9", 32_100, Transport.UDP, "udp", [], set()),
        ("203.0.113.9", 3_478, Transport.UDP, "stun", [], RELAY),
        ("203.0.113.9", 853, Transport.UDP, "udp", ["x", "p2p7.reolink.com"], DNS | RELAY),
    ],
)
def test_what_is_known(  # noqa: PLR0917 (a row of a table)
    address: str, port: int, transport: Transport, protocol: str, names: list[str], expected: set[Trait]
) -> None:
    """Of the shipped ones; a port that others use as well says nothing."""
    services = Services(shipped_services)
    told = services.traits(ip_address(address).packed, port, transport, Label(protocol), map(HostName, names))

    assert expected == told


def test_others_are_adopted() -> None:
    """What was worked out before is forgotten."""
    services = Services(shipped_services)
    ask = (ip_address("8.8.8.8").packed, 443, Transport.TCP, Label("tls"), ())
    before = services.traits(*ask)
    services.adopt(Services())

    assert (DNS, set()) == (before, services.traits(*ask))
