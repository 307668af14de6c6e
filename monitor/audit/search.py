"""Finds marks again, however they were written down.

Rule: says which mark stands where, and how it was spelled; never the mark itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from monitor.audit.marks import PIECE_BYTES, spellings
from monitor.model.named import NamedTuple


class Trace(NamedTuple):
    """A mark that was found."""

    place: str
    """What it stands in for: ``sip2 AA``."""
    spelling: str
    """How it was written."""


class Search:
    """Looks for all marks at once."""

    def __init__(self, marks: Mapping[str, bytes], addresses: Mapping[str, str] | None = None) -> None:
        """Spell every mark.

        Args:
            marks: by what they stand in for.
            addresses: IP addresses that nobody may see, by what they stand in for.
        """
        self._spelled: dict[bytes, list[tuple[bytes, Trace]]] = {}
        """By their first bytes: looking each of those up in a dictionary is what makes thousands affordable."""
        for place, mark in marks.items():
            for name, spelling in spellings(mark):
                self._spelled.setdefault(spelling[:PIECE_BYTES], []).append((spelling, Trace(place, name)))
        self._addresses = [(_pattern(address), place) for place, address in (addresses or {}).items()]

    def find(self, haystack: bytes) -> list[Trace]:
        """Every mark that stands in there, each spelling once, in order of their names."""
        lowered = haystack.lower()
        found: set[Trace] = set()
        for start in range(len(lowered)):
            for spelling, trace in self._spelled.get(lowered[start : start + PIECE_BYTES], ()):
                if lowered.startswith(spelling, start):
                    found.add(trace)
        found.update(Trace(place, "plain") for pattern, place in self._addresses if pattern.search(lowered))
        return sorted(found)


def _pattern(address: str) -> re.Pattern[bytes]:
    """An address that is not a part of a longer one; a port may follow that of IPv4."""
    more = rb"[0-9a-f:]" if ":" in address else rb"\.?[0-9]"
    return re.compile(rb"(?<![0-9a-f.:])" + re.escape(address.lower().encode("ascii")) + b"(?!" + more + b")")
