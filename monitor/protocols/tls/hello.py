"""Reads a whole hello message: version, server name, and what is to be spoken inside.

Rule: a hello whose lengths contradict each other is None; what stands in it beyond that is not judged. Compiled;
uncompiled it does the same.
"""

from __future__ import annotations

from functools import cache

import cython

from monitor.model.opaque import HostName, Raw
from monitor.privacy.names import host_name
from monitor.protocols.tls.events import Alpn, TlsClientHello, TlsServerHello, TlsVersion

CLIENT_HELLO = 1
SERVER_HELLO = 2

_SERVER_NAME = cython.declare(cython.int, 0)
_ALPN = cython.declare(cython.int, 16)
_VERSIONS = cython.declare(cython.int, 43)
_HEADER_BYTES = cython.declare(cython.Py_ssize_t, 4)
"""Type and length of an extension."""
_NAME_HEADER = cython.declare(cython.Py_ssize_t, 5)
"""Length of the list, kind of name, length of the name."""
_BEFORE_SESSION = cython.declare(cython.Py_ssize_t, 34)
"""Version and random."""
_TLS_1_3 = cython.declare(cython.int, 0x0304)
_DRAFT = cython.declare(cython.int, 0x7F)
_LAST_EARLY = cython.declare(cython.int, 21)
_CODES: dict[int, TlsVersion] = {
    0x0002: TlsVersion.SSL_2,
    0x0300: TlsVersion.SSL_3,
    0x0301: TlsVersion.TLS_1_0,
    0x0302: TlsVersion.TLS_1_1,
    0x0303: TlsVersion.TLS_1_2,
    0x0304: TlsVersion.TLS_1_3,
}
_OTHER, _OTHER_ALPN = TlsVersion.OTHER, Alpn.OTHER  # saves a look-up each time
_ALPNS = {one.value.encode(): one for one in Alpn if one is not Alpn.OTHER}


def read_client_hello(body: bytes) -> TlsClientHello | None:
    """Read a ClientHello (RFC 8446 4.1.2), without the header of the handshake message."""
    read = _read_client(body)
    if read is None:
        return None
    version, name, alpn = read
    return TlsClientHello(version=_CODES.get(version, _OTHER), server_name=name, alpn=alpn)


def read_server_name(body: bytes) -> HostName | None:
    """Whom the client wants to talk to; None where it does not say, or says anything that is out of order."""
    read = _read_client(body)
    return None if read is None else read[1]


@cython.cfunc
def _read_client(body: bytes) -> tuple[int, HostName | None, tuple[Alpn, ...]] | None:
    """The code of the version, the server's name, and what is to be spoken."""
    name: HostName | None = None
    alpn: tuple[Alpn, ...] = ()
    at: cython.Py_ssize_t = _BEFORE_SESSION
    start: cython.Py_ssize_t
    end: cython.Py_ssize_t
    kind: cython.int
    version: cython.int
    try:
        at += 1 + body[at]
        at += 2 + (body[at] << 8 | body[at + 1])  # ciphers
        at += 1 + body[at]  # compression
        version = body[0] << 8 | body[1]
        end = _extensions_end(body, at)
        at += 2
        while at < end:
            kind = body[at] << 8 | body[at + 1]
            start = at + _HEADER_BYTES
            at = start + (body[at + 2] << 8 | body[at + 3])
            if at > end:
                return None
            if kind == _SERVER_NAME:
                name = _server_name(body, start, at)
            elif kind == _ALPN:
                alpn = _spoken(body, start + 2, at)
            elif kind == _VERSIONS:
                version = _highest(body, start + 1, at - 1)
    except IndexError:
        return None
    return version, name, alpn


