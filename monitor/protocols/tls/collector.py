"""Puts a hello message together from the records and pieces in which one side sends it.

Rule: it asks for the number of bytes it needs before it looks again, so that a sender of single bytes costs no more.
Most hellos lie in the first record, whole in the first segment: those need no collector (`whole_end`). Compiled;
uncompiled it does the same.
"""

from __future__ import annotations

import cython

from monitor.model.closed import Enum
from monitor.model.contract import Octets
from monitor.protocols.tls.hello import CLIENT_HELLO, SERVER_HELLO

HELLO_BYTES = 16_384
"""Of one hello: lists of post-quantum keys and an encrypted inner hello stay below half of it."""
HELLO_RECORDS = 64
"""Records that one hello may be cut into; real senders use one or two."""
HEADER_BYTES = 5
HANDSHAKE = 22
"""Content type of a record, RFC 8446 5.1."""
HELLOS = (CLIENT_HELLO, SERVER_HELLO)

OLD_HEADER_BYTES = 11

_MESSAGE_HEADER = 4
BODY = HEADER_BYTES + _MESSAGE_HEADER
"""Where the body of a hello begins in its record."""
_BODY = cython.declare(cython.Py_ssize_t, BODY)
_HANDSHAKE = cython.declare(cython.int, HANDSHAKE)
_ALERT, _ALERT_BYTES, _WARNING = 21, 2, 1
"""RFC 5246 7.2: a server may warn that it does not know a name, and go on with its hello."""
_OLD_VERSIONS = (b"\x00\x02", b"\x03\x00", b"\x03\x01", b"\x03\x02", b"\x03\x03")


class Found(Enum):
    """What became of the bytes so far."""

    NOTHING_YET = "nothing yet"
    HELLO = "hello"
    OLD_HELLO = "old hello"
    """A client's hello in the form of SSL 2.0."""
    OVERSIZE = "oversize"
    OTHER = "other"
    """Something that is no hello."""


_NOTHING_YET, _HELLO, _OLD_HELLO = Found.NOTHING_YET, Found.HELLO, Found.OLD_HELLO
_OVERSIZE, _OTHER = Found.OVERSIZE, Found.OTHER  # saves a look-up each time


def whole_end(data: bytes) -> cython.Py_ssize_t:
    """Where the hello ends with which these bytes begin, if it lies in one record and all of it is there; else 0."""
    size: cython.Py_ssize_t = len(data)
    if size < _BODY or data[0] != _HANDSHAKE or data[1] != 3:  # noqa: PLR2004 (version 3.x)
        return 0
    record: cython.Py_ssize_t = data[3] << 8 | data[4]
    end: cython.Py_ssize_t = _BODY + (data[6] << 16 | data[7] << 8 | data[8])
    if data[HEADER_BYTES] not in HELLOS or end - _BODY > HELLO_BYTES or end > min(size, HEADER_BYTES + record):
        return 0
    return end


@cython.final
@cython.cclass
class Collector:
    """One side's hello."""

    kind = cython.declare(cython.int, visibility="readonly")
    """Type of the handshake message, once it is found."""
    body = cython.declare(bytes, visibility="readonly")
    """Its body; of a hello in the old form, the head of the message from its first byte."""
    _kept: bytearray | None
    _needed: cython.Py_ssize_t

    def __init__(self) -> None:
        self.kind = 0
        self.body = b""
        self._kept = None
        self._needed = 1

    @property
    def begun(self) -> bool:
        """True when a part of something is waiting for the rest."""
        return self._kept is not None

    def add(self, data: Octets) -> Found:
        """Take the next bytes; anything but `Found.NOTHING_YET` is the last word."""
        if self._kept is None:
            found = self._look(data)
            if found is _NOTHING_YET:
                self._kept = bytearray(data)
            return found
        self._kept += data
        if len(self._kept) < self._needed:
            return _NOTHING_YET
        found = self._look(self._kept)
        if found is not _NOTHING_YET:
            self._kept = None
        return found

    def _look(self, data: Octets | bytearray) -> Found:  # noqa: C901, PLR0911 (one return a case reads best)
        """Look for the whole message from the first record on."""
        if data[0] & 0x80:
            return self._old(data)
        at, size = 0, len(data)
        message = b""
        for _ in range(HELLO_RECORDS):
            body = at + HEADER_BYTES
            if size < body:
                self._needed = body
                return _OTHER if size > at and data[at] not in (HANDSHAKE, _ALERT) else _NOTHING_YET
            length = data[at + 3] << 8 | data[at + 4]
            if data[at] == _ALERT and length == _ALERT_BYTES and not message:
                at = body + length
                if size < at:
                    self._needed = at
                    return _NOTHING_YET
                if data[body] == _WARNING:
                    continue
                return _OTHER
            if data[at] != HANDSHAKE or data[at + 1] != 3 or not length:  # noqa: PLR2004 (version 3.x)
                return _OTHER
            at = body + length
            message += bytes(data[body:at])
            if message and message[0] not in HELLOS:
                return _OTHER
            end = _MESSAGE_HEADER
            if len(message) >= end:
                end += int.from_bytes(message[1:end])
                if end > HELLO_BYTES + _MESSAGE_HEADER:
                    return _OVERSIZE
                if len(message) >= end:
                    self.kind = message[0]
                    self.body = message[_MESSAGE_HEADER:end]
                    return _HELLO
            if size < at:
                self._needed = min(at, size + end - len(message))
                return _NOTHING_YET
        return _OVERSIZE

    def _old(self, data: Octets | bytearray) -> Found:
        """Look for a whole hello in the form of SSL 2.0."""
        if len(data) < OLD_HEADER_BYTES:
            self._needed = OLD_HEADER_BYTES
            return _NOTHING_YET
        head = bytes(data[:OLD_HEADER_BYTES])
        if not is_old_hello(head):
            return _OTHER
        end = 2 + ((head[0] & 0x7F) << 8 | head[1])
        if len(data) < end:
            self._needed = end
            return _OVERSIZE if end > HELLO_BYTES else _NOTHING_YET
        self.kind = CLIENT_HELLO
        self.body = head
        return _OLD_HELLO


def is_old_hello(data: bytes) -> bool:
    """Whether 11 bytes or more begin with a client's hello in the form of SSL 2.0 (RFC 5246 E.2)."""
    ciphers, session, challenge = (data[at] << 8 | data[at + 1] for at in (5, 7, 9))
    return (
        data[2] == CLIENT_HELLO
        and data[3:5] in _OLD_VERSIONS
        and (data[0] & 0x7F) << 8 | data[1] == OLD_HEADER_BYTES - 2 + ciphers + session + challenge
        and ciphers > 0
        and ciphers % 3 == 0
        and session in (0, 16)
        and challenge in range(16, 33)
    )
