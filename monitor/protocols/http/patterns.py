"""The patterns of the catalog, in which ``*`` stands for anything: compared without regular expressions.

To compile those of all products takes longer than a busy minute asks of them, and most are never met. Texts are given
in lower case; so are patterns kept. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import cython

T = TypeVar("T")

_KEY_BYTES = 4
"""By which patterns are looked up: with as many begin nearly all of them, and few the same."""


@cython.final
@cython.cclass
class Pattern:
    """One pattern."""

    start: bytes = cython.declare(bytes, visibility="readonly")
    """What a text that fits begins with."""
    _middle: tuple[bytes, ...]
    _last: bytes | None
    _ends_word: cython.bint

    def __init__(self, text: str) -> None:
        parts = text.lower().encode().split(b"*")
        self.start = parts[0]
        self._middle = tuple(parts[1:-1])
        self._last = parts[-1] if len(parts) > 1 else None
        self._ends_word = text[-1:].isalnum()

    def begins(self, text: bytes) -> bool:
        """Whether `text` begins so, and no word goes on behind it."""
        at: cython.Py_ssize_t
        behind: cython.Py_ssize_t
        if not text.startswith(self.start):
            return False
        if self._last is None:
            behind = len(self.start)
            return not (self._ends_word and text[behind : behind + 1].isalnum())
        at = self._pass(text)
        while at >= 0:
            at = text.find(self._last, at)
            if at >= 0:
                behind = at + len(self._last)
                if not (self._ends_word and text[behind : behind + 1].isalnum()):
                    return True
                at += 1
        return False

    def is_all(self, text: bytes) -> bool:
        """Whether all of `text` is so."""
        if self._last is None:
            return text == self.start
        return 0 <= self._pass(text) <= len(text) - len(self._last) and text.endswith(self._last)

    def is_host(self, host: bytes) -> bool:
        """Whether `host` is so; a port and a dot behind it do not count."""
        if self._last != b"":
            name, colon, port = host.rpartition(b":")
            host = (name if colon and not port.strip(b"0123456789") else host).removesuffix(b".")
        return self.is_all(host)

    def _pass(self, text: bytes) -> int:
        """Where the last of several parts may begin at the earliest; -1 where `text` does not fit."""
        if not text.startswith(self.start):
            return -1
        at = len(self.start)
        for part in self._middle:
            at = text.find(part, at)
            if at < 0:
                return -1
            at += len(part)
        return at


class Beginnings:
    """Many patterns, each of somebody's."""

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        """Take whose they are, by numbers; of several that fit the least counts."""
        self._by_key: dict[bytes, list[tuple[int, Pattern]]] = {}
        self._others: list[tuple[int, Pattern]] = []
        for number, text in sorted(patterns):
            pattern = Pattern(text)
            key = pattern.start[:_KEY_BYTES]
            into = self._by_key.setdefault(key, []) if len(key) == _KEY_BYTES else self._others
            into.append((number, pattern))

    def find(self, text: bytes) -> int | None:
        """Whose pattern `text` begins as."""
        near = self._by_key.get(text[:_KEY_BYTES])
        found = None if near is None else first(near, text)
        other = first(self._others, text)
        return other if found is None or (other is not None and other < found) else found


def first(patterns: Iterable[tuple[T, Pattern]], text: bytes) -> T | None:
    """Of several patterns, each with whose it is, the first one's that `text` begins as."""
    pattern: Pattern
    for of, pattern in patterns:
        if pattern.begins(text):
            return of
    return None
