"""One compiled look at the head of a message: are its id and fixed part of the strict shape that `catalog.head` has?

Compiled and uncompiled code give the same results.
"""

from __future__ import annotations

import cython

_A = cython.declare(cython.int, ord("A"))
_Z = cython.declare(cython.int, ord("Z"))
_0 = cython.declare(cython.int, ord("0"))
_9 = cython.declare(cython.int, ord("9"))
_BLANK = cython.declare(cython.int, ord(" "))
_DOT = cython.declare(cython.int, ord("."))
_PLUS = cython.declare(cython.int, ord("+"))
_MINUS = cython.declare(cython.int, ord("-"))
_SMALLER = cython.declare(cython.int, ord("a") - ord("A"))
_ID_BYTES = cython.declare(cython.Py_ssize_t, 2)
_DATE_BYTES = cython.declare(cython.Py_ssize_t, 18)
_DAY_BYTES = cython.declare(cython.Py_ssize_t, 8)
_ZONE_BYTES = cython.declare(cython.Py_ssize_t, 4)


def fixed_end(line: bytes, end: cython.Py_ssize_t, form: bytes) -> cython.Py_ssize_t:
    """Where the fixed part of a message ends, or -1 where it is not of its strict shape, as in `catalog.head`.

    Args:
        line: one message.
        end: where its terminator stands.
        form: see `fixed.form`.
    """
    at: cython.Py_ssize_t
    place: cython.Py_ssize_t = 0
    parts: cython.int
    fits: cython.bint
    while place < len(form):
        parts = form[place]
        place += 1
        at = _ID_BYTES
        fits = True
        for _ in range(parts):
            fits = fits and at + form[place] <= end and _fits(line, at, form, place)
            at += form[place]
            place += 2 + 2 * form[place + 1]
        if fits and _is_boundary(line, at, end):
            return at
    return -1


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _fits(line: bytes, start: cython.Py_ssize_t, form: bytes, place: cython.Py_ssize_t) -> cython.bint:
    """Whether a part of a fixed part, all of which is there, looks as the form has it at this place."""
    at: cython.Py_ssize_t
    one: cython.Py_ssize_t
    fits: cython.bint
    ranges: cython.Py_ssize_t = form[place + 1]
    if ranges == 0:
        return _is_date(line, start) if form[place] == _DATE_BYTES else _is_version(line, start)
    for at in range(start, start + form[place]):
        fits = False
        for one in range(place + 2, place + 2 + 2 * ranges, 2):
            fits = fits or form[one] <= line[at] <= form[one + 1]
        if not fits:
            return False
    return True


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_date(line: bytes, at: cython.Py_ssize_t) -> cython.bint:
    """Whether 18 bytes are a date with its zone and a time, or all blank."""
    place: cython.Py_ssize_t
    byte: cython.int
    if line[at] == _BLANK:
        for place in range(at, at + _DATE_BYTES):
            if line[place] != _BLANK:
                return False
        return True
    for place in range(at, at + _DATE_BYTES):
        byte = line[place]
        if at + _DAY_BYTES <= place < at + _DAY_BYTES + _ZONE_BYTES:
            if not (byte == _BLANK or _0 <= byte <= _9 or _A <= byte <= _Z or byte == _PLUS or byte == _MINUS):
                return False
        elif not _0 <= byte <= _9:
            return False
    century: cython.int = (line[at] - _0) * 10 + line[at + 1] - _0
    month: cython.int = (line[at + 4] - _0) * 10 + line[at + 5] - _0
    return (
        19 <= century <= 20
        and 1 <= month <= 12
        and line[at + 6] <= _0 + 3
        and line[at + 12] <= _0 + 2
        and line[at + 14] <= _0 + 5
        and line[at + 16] <= _0 + 6
    )


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_version(line: bytes, at: cython.Py_ssize_t) -> cython.bint:
    """Whether four bytes are a version: ``d.dd``."""
    place: cython.Py_ssize_t
    for place in range(at, at + 4):
        if not (line[place] == _DOT if place == at + 1 else _0 <= line[place] <= _9):
            return False
    return True


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_boundary(line: bytes, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
    """Whether a field's id, perhaps with a delimiter in front, or the end stands there."""
    byte: cython.int
    if at < end:
        byte = line[at]
        if not (_0 <= byte <= _9 or _A <= byte <= _Z or _A <= byte - _SMALLER <= _Z):
            at += 1
    if at == end:
        return True
    return at + 1 < end and _A <= line[at] <= _Z and (_A <= line[at + 1] <= _Z or _0 <= line[at + 1] <= _9)
