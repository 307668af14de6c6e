"""Takes forms apart: query strings, and bodies that are urlencoded, in parts, plain text, JSON or XML.

Every function gives names and decoded values in wire order, and leaves out what is not whole. They work on the
beginning of a body as well as on all of it, never fail, and never look at a file that is uploaded.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable
from functools import lru_cache

import cython

from monitor.model.lazy import lazy

PARAMETERS = 256
"""Of one query string or body; forms of library systems have a few dozen."""
TYPES = 256
"""Types of bodies whose encoding is kept; a network has some dozens."""

_PLAIN = cython.declare(bytes, bytes(byte in b"!$'*,-.:@_~" or bytes((byte,)).isalnum() for byte in range(256)))
"""1 for each byte that stands for itself in a form, and neither begins nor marks anything else."""
_IS = cython.declare(cython.int, ord("="))
_AND = cython.declare(cython.int, ord("&"))

Pairs = list[tuple[bytes, bytes]]
"""Names and values."""

_ESCAPE = lazy(rb"%([0-9A-Fa-f]{2})")
_WIDE_ESCAPE = rb"%u([0-9A-Fa-f]{4})"
"""As JavaScript's old function writes, and servers of Microsoft still read."""
_CHARSET = b"charset"
_PLUS, _PERCENT, _BACKSLASH, _QUESTION, _EQUALS = b"+%\\?="  # numbers: see `addresses`
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_JSON = lazy(
    rb'"((?:[^"\\]|\\.)*+)"'  # every string is passed, so that none is mistaken for what stands between two
    rb'(?:\s*+:\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s"{}\[\],]++)(?=[\s,}\]])))?',
    re.DOTALL,
)
_SPELLED = (b"name", b"key", b"field", b"id")
_OPENING = (b"{", b"[")
_ARGUMENT = lazy(rb'([A-Za-z_]\w{0,63})\s*+:\s*+"([^"\\]{1,256}+)"')
"""Of a field of GraphQL (its specification, 2.6)."""
_FORM = lazy(rb"[^\s=&<>{}\[\]\"]{1,64}=")
_FOREIGN = {
    name: encoding
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7", "cp037", "cp500")
    for name in (encoding.replace("-", "").encode(), encoding.replace("cp", "ibm").replace("-", "").encode())
}
"""Encodings in which a form does not read like ASCII, by their names without signs."""


def query_pairs(query: bytes) -> Pairs:
    """The parameters of a query string that have a value; some products join them with ``;``."""
    return _decoded(query.replace(b";", b"&"), empty=False)


def body_pairs(body: bytes, content_type: bytes, *, whole: bool) -> Pairs:
    """The parameters in a body, or in its first bytes if it is not `whole`; their values may be empty.

    Args:
        body: its bytes, unpacked.
        content_type: value of that field; if there is none, the body's first bytes tell.
        whole: nothing is missing at the end.
    """
    body = _in_ascii(body, content_type)
    form = _reader(content_type.lower(), body)
    return form(body, content_type, whole) if form else []


def plain_pairs(body: bytes) -> Pairs | None:
    """The same of an urlencoded body in which all is filled in and written plainly; None if a closer look is due."""
    plain: bytes = _PLAIN
    text: cython.p_char = body
    size: cython.Py_ssize_t = len(body)
    at: cython.Py_ssize_t = 0
    first: cython.Py_ssize_t
    equals: cython.Py_ssize_t
    pairs = []
    while at < size:
        first = at
        while at < size and plain[body[at]]:
            at += 1
        equals = at
        at += 1
        while at < size and plain[body[at]]:
            at += 1
        if first == equals or equals + 1 >= at or body[equals] != _IS or (at < size and body[at] != _AND):
            return None
        pairs.append((text[first:equals], text[equals + 1 : at]))
        at += 1
    return pairs


def unfolded(pairs: Pairs) -> Pairs:
    """Parameters, and behind them those that stand in their values, one level deep.

    Those are objects of JSON, addresses with a query string, arguments of GraphQL, and pairs that are spelled out:
    ``{"name": "pin", "value": "4711"}``.
    """
    inner: Pairs = []
    spelled = b""
    for name, value in pairs:
        if name == b"value" and spelled:
            inner.append((spelled, value))
        spelled = value if name in _SPELLED else b""
        if value[:1] in _OPENING:
            inner += _json(value, b"", True)  # noqa: FBT003  # one of `_READERS`
        elif _QUESTION in value and _EQUALS in value:
            inner += query_pairs(value.partition(b"?")[2])
        if name == b"query" and b"(" in value:
            inner += _ARGUMENT.findall(value)[:PARAMETERS]
    return pairs + inner[:PARAMETERS] if inner else pairs


def is_form(content_type: bytes) -> bool:
    """Whether a body of this type may hold parameters."""
    kind = content_type.partition(b";")[0].strip().lower()
    return kind in _READERS or kind in _UNSAID or kind.startswith(_MULTIPART) or kind.endswith(_SUFFIXES)


def is_urlencoded(content_type: bytes) -> bool:
    """Whether a body of this type is what browsers make of a form, in ASCII."""
    return content_type.partition(b";")[0].strip().lower() == _URLENCODED and not _encoding(content_type)


def is_multipart(content_type: bytes) -> bool:
    """Whether a body of this type comes in parts."""
    return content_type.strip().lower().startswith(_MULTIPART)


def _urlencoded(body: bytes, _content_type: bytes, whole: bool) -> Pairs:  # noqa: FBT001  # one of `_READERS`
    if not whole:
        body = body.rpartition(b"&")[0]
    return _decoded(body.strip(b"\r\n"), empty=True)


