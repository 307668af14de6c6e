"""Marks in what HTTP/1 goes on to, and in what packs a form: HTTP/2, WebSockets, brotli and zstd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from monitor.audit.marks import Script
from monitor.model.flow import Side

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS = bytes(3) + b"\4\0" + bytes(4)
_MASK = b"\1\x7f\0\xfe"


def later(mark: Callable[[str], str], ask: Callable[..., bytes], answer: Callable[..., bytes]) -> Iterator[Script]:
    """Logins and messages, each value a mark; `ask` and `answer` write heads of HTTP/1."""
    yield _http2(mark)
    yield _web_socket(mark, ask, answer)
    yield [(Side.ORIGINATOR, _form(ask, packed, coding)) for coding, packed in _packed(mark)]


def _login(mark: Callable[[str], str], place: str) -> bytes:
    return f"username={mark(f'user in {place}')}&password={mark(f'word in {place}')}".encode()


def _form(ask: Callable[..., bytes], body: bytes, coding: str) -> bytes:
    return ask("POST /a", body, Content_Type="application/x-www-form-urlencoded", Content_Encoding=coding)


def _packed(mark: Callable[[str], str]) -> Iterator[tuple[str, bytes]]:
    import zstandard  # noqa: PLC0415  (few runs need it)

    brotli = import_module("brotli")  # it has no types
    yield "br", brotli.compress(_login(mark, "br"))
    yield "zstd", zstandard.compress(_login(mark, "zstd"))


def _http2(mark: Callable[[str], str]) -> Script:
    """A login over HTTP/2, in its path, its fields and its body, and an answer that sets a session."""
    from hpack import Encoder  # noqa: PLC0415  (few runs need it)
    from hyperframe.frame import DataFrame, HeadersFrame  # noqa: PLC0415

    asking, answering = Encoder(), Encoder()
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":authority": f"{mark('authority')}.example.org",
        ":path": f"/cgi-bin/koha/opac-user.pl?{_login(mark, 'path of HTTP/2').decode()}",
        "cookie": f"CGISESSID={mark('cookie of HTTP/2')}",
        "content-type": "application/x-www-form-urlencoded",
        mark("field of HTTP/2"): mark("value of HTTP/2"),
    }
    told = {":status": "200", "set-cookie": f"CGISESSID={mark('new cookie of HTTP/2')}; path=/"}
    head = HeadersFrame(1, asking.encode(list(fields.items())), flags=["END_HEADERS"])
    body = DataFrame(1, _login(mark, "body of HTTP/2"), flags=["END_STREAM"])
    reply = HeadersFrame(1, answering.encode(list(told.items())), flags=["END_HEADERS", "END_STREAM"])
    return [
        (Side.ORIGINATOR, _PREFACE + _SETTINGS + head.serialize() + body.serialize()),
        (Side.RESPONDER, _SETTINGS + reply.serialize()),
    ]


def _web_socket(mark: Callable[[str], str], ask: Callable[..., bytes], answer: Callable[..., bytes]) -> Script:
    """Messages of both sides."""
    text = f'{{"username": "{mark("user of a WebSocket")}", "password": "{mark("word of a WebSocket")}"}}'.encode()
    masked = bytes(byte ^ _MASK[at % len(_MASK)] for at, byte in enumerate(text))
    size = b"\xfe" + len(text).to_bytes(2, "big")
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade"}
    return [
        (Side.ORIGINATOR, ask("GET /live", Sec_WebSocket_Key="AAECAwQFBgcICQoLDA0ODw==", **upgrade)),
        (Side.RESPONDER, answer("101 Switching Protocols", b"", **upgrade)),
        (Side.ORIGINATOR, b"\x81" + size + _MASK + masked),
        (Side.RESPONDER, b"\x81\x7e" + size[1:] + text),
    ]
