r"""Looks for the words of a catalog's signals in what was said: for texts that must stand there, before any pattern.

A word is a regular expression, and mostly nothing fits. Whatever fits one contains one of a few plain texts (what fits
``\bip[ _-]?camera`` contains ``camera``), and to look for those takes neither a compiled pattern nor a walk through it.
Rule: what a word must contain is found cautiously; of what is not understood nothing is said, and the pattern itself
is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from monitor.devices.signal import Signal
from monitor.model.lazy import lazy
from monitor.model.opaque import Label

_PART = lazy(
    r"""[a-z0-9 _"=:/-]+(?![*?{])|"""
    r"\\[0-9]+|\\x[0-9a-f]{2}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!]|\(\?<[=!]|\{[0-9,]*\}|.",
    re.DOTALL,
)
"""One part of a regular expression: plain text, an escape, a set of characters, begin or end of a group, a count ..."""
_MAY_LACK = ("*", "?", "{0", "{,")
"""How a count begins that lets what stands before it be missing."""
_ODD_GROUP = lazy(r"\(\?(?![:=!]|<[=!])")
"""With a flag or a name."""
_LOOKS = frozenset(("(?=", "(?!", "(?<=", "(?<!"))
"""Groups that look at what stands there and take nothing of it."""

Texts = tuple[bytes, ...]
"""One of these must be there; none where nothing can be said."""


class Words:
    """The words and services of some signals."""

    def __init__(self, signals: Iterable[Signal]) -> None:
        """Take signals in the order in which they are to be found."""
        self._first: list[tuple[bytes, int]] = []
        """Every text that must be there, with the place of the word that it belongs to."""
        self._words: list[tuple[str | None, Label]] = []
        """Patterns, None where the text is all of it, each with the signal that it belongs to."""
        self._unsure: list[int] = []
        """Words of which nothing must be there for sure, by their places."""
        for signal in signals:
            for text in signal.services:
                label = b"".join(bytes((len(part),)) + part.encode() for part in text.lower().split("."))
                self._add(None, signal.name, (label,))
            for word in signal.words:
                self._add(word, signal.name, needed(word))

    def find(self, text: bytes) -> tuple[Label, ...]:
        """The signals of which a word or a service stands in a text, whatever its case."""
        lower = text.lower()
        places = [place for needed, place in self._first if needed in lower]
        if not places and not self._unsure:
            return ()
        found: dict[Label, None] = {}
        for place in sorted({*places, *self._unsure}):
            pattern, name = self._words[place]
            if name not in found and (pattern is None or _pattern(pattern).search(text)):
                found[name] = None
        return tuple(found)

    def _add(self, pattern: str | None, name: Label, texts: Texts) -> None:
        place = len(self._words)
        self._words.append((pattern, name))
        self._first += [(text, place) for text in texts]
        if not texts:
            self._unsure.append(place)


@cache
def needed(word: str) -> Texts:
    """Texts, in lower case, one of which is in everything that a regular expression fits without regard to case."""
    return () if _ODD_GROUP.search(word) else _read(iter(_PART.findall(word.lower())))


def _read(parts: Iterator[str]) -> Texts:
    """What is needed for the alternatives up to the end of a group, or of all."""
    each: list[Texts] = []
    best: Texts = ()
    group: Texts = ()
    """Of a group right before."""
    run = b""
    """Characters right before that stand for themselves."""
    for part in parts:
        if part == ")":
            break
        if _is_text(part):
            best, group = _longer(best, group), ()
            run += part.removeprefix("\\").encode()
            continue
        if part.startswith(_MAY_LACK):
            run, group = run[:-1], ()
        best, run, group = _longer(_longer(best, group), (run,) if run else ()), b"", ()
        if part == "|":
            each.append(best)
            best = ()
        elif part.startswith("("):
            inner = _read(parts)
            group = () if part in _LOOKS else inner
    each.append(_longer(_longer(best, group), (run,) if run else ()))
    return tuple(dict.fromkeys(text for texts in each for text in texts)) if all(each) else ()


def _is_text(part: str) -> bool:
    """Whether a part stands for itself."""
    if part[0] == "\\":
        return not part[-1].isalnum()
    if len(part) > 1:
        return part[0] not in "[({"
    return part not in ".^$|*+?(" and part.isascii()


def _longer(one: Texts, other: Texts) -> Texts:
    """Those of which the shortest is longer, which chance finds less often; none rather than empty ones."""
    if not other:  # nearly always
        return one
    return other if min(map(len, other)) > min(map(len, one), default=0) else one


@cache
def _pattern(word: str) -> re.Pattern[bytes]:
    return re.compile(word.encode(), re.IGNORECASE)
