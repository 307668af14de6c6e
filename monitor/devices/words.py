r"""Looks for the words of a catalog's signals in what was said: for texts that must stand there, before any pattern.

A word is a regular expression, and mostly nothing fits. To look for the few plain texts of which one must stand in
whatever fits (`needs`) takes neither a compiled pattern nor a walk through it. Of a word of which none is known, the
pattern itself is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from monitor.model.opaque import Label
from monitor.privacy.labels import typed


class Words:
    """The words and services of some signals."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Take what `tables.list_words` says of the signals."""
        self._first: Sequence[tuple[bytes, int]] = [(text.encode("latin-1"), place) for text, place in table["first"]]
        """Every text that must be there, with the place of the word that it belongs to."""
        self._words: Sequence[tuple[str | None, Label]] = [(word, typed(name)) for word, name in table["words"]]
        """Patterns, None where the text is all of it, each with the signal that it belongs to."""
        self._unsure: Sequence[int] = table["unsure"]
        """Words of which nothing must be there for sure, by their places."""

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


@cache
def _pattern(word: str) -> re.Pattern[bytes]:
    return re.compile(word.encode(), re.IGNORECASE)
