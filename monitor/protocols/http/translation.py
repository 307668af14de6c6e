"""Writes the heads of HTTP/2 as HTTP/1 does (RFC 9113 section 8.3), so that one reader understands both."""

from __future__ import annotations

from monitor.model.lazy import lazy

Headers = list[tuple[bytes, bytes]]
"""Names and values, in the order of the wire."""

_CONTROLS = bytes((*range(32), 127))
_METHOD = lazy(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")
_STATUS = lazy(rb"[1-9][0-9][0-9]")
_OF_CONNECTION = frozenset((b"connection", b"content-length", b"keep-alive", b"transfer-encoding", b"upgrade"))
"""Fields that say nothing there (section 8.2.2): frames say where a body ends."""


def request_head(headers: Headers, *, body: bool) -> bytes | None:
    """The head of a request; None if it is none.

    Args:
        headers: its fields.
        body: whether a body follows, which is to come in chunks.
    """
    said = dict(reversed(headers))
    method, authority = said.get(b":method", b""), said.get(b":authority", b"")
    target = authority if method == b"CONNECT" else said.get(b":path", b"")
    target = target.translate(None, _CONTROLS).replace(b" ", b"%20")
    if not target or _METHOD.fullmatch(method) is None:
        return None
    return b"".join(
        (
            b"%b %b HTTP/1.1\r\n" % (method, target),
            _line(b"host", authority),
            *(_line(name, value) for name, value in headers),
            b"transfer-encoding: chunked\r\n" if body else b"",
            b"\r\n",
        )
    )


def response_head(headers: Headers, *, body: bool) -> bytes | None:
    """The same of a response; one that comes ahead of another has no body, whatever follows."""
    status = dict(headers).get(b":status", b"")
    if _STATUS.fullmatch(status) is None:
        return None
    lines = b"".join(_line(name, value) for name, value in headers)
    length = b"transfer-encoding: chunked\r\n" if body else b"content-length: 0\r\n"
    return b"HTTP/1.1 %b\r\n%b%b\r\n" % (status, lines, b"" if status[:1] == b"1" else length)


def _line(name: bytes, value: bytes) -> bytes:
    """One field, which cannot become two; nothing for those of the connection."""
    if not value or name[:1] == b":" or name.lower() in _OF_CONNECTION:
        return b""
    return b"%b: %b\r\n" % (name.translate(None, _CONTROLS), value.translate(None, _CONTROLS))
