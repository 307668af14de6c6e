"""What certificates say of who shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.audit.plants.tls import certificate
from monitor.devices.catalog import catalog
from monitor.devices.certificates import MAX_CERTIFICATE_BYTES, called, shown

OWN = certificate("axis-00408c123456", "Axis Communications AB", "a.example.org")


@pytest.mark.parametrize(
    ("common_name", "organization", "hosts", "expected"),
    [
        ("axis-00408c123456", "Axis Communications AB", (), ("axis-model-certificate",)),
        ("10.40.0.7", "", ("axis-00408c123456.local",), ("axis-model-certificate",)),
        ("IP Camera", "Vendor", (), ("says-camera-certificate",)),
        ("www.example.org", "Example", ("example.org",), ()),
    ],
)
def test_a_device_shows_who_it_is(
    common_name: str, organization: str, hosts: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    """By its subject, or by an alternative name."""
    assert expected == shown(catalog(), certificate(common_name, organization, *hosts))


def test_only_the_names_count() -> None:
    """Words elsewhere, in bytes that are no name, say nothing; neither does what is no certificate, or a huge one."""
    assert () == shown(catalog(), b"IP Camera")
    assert () == shown(catalog(), certificate("www.example.org") + b"IP Camera")
    assert () == shown(catalog(), certificate("IP Camera") + bytes(MAX_CERTIFICATE_BYTES))


@given(st.lists(st.tuples(st.integers(0, len(OWN) - 1), st.integers(0, 255)), min_size=1, max_size=9))
def test_nothing_that_is_wrong_with_one_stops_anybody(changes: list[tuple[int, int]]) -> None:
    """Versions, lengths, texts, extensions: devices and attackers write what they like."""
    der = bytearray(OWN)
    for place, byte in changes:
        der[place] = byte
    assert set(shown(catalog(), bytes(der))) <= {signal.name for signal in catalog().signals.values()}
    assert () == called(catalog(), bytes(der[:-1]))


def test_a_host_that_is_called_without_its_name() -> None:
    """What the client did not say, the certificate does; a wildcard stands for its domain."""
    assert ("hikvision-name",) == called(catalog(), certificate("x", "", "www.example.org", "*.hik-connect.com"))
    assert ("reolink-name",) == called(catalog(), certificate("P2P.reolink.com"))
    assert () == called(catalog(), certificate("www.example.org"))
    assert () == called(catalog(), b"hik-connect.com")
