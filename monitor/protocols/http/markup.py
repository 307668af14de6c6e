"""One compiled pass over a page: cuts it into tags and texts, and passes over those that cannot say anything.

Most of a page is neither a name that matters nor behind one. Rule: what is passed over is what `pages` would make
nothing of; what may be more is left to it. Compiled and uncompiled code give the same results.
"""

from __future__ import annotations

import re
from functools import lru_cache

import cython

from monitor.model.lazy import lazy
from monitor.protocols.http.vocabulary import NAME_CHARS, PRODUCTS, Own, names_of

END, TAG, TEXT = range(3)
"""What `Markup.step` found."""
TOKENS = 16_384
"""Tags and texts of one page; one of 64 KiB has some thousands, and is made of nothing else beyond."""
HOOKS = ("class", "id", "itemprop", "name", "data-label", "data-title", "data-th")
"""Attributes that say what the text of an element is; where several do, the last in this order counts."""

_TOKENS = cython.declare(cython.int, TOKENS)
_ASIDE = rb"(?:script|style|template|select|textarea)"
"""Elements whose content is no text of the page."""
_OPENS_ASIDE = lazy(rb"<" + _ASIDE + rb"(?![\w\x80-\xff])", re.IGNORECASE)
_CLOSES_ASIDE = lazy(rb"</" + _ASIDE + rb"\s*+>", re.IGNORECASE)
_WORTH = frozenset((b"form", b"input", b"button"))
"""Tags that say something by themselves, as the end of a form does; those of other fields are aside."""
_HOOKS = frozenset(hook.encode() for hook in HOOKS)
_LETTER = cython.declare(cython.int, 1)
_DIGIT = cython.declare(cython.int, 2)
_BLANK = cython.declare(cython.int, 3)
_OTHER = cython.declare(cython.int, 4)
"""Kinds of bytes; signs are none of these, and `_OTHER` asks for a closer look."""
_FOREIGN = range(128, 256)
"""Bytes of what is not ASCII."""
_IN_NAME: bytes = bytes(byte in b"_:.-" or byte in _FOREIGN or chr(byte).isalnum() for byte in range(256))
"""1 for each byte that goes on with the name of a tag or an attribute."""
_QUOTES = cython.declare(cython.int, ord('"'))
_TICK = cython.declare(cython.int, ord("'"))
_LESS = cython.declare(cython.int, ord("<"))
_GREATER = cython.declare(cython.int, ord(">"))
_IS = cython.declare(cython.int, ord("="))
_LINE_END = cython.declare(cython.int, ord("\n"))
_CAPITALS_END = cython.declare(cython.int, ord("Z") + 1)
_SHORTEST = cython.declare(cython.Py_ssize_t, min(map(len, _WORTH)))
_LONGEST_HOOK = cython.declare(cython.Py_ssize_t, max(map(len, _HOOKS)))
_SLASH = cython.declare(cython.int, ord("/"))
_ASKS = cython.declare(cython.int, ord("?"))
_CALLS = cython.declare(cython.int, ord("!"))
_A = cython.declare(cython.int, ord("a"))
_B = cython.declare(cython.int, ord("b"))
_C = cython.declare(cython.int, ord("c"))
_D = cython.declare(cython.int, ord("d"))
_E = cython.declare(cython.int, ord("e"))
_F = cython.declare(cython.int, ord("f"))
_H = cython.declare(cython.int, ord("h"))
_I = cython.declare(cython.int, ord("i"))
_N = cython.declare(cython.int, ord("n"))
_S = cython.declare(cython.int, ord("s"))
_T = cython.declare(cython.int, ord("t"))
_W = cython.declare(cython.int, ord("w"))
_DASH = cython.declare(cython.int, ord("-"))
_SHORTEST_ASIDE = cython.declare(cython.Py_ssize_t, len(b"<!--"))
"""Of what is passed."""
_LOWER = cython.declare(cython.int, 32)
"""Bit of lower case."""
_DATE_CHARS = cython.declare(cython.Py_ssize_t, 5)
"""A shorter text is no day."""
_NAME_CHARS = cython.declare(cython.Py_ssize_t, NAME_CHARS)


def _kind(byte: int) -> int:
    sign = chr(byte)
    if byte in _FOREIGN or sign in "&:=":
        return _OTHER
    return _BLANK if sign.isspace() else _DIGIT if sign.isdigit() else _LETTER if sign.isalpha() else 0


