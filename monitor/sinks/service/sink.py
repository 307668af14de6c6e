"""The last sink of a sensor that runs as a service: it tells the service manager that time really passes.

Rules: a tick that arrives here went through every room and past every other sink, so only then the watchdog is told;
and not even then when the interface receives packets and none of them comes through.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.model.finding import Finding
from monitor.model.stats import CaptureStats, Stats
from monitor.privacy.labels import file_label
from monitor.sinks.report.figures import count
from monitor.sinks.service.notifier import Notifier
from monitor.sinks.service.passage import Passage, received_packets

STATUS_NS = 10 * 10**9
"""Between two lines on how it goes, in trace time: each wakes everybody who watches the service manager."""


class ServiceNotices:
    """A sink for the service manager."""

    def __init__(self, notifier: Notifier, arrived: Callable[[str], int | None] = received_packets) -> None:
        """`arrived` gives the packets that an interface of this name received."""
        self._notifier = notifier
        self._arrived = arrived
        self._passage = Passage()
        self._standing: set[str] = set()
        self._told_ns = 0
        self._told_packets = 0

    def receive(self, finding: Finding) -> None:
        """Note that a finding stands, or that it does no longer."""
        if finding.count:
            self._standing.add(finding.id)
        else:
            self._standing.discard(finding.id)

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Say that we live, if we do, and how it goes."""
        arrived = [self._arrived_at(one) for one in stats.captures if not one.away]
        known = [one for one in arrived if one is not None]
        together = sum(known) if known and len(known) == len(arrived) else None
        is_open = self._passage.is_open(at_ns, together, stats.coverage.packets)
        if is_open:
            self._notifier.alive()
        if at_ns - self._told_ns >= STATUS_NS:
            self._notifier.status(self._status(at_ns, stats, is_open=is_open))
            self._told_ns, self._told_packets = at_ns, stats.coverage.packets

    def _arrived_at(self, capture: CaptureStats) -> int | None:
        """What should come through of an interface; what the kernel leaves out should not."""
        arrived = self._arrived(capture.path)
        return arrived if arrived is None or capture.screened is None else capture.arrived

    def finish(self, stats: Stats) -> None:
        """Say what it came to."""
        self._notifier.status(f"ended; {count(stats.coverage.packets, 'packet')}, {self._findings()}")

    def _status(self, at_ns: int, stats: Stats, *, is_open: bool) -> str:
        name = ", ".join(str(file_label(one.path)) for one in stats.captures)
        gone = [str(file_label(one.path)) for one in stats.captures if one.away]
        if gone:
            verb = "is" if len(gone) == 1 else "are"
            return f"{', '.join(gone)} {verb} gone, and waited for; {self._findings()}"
        if not is_open:
            return f"{name} receives packets, and none come through; {self._findings()}"
        seconds = (at_ns - self._told_ns) / 1e9 if self._told_ns else 0
        rate = round((stats.coverage.packets - self._told_packets) / seconds) if seconds else 0
        return f"{name}: {rate:,} packets/s, {sum(one.dropped for one in stats.captures):,} dropped; {self._findings()}"

    def _findings(self) -> str:
        return count(len(self._standing), "finding")
