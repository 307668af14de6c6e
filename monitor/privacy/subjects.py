"""Counts distinct patrons per finding without keeping who they are.

A patron identifier becomes a `Sighting` (a digest under a key of this process), and a finding keeps those under a mask
of the day, so that what two days keep cannot be compared. Key and mask live in memory only; at the turn of a UTC day of
trace time the day's digests and mask are dropped and only their number stays. Rule: nothing but numbers leaves this
module.

Digests are of 64 bits by SipHash (Aumasson and Bernstein 2012), which is how Python's `hash` takes bytes, under a
secret key of its own before ours. They never leave the process, so there is nobody to defend a longer one against, and
of 500,000 patrons two share one with a chance of 2^-27. BLAKE2 costs ten times as much, for every message.
"""

from __future__ import annotations

import os

import cython

if cython.compiled:
    from cython.cimports.monitor.model.opaque import Sighting

from monitor.model.opaque import Label, Sighting

_MASK_BYTES = 8
"""As many as `hash` gives."""
MAX_DIGESTS_PER_FINDING = 200_000
"""A busy consortium sees fewer patrons at one service in a day; about 20 MB when full."""
MAX_DIGESTS = 500_000
"""Bound on all findings together: about 50 MB."""
DAY_NS = 86_400 * 10**9

_PROCESS_KEY = cython.declare(bytes, os.urandom(32))
_ACCOUNT = os.urandom(16)
"""Ahead of what an account is called."""


def sighting(identifier: bytes) -> Sighting:
    """Note that a patron was seen. Blanks around an identifier are padding and do not make another patron."""
    return Sighting(hash(_PROCESS_KEY + identifier.strip()))


def draw_mask() -> int:
    """A number to keep the digests of one day under."""
    return int.from_bytes(os.urandom(_MASK_BYTES), signed=True)


def account(name: bytes) -> Sighting:
    """Note that an account was used. It is never taken for a patron of the same name."""
    return sighting(_ACCOUNT + name.strip())


@cython.final
@cython.cclass
class SubjectCounter:
    """Distinct patrons of each finding, per UTC day of trace time, summed over days."""

    _mask: cython.longlong
    _until_ns: cython.longlong
    _today: dict[Label, set[int]]
    _before: dict[Label, int]
    _digests: cython.Py_ssize_t
    _limited: set[Label]
    _room: cython.Py_ssize_t
    _room_of_each: cython.Py_ssize_t

    def __init__(self) -> None:
        self._room = MAX_DIGESTS
        self._room_of_each = MAX_DIGESTS_PER_FINDING
        self._mask = draw_mask()
        self._until_ns = 0
        self._today = {}
        self._before = {}
        self._digests = 0
        self._limited = set()

    def count(self, finding: Label, seen: tuple, at_ns: cython.longlong) -> None:  # type: ignore[type-arg]
        """Add sightings to a finding, named by its id."""
        one: Sighting
        size: cython.Py_ssize_t
        digest: cython.longlong
        if at_ns >= self._until_ns:
            self._turn(at_ns)
        patrons: set[int] | None = self._today.get(finding)
        if patrons is None:
            patrons = self._today[finding] = set()
        size = len(patrons)
        for one in seen:
            digest = one.reveal()
            digest ^= self._mask
            if size < self._room_of_each and self._digests < self._room:
                patrons.add(digest)
                self._digests += len(patrons) - size
                size = len(patrons)
            elif digest not in patrons:
                self._limited.add(finding)

    def total(self, finding: Label) -> int:
        """Distinct patrons so far."""
        return self._before.get(finding, 0) + len(self._today.get(finding, ()))

    def forget(self, finding: Label) -> None:
        """Begin a finding anew."""
        self._digests -= len(self._today.pop(finding, ()))
        self._before.pop(finding, None)
        self._limited.discard(finding)

    def limited(self, finding: Label) -> bool:
        """True when a limit was hit, so that `total` is a lower bound."""
        return finding in self._limited

    def _turn(self, at_ns: int) -> None:
        for finding, patrons in self._today.items():
            self._before[finding] = self._before.get(finding, 0) + len(patrons)
        self._today.clear()
        self._digests = 0
        self._mask = draw_mask()
        self._until_ns = (at_ns // DAY_NS + 1) * DAY_NS
