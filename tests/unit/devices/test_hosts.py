"""Hosts of the catalog are found by name and by question, compiled and from sources."""

from __future__ import annotations

import pytest

from monitor.devices.hosts import Hosts
from monitor.privacy.labels import typed
from tests.support.uncompiled import load_source

HOSTS = (("*.vendor.example", typed("one")), ("exact.example.org", typed("two")), ("*.eu.vendor.example", typed("eu")))
BOTH = [Hosts(HOSTS), load_source("monitor.devices.hosts").Hosts(HOSTS)]


def sent(*labels: bytes) -> bytes:
    """A name at the beginning of a question."""
    return b"".join(bytes((len(label),)) + label for label in labels)


@pytest.mark.parametrize("hosts", BOTH, ids=["compiled", "sources"])
def test_names(hosts: Hosts) -> None:
    """A wildcard is of the name itself and of all below it; what is nobody's is nobody's."""
    assert ("one",) == hosts.find("vendor.example")
    assert ("eu", "one") == hosts.find("a.eu.vendor.example")
    assert ("two",) == hosts.find("exact.example.org")
    for name in ("", ".", "example", ".example", "vendor.example.", "x.exact.example.org", "avendor.example", "org"):
        assert () == hosts.find(name)


@pytest.mark.parametrize("hosts", BOTH, ids=["compiled", "sources"])
def test_questions(hosts: Hosts) -> None:
    """What a message asks for is found as its name is; what is cut off or has a dot in a label is not."""
    whole = sent(b"Cam", b"vendor", b"EXAMPLE")
    for end in (b"", b"\0", b"\0\0\x01\0\x01", b"\xc0\x0c"):
        assert ("one",) == hosts.find_asked(whole + end)
    assert ("one",) == hosts.find_asked(sent(b"a.b", b"vendor", b"example"))
    assert () == hosts.find_asked(sent(b"exact.example", b"org"))
    assert () == hosts.find_asked(sent(b"exact", b"example.org"))
    for size in range(len(whole)):
        assert () == hosts.find_asked(whole[:size])
    assert () == hosts.find_asked(sent(*[b"x" * 63] * 4, b"vendor", b"example"))
