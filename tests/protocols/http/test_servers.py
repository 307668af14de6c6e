"""What web servers say of themselves, and who speaks ONVIF with whom."""

from __future__ import annotations

import pytest

from monitor.model.events import DeviceSign
from monitor.model.flow import Side
from monitor.protocols.http import SPEC

ENVELOPE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    b'%sxmlns:tds="http://www.onvif.org/ver10/device/wsdl"><s:Header/>\n<s:Body>%s</s:Body></s:Envelope>'
)
QUESTION, ANSWER = Side.ORIGINATOR, Side.RESPONDER


def envelope(inside: bytes, *, padding: int = 0) -> bytes:
    """A message of SOAP; `padding` stands ahead of its body as the namespaces of some servers do."""
    return ENVELOPE % (b'xmlns:x="%s" ' % (b"u" * padding), inside)


def ask(body: bytes, path: bytes = b"/device_service") -> tuple[Side, bytes]:
    """A question."""
    head = b"POST %s HTTP/1.1\r\nHost: 10.40.0.7\r\nContent-Type: application/soap+xml; charset=utf-8\r\n" % path
    return QUESTION, head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def answer(body: bytes, status: bytes = b"200 OK") -> tuple[Side, bytes]:
    """And its answer."""
    head = b"HTTP/1.1 %s\r\nServer: gSOAP/2.8\r\nContent-Type: application/soap+xml; charset=utf-8\r\n" % status
    return ANSWER, head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def signs(*pieces: tuple[Side, bytes], size: int = 1 << 20) -> list[tuple[Side, tuple[str, ...]]]:
    """Who is recognized by what."""
    parser = SPEC.parser(SPEC.options, True)  # noqa: FBT003  (the contract's signature)
    outputs = [
        output
        for side, data in pieces
        for at in range(0, len(data), size)
        for output in parser.feed(side, memoryview(data[at : at + size]))
    ]
    return [(one.side, tuple(map(str, one.signals))) for one in outputs if isinstance(one, DeviceSign)]


@pytest.mark.parametrize("size", [7, 1 << 20])
@pytest.mark.parametrize("padding", [0, 3_000])
@pytest.mark.parametrize("operation", [b"GetDeviceInformation", b"GetCapabilities", b"GetProfiles", b"GetStreamUri"])
def test_onvif_is_known_by_what_it_says(operation: bytes, padding: int, size: int) -> None:
    """Whatever the path is; once for each side of a connection, however long the namespaces are."""
    asked = ask(envelope(b"<tds:%s/>" % operation, padding=padding))
    said = answer(envelope(b"<tds:%sResponse><tds:Model>M</tds:Model></tds:%sResponse>" % (operation, operation)))
    expected = [(QUESTION, ("onvif-question",)), (ANSWER, ("onvif-answer",))]
    assert expected == signs(asked, said, asked, said, size=size)


def test_its_path_is_known_too() -> None:
    """Where a body is missing or refused."""
    asked = ask(b"", b"/onvif/device_service")
    assert [(ANSWER, ("onvif-service",))] == signs(asked, answer(b"", b"401 Unauthorized"))
    assert [] == signs(asked, answer(b"", b"404 Not Found"))


def test_other_soap_says_nothing() -> None:
    """Printers and library systems speak SOAP as well, and may have operations of such names."""
    inside = b"<n:GetStatusResponse xmlns:n='http://vendor.example/ns'/>"
    other = envelope(inside).replace(b"www.onvif.org/ver10", b"vendor.example/v1")
    assert [] == signs(ask(other), answer(other))
    assert [] == signs(ask(envelope(b"<n:Search>www</n:Search>")), answer(envelope(b"<n:Found/>")))
    assert [] == signs(ask(envelope(b"")), answer(b"www.onvif.org/ver10 <s:Body"))


def test_what_is_said_stays_inside() -> None:
    """Of a whole conversation, nothing but names of signals leaves."""
    said = answer(envelope(b"<tds:GetDeviceInformationResponse><tds:SerialNumber>marked-7</tds:SerialNumber>"))
    assert [(ANSWER, ("onvif-answer",))] == signs(ask(envelope(b"<tds:X/>")), said)
