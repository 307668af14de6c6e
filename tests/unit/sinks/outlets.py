"""Outlets that fail in every way a test may want."""

from __future__ import annotations

from threading import Event

from monitor.model.finding import Finding
from monitor.model.stats import SinkStats, Stats


class Good:
    """Delivers whatever comes, and remembers it."""

    def __init__(self, name: str = "good") -> None:
        self.name = name
        self.figures = SinkStats()
        self.received: list[Finding] = []
        self.ticks: list[tuple[int, Stats]] = []
        self.ended: list[Stats] = []
        self.closed = 0
        self.has_ticked = Event()

    def receive(self, finding: Finding) -> None:
        """Remember it."""
        self.received.append(finding)
        self.figures.delivered += 1

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Remember it."""
        self.ticks.append((at_ns, stats))
        self.has_ticked.set()

    def finish(self, stats: Stats) -> None:
        """Remember it."""
        self.ended.append(stats)

    def close(self) -> None:
        """Remember it."""
        self.closed += 1

    def counts(self) -> list[int]:
        """The count of each state that came."""
        return [finding.count for finding in self.received]


class Blocked(Good):
    """Hangs in its first tick until it is let go."""

    def __init__(self, name: str = "blocked") -> None:
        super().__init__(name)
        self.hangs = Event()
        self.let_go = Event()

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Hang."""
        self.hangs.set()
        self.let_go.wait()
        super().tick(at_ns, stats)


class Broken(Good):
    """Raises what it is told to, wherever it is called, until it is repaired."""

    def __init__(self, error: Exception) -> None:
        super().__init__("broken")
        self.error: Exception | None = error

    def receive(self, finding: Finding) -> None:
        """Raise."""
        self._try()
        super().receive(finding)

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Raise."""
        self.has_ticked.set()
        self._try()
        super().tick(at_ns, stats)

    def finish(self, stats: Stats) -> None:
        """Raise."""
        self._try()
        super().finish(stats)

    def _try(self) -> None:
        if self.error is not None:
            raise self.error
