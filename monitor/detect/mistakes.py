"""Collects every mistake of a set of rule files, so that an author sees all of them at once.

Rule: rule files are typed by people, so their words may be quoted here; nothing read off the wire ever comes this way.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from monitor.errors import RuleError


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint that names the known word closest to `word`, or else all known words."""
    from difflib import get_close_matches  # noqa: PLC0415 (only a mistake needs it, every start would pay for it)

    known = sorted(words)
    close = get_close_matches(word, known, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known: {', '.join(known)}" if known else ""


class Mistakes:
    """Mistakes by file and line; the same mistake counts once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str], str] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: Path, line: int, what: str, hint: str = "") -> None:
        """Note one mistake. `line` is counted from 1."""
        self._found.setdefault((str(path), line, what), hint)

    def raise_any(self) -> None:
        """End the reading here if anything was wrong.

        Raises:
            RuleError: one line a mistake, ``file:line: what (hint: ...)``, in the order of files and lines.
        """
        if self._found:
            raise RuleError("\n".join(_line(*place, hint) for place, hint in sorted(self._found.items())))


def _line(path: str, line: int, what: str, hint: str) -> str:
    return f"{path}:{line}: {what}" + (f" (hint: {hint})" if hint else "")
