"""All outlets of a run as one sink: each behind its own queue, so that none slows another one or the run.

Rules: once a second the figures are copied once, for all of them; what outlets say of themselves enters the figures
of the run here. At the end they have a few seconds together, and what was not delivered until then is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from monitor.model.contract import Outlet
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.sinks.queue import MAX_WAITING, Queued
from monitor.sinks.report.figures import count

FLUSH_SECONDS = 10.0
"""For all outlets together, at the end: far less than the 90 that systemd waits before it kills."""
LEAVE_SECONDS = 2.0
"""The same where a run fails and nothing is delivered any more."""


class Outlets:
    """A sink that gives everything to all outlets. To be used with ``with``, which closes them, too."""

    def __init__(
        self,
        outlets: Sequence[Outlet],
        complain: Callable[[str], None],
        *,
        limit: int = MAX_WAITING,
        flush_seconds: float = FLUSH_SECONDS,
    ) -> None:
        """Take outlets, each with a name of its own.

        Args:
            outlets: who gets rid of findings; closed when this is closed.
            complain: tells people a line; called from any thread.
            limit: findings that may wait, for each outlet.
            flush_seconds: how long the end may take.
        """
        self._complain = complain
        self._flush_seconds = flush_seconds
        self._queues = tuple(Queued(outlet, complain, limit=limit) for outlet in outlets)

    def __enter__(self) -> Self:
        for queue in self._queues:
            queue.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for queue in self._queues:
            queue.leave()
        self._join(LEAVE_SECONDS)
        for queue in self._queues:
            queue.close()

    def receive(self, finding: Finding) -> None:
        """Give a finding or its new state to all."""
        for queue in self._queues:
            queue.receive(finding)

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Let time pass for all."""
        self._gather(stats)
        snapshot = stats.snapshot()
        for queue in self._queues:
            queue.tick(at_ns, snapshot)

    def finish(self, stats: Stats) -> None:
        """Let all deliver what is left, for as long as there is time, and say what was not delivered."""
        self._gather(stats)
        snapshot = stats.snapshot()
        for queue in self._queues:
            queue.finish(snapshot)
        ended = self._join(self._flush_seconds)
        for queue, has_ended in zip(self._queues, ended, strict=True):
            lost = queue.give_up()
            if lost:
                verb = "was" if lost == 1 else "were"
                self._complain(f"{queue.name}: {count(lost, 'finding')} {verb} not delivered before the end")
            elif not has_ended:
                self._complain(f"{queue.name}: did not come to its end in time")
        self._gather(stats)

    def settle(self, seconds: float) -> bool:
        """Wait until all have been called for everything so far, as no run does; returns whether they have."""
        deadline = time.monotonic() + seconds
        return all(queue.settle(max(0.0, deadline - time.monotonic())) for queue in self._queues)

    def _join(self, seconds: float) -> list[bool]:
        deadline = time.monotonic() + seconds
        return [queue.join(max(0.0, deadline - time.monotonic())) for queue in self._queues]

    def _gather(self, stats: Stats) -> None:
        """What outlets say of themselves, since the start, replaces what they said before."""
        for queue in self._queues:
            figures = stats.sinks[queue.name] = queue.figures()
            for name, number in figures.limits.items():
                stats.limits[name] = number
            for name, number in figures.faults.items():
                stats.faults[name] = number
