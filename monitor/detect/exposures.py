"""Counts what showed patron data, whatever the rules make of it: by protocol, kind of data and zone.

Rule: this is asked for every message, so a message costs one look-up; kinds of data are told apart when time passes.
"""

from __future__ import annotations

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
        self._sets: dict[tuple[Label, Label, int], list[int]] = {}
        """Each with a list of one count: adding to that costs no second look-up."""

    def count(self, flow: FlowView, classes: int) -> None:
        """Take one, with the kinds of data that it showed as the sum of their `DataClass.bit`."""
        end = flow.responder if flow.camera is None or flow.camera is _RESPONDER else flow.originator
        key = (flow.protocol, end.zone, classes)
        counted = self._sets.get(key)
        if counted is not None:
            counted[0] += 1
            return
        if len(self._sets) >= MAX_SETS:
            self.report()
        self._sets[key] = [1]

    def report(self) -> None:
        """Bring the figures up to date."""
        total = self._stats.exposures
        for (protocol, zone, classes), (count,) in self._sets.items():
            for one in DataClass:
                if one.bit & classes:
                    total[protocol, one, zone] += count
        self._sets.clear()
