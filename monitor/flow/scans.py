"""Notices devices that open one flow after the other to devices of the library: they look around.

Rule: only flows that nobody expects count, so that a camera which looks for its recorder is none of these.
"""

from __future__ import annotations

from monitor.model.finding import Observation
from monitor.model.stats import Stats

SPAN_NS = 60 * 10**9
"""Within which it happens; programs that scan need seconds."""
PLACES = 10
"""Different devices, or ports of them, from which on it is a scan: nobody has so many recorders that are unknown."""
MAX_DEVICES = 1_000
"""Remembered at a time; about 5 MB when full."""

Place = tuple[bytes, int]
"""Address, 4 or 16 bytes, and port."""


class _Round:
    """What one device did lately."""

    __slots__ = ("began_ns", "flows", "is_scan", "places")

    def __init__(self, began_ns: int) -> None:
        self.began_ns = began_ns
        self.places: set[Place] = set()
        self.flows: list[Observation] = []
        self.is_scan = False


class Scans:
    """All devices that opened something that nobody expects."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._rounds: dict[bytes, _Round] = {}

    def count(self, device: bytes, place: Place, at_ns: int) -> bool:
        """Count a flow that a device opened to a place in the library; True if it belongs to a scan."""
        round_ = self._rounds.get(device)
        if round_ is None or at_ns - round_.began_ns > SPAN_NS:
            self._rounds.pop(device, None)
            if len(self._rounds) >= MAX_DEVICES:
                self._stats.limits["flow.scans"] += 1
                del self._rounds[next(iter(self._rounds))]
            goes_on = round_ is not None and round_.is_scan and at_ns - round_.began_ns <= 2 * SPAN_NS
            round_ = self._rounds[device] = _Round(at_ns)
            round_.is_scan = goes_on
        if len(round_.places) < PLACES:
            round_.places.add(place)
        round_.is_scan = round_.is_scan or len(round_.places) >= PLACES
        return round_.is_scan

    def told(self, device: bytes, observation: Observation) -> list[Observation]:
        """Note how a flow was told; returns those before it that turn out to belong to the same scan."""
        round_ = self._rounds.get(device)
        if round_ is None:
            return []
        if not round_.is_scan:
            if len(round_.flows) < 2 * PLACES:
                round_.flows.append(observation)
            return []
        before, round_.flows = round_.flows, []
        return before
