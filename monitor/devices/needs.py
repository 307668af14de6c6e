r"""Which plain texts must stand in whatever a word of a catalog's signals fits.

A word is a regular expression. Whatever fits one contains one of a few texts: what fits ``\bip[ _-]?camera`` contains
``camera``. Rule: they are found cautiously; of what is not understood nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_PART = re.compile(
    r"""[a-z0-9 _"=:/-]+(?![*?{])|"""
    r"\\[0-9]+|\\x[0-9a-f]{2}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!]|\(\?<[=!]|\{[0-9,]*\}|.",
    re.DOTALL,
)
"""One part of a regular expression: plain text, an escape, a set of characters, begin or end of a group, a count ..."""
_MAY_LACK = ("*", "?", "{0", "{,")
"""How a count begins that lets what stands before it be missing."""
_ODD_GROUP = re.compile(r"\(\?(?![:=!]|<[=!])")
"""With a flag or a name."""
_LOOKS = frozenset(("(?=", "(?!", "(?<=", "(?<!"))
"""Groups that look at what stands there and take nothing of it."""

Texts = tuple[bytes, ...]
"""One of these must be there; none where nothing can be said."""


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
