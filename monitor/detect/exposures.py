"""Counts what showed patron data, whatever the rules make of it: by protocol, kind of data and zone.

Rule: this is asked for every message, so a message costs one look-up; kinds of data are told apart when time passes.
"""

from __future__ import annotations

from collections import defaultdict

from monitor.model.data import DataClass
from monitor.model.flow import FlowView, Side
from monitor.model.opaque import Label
from monitor.model.stats import Stats

MAX_SETS = 4_096
"""Sets of kinds kept apart between two reports; over it a report comes early. A protocol shows some dozens."""

_RESPONDER = (
    Side.RESPONDER
)  # taking a member from its class is slow in Python 3.11, and this is needed for every message


class Exposures:
    """Every message, request or flow with patron data in it."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._sets: defaultdict[tuple[Label, Label, int], int] = defaultdict(int)

    def count(self, flow: FlowView, classes: int) -> None:
        """Take one, with the kinds of data that it showed as the sum of their `DataClass.bit`."""
        end = flow.responder if flow.camera is None or flow.camera is _RESPONDER else flow.originator
        self._sets[flow.protocol, end.zone, classes] += 1
        if len(self._sets) >= MAX_SETS:
            self.report()

    def report(self) -> None:
        """Bring the figures up to date."""
        total = self._stats.exposures
        for (protocol, zone, classes), count in self._sets.items():
            for one in DataClass:
                if one.bit & classes:
                    total[protocol, one, zone] += count
        self._sets.clear()
