"""How a live run goes, in one line a minute: what came, what was lost, what was found.

Rule: all figures count from the start of the run, so that a line can be read alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from monitor.model.finding import Finding
from monitor.model.stats import SinkStats, Stats
from monitor.sinks.report.doubts import judge_sight, name_counts, name_reason, raise_doubts
from monitor.sinks.report.figures import count, volume

NAME = "stderr"
"""Of this sink in figures."""
INTERVAL_NS = 60 * 10**9
"""Between two lines, in trace time."""


class StatisticsLines:
    """A sink that tells the figures of a run."""

    def __init__(self, publish: Callable[[str], None]) -> None:
        """`publish` writes a line, which has no newline yet."""
        self.name = NAME
        self.figures = SinkStats()
        self._publish = publish
        self._standing: set[str] = set()
        self._told_ns: int | None = None

    def receive(self, finding: Finding) -> None:
        """Note that a finding stands, or that it does no longer."""
        if finding.count:
            self._standing.add(finding.id)
        else:
            self._standing.discard(finding.id)

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Write a line when a minute has passed."""
        if self._told_ns is None:
            self._told_ns = at_ns
        elif at_ns - self._told_ns >= INTERVAL_NS:
            self._told_ns = at_ns
            self._tell(stats)

    def finish(self, stats: Stats) -> None:
        """Write the last line."""
        self._tell(stats)

    def close(self) -> None:
        """Nothing is held."""

    def _tell(self, stats: Stats) -> None:
        self._publish("; ".join((*_describe(stats), count(len(self._standing), "finding"), *_flaws(stats))))


def _describe(stats: Stats) -> Iterator[str]:
    seen = stats.coverage
    places = ", ".join(capture.path for capture in stats.captures)
    dropped = sum(capture.dropped for capture in stats.captures)
    yield f"{places}: {count(seen.packets, 'packet')} ({volume(seen.bytes)}), {dropped:,} dropped by the kernel"
    screened = [one.screened for one in stats.captures if one.screened is not None]
    if screened:
        yield f"about {sum(screened):,} left out by the kernel, not to be inspected"
    yield count(seen.flows, "flow")
    for name in sorted(stats.protocols):
        counted = [f"{number:,} {key.replace('_', ' ')}" for key, number in stats.protocols[name].items() if number]
        if counted:
            yield f"{name} {', '.join(counted)}"
    doubts = raise_doubts(stats)
    reason = name_reason(doubts).rstrip(".")
    yield f"coverage: {judge_sight(doubts).value}" + (f" ({reason[0].lower()}{reason[1:]})" if reason else "")


def _flaws(stats: Stats) -> Iterator[str]:
    """Limits and faults always, so that "none" is said; oddities where there are any."""
    yield f"limits reached: {name_counts(stats.limits) or 'none'}"
    yield f"faults: {name_counts(stats.faults) or 'none'}"
    failing = ", ".join(name for name, sink in stats.sinks.items() if sink.failing)
    if failing:
        yield f"sinks that fail: {failing}"
    dropped = name_counts({name: sink.dropped for name, sink in stats.sinks.items()})
    if dropped:
        yield f"findings not delivered: {dropped}"
    oddities = name_counts(stats.weirds)
    if oddities:
        yield f"oddities: {oddities}"
