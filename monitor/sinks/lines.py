"""Findings as messages, one for each that is new, has changed or no longer stands, as it happens.

Rules: a new finding and one that no longer stands (`count` 0) are told at once, a change at most once a minute, and
the last state of each always. A message counts as told when its destination has taken it; what it has not taken waits
here as each finding's last state. What a message looks like and where it goes are two other matters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from monitor.model.closed import Enum
from monitor.model.finding import Finding
from monitor.model.named import NamedTuple
from monitor.model.stats import SinkStats, Stats

PAUSE_NS = 60 * 10**9
"""Between two messages on one finding, in trace time: a busy service changes its finding with every message."""


class News(Enum):
    """Why a finding is told."""

    NEW = "new"
    """It was not told before by this run, or it stands again."""
    CHANGED = "changed"
    GONE = "gone"
    """It no longer stands: all of it counts in a worse finding now."""


class Told(NamedTuple):
    """What a message is about."""

    finding: Finding
    news: News
    at_ns: int
    """Trace time."""


class Destination(Protocol):
    """Takes messages, each as one."""

    def check(self) -> None:
        """Look whether it could take one; called every second.

        Raises:
            DeliveryError: it could not.
        """
        ...

    def send(self, message: bytes) -> bool:
        """Take a message; False where nobody wants any more of them.

        Raises:
            DeliveryError: it was not taken, and is to be tried again.
        """
        ...

    def close(self) -> None:
        """Let go of everything; the next call may open it again."""
        ...


class FindingLines:
    """A sink that turns findings into messages."""

    def __init__(
        self,
        name: str,
        compose: Callable[[Told], bytes],
        destination: Destination,
        tell_figures: Callable[[int, Stats], bytes] | None = None,
    ) -> None:
        """Put together a sink.

        Args:
            name: in figures and messages.
            compose: makes a message of a finding.
            destination: who takes it; closed with this.
            tell_figures: makes a message of the figures at a trace time, once a minute; None where none is wanted.
        """
        self.name = name
        self.figures = SinkStats()
        self._compose = compose
        self._destination = destination
        self._tell_figures = tell_figures
        self._figures_ns: int | None = None
        # As many findings as the rule engine makes, which bounds their number.
        self._waiting: dict[str, Finding] = {}
        self._told: dict[str, Told] = {}
        """The last of each."""

    def receive(self, finding: Finding) -> None:
        """Take a finding or its new state."""
        self._waiting[finding.id] = finding

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Tell what is new, and changes that have waited long enough.

        Raises:
            DeliveryError: the destination does not take it, or could not.
        """
        self._destination.check()
        self._send([one for one in self._waiting.values() if self._is_due(one, at_ns)], at_ns)
        if self._tell_figures is not None and (self._figures_ns is None or at_ns - self._figures_ns >= PAUSE_NS):
            self._figures_ns = at_ns
            self._destination.send(self._tell_figures(at_ns, stats))

    def finish(self, stats: Stats) -> None:
        """Tell the last state of what has changed since it was told.

        Raises:
            DeliveryError: as with `tick`.
        """
        try:
            self._send(list(self._waiting.values()), stats.now_ns)
        finally:
            self.figures.waiting = len(self._waiting)

    def close(self) -> None:
        """Close the destination."""
        self._destination.close()

    def _is_due(self, finding: Finding, at_ns: int) -> bool:
        told = self._told.get(finding.id)
        return told is None or not finding.count or not told.finding.count or at_ns - told.at_ns >= PAUSE_NS

    def _send(self, findings: list[Finding], at_ns: int) -> None:
        for finding in findings:
            told = self._told.get(finding.id)
            if told is None or told.finding != finding:
                now = Told(finding, _news(finding, told), at_ns)
                if self._destination.send(self._compose(now)):
                    self.figures.delivered += 1
                else:
                    self.figures.dropped += 1
                    self.figures.failing = True
                self._told[finding.id] = now
            del self._waiting[finding.id]


def _news(finding: Finding, told: Told | None) -> News:
    if not finding.count:
        return News.GONE
    return News.CHANGED if told is not None and told.finding.count else News.NEW
