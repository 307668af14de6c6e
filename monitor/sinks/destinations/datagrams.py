"""Datagrams to a socket of this machine or to a server: a message is one of them.

Rule: nobody answers a datagram, so what becomes of it is seldom known. A socket of this machine says when nobody
listens; over UDP the other machine says so a moment later, and only then. So where there is a doubt that moment is
waited for before a message counts as delivered.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable

from monitor.sinks.destinations.trouble import trouble

PATIENCE_SECONDS = 5.0
"""For a local daemon whose queue is full."""
DOUBT_SECONDS = 0.2
"""In which a refusal comes back through any library's network."""


def to_local(path: str) -> Callable[[], socket.socket]:
    """What connects to a socket of this machine."""

    def connect() -> socket.socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        try:
            made.settimeout(PATIENCE_SECONDS)
            made.connect(path)
        except BaseException:
            made.close()
            raise
        return made

    return connect


def to_server(host: str, port: int) -> Callable[[], socket.socket]:
    """What connects to a server over UDP."""

    def connect() -> socket.socket:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(PATIENCE_SECONDS)
            made.connect(place)
        except BaseException:
            made.close()
            raise
        return made

    return connect


class Datagrams:
    """A destination that is connected when it is needed. To be closed."""

    def __init__(self, shown: str, connect: Callable[[], socket.socket]) -> None:
        """`shown` names it in messages; see `to_local` and `to_server`."""
        self._shown = shown
        self._connect = connect
        self._socket: socket.socket | None = None
        self._doubts = True

    def check(self) -> None:
        """Make sure that there is somebody to send to, as far as that can be known.

        Raises:
            DeliveryError: there is nobody.
        """
        if self._socket is None:
            try:
                self._socket = self._connect()
            except OSError as error:
                raise trouble(self._shown, error) from None

    def send(self, message: bytes) -> bool:
        """Send a message; once more where a daemon was started anew meanwhile.

        Raises:
            DeliveryError: it cannot be sent.
        """
        try:
            self._send(message)
        except OSError as error:
            self._doubts = True
            if isinstance(error, TimeoutError):
                raise trouble(self._shown, error) from None
            self.close()
            try:
                self._send(message)
            except OSError as again:
                self.close()
                raise trouble(self._shown, again) from None
        return True

    def close(self) -> None:
        """Let go of the socket."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, message: bytes) -> None:
        if self._socket is None:
            self._socket = self._connect()
        self._socket.send(message)
        if self._doubts and self._socket.family != socket.AF_UNIX:
            poll = select.poll()
            poll.register(self._socket, select.POLLERR)
            if poll.poll(DOUBT_SECONDS * 1_000):
                number = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                raise OSError(number, os.strerror(number))
        self._doubts = False
