"""What certificates say of who shows them."""

from __future__ import annotations

import pytest

from monitor.audit.plants.tls import certificate
from monitor.devices.catalog import catalog
from monitor.devices.certificates import MAX_CERTIFICATE_BYTES, called, shown


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


def test_a_host_that_is_called_without_its_name() -> None:
    """What the client did not say, the certificate does; a wildcard stands for its domain."""
    assert ("hikvision-name",) == called(catalog(), certificate("x", "", "www.example.org", "*.hik-connect.com"))
    assert ("reolink-name",) == called(catalog(), certificate("P2P.reolink.com"))
    assert () == called(catalog(), certificate("www.example.org"))
    assert () == called(catalog(), b"hik-connect.com")
