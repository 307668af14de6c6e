"""The sink behind a scrape: notes what it is given, and has one moment of the run ready for whoever asks.

Rule: nobody waits for a scrape. The whole snapshot is replaced when time passes, and other threads only read.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from threading import Lock

from monitor.config.settings import Config
from monitor.model.finding import Finding
from monitor.model.stats import SinkStats, Stats
from monitor.sinks.metrics.access import Access, read_access
from monitor.sinks.metrics.loss import Loss
from monitor.sinks.metrics.snapshot import Snapshot, Standing, take_snapshot

HEALTHY_SECONDS = 60.0
"""Time passes every second, in silence too; a minute without that is a run that hangs."""
NAME = "metrics"
"""Of this sink in figures."""
REFUSED = "metrics.connections"
"""The name of the limit that was hit."""


class MetricsSink:
    """A sink for whoever scrapes. Its heartbeat says that time passes through the run; see `Stats.sinks` for sinks."""

    def __init__(self) -> None:
        self.name = NAME
        self.figures = SinkStats()
        self.latest = Snapshot()
        self.access = Access()
        """Who may scrape; read by the server for each connection."""
        self._is_away = False
        self._standing = Standing()
        self._loss = Loss()
        self._unseen = Loss()
        self._beat = time.monotonic()
        self._lock = Lock()
        self._faults: Counter[str] = Counter()
        self._refused = 0
        self._scraped: float | None = None

    def receive(self, finding: Finding) -> None:
        """Note that a finding stands, or that it does no longer."""
        self._standing.receive(finding)

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Take a new snapshot."""
        with self._lock:
            if self._refused:
                self.figures.limits[REFUSED] = self._refused
            for name, count in self._faults.items():
                self.figures.faults[f"{NAME}.{name}"] = count
        ratio = max(
            self._loss.ratio(at_ns, stats.followed_bytes, stats.lost_bytes),
            self._unseen.ratio(at_ns, stats.spoken_bytes, stats.unseen_bytes),
        )
        self.latest = take_snapshot(stats, self._standing, heartbeat_ns=time.time_ns(), loss_ratio=ratio)
        self._is_away = any(capture.away for capture in stats.captures)
        self._beat = time.monotonic()

    def finish(self, stats: Stats) -> None:
        """Take the last snapshot."""
        self.tick(stats.now_ns, stats)

    def close(self) -> None:
        """Nothing is held; the server ends by itself."""

    def is_healthy(self) -> bool:
        """Whether time passed through the whole pipeline lately. From another thread."""
        return time.monotonic() - self._beat <= HEALTHY_SECONDS

    def is_ready(self) -> bool:
        """Whether packets are being received and judged: time passes only then. From another thread."""
        return self.latest.heartbeat_ns > 0 and not self._is_away and self.is_healthy()

    def renew(self, config: Config) -> Callable[[], None]:
        """Read again who may scrape; gives what lets that hold from the next connection on.

        Raises:
            UsageError: a file is unfit.
        """
        access = self.access if config.metrics is None else read_access(config.metrics)

        def change() -> None:
            self.access = access

        return change

    def note_scrape(self) -> None:
        """Somebody was told the metrics. From another thread."""
        self._scraped = time.monotonic()

    def seconds_since_scrape(self) -> float | None:
        """How long ago that was; None if never. From another thread."""
        return None if self._scraped is None else time.monotonic() - self._scraped

    def note_refusal(self) -> None:
        """A connection was ended because there were too many. From another thread."""
        with self._lock:
            self._refused += 1

    def note_fault(self, error: BaseException) -> None:
        """An answer failed because of a bug; only its type is kept. From another thread."""
        with self._lock:
            self._faults[type(error).__name__] += 1
