"""Tells patrons and accounts apart for rules that count over time, by numbers that mean nothing.

The first one seen on a day is 1, the next 2, and so on; a number says who came first and nothing else. Digests under a
mask of the day stay in this module, as those of `subjects` do there; at the turn of a UTC day of trace time whoever
counts calls `turn`, and all are dropped. Rule: nothing but numbers leaves this module, and none is the same person's
for longer than that day.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.monitor.model.opaque import Sighting

from monitor.model.opaque import Sighting
from monitor.privacy.subjects import DAY_NS, draw_mask

MAX_NUMBERS = 200_000
"""A day; a busy consortium sees fewer patrons. About 20 MB when full."""


@cython.final
@cython.cclass
class Pseudonyms:
    """The numbers of a day."""

    _mask: cython.longlong
    _numbers: dict[int, int]

    def __init__(self) -> None:
        self._mask = draw_mask()
        self._numbers = {}

    def turn(self, at_ns: int) -> int:
        """Begin a day: all numbers are given anew. Returns when it ends."""
        self._numbers.clear()
        self._mask = draw_mask()
        return (at_ns // DAY_NS + 1) * DAY_NS

    def number(self, one: Sighting) -> int | None:
        """Whose sighting it is, as a number from 1; None for a new one when there is no room."""
        digest: cython.longlong = one.reveal()
        key: int = digest ^ self._mask
        found = self._numbers.get(key)
        if found is None and len(self._numbers) < MAX_NUMBERS:
            found = self._numbers[key] = len(self._numbers) + 1
        return found
