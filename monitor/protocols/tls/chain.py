"""Puts together what a server sends up to its own certificate, which is in clear before TLS 1.3 (RFC 5246 7.4.2).

Rules: as for a hello, it asks for the number of bytes it needs before it looks again; what is no certificate at the
place where one belongs ends it.
"""

from __future__ import annotations

from monitor.model.contract import Octets
from monitor.protocols.tls.collector import HANDSHAKE, HEADER_BYTES
from monitor.protocols.tls.hello import SERVER_HELLO

CHAIN_BYTES = 24_576
"""Of a server's hello and its certificates: chains of four with large keys stay below half of it."""

_CERTIFICATE = 11
_MESSAGE_HEADER = 4
_LISTS = 6
"""Lengths of the list, and of the first certificate in it."""
_ALERT = 21


class Chain:
    """What a server sent so far."""

    __slots__ = ("_kept", "_needed")

    def __init__(self) -> None:
        self._kept = bytearray()
        self._needed = HEADER_BYTES

    def add(self, data: Octets) -> bytes | None:
        """Take the next bytes.

        Returns:
            the server's certificate (DER, X.509), nothing if it shows none, None while that may yet come.
        """
        self._kept += data
        if len(self._kept) < self._needed:
            return None
        if len(self._kept) > CHAIN_BYTES:
            return b""
        found = self._look()
        return b"" if found is None and self._needed > CHAIN_BYTES else found

    def _look(self) -> bytes | None:
        kept, at, messages = self._kept, 0, bytearray()
        while len(kept) >= at + HEADER_BYTES:
            body = at + HEADER_BYTES
            end = body + (kept[at + 3] << 8 | kept[at + 4])
            is_warning = kept[at] == _ALERT and not messages
            if not is_warning and (kept[at] != HANDSHAKE or end == body):
                return b""
            if len(kept) < end:
                self._needed = end
                return None
            if not is_warning:
                messages += kept[body:end]
            at = end
            leaf = _leaf(messages)
            if leaf is not None:
                return leaf
        self._needed = at + HEADER_BYTES
        return None


def _leaf(messages: bytearray) -> bytes | None:
    """The first certificate among handshake messages that begin with the server's hello."""
    if not messages:
        return None
    if messages[0] != SERVER_HELLO:
        return b""
    at = _MESSAGE_HEADER + int.from_bytes(messages[1:_MESSAGE_HEADER])
    body = at + _MESSAGE_HEADER
    if len(messages) < body:
        return None
    if messages[at] != _CERTIFICATE or int.from_bytes(messages[at + 1 : body]) < _LISTS:
        return b""
    start = body + _LISTS
    end = start + int.from_bytes(messages[start - 3 : start])
    return bytes(messages[start:end]) if len(messages) >= max(start, end) else None
