"""What devices say of themselves over UDP, with marks for every value. Each piece is one datagram."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from monitor.audit.marks import Marks, Script
from monitor.audit.plants.dns import name
from monitor.model.flow import Side

SPEAKER, OTHER = Side.ORIGINATOR, Side.RESPONDER
HARDWARE = bytes.fromhex("02005e100001")
"""Of nobody: made up, as its second bit says."""
PTR, TXT = 12, 16


def dhcp(
    *options: tuple[int, bytes], answer: bool = False, hardware: bytes = HARDWARE, given: bytes = bytes(4)
) -> bytes:
    """A message of DHCP (RFC 2131 2); `given` is the address that an answer brings."""
    head = struct.pack("!BBBB", 2 if answer else 1, 1, 6, 0) + b"\x12\x34\x56\x78" + bytes(4)
    fixed = head + bytes(4) + given + bytes(8) + hardware + bytes(10) + bytes(192)
    return (
        fixed + b"\x63\x82\x53\x63" + b"".join(bytes((code, len(value))) + value for code, value in options) + b"\xff"
    )


def mdns(service: str, text: bytes = b"", *, question: bool = False) -> bytes:
    """An answer of mDNS that offers a service, or a question for one (RFC 6763 4.1)."""
    owner = name(f"{service}.local")
    if question:
        return struct.pack("!6H", 0, 0, 1, 0, 0, 0) + owner + struct.pack("!HH", PTR, 1)
    said = bytes((len(text),)) + text
    record = owner + struct.pack("!HHIH", TXT, 0x8001, 120, len(said)) + said
    return struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0) + record


def ssdp(opening: str, **fields: str) -> bytes:
    """A message of SSDP (UPnP Device Architecture 1.0, 1.1)."""
    return "\r\n".join([opening, *(f"{key}: {value}" for key, value in fields.items()), "", ""]).encode()


def discovery_xml(action: str, types: str, scopes: str = "") -> bytes:
    """A message of WS-Discovery 1.0."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Body>'
        f"<d:{action}><d:Types>{types}</d:Types><d:Scopes>{scopes}</d:Scopes></d:{action}></s:Body></s:Envelope>"
    ).encode()


def discovery(marks: Marks) -> Iterator[Script]:
    """Marks in names, classes, parameter lists, texts, addresses of cards, and behind openings."""
    loose = marks.mark("loose")
    word = marks.mark("name").decode("ascii")
    hardware = marks.mark("hardware")[:6]
    yield [
        (SPEAKER, dhcp((53, b"\x03"), (12, marks.mark("host")), (60, b"udhcp 1.2 " + loose), hardware=hardware)),
        (OTHER, dhcp((53, b"\x05"), (15, marks.mark("domain")), answer=True, given=b"\xc0\x00\x02\x09")),
        (SPEAKER, dhcp((55, marks.mark("parameters"))) + loose),
    ]
    yield [(SPEAKER, mdns("_rtsp._tcp", b"IP Camera " + loose)), (SPEAKER, mdns(word, loose, question=True))]
    yield [(SPEAKER, ssdp("NOTIFY * HTTP/1.1", NTS="ssdp:alive", USN=word, SERVER=f"IP Camera {word}"))]
    yield [
        (SPEAKER, discovery_xml("Hello", f"dn:NetworkVideoTransmitter {word}", f"onvif://www.onvif.org/name/{word}"))
    ]
    yield [(SPEAKER, bytes.fromhex("f1310014") + (loose * 2)[:20])]
    yield [(SPEAKER, loose), (OTHER, loose)]
