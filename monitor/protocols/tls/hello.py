"""Reads a whole hello message: version, server name, and what is to be spoken inside.

Rule: a hello whose lengths contradict each other is None; what stands in it beyond that is not judged.
"""

from __future__ import annotations

from struct import Struct, error

from monitor.model.opaque import HostName, Raw
from monitor.privacy.names import host_name
from monitor.protocols.tls.events import Alpn, TlsClientHello, TlsServerHello, TlsVersion

CLIENT_HELLO = 1
SERVER_HELLO = 2

_SERVER_NAME, _ALPN, _VERSIONS = 0, 16, 43
_HEADER = Struct("!HH").unpack_from
"""Type and length of an extension."""
_NAME_HEADER = 5
"""Length of the list, kind of name, length of the name."""
_BEFORE_SESSION = 34
"""Version and random."""
_TLS_1_3 = 0x0304
_DRAFT, _LAST_EARLY = 0x7F, 21
_DRAFTS = (0x7E, _DRAFT, 0xFB)
"""High bytes by which drafts of TLS 1.3 went."""
_CODES = {
    0x0002: TlsVersion.SSL_2,
    0x0300: TlsVersion.SSL_3,
    0x0301: TlsVersion.TLS_1_0,
    0x0302: TlsVersion.TLS_1_1,
    0x0303: TlsVersion.TLS_1_2,
    _TLS_1_3: TlsVersion.TLS_1_3,
}
_ALPNS = {one.value.encode(): one for one in Alpn if one is not Alpn.OTHER}


def read_client_hello(body: bytes) -> TlsClientHello | None:
    """Read a ClientHello (RFC 8446 4.1.2), without the header of the handshake message."""
    name: HostName | None = None
    alpn: tuple[Alpn, ...] = ()
    try:
        at = _BEFORE_SESSION
        at += 1 + body[at]
        at += 2 + (body[at] << 8 | body[at + 1])  # ciphers
        at += 1 + body[at]  # compression
        version = body[0] << 8 | body[1]
        end = _extensions_end(body, at)
        at += 2
        while at < end:  # written out: this meets every extension of every connection
            kind, length = _HEADER(body, at)
            start = at + 4
            at = start + length
            if at > end:
                return None
            if kind == _SERVER_NAME:
                name = _server_name(body, start, at)
            elif kind == _ALPN:
                alpn = _spoken(body, start + 2, at)
            elif kind == _VERSIONS:
                version = max([_code(body, place) for place in range(start + 1, at - 1, 2)])
    except (IndexError, ValueError, error):
        return None
    return TlsClientHello(version=_CODES.get(version, TlsVersion.OTHER), server_name=name, alpn=alpn)


def read_server_hello(body: bytes) -> TlsServerHello | None:
    """Read a ServerHello (RFC 8446 4.1.3), without the header of the handshake message."""
    alpn: tuple[Alpn, ...] = ()
    try:
        at = _BEFORE_SESSION
        # Drafts of TLS 1.3 up to 21 sent neither session id nor compression, and said so in the old place.
        early = body.startswith(b"\x03\x04") or (body[0] == _DRAFT and body[1] <= _LAST_EARLY)
        at += 2 if early else 1 + body[at] + 3  # cipher, compression
        version = _code(body, 0)
        end = _extensions_end(body, at)
        at += 2
        while at < end:
            kind, length = _HEADER(body, at)
            start = at + 4
            at = start + length
            if at > end:
                return None
            if kind == _ALPN:
                alpn = _spoken(body, start + 2, at)
            elif kind == _VERSIONS:
                version = _code(body, start)
    except (IndexError, error):
        return None
    return TlsServerHello(version=_CODES.get(version, TlsVersion.OTHER), alpn=alpn[0] if alpn else None)


def read_old_hello(data: bytes) -> TlsClientHello:
    """Read a client's hello in the form of SSL 2.0 (RFC 5246 E.2), which has no extensions."""
    version = _CODES.get(data[3] << 8 | data[4], TlsVersion.OTHER)
    return TlsClientHello(version=version, server_name=None, alpn=())


def _extensions_end(body: bytes, at: int) -> int:
    """Where the extensions that may stand at `at` end (RFC 8446 4.2); there may be none at all."""
    if at == len(body):
        return at
    end = at + 2 + (body[at] << 8 | body[at + 1])
    if end > len(body):
        raise IndexError
    return end


def _server_name(body: bytes, at: int, end: int) -> HostName | None:
    """The first host name of a list (RFC 6066 3)."""
    if end - at < _NAME_HEADER or body[at + 2]:
        return None
    start = at + _NAME_HEADER
    return host_name(Raw(body[start : min(start + (body[start - 2] << 8 | body[start - 1]), end)]))


def _spoken(body: bytes, at: int, end: int) -> tuple[Alpn, ...]:
    """The protocols of an ALPN list (RFC 7301 3.1), in order, none twice, GREASE (RFC 8701) left out."""
    found = []
    while at < end:
        stop = at + 1 + body[at]
        word = body[at + 1 : stop]
        if not (len(word) == 2 and word[0] == word[1] and word[0] & 0x0F == 0x0A):  # noqa: PLR2004 (two equal bytes)
            found.append(_ALPNS.get(word, Alpn.OTHER))
        at = stop
    return tuple(dict.fromkeys(found))


def _code(body: bytes, at: int) -> int:
    """A version's code; a draft's is that of TLS 1.3, and what is no version (GREASE among them) is 0."""
    if body[at] in _DRAFTS:
        return _TLS_1_3
    code = body[at] << 8 | body[at + 1]
    return code if code in _CODES else 0
