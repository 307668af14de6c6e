"""One compiled pass over a head: how does it begin, and which of its fields matter, where all are as RFC 9112 has them?

Rule: what is in any way unusual is left to `fields`, which shows the same bytes to llhttp. Compiled and uncompiled code
give the same results.
"""

from __future__ import annotations

import cython

WANTED = frozenset(
    b"host content-length content-type cookie set-cookie transfer-encoding content-encoding authorization "
    b"proxy-authorization referer".split()
)
"""Names of the fields that matter, in lower case."""

_COMMON = (b"GET /", b"POST /", b"HEAD /")
_VERSIONS = (b" HTTP/1.1\r\n", b" HTTP/1.0\r\n")
_TOKEN = bytes(
    byte in b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" for byte in range(256)
)
"""1 for each byte of a name (RFC 9110 5.6.2)."""
_VALUE = bytes(byte == 9 or (byte >= 32 and byte != 127) for byte in range(256))
"""1 for each byte of a value (RFC 9110 5.5)."""
_BY_LENGTH = tuple(next((name for name in WANTED if len(name) == size), b"") for size in range(256))
"""The name that matters of each length; no two have the same."""

_CR = cython.declare(cython.int, ord("\r"))
_LF = cython.declare(cython.int, ord("\n"))
_COLON = cython.declare(cython.int, ord(":"))
_BLANK = cython.declare(cython.int, ord(" "))
_TAB = cython.declare(cython.int, ord("\t"))
_LOWER = cython.declare(cython.int, ord("a") - ord("A"))
"""Bit of lower case; ``-`` has it, too, and no other byte of a name becomes ``-`` by it."""
_MAX_NAME_BYTES = cython.declare(cython.Py_ssize_t, 255)


def is_usual(data: bytes) -> bool:
    """Whether `data` begin with a request line as nearly all are written."""
    at: cython.Py_ssize_t = 0
    size: cython.Py_ssize_t = len(data)
    if not data.startswith(_COMMON):
        return False
    while at < size and data[at] != _BLANK:
        at += 1
    at += 1
    while at < size and data[at] > _BLANK:
        at += 1
    return data.startswith(_VERSIONS, at)


def survey(head: bytes, start: cython.Py_ssize_t) -> tuple[int, list[tuple[bytes, bytes]]] | None:
    """Find the fields that matter.

    Args:
        head: ends with the blank line.
        start: behind the first line.

    Returns:
        How many fields there are, and names (in lower case) and values of those that matter, in order; None if a closer
        look is due.
    """
    token: bytes = _TOKEN
    allowed: bytes = _VALUE
    by_length: tuple[bytes, ...] = _BY_LENGTH
    name: bytes
    place: cython.Py_ssize_t
    at: cython.Py_ssize_t = start
    size: cython.Py_ssize_t = len(head)
    colon: cython.Py_ssize_t
    value: cython.Py_ssize_t
    end: cython.Py_ssize_t
    seen: cython.int = 0
    found = []
    while True:
        if at + 2 > size:
            return None
        if head[at] == _CR:
            return (seen, found) if head[at + 1] == _LF and at + 2 == size else None
        colon = at
        while colon < size and token[head[colon]]:
            colon += 1
        if colon in (size, at) or head[colon] != _COLON or colon - at > _MAX_NAME_BYTES:
            return None
        value = colon + 1
        while value < size and (head[value] == _BLANK or head[value] == _TAB):
            value += 1
        end = value
        while end < size and allowed[head[end]]:
            end += 1
        if end + 1 >= size or head[end] != _CR or head[end + 1] != _LF:
            return None
        seen += 1
        name = by_length[colon - at]
        place = len(name)
        while place > 0 and (head[at + place - 1] | _LOWER) == name[place - 1]:
            place -= 1
        if name and place == 0:
            if value == end:
                return None
            found.append((name, head[value:end]))
        at = end + 2
