"""Names, addresses, networks, ports and host names are read as they are written, or refused."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.notation import (
    parse_address,
    parse_host,
    parse_name,
    parse_network,
    parse_own_network,
    parse_port,
    parse_site,
)
from monitor.config.shapes import UnfitError
from monitor.model.flow import Transport
from monitor.privacy.places import Port


@pytest.mark.parametrize(
    "text",
    ["patron-wifi", "Main desk", "Children's room (2nd floor)", "Büro", "कैमरा", "44:19:22", "a", "0123", "10.30"],
)
def test_names(text: str) -> None:
    """A name is what people call things, in any language, and what may be a label of a metric."""
    assert text == parse_name(text)


def test_one_name_has_one_spelling() -> None:
    """However an editor composes a letter, it is the same name."""
    assert "Büro" == parse_name("Bu\u0308ro")


@pytest.mark.parametrize(
    "text", [" desk", "desk ", "-desk", "a\nb", 'a"b', "a\\b", "{a}", "a\u202eb", "a\u200bb", "a" * 65]
)
def test_no_names(text: str) -> None:
    """What would have to be escaped, or could not be seen, is no name."""
    with pytest.raises(UnfitError):
        parse_name(text)


@pytest.mark.parametrize("text", ["a\nb", " a", "a" * 101, "a\x1bb"])
def test_no_site(text: str) -> None:
    """The site's name is one line."""
    with pytest.raises(UnfitError):
        parse_site(text)


@given(st.ip_addresses(), st.integers(0, 128))
def test_networks(address: object, length: int) -> None:
    """Any network that Python writes is read; one with host bits is refused with the network that was meant."""
    assert isinstance(address, type(ip_address("10.0.0.0")) | type(ip_address("::")))
    network = ip_network((address, min(length, address.max_prefixlen)), strict=False)
    if getattr(network.network_address, "ipv4_mapped", None) or getattr(address, "ipv4_mapped", None):
        return
    assert network == parse_network(str(network))
    if address != network.network_address:
        with pytest.raises(UnfitError) as refused:
            parse_network(f"{address}/{network.prefixlen}")
        assert str(network) in refused.value.hint


def test_everything_is_a_network_to_talk_to_but_not_to_be_in() -> None:
    """An expectation may name the whole internet, a zone may not."""
    assert ip_network("0.0.0.0/0") == parse_network("0.0.0.0/0")
    with pytest.raises(UnfitError):
        parse_own_network("::/0")


@pytest.mark.parametrize("text", ["10.30.0.5", "fd00:30::5", "192.0.2.1", "2001:DB8::1"])
def test_addresses(text: str) -> None:
    """An address is read in any of its notations."""
    assert ip_address(text) == parse_address(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("443/tcp", Port(443, Transport.TCP)),
        ("1/udp", Port(1, Transport.UDP)),
        ("65535/udp", Port(65535, Transport.UDP)),
    ],
)
def test_ports(text: str, expected: Port) -> None:
    """A port has its transport."""
    assert expected == parse_port(text)
    assert text == str(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Updates.Example", "updates.example"),
        ("updates.example.", "updates.example"),
        ("*.updates.example", "*.updates.example"),
        ("nvr", "nvr"),
        ("_sip._tcp.example", "_sip._tcp.example"),
        ("xn--bro-hoa.example", "xn--bro-hoa.example"),
    ],
)
def test_hosts(text: str, expected: str) -> None:
    """Names are compared in lower case, without the dot at the end."""
    assert expected == parse_host(text)


NO_HOSTS = ["*", "*.", "**.a.example", "a.*.example", "*a.example", "a b.example", "-a.example", "a..b", ".a", "a/b"]


@pytest.mark.parametrize(
    "text", [*NO_HOSTS, "::1", "1.2.3.4", "a" * 64 + ".example", ".".join(["a" * 50] * 6), "ü" * 100 + ".example"]
)
def test_no_hosts(text: str) -> None:
    """What cannot stand in a DNS answer is refused."""
    with pytest.raises(UnfitError):
        parse_host(text)


@pytest.mark.parametrize("parse", [parse_address, parse_host, parse_name, parse_network, parse_own_network, parse_port])
@given(st.text(min_size=1, max_size=30))
def test_anything_else_is_unfit(parse: Callable[[str], object], text: str) -> None:
    """Whatever is typed becomes a value or a mistake, never another error."""
    try:
        parse(text)
    except UnfitError as unfit:
        assert unfit.what  # noqa: PT017 (both ways are right)
