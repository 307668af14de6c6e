"""Keeps the latest state of every finding until the trace ends, and puts them in order.

Rule: as many findings as the rule engine makes, which bounds their number; nothing is dropped here.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model.finding import Finding


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Order by level, then by how often, then by id so that two runs agree."""
    return tuple(sorted(findings, key=lambda one: (-one.level, -one.count, one.id)))


class Ledger:
    """Findings by id; the latest state replaces the one before."""

    def __init__(self) -> None:
        self._findings: dict[str, Finding] = {}

    def receive(self, finding: Finding) -> None:
        """Enter a finding or its new state; one whose count fell to 0 has moved up to a worse one and is gone."""
        if finding.count:
            self._findings[finding.id] = finding
        else:
            self._findings.pop(finding.id, None)

    def findings(self) -> tuple[Finding, ...]:
        """What stands now, worst first."""
        return worst_first(self._findings.values())
