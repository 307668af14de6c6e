"""Whether the sensor sees what it should, as far as it can know: packets come, and few of them are lost.

Rules: a condition must hold for a while before it is told, and be over for as long before it is taken back, so that a
busy minute is no alert. What a mirror port drops whole, nobody here can see.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from monitor.model.stats import Stats

MINUTE_NS = 60 * 10**9
SILENCE_NS = 10 * MINUTE_NS
"""Without a packet: a network with any device on it has broadcasts more often."""
WINDOW_NS = 5 * MINUTE_NS
"""Over which losses are looked at."""
STEP_NS = MINUTE_NS // 4
"""How far the window moves at a time, which bounds what it remembers."""
MOST_LOST = 0.1
"""Share of packets or bytes: of ten logins one is not seen. Metrics tell of less."""
LEAST_PACKETS = 1_000
"""Within the window; a share of fewer says nothing."""
LEAST_BYTES = 100_000
"""The same for what parsers were to read."""


class Sums(NamedTuple):
    """Figures that only grow."""

    at_ns: int
    arrived: int
    dropped: int
    followed_bytes: int
    lost_bytes: int


class Blindness:
    """Says in words what is wrong, while it is."""

    def __init__(self) -> None:
        self._marks: deque[Sums] = deque()
        self._latest_ns = 0
        """Of packets, or of the first look at them."""
        self._reason = ""
        self._good_ns: int | None = None
        """Since when all is well although a reason stands."""

    def reason(self, at_ns: int, stats: Stats) -> str:
        """What is wrong at trace time `at_ns`, in one sentence; empty where nothing is."""
        now = self._why(at_ns, stats)
        if now:
            self._reason, self._good_ns = now, None
        elif self._reason:
            self._good_ns = at_ns if self._good_ns is None else self._good_ns
            if at_ns - self._good_ns >= WINDOW_NS:
                self._reason, self._good_ns = "", None
        return self._reason

    def _why(self, at_ns: int, stats: Stats) -> str:
        packets_ns = max((one.last_ns or 0 for one in stats.captures), default=0)
        self._latest_ns = max(self._latest_ns or at_ns, packets_ns)
        if at_ns - self._latest_ns >= SILENCE_NS:
            return f"No packet has come for {(at_ns - self._latest_ns) // MINUTE_NS} minutes."
        first, last = self._window(at_ns, stats)
        if last.at_ns - first.at_ns < WINDOW_NS:
            return ""
        arrived, dropped = last.arrived - first.arrived, last.dropped - first.dropped
        if arrived >= LEAST_PACKETS and dropped / arrived >= MOST_LOST:
            return f"{dropped / arrived:.0%} of all packets were dropped, because this machine cannot keep up."
        lost = last.lost_bytes - first.lost_bytes
        wanted = last.followed_bytes - first.followed_bytes + lost
        if wanted >= LEAST_BYTES and lost / wanted >= MOST_LOST:
            return f"{lost / wanted:.0%} of what connections carried never came, so the mirror port loses it."
        return ""

    def _window(self, at_ns: int, stats: Stats) -> tuple[Sums, Sums]:
        """The figures at the beginning of the window and now."""
        now = Sums(
            at_ns=at_ns,
            arrived=sum(one.arrived for one in stats.captures),
            dropped=sum(one.dropped for one in stats.captures),
            followed_bytes=stats.followed_bytes,
            lost_bytes=stats.coverage.gap_bytes,
        )
        if not self._marks or at_ns - self._marks[-1].at_ns >= STEP_NS:
            self._marks.append(now)
        while len(self._marks) > 1 and at_ns - self._marks[1].at_ns >= WINDOW_NS:
            self._marks.popleft()
        return self._marks[0], now
