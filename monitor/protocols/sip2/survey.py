"""One compiled pass over a message: is it the usual kind, and which of its fields hold a value?

Rules: what is in any way unusual is left to `message`, which reads the same bytes the long way; no value leaves, except
for the one field that is asked for. Compiled and uncompiled code give the same results.
"""

from __future__ import annotations

import cython

MAX_FIELDS = 128
"""With a value; more than there are known ids."""
SEALED = ord("S")
"""Third byte of a survey: the message ends in a checksum that is right."""
OPEN = ord("O")
"""Third byte of a survey: it has none."""

_CR = cython.declare(cython.int, ord("\r"))
_LF = cython.declare(cython.int, ord("\n"))
_A = cython.declare(cython.int, ord("A"))
_Y = cython.declare(cython.int, ord("Y"))
_Z = cython.declare(cython.int, ord("Z"))
_0 = cython.declare(cython.int, ord("0"))
_9 = cython.declare(cython.int, ord("9"))
_BLANK = cython.declare(cython.int, ord(" "))
_TAB = cython.declare(cython.int, ord("\t"))
_TRAILER_BYTES = cython.declare(cython.Py_ssize_t, 9)
"""``AY``, sequence number, ``AZ``, four digits."""
_REACH = cython.declare(cython.Py_ssize_t, 16)
"""See `message`: among so many last bytes, ``AZ`` may open a checksum that is not by the book."""
_ID_BYTES = cython.declare(cython.Py_ssize_t, 2)
FIELDS_AT = 5
"""Where the ids of fields begin in a survey."""
PLACE_BYTES = 5
"""Bytes of one place in a plan."""
_FIRST = cython.declare(cython.Py_ssize_t, FIELDS_AT)
_PLACE = cython.declare(cython.Py_ssize_t, PLACE_BYTES)
_FULL = cython.declare(cython.Py_ssize_t, FIELDS_AT + 2 * MAX_FIELDS)
_KEY = bytearray(FIELDS_AT + 2 * MAX_FIELDS)


def survey(
    line: bytes,
    start: cython.Py_ssize_t,
    end: cython.Py_ssize_t,
    delimiter: cython.int,
    system: cython.int,
    plan: bytes,
) -> bytes | None:
    """Say what kind of message a line is.

    Args:
        line: one message with its terminator.
        start: where its fixed part ends.
        end: where its terminator stands.
        delimiter: the byte that ends its fields.
        system: a number below 256, for what was known before of the system that answers.
        plan: where its fixed part may say something (`fixed.plan`).

    Returns:
        Its id, `SEALED` or `OPEN`, the system, a bit for each fact of the fixed part, and the ids of the fields that
        hold a value, in order; None if a closer look is due.
    """
    key: bytearray = _KEY
    filled: cython.Py_ssize_t = _FIRST
    at: cython.Py_ssize_t = start
    stop: cython.Py_ssize_t = _fields_end(line, start, end)
    behind: cython.Py_ssize_t
    first: cython.int
    second: cython.int
    if stop < 0 or not _is_one_line(line, end):
        return None
    while at < stop:
        behind = at
        while behind < stop and line[behind] != delimiter:
            behind += 1
        if behind == stop and at == start:
            return None  # one field at most: the delimiter is yet to be learned
        if behind > at:
            first = line[at]
            second = line[at + 1]
            if behind - at < _ID_BYTES or not _A <= first <= _Z or not (_A <= second <= _Z or _0 <= second <= _9):
                return None
            if _is_filled(line, at + _ID_BYTES, behind):
                if filled == _FULL:
                    return None
                key[filled] = first
                key[filled + 1] = second
                filled += 2
        at = behind + 1
    key[0] = line[0]
    key[1] = line[1]
    key[2] = OPEN if stop == end else SEALED
    key[3] = system
    key[4] = _facts(line, start, plan)
    return bytes(key[:filled])


def value(line: bytes, start: cython.Py_ssize_t, delimiter: cython.int, place: cython.int) -> bytes:
    """One value of a line that was surveyed.

    Args:
        line: the same.
        start: the same.
        delimiter: the same.
        place: how many fields that hold a value stand before.
    """
    at: cython.Py_ssize_t = start
    size: cython.Py_ssize_t = len(line)
    behind: cython.Py_ssize_t
    while at < size:
        behind = at
        while behind < size and line[behind] != delimiter and line[behind] != _CR:
            behind += 1
        if behind > at and _is_filled(line, at + _ID_BYTES, behind):
            if place == 0:
                if behind < size and line[behind] == _CR:  # no delimiter behind the last field
                    behind = max(_fields_end(line, start, behind), at + _ID_BYTES)
                return line[at + _ID_BYTES : behind]
            place -= 1
        at = behind + 1
    return b""


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _facts(line: bytes, start: cython.Py_ssize_t, plan: bytes) -> cython.int:
    """A bit for each fact that one of its places tells."""
    bits: cython.int = 0
    place: cython.Py_ssize_t = 0
    at: cython.Py_ssize_t
    end: cython.Py_ssize_t
    while place + _PLACE <= len(plan):
        end = plan[place + 1] + plan[place + 2]
        for at in range(plan[place + 1], min(end, start)):
            if plan[place + 3] <= line[at] <= plan[place + 4]:
                bits |= 1 << plan[place]
                break
        place += _PLACE
    return bits


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_filled(line: bytes, start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
    """Whether something else than blanks, tabs and zeros stands there; a line feed does not."""
    at: cython.Py_ssize_t = end
    while at > start:
        at -= 1
        if line[at] != _BLANK and line[at] != _TAB and line[at] != 0:
            return True
    return False


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_one_line(line: bytes, end: cython.Py_ssize_t) -> cython.bint:
    """Whether the only terminator is the one at `end`, CR with or without LF, and nothing pads it."""
    at: cython.Py_ssize_t
    feeds: cython.int = 0
    size: cython.Py_ssize_t = len(line)
    for at in range(end):
        feeds += line[at] == _LF
    return (
        feeds == 0
        and end > 0
        and line[end - 1] != 0
        and line[end] == _CR
        and (size == end + 1 or (size == end + 2 and line[end + 1] == _LF))
    )


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _fields_end(line: bytes, start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where the trailer begins, or the end if there is none; -1 for one that is not by the book, or wrong."""
    at: cython.Py_ssize_t
    total: cython.uint = 0
    digit: cython.int
    said: cython.uint = 0
    begin: cython.Py_ssize_t = end - _TRAILER_BYTES
    if begin >= start and line[begin] == _A and line[begin + 1] == _Y and line[end - 6] == _A and line[end - 5] == _Z:
        for at in range(end - 4):
            total += line[at]
        for at in range(end - 4, end):
            digit = _hexadecimal(line[at])
            if digit < 0:
                return -1
            said = said * 16 + digit
        return begin if (total + said) & 0xFFFF == 0 else -1
    for at in range(max(end - _REACH, 1), end):
        if line[at] == _Z and line[at - 1] == _A:
            return -1
    return end


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _hexadecimal(byte: cython.int) -> cython.int:
    """Worth of a digit, or -1."""
    if _0 <= byte <= _9:
        return byte - _0
    if _A <= byte < _A + 6:
        return byte - _A + 10
    return -1
