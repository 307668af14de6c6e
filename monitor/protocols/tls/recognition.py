"""Tells TLS from everything else by the first bytes of either end, on any port.

Only a hello counts: of a connection that was met later, records tell nothing that is wanted. The answer rests on the
first bytes of an end, as many as its hello needs to be certain, so it is the same however the bytes were cut. Compiled;
uncompiled it does the same.
"""

from __future__ import annotations

import cython

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.tls.collector import HANDSHAKE, HEADER_BYTES, HELLOS, OLD_HEADER_BYTES, is_old_hello
from monitor.protocols.tls.hello import CLIENT_HELLO

RECORD_BYTES = 16_384
"""The longest record in clear, RFC 8446 5.1."""
MESSAGE_HEADER_BYTES = 4
"""Type and length of a handshake message, RFC 8446 4."""
MIN_HELLO_BYTES = 38
"""Version, random, and the lengths of what follows, RFC 8446 4.1.3."""
MAX_HELLO_BYTES = 65_535 + 1_024
"""Its extensions hold 65,535 bytes; nobody's list of ciphers fills a kilobyte."""

_RECORD = cython.declare(cython.int, HANDSHAKE)
_HEADER_BYTES = cython.declare(cython.Py_ssize_t, HEADER_BYTES)
_BEHIND_HEADERS = cython.declare(cython.Py_ssize_t, HEADER_BYTES + MESSAGE_HEADER_BYTES)
_CLIENT = cython.declare(cython.int, CLIENT_HELLO)
_NEVER, _SURE, _LATER = Answer.NO, Answer.YES, Answer.MORE  # saves a look-up each time
_NO = Verdict(_NEVER)
_MORE = Verdict(_LATER)
_YES = (Verdict(_SURE, 0), Verdict(_SURE, 1))


def opens(data: bytes) -> bool:
    """Whether a flow that begins so begins with a client's hello, as nearly all do (`ProtocolSpec.opens`)."""
    is_hello: cython.bint = len(data) > _HEADER_BYTES and data[0] == _RECORD and data[_HEADER_BYTES] == _CLIENT
    return is_hello and _record(data) is _SURE


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001  # the contract's signature
    """Say whether a flow begins with a TLS hello (`monitor.model.contract.Probe`)."""
    more: cython.bint = not final
    end: cython.Py_ssize_t
    first: cython.int
    data: bytes
    for end in range(2):
        data = heads[end].data
        if data:
            first = data[0]
            answer = _record(data) if first == _RECORD else _old(data) if first & 0x80 else _NEVER
            if answer is _SURE:
                # A client's hello comes from its own end, a server's from the other.
                return _YES[end if first != _RECORD or data[_HEADER_BYTES] == _CLIENT else 1 - end]
            more = more and answer is _LATER
    return _MORE if more else _NO


@cython.cfunc
def _record(data: bytes) -> Answer:
    """Judge a record that begins like a handshake (RFC 8446 5.1), with the message that it should hold (4)."""
    size: cython.Py_ssize_t = len(data)
    if (size > 1 and data[1] != 3) or (size > 2 and data[2] > 4):  # noqa: PLR2004 (versions 3.0 to 3.4)
        return _NEVER
    if size <= _HEADER_BYTES:
        return _LATER
    length: cython.int = data[3] << 8 | data[4]
    if not 1 <= length <= RECORD_BYTES or data[_HEADER_BYTES] not in HELLOS:
        return _NEVER
    if length < MESSAGE_HEADER_BYTES:
        return _SURE
    if size < _BEHIND_HEADERS:
        return _LATER
    hello: cython.int = data[6] << 16 | data[7] << 8 | data[8]
    return _SURE if MIN_HELLO_BYTES <= hello <= MAX_HELLO_BYTES else _NEVER


def _old(data: bytes) -> Answer:
    """Judge what may be a client's hello in the form of SSL 2.0, which old devices still send to begin TLS."""
    if len(data) < OLD_HEADER_BYTES:
        return _LATER if data[2:3] in (b"", b"\x01") and data[3:4] in (b"", b"\x00", b"\x03") else _NEVER
    return _SURE if is_old_hello(data) else _NEVER
