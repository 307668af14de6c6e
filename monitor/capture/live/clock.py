"""Trace time while nothing comes: the clock on the wall, kept from running back."""

from __future__ import annotations

import time
from collections.abc import Callable


class SteadyClock:
    """Follows the wall clock forward; when somebody sets that back, goes on at the pace of the monotonic clock."""

    def __init__(
        self, wall_ns: Callable[[], int] = time.time_ns, monotonic_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._wall_ns = wall_ns
        self._monotonic_ns = monotonic_ns
        self._at_ns = wall_ns()
        self._read_ns = monotonic_ns()

    def now(self) -> int:
        """Nanoseconds since 1970 UTC; never less than before."""
        read_ns = self._monotonic_ns()
        self._at_ns = max(self._at_ns + read_ns - self._read_ns, self._wall_ns())
        self._read_ns = read_ns
        return self._at_ns
