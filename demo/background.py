"""The traffic around the leaks: encrypted web visits, name look-ups, address resolution. Nothing in it is a problem."""

from __future__ import annotations

import struct
from random import Random

from monitor.model.flow import Side
from tests.support.captures import Packet
from tests.support.conversation import Conversation, Host, datagram, is_at, who_has

SITES = ("www.example.com", "catalog.example.org", "news.example.net", "www.example.org")
RESOLVER = Host("10.1.0.53", 53)
GATEWAY = Host("10.20.0.1")


def _name(host: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode("ascii") for part in host.split(".")) + b"\0"


def look_up(asker: Host, host: str, at_ns: int, random: Random) -> list[Packet]:
    """A DNS question and its answer (RFC 1035)."""
    ident = random.randbytes(2)
    question = _name(host) + struct.pack("!HH", 1, 1)
    answer = struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + Host("203.0.113.80").packed
    return [
        Packet(at_ns, datagram(asker, RESOLVER, ident + struct.pack("!5H", 0x0100, 1, 0, 0, 0) + question)),
        Packet(
            at_ns + 9_000_000,
            datagram(RESOLVER, asker, ident + struct.pack("!5H", 0x8180, 1, 1, 0, 0) + question + answer),
        ),
    ]


def _handshake(kind: int, body: bytes) -> bytes:
    message = struct.pack("!B", kind) + struct.pack("!I", len(body))[1:] + body
    return b"\x16\x03\x01" + struct.pack("!H", len(message)) + message


def _hello(host: str, random: Random) -> bytes:
    """A TLS 1.3 ClientHello that names `host` (RFC 8446 4.1.2, RFC 6066 3)."""
    name = host.encode("ascii")
    extensions = struct.pack("!HHHBH", 0, len(name) + 5, len(name) + 3, 0, len(name)) + name
    extensions += struct.pack("!HHBHH", 43, 5, 4, 0x0304, 0x0303)
    session = b"\x20" + random.randbytes(32)
    suites = struct.pack("!H3H", 6, 0x1301, 0x1302, 0xC02F)
    return _handshake(
        1,
        b"\x03\x03"
        + random.randbytes(32)
        + session
        + suites
        + b"\x01\x00"
        + struct.pack("!H", len(extensions))
        + extensions,
    )


def _answer(random: Random) -> bytes:
    """The ServerHello that chooses TLS 1.3 (RFC 8446 4.1.3)."""
    extensions = struct.pack("!HHH", 43, 2, 0x0304)
    session = b"\x20" + random.randbytes(32)
    tail = struct.pack("!HBH", 0x1301, 0, len(extensions)) + extensions
    return _handshake(2, b"\x03\x03" + random.randbytes(32) + session + tail)


def visit(visitor: Host, host: str, at_ns: int, random: Random) -> list[Packet]:
    """One encrypted visit to a web site."""
    site = Host(f"203.0.113.{80 + SITES.index(host)}", 443, GATEWAY.hardware)
    talk = Conversation(visitor, site, at_ns, step_ns=11_000_000).open()
    talk.originator(_hello(host, random)).responder(_answer(random)).send(Side.ORIGINATOR, 0x10)
    for size in (random.randrange(120, 300), random.randrange(300, 900)):
        talk.originator(b"\x17\x03\x03" + struct.pack("!H", 96) + random.randbytes(96))
        talk.responder(b"\x17\x03\x03" + struct.pack("!H", size) + random.randbytes(size))
    return talk.close().packets


def resolve(asker: Host, wanted: Host, at_ns: int) -> list[Packet]:
    """Who has this address, and the answer."""
    return [Packet(at_ns, who_has(asker, wanted)), Packet(at_ns + 400_000, is_at(wanted, asker))]
