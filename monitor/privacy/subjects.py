"""Counts distinct patrons per finding without keeping who they are.

A patron identifier becomes a `Sighting` (a digest under a key of this process), and a finding keeps 64 bit hashes of
those under a salt of the day. Key and salt live in memory only; at the turn of a UTC day of trace time the day's
hashes and salt are dropped and only their number stays. Rule: nothing but numbers leaves this module.
"""

from __future__ import annotations

import os

from monitor.model.digest import blake2b
from monitor.model.opaque import Raw, Sighting

DIGEST_BYTES = 12
"""2^-40 is the chance that two of 10 million patrons collide."""
MAX_DIGESTS_PER_FINDING = 200_000
"""A busy consortium sees fewer patrons at one service in a day; about 20 MB when full."""
MAX_DIGESTS = 500_000
"""Bound on all findings together: about 50 MB."""
DAY_NS = 86_400 * 10**9

_PROCESS_KEY = os.urandom(32)


def sighting(identifier: Raw) -> Sighting:
    """Note that a patron was seen. Blanks around an identifier are padding and do not make another patron."""
    return Sighting(blake2b(identifier.reveal().strip(), digest_size=DIGEST_BYTES, key=_PROCESS_KEY).digest())


class SubjectCounter:
    """Distinct patrons of each finding, per UTC day of trace time, summed over days."""

    def __init__(self) -> None:
        self._salt = os.urandom(32)
        self._day = -1
        self._today: dict[str, set[int]] = {}
        self._before: dict[str, int] = {}
        self._digests = 0
        self._limited: set[str] = set()

    def count(self, finding: str, seen: tuple[Sighting, ...], at_ns: int) -> None:
        """Add sightings to a finding, named by its id."""
        day = at_ns // DAY_NS
        if day > self._day:
            self._turn(day)
        patrons = self._today.setdefault(finding, set())
        for one in seen:
            digest = hash(self._salt + one.reveal())
            if digest in patrons:
                continue
            if len(patrons) >= MAX_DIGESTS_PER_FINDING or self._digests >= MAX_DIGESTS:
                self._limited.add(finding)
                continue
            patrons.add(digest)
            self._digests += 1

    def total(self, finding: str) -> int:
        """Distinct patrons so far."""
        return self._before.get(finding, 0) + len(self._today.get(finding, ()))

    def forget(self, finding: str) -> None:
        """Begin a finding anew."""
        self._digests -= len(self._today.pop(finding, ()))
        self._before.pop(finding, None)
        self._limited.discard(finding)

    def limited(self, finding: str) -> bool:
        """True when a limit was hit, so that `total` is a lower bound."""
        return finding in self._limited

    def _turn(self, day: int) -> None:
        for finding, patrons in self._today.items():
            self._before[finding] = self._before.get(finding, 0) + len(patrons)
        self._today.clear()
        self._digests = 0
        self._salt = os.urandom(32)
        self._day = day
