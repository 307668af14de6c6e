"""A server of syslog over TCP, with TLS or without."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from types import TracebackType
from typing import Self


class Receiver:
    """Takes one connection at a time, in the thread of the test."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(30)
        self._tls = tls
        self.port: int = self._listener.getsockname()[1]
        self.connection: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hang_up()
        self._listener.close()

    def accept(self) -> None:
        """Take the next connection."""
        self.hang_up()
        taken, _ = self._listener.accept()
        taken.settimeout(30)
        self.connection = self._tls.wrap_socket(taken, server_side=True) if self._tls else taken

    def hang_up(self) -> None:
        """End the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def message(self) -> bytes:
        """The next message, by the length before it (RFC 6587 3.4.1)."""
        assert self.connection is not None
        length = b""
        while not length.endswith(b" "):
            length += self.connection.recv(1)
        data = b""
        while len(data) < int(length):
            data += self.connection.recv(int(length) - len(data))
        return data


def offered(certificate: Path, key: Path, ca: Path | None = None) -> ssl.SSLContext:
    """What secures the server; with `ca` it wants to know who sends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if ca is not None:
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
