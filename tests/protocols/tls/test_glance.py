"""A client's hello at a glance: the signals of the name in it, and nothing where it takes the parser."""

from __future__ import annotations

import pytest

from monitor.protocols.tls.glance import read_name
from tests.protocols.tls.samples import BROWSER, MODERN_SERVER, client_hello, record, server_name


def hello(name: bytes) -> bytes:
    """A record with a client's hello that has a name."""
    return record(client_hello(server_name(name)))


def test_names() -> None:
    """A name of the catalog is its signal, whatever stands behind the hello; any other is none."""
    assert ("dahua-name",) == read_name(hello(b"www.easy4ipcloud.com"))
    assert ("dahua-name",) == read_name(hello(b"www.easy4ipcloud.com") + b"\x14\x03\x03\x00\x01\x01")
    assert () == read_name(record(BROWSER))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        hello(b"www.easy4ipcloud.com")[:-1],
        record(client_hello()),
        hello(b"192.0.2.1"),
        record(MODERN_SERVER),
        b"GET / HTTP/1.1\r\n\r\n",
    ],
    ids=["nothing", "part of a hello", "no name", "an address", "a server's hello", "something else"],
)
def test_what_takes_the_parser(data: bytes) -> None:
    """What is no whole hello of a client with a name is left to the parser."""
    assert read_name(data) is None
