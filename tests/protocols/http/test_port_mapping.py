"""A request that opens a way in through a router (UPnP) is told, and others with such words are not."""

from __future__ import annotations

import pytest

from monitor.model.events import PortMapping
from monitor.model.flow import Side
from monitor.protocols.http import SPEC

SERVICE = b"urn:schemas-upnp-org:service:WANIPConnection:1"


def heard(head: bytes) -> int:
    """How often it is told of one request."""
    parser = SPEC.parser(SPEC.options, True)  # noqa: FBT003  (the contract's signature)
    told = [*parser.feed(Side.ORIGINATOR, memoryview(head))]
    return sum(isinstance(one, PortMapping) for one in told)


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        (b"POST /ctl/IPConn", b'SOAPACTION: "' + SERVICE + b'#AddPortMapping"', 1),
        (b"POST /ctl/IPConn", b"SoapAction: " + SERVICE + b"#AddAnyPortMapping", 1),
        (b"POST /ctl/IPConn", b'SOAPACTION: "' + SERVICE + b'#DeletePortMapping"', 0),
        (b"POST /ctl/IPConn", b'SOAPACTION: "' + SERVICE + b'#AddPortMappings"', 0),
        (b"POST /ctl/IPConn", b"X-Note: " + SERVICE + b"#AddPortMapping", 0),
        (b"GET /ctl/IPConn", b'SOAPACTION: "' + SERVICE + b'#AddPortMapping"', 0),
    ],
)
def test_what_opens_a_port(line: bytes, field: bytes, expected: int) -> None:
    """By its action alone; nothing of what is asked for is kept."""
    head = line + b" HTTP/1.1\r\nHost: 10.40.0.1:5000\r\n" + field + b"\r\nContent-Length: 0\r\n\r\n"

    assert expected == heard(head)
