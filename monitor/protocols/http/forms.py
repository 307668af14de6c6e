"""Takes forms apart: query strings, urlencoded and multipart bodies, JSON.

Every function gives names and decoded values in wire order, and leaves out what is empty or not whole. They work on the
beginning of a body as well as on all of it, never fail, and never look at a file that is uploaded.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

PARAMETERS = 256
"""Of one query string or body; forms of library systems have a few dozen."""
INFLATED_BYTES = 262_144
"""What is unpacked of a compressed body."""

Pairs = list[tuple[bytes, bytes]]
"""Names and values."""

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_BOUNDARY = re.compile(rb"""boundary="?([^";,\s]{1,200})""", re.IGNORECASE)
_PART_NAME = re.compile(rb"""[;\s]name="?([^";\r\n]*)""", re.IGNORECASE)
_JSON = re.compile(
    rb'"((?:[^"\\]|\\.)*+)"'  # every string is passed, so that none is mistaken for what stands between two
    rb'(?:\s*+:\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s"{}\[\],]++)(?=[\s,}\]])))?',
    re.DOTALL,
)
_FORM = re.compile(rb"[^\s=&<>{}\[\]\"]{1,64}=")
_WBITS_ANY = 47
"""zlib: gzip and zlib headers are told apart."""
_WBITS_RAW = -15


def query_pairs(query: bytes) -> Pairs:
    """The parameters of a query string; some products join them with ``;``."""
    return _decoded(query.replace(b";", b"&"), PARAMETERS)


def body_pairs(body: bytes, content_type: bytes, *, whole: bool) -> Pairs:
    """The parameters in a body, or in its first bytes if it is not `whole`.

    Args:
        body: its bytes, unpacked.
        content_type: value of that field; if there is none, the body's first bytes tell.
        whole: nothing is missing at the end.
    """
    form = _reader(content_type.lower(), body)
    return form(body, content_type, whole) if form else []


def is_form(content_type: bytes) -> bool:
    """Whether a body of this type may hold parameters."""
    kind = content_type.partition(b";")[0].strip().lower()
    return kind in _READERS or kind in _UNSAID or kind.endswith(b"+json")


def unpack(body: bytes, codings: tuple[bytes, ...]) -> bytes | None:
    """The bytes before they were encoded for the way, up to `INFLATED_BYTES`; None if that cannot be undone."""
    for coding in reversed(codings):
        if coding not in (b"gzip", b"x-gzip", b"deflate"):
            return None
        raw = coding == b"deflate" and body[:1] not in (b"\x78", b"\x1f")
        try:
            body = zlib.decompressobj(_WBITS_RAW if raw else _WBITS_ANY).decompress(body, INFLATED_BYTES)
        except zlib.error:
            return None
    return body


def _urlencoded(body: bytes, _content_type: bytes, whole: bool) -> Pairs:  # noqa: FBT001  # one of `_READERS`
    if not whole:
        body = body.rpartition(b"&")[0]
    return _decoded(body.strip(b"\r\n"), PARAMETERS)


def _multipart(body: bytes, content_type: bytes, _whole: bool) -> Pairs:  # noqa: FBT001
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return []
    pairs = []
    for part in body.split(b"--" + boundary[1], PARAMETERS + 1)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        name = _PART_NAME.search(head)
        if name and b"filename" not in head.lower() and value.endswith(b"\r\n") and value != b"\r\n":
            pairs.append((name[1], value[:-2]))
    return pairs


def _json(body: bytes, _content_type: bytes, _whole: bool) -> Pairs:  # noqa: FBT001
    pairs = []
    for match in _JSON.finditer(body):
        value = match[2] or match[3]
        if value:
            pairs.append((match[1], value))
            if len(pairs) >= PARAMETERS:
                break
    return pairs


def _lines(body: bytes, _content_type: bytes, whole: bool) -> Pairs:  # noqa: FBT001
    """What a browser sends of a form as plain text (HTML, text/plain form submission)."""
    lines = body.split(b"\r\n", PARAMETERS)
    parts = (line.partition(b"=") for line in (lines if whole else lines[:-1]))
    return [(name, value) for name, _, value in parts if value]


_Reader = Callable[[bytes, bytes, bool], Pairs]
_READERS: dict[bytes, _Reader] = {
    b"application/x-www-form-urlencoded": _urlencoded,
    b"multipart/form-data": _multipart,
    b"application/json": _json,
    b"text/json": _json,
}
_UNSAID = (b"", b"text/plain", b"application/octet-stream")
"""Types that programs name when they name none."""


def _reader(content_type: bytes, body: bytes) -> _Reader | None:
    kind = content_type.partition(b";")[0].strip()
    if kind in _UNSAID or kind == b"application/x-www-form-urlencoded":
        if body.lstrip()[:1] in (b"{", b"["):
            return _json
        if kind in _UNSAID:
            if not _FORM.match(body):
                return None
            return _lines if b"\r\n" in body else _urlencoded
    return _json if kind.endswith(b"+json") else _READERS.get(kind)


def _decoded(text: bytes, limit: int) -> Pairs:
    """The first parameters of a text, without percent signs and plus signs (URL Standard, urlencoded parsing)."""
    if b"+" in text:
        text = text.replace(b"+", b" ")
    escaped = b"%" in text
    pairs = []
    for part in text.split(b"&", limit)[:limit]:
        name, _, value = part.partition(b"=")
        if value and escaped:
            pairs.append((_ESCAPE.sub(_byte, name), _ESCAPE.sub(_byte, value)))
        elif value:
            pairs.append((name, value))
    return pairs


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode("ascii"))
