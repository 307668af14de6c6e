"""The traffic around the leaks: encrypted visits, names, addresses, the time. Nothing of it is a problem by itself."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from random import Random

from monitor.model.flow import Side
from tests.support.captures import Packet
from tests.support.conversation import Conversation, Host, datagram, is_at, who_has

GATEWAY = Host("10.20.0.1")
SITES = {
    "www.example.com": Host("203.0.113.80", 443, GATEWAY.hardware),
    "catalog.example.org": Host("203.0.113.81", 443, GATEWAY.hardware),
    "news.example.net": Host("203.0.113.82", 443, GATEWAY.hardware),
    "www.example.org": Host("203.0.113.83", 443, GATEWAY.hardware),
}
RESOLVER = Host("10.1.0.53", 53)
CLOCK = Host("10.1.0.53", 123)
SECOND_NS = 10**9
_YEARS_1900_TO_1970 = 2_208_988_800
"""In seconds (RFC 5905 6)."""


def _name(host: str) -> bytes:
    return b"".join(bytes([len(part)]) + part.encode("ascii") for part in host.split(".")) + b"\0"


def look_up(asker: Host, host: str, found: Host, at_ns: int, random: Random) -> list[Packet]:
    """A DNS question and its answer (RFC 1035): the address of `found`."""
    ident = random.randbytes(2)
    question = _name(host) + struct.pack("!HH", 1, 1)
    answer = struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + found.packed
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


def visit(talk: Conversation, host: str, random: Random, sizes: Iterable[tuple[int, int]]) -> list[Packet]:
    """One encrypted connection to a site, with the bytes that either end sends in turn."""
    talk.open()
    talk.originator(_hello(host, random)).responder(_answer(random)).send(Side.ORIGINATOR, 0x10)
    for asked, answered in sizes:
        talk.originator(_sealed(asked, random)).responder(_sealed(answered, random))
    return talk.close().packets


def _sealed(size: int, random: Random) -> bytes:
    """A record of application data (RFC 8446 5.2)."""
    return b"\x17\x03\x03" + struct.pack("!H", size) + random.randbytes(size)


def ask_time(asker: Host, at_ns: int) -> list[Packet]:
    """What time is it? (RFC 5905 7.3)."""
    there_ns = at_ns + 1_200_000
    question = struct.pack("!BBbb3I", 0x23, 0, 10, -20, 0, 0, 0) + bytes(24) + _stamp(at_ns)
    reference = _stamp(at_ns - 400 * SECOND_NS)
    server = struct.pack("!BBbb2I", 0x24, 2, 10, -23, 1_310, 2_620) + Host("203.0.113.123").packed + reference
    answer = server + _stamp(at_ns) + _stamp(there_ns) + _stamp(there_ns + 40_000)
    return [
        Packet(at_ns, datagram(asker, CLOCK, question)),
        Packet(at_ns + 2_400_000, datagram(CLOCK, asker, answer)),
    ]


def _stamp(at_ns: int) -> bytes:
    """A moment in the protocol's own format: seconds of the century, and their fraction."""
    seconds, rest = divmod(at_ns, SECOND_NS)
    return struct.pack("!II", (seconds + _YEARS_1900_TO_1970) & 0xFFFFFFFF, (rest << 32) // SECOND_NS)


def resolve(asker: Host, wanted: Host, at_ns: int) -> list[Packet]:
    """Who has this address, and the answer."""
    return [Packet(at_ns, who_has(asker, wanted)), Packet(at_ns + 400_000, is_at(wanted, asker))]
