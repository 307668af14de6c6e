"""The patterns of the catalog, in which ``*`` stands for anything: compared without regular expressions.

To compile those of all products takes longer than a busy minute asks of them, and most are never met. Texts are given
in lower case; so are patterns kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_KEY_BYTES = 4
"""By which patterns are looked up: with as many begin nearly all of them, and few the same."""


class Pattern:
    """One pattern."""

    __slots__ = ("_ends_word", "_last", "_middle", "start")

    def __init__(self, text: str) -> None:
        self.start, *rest = text.lower().encode().split(b"*")
        """What a text that fits begins with."""
        self._middle = tuple(rest[:-1])
        self._last = rest[-1] if rest else None
        self._ends_word = text[-1:].isalnum()

    def begins(self, text: bytes) -> bool:
        """Whether `text` begins so, and no word goes on behind it."""
        at = self._pass(text)
        if at < 0 or self._last is None:
            return at >= 0 and not (self._ends_word and text[at : at + 1].isalnum())
        while True:
            at = text.find(self._last, at)
            if at < 0:
                return False
            behind = at + len(self._last)
            if not (self._ends_word and text[behind : behind + 1].isalnum()):
                return True
            at += 1

    def is_all(self, text: bytes) -> bool:
        """Whether all of `text` is so."""
        at = self._pass(text)
        if self._last is None:
            return at == len(text)
        return 0 <= at <= len(text) - len(self._last) and text.endswith(self._last)

    def is_host(self, host: bytes) -> bool:
        """Whether `host` is so; a port and a dot behind it do not count."""
        if self._last != b"":
            name, colon, port = host.rpartition(b":")
            host = (name if colon and not port.strip(b"0123456789") else host).removesuffix(b".")
        return self.is_all(host)

    def _pass(self, text: bytes) -> int:
        """Where the last part may begin at the earliest; -1 where `text` does not fit."""
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
        found = _first(self._by_key.get(text[:_KEY_BYTES], ()), text)
        other = _first(self._others, text)
        return other if found is None or (other is not None and other < found) else found


def _first(patterns: Sequence[tuple[int, Pattern]], text: bytes) -> int | None:
    for number, pattern in patterns:
        if pattern.begins(text):
            return number
    return None
