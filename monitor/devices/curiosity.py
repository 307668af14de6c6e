"""How often more is looked at what an address shows: a device tells what it is with the first it says, or not at all.

This meets every look-up and most connections. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Callable

import cython

from monitor.model.stats import Stats

MAX_CURIOUS = 65_536
"""Addresses that were looked at; about 8 MB. Beyond it nobody new is."""


@cython.final
@cython.cclass
class Curiosity:
    """What is left to look at, by address."""

    _looks: int
    _interests: Callable[[bytes], bool]
    _stats: Stats
    _left: dict[bytes, int]

    def __init__(self, looks: int, interests: Callable[[bytes], bool], stats: Stats) -> None:
        """Look so often at each address of 4 or 16 bytes that `interests`."""
        self._looks = looks
        self._interests = interests
        self._stats = stats
        self._left = {}

    def look(self, address: bytes) -> bool:
        """Whether to look at what an address of 4 or 16 bytes shows now; counts it."""
        left = self._left.get(address)
        if left is None:
            if len(self._left) >= MAX_CURIOUS:
                self._stats.limits["devices.curious"] += 1
                return False
            left = self._looks if self._interests(address) else 0
        elif not left:
            return False
        self._left[address] = left - 1 if left else 0
        return left > 0
