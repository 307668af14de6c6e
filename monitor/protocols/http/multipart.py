"""Takes bodies of several parts apart (RFC 2046 section 5.1, RFC 7578), as servers do.

Rules: a part with the name of a file is passed over; parts of parts are read one level deep; lines may end without a
carriage return, and the boundary may be missing in the head, because the body's first line has it, too.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator

from monitor.model.lazy import lazy

PARTS = 256
"""Of one body; forms of library systems have a few dozen."""
NAME_BYTES = 1_024
"""Of a part's name; nobody gives a field a longer one."""

_BOUNDARY = lazy(rb"""boundary\s*=\s*(?:"([^"]{1,200})"|([^"';,\s]{1,200}))""", re.IGNORECASE)
_FIRST_LINE = lazy(rb"\s*--([^\r\n]{1,200}?)[ \t]*\r?\n")
_BLANK_LINE = lazy(rb"\r?\n\r?\n")
_FOLD = lazy(rb"\r?\n[ \t]+")
_NAME = lazy(
    rb"""[;\s]name(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^";\s]+))|\*\s*=\s*[\w-]*'[\w-]*'([^";\s]+))""", re.IGNORECASE
)
_FILE = lazy(rb"[;\s]filename\s*\*?\s*=", re.IGNORECASE)
_FIELD = lazy(rb"(?im)^(content-type|content-transfer-encoding)[ \t]*:[ \t]*([^\r\n]*)")


def boundary_of(content_type: bytes, body: bytes = b"") -> bytes:
    """What stands between the parts, by the head, else by the body's first line; empty if neither says it."""
    found = _BOUNDARY.search(content_type)
    if found is not None:
        return found[1] or found[2]
    first = _FIRST_LINE.match(body)
    return first[1] if first is not None else b""


def parts(body: bytes, content_type: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name (may be empty), type (in lower case up to its parameters; may be empty) and content of each part.

    Files are left out, and so is a part whose end is missing.
    """
    boundary = boundary_of(content_type, body)
    if not boundary:
        return
    for part in (b"\n" + body).split(b"\n--" + boundary, PARTS + 1)[1:-1]:
        line = part.find(b"\n")
        blank = _BLANK_LINE.search(part, max(line - 1, 0))
        if line < 0 or blank is None:
            continue
        head = _FOLD.sub(b" ", part[line : blank.start()]) + b"\n"
        if _FILE.search(head):
            continue
        fields = {name.lower(): value for name, value in _FIELD.findall(head)}
        name = _NAME.search(head)
        content = part[blank.end() :].removesuffix(b"\r")
        yield (
            (name[1] or name[2] or name[3] or b"")[:NAME_BYTES] if name else b"",
            fields.get(b"content-type", b""),
            _plain(content, fields.get(b"content-transfer-encoding", b"").strip().lower()),
        )


def ends_in_file(start: bytes, content_type: bytes) -> bool:
    """Whether the first bytes of a body break off in the content of a file."""
    boundary = boundary_of(content_type, start)
    part = (b"\n" + start).rpartition(b"\n--" + boundary)[2] if boundary else b""
    blank = _BLANK_LINE.search(part)
    return blank is not None and _FILE.search(_FOLD.sub(b" ", part[: blank.start()])) is not None


def _plain(content: bytes, coding: bytes) -> bytes:
    """Content as it was before it was made fit for mail, which HTTP does without; some programs do it anyway."""
    if coding == b"base64":
        try:
            return a2b_base64(content)
        except Error:
            return content
    return a2b_qp(content) if coding == b"quoted-printable" else content
