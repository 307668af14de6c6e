"""Collects every mistake of a set of files that people typed, so that they see all of them at once.

Rule: rule files and the configuration are typed by people, so their words may be quoted here; nothing read off the
wire ever comes this way. One mistake is one line, whatever characters the words are made of.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from monitor.errors import MonitorError, RuleError
from monitor.privacy.labels import file_label

MAX_SHOWN = 500
"""Lines of one message: more than anybody puts right before trying again, fewer than fill a journal."""
MAX_QUOTED_CHARS = 60
"""Of one word that is quoted: an address or a name fits, a paragraph in the wrong place does not."""


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint that names the known word closest to `word`, or else all known words."""
    from difflib import get_close_matches  # noqa: PLC0415 (only a mistake needs it, every start would pay for it)

    known = sorted(words)
    close = get_close_matches(word, known, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"known: {', '.join(known)}" if known else ""


def quoted(text: str) -> str:
    """Typed text within quotes, cut where it is too long to be read in a message."""
    return f"'{text}'" if len(text) <= MAX_QUOTED_CHARS else f"'{text[:MAX_QUOTED_CHARS]}...'"


class Mistakes:
    """Mistakes by file and line; the same mistake counts once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str], str] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: Path, line: int, what: str, hint: str = "") -> None:
        """Note one mistake. `line` is counted from 1."""
        self._found.setdefault((str(path), line, what), hint)

    def raise_any(self, error: type[MonitorError] = RuleError) -> None:
        """End the reading here if anything was wrong.

        Args:
            error: what to raise; its message has one line a mistake, ``file:line: what (hint: ...)``, in the order of
                files and lines.
        """
        if self._found:
            lines = [_line(place, hint) for place, hint in sorted(self._found.items())]
            if len(lines) > MAX_SHOWN:
                lines[MAX_SHOWN:] = [f"and {len(lines) - MAX_SHOWN} more mistakes (hint: put these right first)"]
            raise error("\n".join(lines))


def _line(place: tuple[str, int, str], hint: str) -> str:
    path, line, what = place
    return file_label(f"{path}:{line}: {what}" + (f" (hint: {hint})" if hint else ""))
