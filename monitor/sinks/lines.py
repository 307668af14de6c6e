"""Findings as JSON lines: one line for each finding that is new, has changed or no longer stands, as it happens.

Rules: a line is an entry of the report's ``findings`` (docs/reference/report.md); a new finding and one that no longer
stands (`count` 0) are written at once, a change at most once a minute, and the last state of each always; nothing more
is written once nobody reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from monitor.model.finding import Finding
from monitor.model.stats import SinkStats, Stats
from monitor.sinks.report.document import describe_finding

NAME = "stdout"
"""Of this sink in figures."""
PAUSE_NS = 60 * 10**9
"""Between two lines of one finding, in trace time: a busy service changes its finding with every message."""


class FindingLines:
    """A sink that writes JSON lines, ASCII only."""

    def __init__(self, publish: Callable[[str], bool]) -> None:
        """`publish` writes a line, its newline included, and says whether anybody still reads."""
        self.name = NAME
        self.figures = SinkStats()
        self._publish = publish
        # As many findings as the rule engine makes, which bounds their number.
        self._waiting: dict[str, Finding] = {}
        self._written: dict[str, tuple[Finding, int]] = {}
        """The last state written, and when."""

    def receive(self, finding: Finding) -> None:
        """Take a finding or its new state."""
        self._waiting[finding.id] = finding

    def tick(self, at_ns: int, stats: Stats) -> None:  # noqa: ARG002 (findings are all it tells)
        """Write what is new, and changes that have waited long enough."""
        for finding in [one for one in self._waiting.values() if self._is_due(one, at_ns)]:
            self._write(finding, at_ns)

    def finish(self, stats: Stats) -> None:
        """Write the last state of what has changed since it was written."""
        for finding in list(self._waiting.values()):
            self._write(finding, stats.now_ns)

    def close(self) -> None:
        """Nothing is held."""

    def _is_due(self, finding: Finding, at_ns: int) -> bool:
        written = self._written.get(finding.id)
        return written is None or not finding.count or not written[0].count or at_ns - written[1] >= PAUSE_NS

    def _write(self, finding: Finding, at_ns: int) -> None:
        del self._waiting[finding.id]
        written = self._written.get(finding.id)
        if written is not None and written[0] == finding:
            return
        if not self.figures.failing:
            self._written[finding.id] = finding, at_ns
            self.figures.failing = not self._publish(json.dumps(describe_finding(finding), ensure_ascii=True) + "\n")
        self.figures.dropped += self.figures.failing