_KINDS = bytes(map(_kind, range(256)))


@lru_cache(maxsize=PRODUCTS)
def sums_of(own: Own) -> bytes:
    """1 for each sum (see `_add`) that one of `names_of` comes to; what is not ASCII is looked at anyway."""
    sums = bytearray(1 << 15)
    for name in names_of(own):
        if name.isascii():
            total: cython.int = 0
            for byte in name.encode():
                total = _add(total, byte)
            sums[total] = 1
    return bytes(sums)


@cython.cfunc
@cython.exceptval(check=False)
def _add(total: cython.int, letter: cython.int) -> cython.int:
    """Go on with the sum of a name, to which the case of its letters is nothing."""
    return (total * 33 + (letter & 31)) & 0x7FFF


@cython.final
@cython.cclass
class Markup:
    """One page."""

    start: int = cython.declare(cython.Py_ssize_t, visibility="readonly")
    """Where that begins which was found: a text, or the name of a tag."""
    behind: int = cython.declare(cython.Py_ssize_t, visibility="readonly")
    """Where the name of a tag ends."""
    end: int = cython.declare(cython.Py_ssize_t, visibility="readonly")
    """Where a text ends, or a tag ahead of its last sign."""
    _data: bytes
    _sums: bytes
    _at: cython.Py_ssize_t
    _tokens: cython.int

    def __init__(self, data: bytes, sums: bytes) -> None:
        """Take a page in UTF-8, and what the names come to that matter in it (`sums_of`)."""
        self._data, self._sums = data, sums
        self._at = self._tokens = 0
        self.start = self.behind = self.end = 0

    def step(self, idle: cython.bint) -> int:
        """Go on to the next tag or text, where it is `idle` to one that may say something with no name ahead of it."""
        data: bytes = self._data
        size: cython.Py_ssize_t = len(data)
        at: cython.Py_ssize_t
        while self._at < size and self._tokens < _TOKENS:
            at = self._at
            if data[at] != _LESS:
                self._tokens += 1
                self.start = at
                while at < size and data[at] != _LESS:
                    at += 1
                self.end = self._at = at
                if not idle or self._has_any(self.start, self.end, in_lines=True):
                    return TEXT
            elif self._is_passed():
                self._tokens += 1
            elif self._is_tag():
                self._tokens += 1
                if not idle or self._is_tag_worth():
                    return TAG
            else:
                self._at += 1
        return END

    @cython.cfunc
    def _is_passed(self) -> cython.bint:
        """Pass a comment, or an element whose content is no text of the page."""
        data: bytes = self._data
        at: cython.Py_ssize_t = self._at
        size: cython.Py_ssize_t = len(data)
        if size - at < _SHORTEST_ASIDE:
            return False
        if data[at + 1] == _CALLS and data[at + 2] == _DASH and data[at + 3] == _DASH:
            closing: cython.Py_ssize_t = data.find(b"-->", at + 4)
            self._at = closing + 3 if closing >= 0 else size
            return True
        is_like: cython.bint = data[at + 1] | _LOWER in (_S, _T) and data[at + 2] | _LOWER in (_C, _T, _E)
        opens = _OPENS_ASIDE.match(data, at) if is_like else None
        if opens is None:
            return False
        closes = _CLOSES_ASIDE.search(data, opens.end())
        self._at = size if closes is None else closes.end()
        return True

    @cython.cfunc
    def _is_tag(self) -> cython.bint:
        """Pass a tag, with all quotes in it."""
        data: bytes = self._data
        in_name: bytes = _IN_NAME
        kinds: bytes = _KINDS
        size: cython.Py_ssize_t = len(data)
        start: cython.Py_ssize_t = self._at + 1
        at: cython.Py_ssize_t = start
        sign: cython.int
        if at < size and data[at] in (_SLASH, _ASKS, _CALLS):
            at += 1
        if at >= size or kinds[data[at]] != _LETTER:
            return False
        while at < size and in_name[data[at]]:
            at += 1
        self.behind = at
        while at < size:
            sign = data[at]
            if sign == _GREATER:
                self.start, self.end, self._at = start, at, at + 1
                return True
            at += 1
            if sign in (_QUOTES, _TICK):
                while at < size and data[at] != sign and data[at] != _LESS:
                    at += 1
                sign = data[at] if at < size else _LESS
                at += 1
            if sign == _LESS:
                return False
        return False

    @cython.cfunc
    def _is_tag_worth(self) -> cython.bint:
        """Whether a tag says something where nothing waits for it, or what it is called may matter."""
        data: bytes = self._data
        in_name: bytes = _IN_NAME
        at: cython.Py_ssize_t = self.behind
        first: cython.Py_ssize_t
        behind: cython.Py_ssize_t
        value: cython.Py_ssize_t
        lead: cython.int = data[self.start]
        if lead in (_SLASH, _ASKS, _CALLS):
            return lead == _SLASH and data[self.start + 1] | _LOWER == _F
        is_like: cython.bint = lead | _LOWER in (_B, _F, _I) and at - self.start >= _SHORTEST
        if is_like and data[self.start : at].lower() in _WORTH:
            return True
        while at < self.end:
            first = at
            while at < self.end and in_name[data[at]]:
                at += 1
            behind = at
            value = self._value(at) if first < behind else 0
            at = self._value_end(value) if value else 0
            if at == 0:
                at = max(behind, first + 1)
                continue
            is_like = data[first] | _LOWER in (_C, _D, _I, _N) and behind - first <= _LONGEST_HOOK
            if is_like and data[first:behind].lower() in _HOOKS and self._is_called(value, at):
                return True
        return False

    @cython.cfunc
    @cython.exceptval(check=False)
    def _value(self, at: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Where the value of an attribute begins whose name ends at `at`; 0 if it has none."""
        data: bytes = self._data
        kinds: bytes = _KINDS
        while at < self.end and kinds[data[at]] == _BLANK:
            at += 1
        if at == self.end or data[at] != _IS:
            return 0
        at += 1
        while at < self.end and kinds[data[at]] == _BLANK:
            at += 1
        return at if at < self.end else 0

    @cython.cfunc
    @cython.exceptval(check=False)
    def _value_end(self, at: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Where the value that begins at `at` ends, its quotes included; 0 if it is none."""
        data: bytes = self._data
        kinds: bytes = _KINDS
        sign: cython.int = data[at]
        start: cython.Py_ssize_t = at
        if sign in (_QUOTES, _TICK):
            at += 1
            while at < self.end and data[at] != sign:
                at += 1
            return at + 1 if at < self.end else 0
        while at < self.end and kinds[data[at]] != _BLANK and data[at] not in (_QUOTES, _TICK, _LESS, _GREATER):
            at += 1
        return at if at > start else 0

    @cython.cfunc
    def _is_called(self, start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
        """Whether a word of the value from `start` to `end`, or all of it, may be a name that matters."""
        if self._data[start] in (_QUOTES, _TICK):
            start += 1
            end -= 1
        return self._may_matter(start, end) or self._has_any(start, end, in_lines=False)

    @cython.cfunc
    def _has_any(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t, in_lines: cython.bint) -> cython.bint:
        """Whether one of the lines, or of the words, from `at` to `end` may matter."""
        data: bytes = self._data
        kinds: bytes = _KINDS
        piece: cython.Py_ssize_t
        while at < end:
            piece = at
            while at < end and (data[at] != _LINE_END if in_lines else kinds[data[at]] != _BLANK):
                at += 1
            if self._may_matter(piece, at):
                return True
            at += 1
        return False

    @cython.cfunc
    def _may_matter(self, start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.bint:
        """Whether a line, or a word, may be a name that matters, a day, a greeting, or a name and a value."""
        data: bytes = self._data
        kinds: bytes = _KINDS
        at: cython.Py_ssize_t
        kind: cython.int
        chars: cython.Py_ssize_t = 0
        total: cython.int = 0
        is_behind_blank: cython.bint = False
        has_digit: cython.bint = False
        while start < end and kinds[data[start]] == _BLANK:
            start += 1
        for at in range(start, end):
            kind = kinds[data[at]]
            if kind == _OTHER:
                return True
            if kind == _BLANK:
                is_behind_blank = True
                continue
            chars += 1 + is_behind_blank
            is_behind_blank = False
            has_digit |= kind == _DIGIT
            if kind and chars <= _NAME_CHARS:
                total = _add(total, data[at])
        if self._sums[total]:
            return True
        if has_digit and chars >= _DATE_CHARS and (kinds[data[start]] == _DIGIT or data[start] < _CAPITALS_END):
            return True
        return (
            chars > 1 and data[start] | _LOWER in (_W, _H, _B, _T) and data[start + 1] | _LOWER in (_A, _E, _I)
        )  # as all greetings begin that are ASCII