def read_server_hello(body: bytes) -> TlsServerHello | None:
    """Read a ServerHello (RFC 8446 4.1.3), without the header of the handshake message."""
    alpn: tuple[Alpn, ...] = ()
    at: cython.Py_ssize_t = _BEFORE_SESSION
    start: cython.Py_ssize_t
    end: cython.Py_ssize_t
    kind: cython.int
    version: cython.int
    try:
        # Drafts of TLS 1.3 up to 21 sent neither session id nor compression, and said so in the old place.
        if body.startswith(b"\x03\x04") or (body[0] == _DRAFT and body[1] <= _LAST_EARLY):
            at += 2
        else:
            at += 1 + body[at] + 3  # cipher, compression
        version = _code(body, 0)
        end = _extensions_end(body, at)
        at += 2
        while at < end:
            kind = body[at] << 8 | body[at + 1]
            start = at + _HEADER_BYTES
            at = start + (body[at + 2] << 8 | body[at + 3])
            if at > end:
                return None
            if kind == _ALPN:
                alpn = _spoken(body, start + 2, at)
            elif kind == _VERSIONS:
                version = _code(body, start)
    except IndexError:
        return None
    return _server_hello(version, alpn[0] if alpn else None)


@cache
def _server_hello(code: int, alpn: Alpn | None) -> TlsServerHello:
    """The one that says this; there are few."""
    return TlsServerHello(version=_CODES.get(code, _OTHER), alpn=alpn)


def read_old_hello(data: bytes) -> TlsClientHello:
    """Read a client's hello in the form of SSL 2.0 (RFC 5246 E.2), which has no extensions."""
    version = _CODES.get(data[3] << 8 | data[4], TlsVersion.OTHER)
    return TlsClientHello(version=version, server_name=None, alpn=())


@cython.cfunc
@cython.exceptval(-1)
def _extensions_end(body: bytes, at: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the extensions that may stand at `at` end (RFC 8446 4.2); there may be none at all."""
    if at == len(body):
        return at
    end: cython.Py_ssize_t = at + 2 + (body[at] << 8 | body[at + 1])
    if end > len(body):
        raise IndexError
    return end


@cython.cfunc
def _server_name(body: bytes, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> HostName | None:
    """The first host name of a list (RFC 6066 3)."""
    if end - at < _NAME_HEADER or body[at + 2]:
        return None
    start: cython.Py_ssize_t = at + _NAME_HEADER
    stop: cython.Py_ssize_t = start + (body[start - 2] << 8 | body[start - 1])
    return host_name(Raw(body[start : min(stop, end)]))


@cython.cfunc
def _spoken(body: bytes, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> tuple[Alpn, ...]:
    """The protocols of an ALPN list (RFC 7301 3.1), in order, none twice, GREASE (RFC 8701) left out."""
    found = []
    stop: cython.Py_ssize_t
    while at < end:
        stop = at + 1 + body[at]
        word = body[at + 1 : stop]
        if not (len(word) == 2 and word[0] == word[1] and word[0] & 0x0F == 0x0A):  # noqa: PLR2004 (two equal bytes)
            one = _ALPNS.get(word, _OTHER_ALPN)
            if one not in found:
                found.append(one)
        at = stop
    return tuple(found)


@cython.cfunc
@cython.exceptval(-1)
def _highest(body: bytes, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
    """The highest of a list of versions (RFC 8446 4.2.1), which has one at least."""
    highest: cython.int = -1
    while at < end:
        highest = max(highest, _code(body, at))
        at += 2
    if highest < 0:
        raise IndexError
    return highest


@cython.cfunc
@cython.exceptval(-1)
def _code(body: bytes, at: cython.Py_ssize_t) -> cython.int:
    """A version's code; a draft's is that of TLS 1.3, and what is no version (GREASE among them) is 0."""
    high: cython.int = body[at]
    if high == 0x7F or high == 0x7E or high == 0xFB:  # noqa: PLR1714, PLR2004 (by which drafts went; C compares numbers)
        return _TLS_1_3
    code: cython.int = high << 8 | body[at + 1]
    return code if 0x0300 <= code <= _TLS_1_3 or code == 0x0002 else 0  # noqa: PLR2004 (those in `_CODES`)
