"""Counts what showed patron data, whatever the rules make of it: by protocol, kind of data and zone.

Kinds of data are told apart when time passes.
"""

from __future__ import annotations

from monitor.model.data import DataClass
from monitor.model.flow import FlowView, Side
from monitor.model.opaque import Label
from monitor.model.stats import Stats

MAX_SETS = 4_096
"""Sets of kinds kept apart between two reports; over it a report comes early. A protocol shows some dozens."""


class Exposures:
    """Every message, request or flow with patron data in it."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._sets: dict[tuple[Label, Label, int], int] = {}

    def count(self, flow: FlowView, classes: int, times: int = 1) -> None:
        """Take one or several, with the kinds of data that each showed as the sum of their `DataClass.bit`."""
        end = flow.responder if flow.camera is None or flow.camera is Side.RESPONDER else flow.originator
        key = (flow.protocol, end.zone, classes)
        if key not in self._sets and len(self._sets) >= MAX_SETS:
            self.report()
        self._sets[key] = self._sets.get(key, 0) + times

    def report(self) -> None:
        """Bring the figures up to date."""
        total = self._stats.exposures
        for (protocol, zone, classes), count in self._sets.items():
            for one in DataClass:
                if one.bit & classes:
                    total[protocol, one, zone] += count
        self._sets.clear()
