"""The share of TCP that was missing lately: the one figure that also sees what a mirror port lost."""

from __future__ import annotations

from collections import deque

WINDOW_NS = 300 * 10**9
"""What "lately" means, in trace time: long enough for a quiet library to say something, short enough to see it end."""
STEP_NS = 10 * 10**9
"""How far the window moves at a time, which bounds what it remembers."""


class Loss:
    """Turns two sums that grow into a ratio over a window that moves."""

    def __init__(self) -> None:
        self._marks: deque[tuple[int, int, int]] = deque([(0, 0, 0)])
        """When, and both sums then; the first is the window's beginning."""

    def ratio(self, at_ns: int, followed_bytes: int, lost_bytes: int) -> float:
        """Lost bytes among all that should have been there, 0 to 1, at trace time `at_ns`; 0 where there were none."""
        if at_ns - self._marks[-1][0] >= STEP_NS:
            self._marks.append((at_ns, followed_bytes, lost_bytes))
        while len(self._marks) > 1 and at_ns - self._marks[1][0] >= WINDOW_NS:
            self._marks.popleft()
        _, followed_before, lost_before = self._marks[0]
        lost = max(0, lost_bytes - lost_before)  # what comes late after all was not lost
        wanted = followed_bytes - followed_before + lost
        return lost / wanted if wanted else 0.0
