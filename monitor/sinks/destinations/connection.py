"""A server that is sent to over TCP, with TLS or without: each message with its length before it (RFC 6587 3.4.1).

Rules: the connection is opened before there is anything to say, so that a server that cannot be reached is known in
time. TCP does not tell what the other end has taken: messages on their way when it goes down are lost, and all that
can be done is to look before each message whether it is still there.
"""

from __future__ import annotations

import socket
import ssl

from monitor.errors import DeliveryError
from monitor.sinks.destinations.trouble import trouble

PATIENCE_SECONDS = 10.0
"""For connecting, and for a server that takes nothing."""
_AT_ONCE = 4_096


class Connection:
    """A destination that is connected when it is needed. To be closed."""

    def __init__(self, shown: str, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        """`shown` names it in messages; `tls` holds who is trusted, None for a connection in the clear."""
        self._shown = shown
        self._place = host, port
        self._tls = tls
        self._socket: socket.socket | None = None

    def check(self) -> None:
        """Make sure that the server is there.

        Raises:
            DeliveryError: it is not.
        """
        try:
            self._connected()
        except OSError as error:
            self.close()
            raise self._trouble(error) from None

    def send(self, message: bytes) -> bool:
        """Send a message.

        Raises:
            DeliveryError: it cannot be sent, or only a part of it was.
        """
        try:
            self._connected().sendall(b"%d %b" % (len(message), message))
        except OSError as error:
            self.close()
            raise self._trouble(error) from None
        return True

    def close(self) -> None:
        """End the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _trouble(self, error: OSError) -> DeliveryError:
        match error:
            case ssl.SSLCertVerificationError():
                return DeliveryError(f"{self._shown}: its certificate cannot be trusted: {error.verify_message}")
            case ssl.SSLError():
                return DeliveryError(f"{self._shown}: TLS fails: {error.reason or 'the other end went away'}")
        return trouble(self._shown, error)

    def _connected(self) -> socket.socket:
        if self._socket is not None and not _is_open(self._socket):
            self.close()
        if self._socket is None:
            made = socket.create_connection(self._place, PATIENCE_SECONDS)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if self._tls is not None:
                made = self._tls.wrap_socket(made, server_hostname=self._place[0])
            self._socket = made
            if not _is_open(made):
                raise DeliveryError(f"{self._shown}: the server ended the connection")
        return self._socket


def _is_open(connection: socket.socket) -> bool:
    """Whether the other end is there, as far as is known here; whatever it says is left aside."""
    connection.settimeout(0)
    try:
        while connection.recv(_AT_ONCE):
            pass
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    finally:
        connection.settimeout(PATIENCE_SECONDS)
    return False
