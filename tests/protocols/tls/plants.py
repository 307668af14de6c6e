"""TLS handshakes whose every value is a mark: for the canary test."""

from __future__ import annotations

from collections.abc import Iterator

from tests.protocols.tls.samples import (
    CLIENT,
    DATA,
    SERVER,
    alpn,
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
from tests.support.marks import Marks, Script


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
    certificate = record(message(11, marks.mark("certificate") * 20))
    data = record(marks.mark("data") * 20, DATA)
    yield [(CLIENT, record(hello)), (SERVER, record(answer) + certificate), (CLIENT, data), (SERVER, data)]
    yield [(CLIENT, in_records(hello, 20)), (SERVER, in_records(answer, 20) + data)]
    for bad in (server_name(b" " + name), server_name(name * 9), extension(0, name), alpn(name)[:-1]):
        yield [(CLIENT, record(client_hello(bad))), (SERVER, record(server_hello(bad)) + data)]
    yield [(CLIENT, record(hello)[:-9])]  # and never an end
    yield [(CLIENT, old_hello() + marks.mark("data")), (SERVER, marks.mark("data") * 9)]
