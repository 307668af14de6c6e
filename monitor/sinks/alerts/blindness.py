"""Whether the sensor sees what it should, as far as it can know: packets come, and few of them are lost.

Rules: a condition must hold for a while before it is told, minute after minute, and be over for as long before it is
taken back, so that a busy minute is no alert. What a mirror port drops whole, nobody here can see.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import pairwise

from monitor.model.named import NamedTuple
from monitor.model.stats import Stats

MINUTE_NS = 60 * 10**9
SILENCE_NS = 10 * MINUTE_NS
"""Without a packet: a network with any device on it has broadcasts more often."""
WINDOW_NS = 5 * MINUTE_NS
"""Over which losses are looked at."""
STEPS = WINDOW_NS // MINUTE_NS
"""Minutes of a window. Each by itself must be bad before anything is told: one burst fills one, or two."""
MOST_LOST = 0.1
"""Share of packets or bytes: of ten logins one is not seen. Metrics tell of less."""
LEAST_PACKETS = 10_000
"""Within the window, 33 a second; a share of fewer says nothing."""
LEAST_BYTES = 1_000_000
"""The same for what parsers were to read: more than one connection that goes wrong."""


class Sums(NamedTuple):
    """Figures that only grow."""

    at_ns: int
    arrived: int
    dropped: int
    followed_bytes: int
    lost_bytes: int
    spoken_bytes: int
    unseen_bytes: int

    @classmethod
    def of(cls, stats: Stats, at_ns: int = 0) -> Sums:
        """How they stand."""
        return cls(
            at_ns=at_ns,
            arrived=sum(one.arrived for one in stats.captures),
            dropped=sum(one.dropped for one in stats.captures),
            followed_bytes=stats.followed_bytes,
            lost_bytes=stats.lost_bytes,
            spoken_bytes=stats.spoken_bytes,
            unseen_bytes=stats.unseen_bytes,
        )

    def since(self, before: Sums) -> Sums:
        """How much they have grown."""
        return Sums(*(now - then for now, then in zip(self, before, strict=True)))

    @property
    def dropped_share(self) -> float:
        """Of all packets, 0 to 1."""
        return self.dropped / self.arrived if self.arrived else 0.0

    @property
    def lost_share(self) -> float:
        """Of all bytes that parsers should have read, or of all that was said between two ends, 0 to 1: the worse."""
        pairs = (self.lost_bytes, self.followed_bytes), (self.unseen_bytes, self.spoken_bytes)
        return max(lost / max(lost + came, 1) for lost, came in pairs)

    @property
    def wanted_bytes(self) -> int:
        """Of how many bytes the share of lost ones speaks, at most."""
        return max(self.followed_bytes + self.lost_bytes, self.spoken_bytes + self.unseen_bytes)


class Blindness:
    """Says in words what is wrong, while it is."""

    def __init__(self, reason: str = "") -> None:
        """`reason` is what an earlier run has told, and not taken back."""
        self._marks: deque[Sums] = deque(maxlen=STEPS + 1)
        """A minute apart."""
        self._latest_ns = 0
        """Of packets, or of the first look at them."""
        self._reason = reason
        self._good_ns: int | None = None
        """Since when all is well although a reason stands."""

    def reason(self, at_ns: int, stats: Stats) -> str:
        """What is wrong at trace time `at_ns`, in one sentence; empty where nothing is."""
        now = self._why(at_ns, stats)
        if now:
            self._reason, self._good_ns = now, None
        elif self._reason and any(one.last_ns for one in stats.captures):  # that no packet has come yet is not well
            self._good_ns = at_ns if self._good_ns is None else self._good_ns
            if at_ns - self._good_ns >= WINDOW_NS:
                self._reason, self._good_ns = "", None
        return self._reason

    def _why(self, at_ns: int, stats: Stats) -> str:
        packets_ns = max((one.last_ns or 0 for one in stats.captures), default=0)
        self._latest_ns = max(self._latest_ns or at_ns, packets_ns)
        if at_ns - self._latest_ns >= SILENCE_NS:
            return f"No packet has come for {(at_ns - self._latest_ns) // MINUTE_NS} minutes."
        self._mark(at_ns, stats)
        if len(self._marks) <= STEPS:
            return ""
        minutes = [now.since(before) for before, now in pairwise(self._marks)]
        whole = self._marks[-1].since(self._marks[0])
        dropped, lost = whole.dropped_share, whole.lost_share
        if whole.arrived >= LEAST_PACKETS and self._holds(dropped, (one.dropped_share for one in minutes)):
            return f"{dropped:.0%} of all packets were dropped, because this machine cannot keep up."
        if whole.wanted_bytes >= LEAST_BYTES and self._holds(lost, (one.lost_share for one in minutes)):
            return f"{lost:.0%} of what connections carried never came, so the mirror port loses it."
        return ""

    def _holds(self, share: float, shares: Iterable[float]) -> bool:
        """Whether too much is lost in the whole window, and, unless a reason stands, in each of its minutes."""
        return share >= MOST_LOST and (bool(self._reason) or all(one >= MOST_LOST for one in shares))

    def _mark(self, at_ns: int, stats: Stats) -> None:
        """Remember the figures, once a minute."""
        if self._marks and at_ns - self._marks[-1].at_ns < MINUTE_NS:
            return
        self._marks.append(Sums.of(stats, at_ns))