def _multipart(body: bytes, content_type: bytes, _whole: bool) -> Pairs:  # noqa: FBT001
    return _parts(body, content_type, within=False)[:PARAMETERS]


def _parts(body: bytes, content_type: bytes, *, within: bool) -> Pairs:
    """The parameters of all parts; those of parts `within` a part have no parts of their own."""
    from monitor.protocols.http.multipart import parts  # noqa: PLC0415  (few runs need it)

    pairs: Pairs = []
    for name, kind, content in parts(body, content_type):
        lower = kind.lower()
        several = lower.startswith(_MULTIPART)
        if name and not several:
            pairs.append((name, content))
        if several:
            pairs += [] if within else _parts(content, kind, within=True)
        elif lower and not lower.startswith(_TEXT):
            inner = _reader(lower, content)
            pairs += inner(content, kind, True) if inner is not None else []  # noqa: FBT003  # one of `_READERS`
    return pairs


def _json(body: bytes, _content_type: bytes, _whole: bool) -> Pairs:  # noqa: FBT001
    pairs = []
    for match in _JSON.finditer(body):
        value = match[2] if match[3] is None else match[3]
        if value is not None:
            pairs.append((_unescaped(match[1]), _unescaped(value)))
            if len(pairs) >= PARAMETERS:
                break
    return pairs


def _lines(body: bytes, _content_type: bytes, whole: bool) -> Pairs:  # noqa: FBT001
    """What a browser sends of a form as plain text (HTML, text/plain form submission)."""
    lines = body.split(b"\r\n", PARAMETERS)
    split = (line.partition(b"=") for line in (lines if whole else lines[:-1]))
    return [(name, value) for name, equals, value in split if equals]


def _document(body: bytes, _content_type: bytes, whole: bool) -> Pairs:  # noqa: FBT001
    from monitor.protocols.http.documents import document_pairs  # noqa: PLC0415  (few runs need it)

    return document_pairs(body, whole=whole)


_URLENCODED = b"application/x-www-form-urlencoded"
_Reader = Callable[[bytes, bytes, bool], Pairs]
_READERS: dict[bytes, _Reader] = {
    _URLENCODED: _urlencoded,
    b"application/json": _json,
    b"text/json": _json,
    **dict.fromkeys((b"application/x-ndjson", b"application/jsonl"), _json),
    b"application/xml": _document,
    b"text/xml": _document,
}
_MULTIPART, _TEXT = b"multipart/", b"text/plain"
_SUFFIXES = (b"+json", b"+xml")
_BY_SUFFIX = dict(zip(_SUFFIXES, (_json, _document), strict=True))
_UNSAID = (b"", b"text/plain", b"application/octet-stream")
"""Types that programs name when they name none."""


def _reader(content_type: bytes, body: bytes) -> _Reader | None:
    kind = content_type.partition(b";")[0].strip()
    if kind in _UNSAID or kind == _URLENCODED:
        begin = body.lstrip()[:1]
        if begin in (b"{", b"["):
            return _json
        if begin == b"<":
            return _document
        if kind in _UNSAID:
            if not _FORM.match(body):
                return _multipart if body.startswith(b"--") and kind == b"" else None
            return _lines if b"\r\n" in body else _urlencoded
    if kind.startswith(_MULTIPART):
        return _multipart
    return _READERS.get(kind) or _BY_SUFFIX.get(b"+" + kind.rpartition(b"+")[2])


def _in_ascii(body: bytes, content_type: bytes) -> bytes:
    """A body in an encoding that reads like ASCII where names are told: UTF-8 in place of UTF-16 and the like."""
    encoding = _encoding(content_type)
    for mark, name in _MARKS:
        if body.startswith(mark):
            encoding = name
            break
    if not encoding:
        return body
    text = body.decode(encoding, "replace").removeprefix("\ufeff")
    return text.encode("utf-8", "replace")


@lru_cache(maxsize=TYPES)
def _encoding(content_type: bytes) -> str:
    """The encoding that a type names, if it is one of `_FOREIGN`."""
    lower = content_type.lower()
    if lower.find(_CHARSET) < 0:
        return ""
    said = lower.replace(b" ", b"").partition(_CHARSET + b"=")[2].partition(b";")[0]
    return _FOREIGN.get(said.translate(None, b"-_:.\"'"), "") if said else ""


def _decoded(text: bytes, *, empty: bool) -> Pairs:
    """The first parameters of a text, without percent signs and plus signs (URL Standard, urlencoded parsing).

    With `empty` those that have no value are among them.
    """
    if _PLUS in text:
        text = text.replace(b"+", b" ")
    escaped = _PERCENT in text
    if escaped and b"%u" in text:
        text = re.sub(_WIDE_ESCAPE, _character, text)
    pairs = []
    for part in text.split(b"&", PARAMETERS)[:PARAMETERS]:
        name, _, value = part.partition(b"=")
        if not (value or (empty and name)):
            continue
        pairs.append((_ESCAPE.sub(_byte, name), _ESCAPE.sub(_byte, value)) if escaped else (name, value))
    return pairs


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes.fromhex(match[1].decode("ascii"))


def _character(match: re.Match[bytes]) -> bytes:
    """The same character with the signs that this form has for it."""
    return b"".join(b"%%%02X" % byte for byte in chr(int(match[1], 16)).encode("utf-8", "replace"))


def _unescaped(text: bytes) -> bytes:
    """A string of JSON as it is meant; as it stands, if it is no good one."""
    if _BACKSLASH not in text:
        return text
    try:
        return str(json.loads(b'"' + text + b'"', strict=False)).encode("utf-8", "replace")
    except ValueError:
        return text
