"""Invented TLS handshakes, each as the pieces that either side sends in turn, from the start of its flow.

Hellos of browsers and of old devices are here, whole, in several records, and behind a warning.
"""

from __future__ import annotations

from monitor.audit.plants.tls import (
    ALERT,
    BROWSER_VERSIONS,
    CHANGE,
    CLIENT,
    DATA,
    SERVER,
    alpn,
    certificate,
    certificates,
    client_hello,
    extension,
    in_records,
    message,
    old_hello,
    record,
    server_hello,
    server_name,
    versions,
)
from monitor.model.flow import Side

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
    "a server that shows its names to a client that says none": [
        (CLIENT, record(client_hello())),
        (
            SERVER,
            in_records(server_hello() + certificates(certificate("a", "b", "*.hik-connect.com")), 90)
            + record(message(14, b"")),
        ),
        (CLIENT, record(message(16, bytes(130)))),
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
