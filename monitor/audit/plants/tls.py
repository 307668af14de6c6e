"""TLS handshakes whose every value is a mark; certificates as servers show them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime

from monitor.audit.marks import Marks, Script
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


def in_records(whole: bytes, size: int) -> bytes:
    """A message cut into records of `size` bytes."""
    return b"".join(record(whole[at : at + size]) for at in range(0, len(whole), size))


def certificates(*chain: bytes) -> bytes:
    """The message with which a server shows them, its own first (RFC 5246 7.4.2)."""
    listed = b"".join(len(one).to_bytes(3) + one for one in chain)
    return message(11, len(listed).to_bytes(3) + listed)


def certificate(common_name: str, organization: str = "", *hosts: str) -> bytes:
    """One that a device signed itself (DER), with names of hosts as alternatives."""
    from cryptography import x509  # noqa: PLC0415 (as in the parser)
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 (the same)
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 (the same)
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 (the same)

    key = Ed25519PrivateKey.from_private_bytes(RANDOM)
    said = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        said.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    builder = x509.CertificateBuilder(x509.Name(said), x509.Name(said), key.public_key(), 1)
    builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2040, 1, 1, tzinfo=UTC)
    )
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = builder.add_extension(names, critical=False)
    signed: bytes = builder.sign(key, None).public_bytes(Encoding.DER)
    return signed


def tls(marks: Marks) -> Iterator[Script]:
    """Marks in the name, in what is to be spoken, in unknown extensions, in certificates and in data."""
    name = marks.mark("server name") + b".example.org"
    hello = client_hello(
        server_name(name),
        alpn(marks.mark("protocol"), b"h2"),
        extension(0x4321, marks.mark("extension")),
        versions(0x0304),
        session=marks.mark("session"),
    )
    answer = server_hello(alpn(marks.mark("protocol")), extension(0x4321, marks.mark("extension")))
    spoiled = record(message(11, marks.mark("certificate") * 20))
    data = record(marks.mark("data") * 20, DATA)
    yield [(CLIENT, record(hello)), (SERVER, record(answer) + spoiled), (CLIENT, data), (SERVER, data)]
    yield [(CLIENT, in_records(hello, 20)), (SERVER, in_records(answer, 20) + data)]
    for bad in (server_name(b" " + name), server_name(name * 9), extension(0, name), alpn(name)[:-1]):
        yield [(CLIENT, record(client_hello(bad))), (SERVER, record(server_hello(bad)) + data)]
    yield [(CLIENT, record(hello)[:-9])]  # and never an end
    shown = certificate(
        marks.mark("common name").decode("ascii") + " IP Camera",
        marks.mark("organization").decode("ascii"),
        marks.mark("host").decode("ascii") + ".hik-connect.com",
    )
    nameless = record(client_hello())
    yield [(CLIENT, nameless), (SERVER, record(server_hello()) + record(certificates(shown))), (CLIENT, data)]
    yield [(CLIENT, old_hello() + marks.mark("data")), (SERVER, marks.mark("data") * 9)]
