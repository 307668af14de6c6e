"""Invented TLS handshakes, each as the pieces that either side sends in turn, from the start of its flow.

Hellos of browsers and of old devices are here, whole, in several records, and behind a warning.
"""

from __future__ import annotations

import struct

from monitor.model.flow import Side

CLIENT, SERVER = Side.ORIGINATOR, Side.RESPONDER
RANDOM = bytes(range(32))
SESSION = bytes(range(100, 132))
HANDSHAKE, ALERT, CHANGE, DATA = 22, 21, 20, 23
BROWSER_VERSIONS = (0x3A3A, 0x0304, 0x0303)
"""With a value that means nothing, as browsers send (RFC 8701)."""


def record(body: bytes, kind: int = HANDSHAKE, version: int = 0x0303) -> bytes:
    """One record."""
    return struct.pack("!BHH", kind, version, len(body)) + body


def message(kind: int, body: bytes) -> bytes:
    """One handshake message."""
    return bytes([kind]) + len(body).to_bytes(3) + body


def extension(kind: int, body: bytes = b"") -> bytes:
    """One extension."""
    return struct.pack("!HH", kind, len(body)) + body


def server_name(name: bytes) -> bytes:
    """The extension that says whom the client wants."""
    return extension(0, struct.pack("!HBH", len(name) + 3, 0, len(name)) + name)


def alpn(*words: bytes) -> bytes:
    """The extension that says what is to be spoken."""
    listed = b"".join(bytes([len(word)]) + word for word in words)
    return extension(16, struct.pack("!H", len(listed)) + listed)


def versions(*codes: int) -> bytes:
    """The client's list of versions."""
    listed = b"".join(struct.pack("!H", code) for code in codes)
    return extension(43, bytes([len(listed)]) + listed)


def client_hello(*extensions: bytes, version: int = 0x0303, session: bytes = SESSION, bare: bool = False) -> bytes:
    """A ClientHello message; `bare` leaves even the length of the extensions out."""
    body = struct.pack("!H", version) + RANDOM + bytes([len(session)]) + session
    body += struct.pack("!H", 6) + b"\x13\x01\x13\x02\xc0\x2f" + b"\x01\x00"
    joined = b"".join(extensions)
    return message(1, body if bare else body + struct.pack("!H", len(joined)) + joined)


def server_hello(*extensions: bytes, version: int = 0x0303, session: bytes = SESSION, early: bool = False) -> bytes:
    """A ServerHello message; `early` leaves out what drafts of TLS 1.3 left out."""
    body = struct.pack("!H", version) + RANDOM
    body += b"\x13\x01" if early else bytes([len(session)]) + session + b"\x13\x01\x00"
    joined = b"".join(extensions)
    return message(2, body + struct.pack("!H", len(joined)) + joined if joined else body)


def old_hello(version: int = 0x0301, ciphers: int = 9, session: int = 0, challenge: int = 16) -> bytes:
    """A client's hello in the form of SSL 2.0."""
    body = struct.pack("!BHHHH", 1, version, ciphers, session, challenge) + bytes(ciphers + session + challenge)
    return struct.pack("!H", 0x8000 | len(body)) + body


BROWSER = client_hello(
    extension(0x1A1A),
    server_name(b"catalog.example.org"),
    extension(10, b"\x00\x02\x00\x1d"),
    alpn(b"\x4a\x4a", b"h2", b"http/1.1"),
    versions(*BROWSER_VERSIONS),
    extension(51, b"\x00\x26\x00\x1d\x00\x20" + bytes(32)),
)
MODERN_SERVER = server_hello(extension(43, b"\x03\x04"), extension(51, b"\x00\x1d\x00\x20" + bytes(32)))
LARGE = client_hello(server_name(b"updates.example.net"), extension(0xFE0D, bytes(9_000)), versions(0x0304))


def in_records(whole: bytes, size: int) -> bytes:
    """A message cut into records of `size` bytes."""
    return b"".join(record(whole[at : at + size]) for at in range(0, len(whole), size))


CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "browser, TLS 1.3": [
        (CLIENT, record(BROWSER, version=0x0301)),
        (SERVER, record(MODERN_SERVER) + record(b"\x01", CHANGE) + record(bytes(900), DATA)),
        (CLIENT, record(b"\x01", CHANGE) + record(bytes(60), DATA)),
    ],
    "device, TLS 1.2": [
        (CLIENT, record(client_hello(server_name(b"cam-7.eu.vendor.example"), alpn(b"mqtt"), version=0x0303))),
        (SERVER, record(server_hello(alpn(b"mqtt")) + message(11, bytes(700)) + message(14, b""))),
        (CLIENT, record(message(16, bytes(130))) + record(b"\x01", CHANGE) + record(bytes(40))),
    ],
    "hello without extensions": [
        (CLIENT, record(client_hello(version=0x0300, session=b"", bare=True), version=0x0300)),
        (SERVER, record(server_hello(version=0x0300), version=0x0300)),
    ],
    "hellos in several records": [
        (CLIENT, in_records(BROWSER, 7)),
        (SERVER, in_records(MODERN_SERVER, 50) + record(bytes(30), DATA)),
    ],
    "large hello": [(CLIENT, record(LARGE, version=0x0301)), (SERVER, record(MODERN_SERVER))],
    "warning ahead of the server's hello": [
        (CLIENT, record(BROWSER)),
        (SERVER, record(b"\x01\x70", ALERT) + record(server_hello())),
    ],
    "refused": [(CLIENT, record(BROWSER)), (SERVER, record(b"\x02\x28", ALERT))],
    "drafts of TLS 1.3": [
        (CLIENT, record(client_hello(server_name(b"example.org"), versions(0x7F17, 0x0303)))),
        (SERVER, record(server_hello(extension(40, bytes(34)), version=0x7F12, early=True))),
    ],
}
"""By name; all of them begin with the first byte of their flow."""

ODD_CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "old device, hello in the form of SSL 2.0": [
        (CLIENT, old_hello()),
        (SERVER, record(server_hello(version=0x0301), version=0x0301) + record(message(11, bytes(300)))),
    ],
    "server answers something else": [(CLIENT, record(BROWSER)), (SERVER, b"HTTP/1.1 400 Bad Request\r\n\r\n")],
}
"""The same, but no gap in them can be got over, or another protocol knows one of their ends as well."""
