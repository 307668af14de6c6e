"""One compiled pass over a message: is it the usual kind, and which of its fields hold a value?

First its head: are id and fixed part of the strict shape that `catalog.head` has? Rules: what is in any way unusual is
left to `message`, which reads the same bytes the long way; no value leaves, except for the one field that is asked for.
Compiled and uncompiled code give the same results.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.libc.string import memchr, memcmp

MAX_FIELDS = 128
"""With a value; more than there are known ids."""
SEALED = ord("S")
"""Third byte of a survey: the message ends in a checksum that is right."""
OPEN = ord("O")
"""Third byte of a survey: it has none."""
START_AT = 5
"""Where a survey says at which byte the fixed part ends."""
FIELDS_AT = 6
"""Where the ids of fields begin in a survey."""
PLACE_BYTES = 5
"""Bytes of one place in a plan."""

_CR = cython.declare(cython.int, ord("\r"))
_LF = cython.declare(cython.int, ord("\n"))
_A = cython.declare(cython.int, ord("A"))
_Y = cython.declare(cython.int, ord("Y"))
_Z = cython.declare(cython.int, ord("Z"))
_0 = cython.declare(cython.int, ord("0"))
_9 = cython.declare(cython.int, ord("9"))
_BLANK = cython.declare(cython.int, ord(" "))
_TAB = cython.declare(cython.int, ord("\t"))
_DOT = cython.declare(cython.int, ord("."))
_STAR = cython.declare(cython.int, ord("*"))
_SMALLER = cython.declare(cython.int, ord("a") - ord("A"))
_ID_BYTES = cython.declare(cython.Py_ssize_t, 2)
_DATE_BYTES = cython.declare(cython.Py_ssize_t, 18)
_DAY_BYTES = cython.declare(cython.Py_ssize_t, 8)
_ZONE_BYTES = cython.declare(cython.Py_ssize_t, 4)
_TRAILER_BYTES = cython.declare(cython.Py_ssize_t, 9)
"""``AY``, sequence number, ``AZ``, four digits."""
_REACH = cython.declare(cython.Py_ssize_t, 16)
"""See `message`: among so many last bytes, ``AZ`` may open a checksum that is not by the book."""
_START = cython.declare(cython.Py_ssize_t, START_AT)
_FIRST = cython.declare(cython.Py_ssize_t, FIELDS_AT)
_PLACE = cython.declare(cython.Py_ssize_t, PLACE_BYTES)
_FULL = cython.declare(cython.Py_ssize_t, FIELDS_AT + 2 * MAX_FIELDS)
GROUPS = (b"01", b"2", b"3456789", b"NY", b"U", b" ", b"*+-", b"ABCDEFGHIJKLMOPQRSTVWXZ")
"""Bytes that are alike to all parts of fixed parts; a part of which all places are alike takes some of these groups."""
_GROUP_OF = cython.declare(
    bytes, bytes(sum((one in group) << bit for bit, group in enumerate(GROUPS)) for one in range(256))
)
"""A bit for the group of each byte; 0 for what no part takes."""
_DIGITS = cython.declare(cython.int, 0b0000_0111)
_OF_ZONES = cython.declare(cython.int, 0b1111_1111)
_KEY = cython.declare(bytearray, bytearray(FIELDS_AT + 2 * MAX_FIELDS))
_LAST = cython.declare(list, [b""] * 256)
"""What was said last of messages, by their ids: nearly always it is said again, and then its hash is known, too."""


def survey(line: bytes, delimiter: cython.int, system: cython.int, form: bytes, plan: bytes) -> bytes | None:
    """Say what kind of message a line is.

    Args:
        line: one message with its terminator.
        delimiter: the byte that ends its fields.
        system: a number below 256, for what was known before of the system that answers.
        form: the shape of its fixed part (`fixed.form`).
        plan: where its fixed part may say something (`fixed.plan`).

    Returns:
        Its id, `SEALED` or `OPEN`, the system, a bit for each fact of the fixed part, where that ends, and the ids of
        the fields that hold a value, in order; None if a closer look is due.
    """
    text: cython.p_uchar = line
    key: cython.p_uchar = _KEY
    filled: cython.Py_ssize_t = _FIRST
    size: cython.Py_ssize_t = len(line)
    end: cython.Py_ssize_t = _find(line, _CR, 0, size)
    start: cython.Py_ssize_t = fixed_end(line, end, form)
    at: cython.Py_ssize_t = start
    stop: cython.Py_ssize_t
    behind: cython.Py_ssize_t
    first: cython.int
    second: cython.int
    if not 0 <= start <= 255 or not _is_one_line(line, end):
        return None
    stop = _fields_end(line, start, end)
    if stop < 0:
        return None
    while at < stop:
        behind = _find(line, delimiter, at, stop)
        if behind < 0:
            behind = stop
            if at == start:
                return None  # one field at most: the delimiter is yet to be learned
        if behind > at:
            first = text[at]
            second = text[at + 1]  # of the next field, the trailer or the terminator, if this one has a single byte
            if behind - at < _ID_BYTES or not _A <= first <= _Z or not (_A <= second <= _Z or _0 <= second <= _9):
                return None
            if _is_filled(line, at + _ID_BYTES, behind):
                if filled == _FULL:
                    return None
                key[filled] = first
                key[filled + 1] = second
                filled += 2
        at = behind + 1
    key[0] = text[0]
    key[1] = text[1]
    key[2] = OPEN if stop == end else SEALED
    key[3] = system
    key[4] = _facts(line, start, plan)
    key[_START] = start
    return _say(filled)


@cython.cfunc
@cython.inline
def _say(filled: cython.Py_ssize_t) -> bytes:
    """The survey of which so many bytes are filled: the same object as of the last such message, if it was alike."""
    if cython.compiled:
        key = cython.cast(cython.p_char, _KEY)
        place: cython.Py_ssize_t = (key[0] & 15) << 4 | (key[1] & 15)
        last: bytes = _LAST[place]
        if len(last) != filled or memcmp(cython.cast(cython.p_char, last), key, filled) != 0:
            last = key[:filled]  # a tenth of what a slice and a copy of it take
            _LAST[place] = last
        return last
    return bytes(_KEY[:filled])


def value(line: bytes, start: cython.Py_ssize_t, delimiter: cython.int, place: cython.int) -> bytes:
    """One value of a line that was surveyed.

    Args:
        line: the same.
        start: where its fixed part ends.
        delimiter: the same.
        place: how many fields that hold a value stand before.
    """
    at: cython.Py_ssize_t = start
    end: cython.Py_ssize_t = _find(line, _CR, start, len(line))
    behind: cython.Py_ssize_t
    while 0 <= at < end:
        behind = _find(line, delimiter, at, end)
        if behind < 0:  # the last one, which has none behind it
            behind = end if place else max(_fields_end(line, start, end), at + _ID_BYTES)
        if _is_filled(line, at + _ID_BYTES, behind):
            if place == 0:
                return _copy(line, at + _ID_BYTES, behind)
            place -= 1
        at = behind + 1
    return b""


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _find(line: bytes, byte: cython.int, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> cython.Py_ssize_t:
    """Where a byte first stands from `at` on and before `stop`, or -1."""
    stop = min(stop, len(line))
    if not 0 <= at < stop:
        return -1
    if cython.compiled:
        text = cython.declare(cython.p_char, line)
        found = cython.cast(cython.p_char, memchr(text + at, byte, stop - at))
        return found - text if found is not cython.NULL else -1
    return line.find(bytes((byte,)), at, stop)


@cython.cfunc
@cython.inline
def _copy(line: bytes, at: cython.Py_ssize_t, stop: cython.Py_ssize_t) -> bytes:
    """Bytes from `at` on and before `stop`."""
    if cython.compiled and 0 <= at <= stop <= len(line):  # a fifth of what a slice takes
        return cython.cast(cython.p_char, line)[at:stop]
    return line[at:stop]


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _sum(line: bytes, stop: cython.Py_ssize_t) -> cython.uint:
    """Sum of all bytes before `stop`."""
    at: cython.Py_ssize_t
    total: cython.uint = 0
    stop = min(stop, len(line))
    if cython.compiled:
        text = cython.declare(cython.p_uchar, line)
        for at in range(stop):  # several at a time
            total += text[at]
        return total
    return sum(line[:stop])


@cython.ccall
@cython.exceptval(check=False)
def fixed_end(line: bytes, end: cython.Py_ssize_t, form: bytes) -> cython.Py_ssize_t:
    """Where the fixed part of a message ends, or -1 where it is not of its strict shape, as in `catalog.head`.

    Args:
        line: one message.
        end: where its terminator stands.
        form: see `fixed.form`.
    """
    at: cython.Py_ssize_t
    place: cython.Py_ssize_t = 0
    width: cython.Py_ssize_t
    parts: cython.int
    fits: cython.bint
    end = min(end, len(line))
    while place < len(form):
        parts = form[place]
        place += 1
        at = _ID_BYTES
        fits = True
        for _ in range(parts):
            width = form[place]
            fits = fits and at + width <= end and _fits(line, at, width, form[place + 1])
            at += width
            place += 2
        if fits and _is_boundary(line, at, end):
            return at
    return -1


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _fits(line: bytes, at: cython.Py_ssize_t, width: cython.Py_ssize_t, groups: cython.int) -> cython.bint:
    """Whether a part of a fixed part, all of which is there, holds bytes of these groups only; 0 is not one."""
    text: cython.p_uchar = line
    group_of: cython.p_uchar = _GROUP_OF
    place: cython.Py_ssize_t
    if groups == 0:
        return is_date(line, at) if width == _DATE_BYTES else _is_version(line, at)
    for place in range(at, at + width):
        if not group_of[text[place]] & groups:
            return False
    return True


@cython.ccall
@cython.exceptval(check=False)
def is_date(line: bytes, at: cython.Py_ssize_t) -> cython.bint:
    """Whether the 18 bytes from `at` on, if all are there, are a date with its zone and a time, or all blank."""
    text: cython.p_uchar = line
    group_of: cython.p_uchar = _GROUP_OF
    place: cython.Py_ssize_t
    if not 0 <= at <= len(line) - _DATE_BYTES:
        return False
    if text[at] == _BLANK:
        for place in range(at + 1, at + _DATE_BYTES):
            if text[place] != _BLANK:
                return False
        return True
    for place in range(at, at + _DATE_BYTES):
        if not group_of[text[place]] & _DIGITS and not at + _DAY_BYTES <= place < at + _DAY_BYTES + _ZONE_BYTES:
            return False
    for place in range(at + _DAY_BYTES, at + _DAY_BYTES + _ZONE_BYTES):
        if not group_of[text[place]] & _OF_ZONES or text[place] == _STAR:
            return False
    century: cython.int = (text[at] - _0) * 10 + text[at + 1] - _0
    month: cython.int = (text[at + 4] - _0) * 10 + text[at + 5] - _0
    return (
        19 <= century <= 20
        and 1 <= month <= 12
        and text[at + 6] <= _0 + 3
        and text[at + 12] <= _0 + 2
        and text[at + 14] <= _0 + 5
        and text[at + 16] <= _0 + 6
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


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _facts(line: bytes, start: cython.Py_ssize_t, plan: bytes) -> cython.int:
    """A bit for each fact that one of its places tells."""
    text: cython.p_uchar = line
    where: cython.p_uchar = plan
    bits: cython.int = 0
    place: cython.Py_ssize_t = 0
    at: cython.Py_ssize_t
    end: cython.Py_ssize_t
    start = min(start, len(line))
    while place + _PLACE <= len(plan):
        end = where[place + 1] + where[place + 2]
        for at in range(where[place + 1], min(end, start)):
            if where[place + 3] <= text[at] <= where[place + 4]:
                bits |= 1 << where[place]
                break
        place += _PLACE
    return bits


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _is_filled(line: bytes, start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
    """Whether something else than blanks, tabs and zeros stands there; a line feed does not."""
    at: cython.Py_ssize_t = min(end, len(line))
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
    size: cython.Py_ssize_t = len(line)
    return (
        end > 0
        and _find(line, _LF, 0, end) < 0
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
    digit: cython.int
    said: cython.uint = 0
    begin: cython.Py_ssize_t = end - _TRAILER_BYTES
    if begin >= start and line[begin] == _A and line[begin + 1] == _Y and line[end - 6] == _A and line[end - 5] == _Z:
        for at in range(end - 4, end):
            digit = _hexadecimal(line[at])
            if digit < 0:
                return -1
            said = said * 16 + digit
        return begin if (_sum(line, end - 4) + said) & 0xFFFF == 0 else -1
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
