"""One outlet behind a queue: it works in a thread of its own, and whatever becomes of it, the run goes on.

Rules: the run never waits for an outlet but at the end, and then not for long. Findings wait by their id, the latest
state in place of the one before, and so does time: a slow outlet sees fewer ticks and intermediate states and loses
nothing else. An exception costs no more than that one call: a finding that was refused is given again with the next
tick. Nothing here writes anywhere but from the outlet's own thread.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Condition, Thread

from monitor.errors import MonitorError
from monitor.model.contract import Outlet
from monitor.model.finding import Finding
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label
from monitor.model.stats import SinkStats, Stats
from monitor.privacy.failures import describe_failure

MAX_WAITING = 5_000
"""Findings: as many as the rule engine makes, so that an outlet may stand still for days and lose none. They are shared
with the engine and other queues, and what waits of changed ones is some 2 kB each."""
PATIENCE_SECONDS = 30.0
"""For one call: longer than any attempt of an outlet takes. One that takes longer is said to be failing."""


class _Call(NamedTuple):
    """What an outlet is to be called with, after the findings."""

    make: Callable[[], None]
    is_last: bool


class Queued:
    """The thread and the queue of one outlet. All methods are for the thread of the run."""

    def __init__(
        self,
        outlet: Outlet,
        complain: Callable[[str], None],
        *,
        limit: int = MAX_WAITING,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        """Nothing happens before `start`.

        Args:
            outlet: who gets rid of findings.
            complain: tells people a line; called from the outlet's thread.
            limit: findings that may wait.
            patience_seconds: how long one round of calls may take until it counts as a failure.
        """
        self.name = outlet.name
        self._outlet = outlet
        self._complain = complain
        self._limit = limit
        self._patience_seconds = patience_seconds
        self._ready = Condition()
        """Held for a few lines at a time, and never while the outlet is called. All below is under it."""
        self._waiting: dict[Label, Finding] = {}
        self._call: _Call | None = None
        self._is_over = False
        self._handed = 0
        """Findings that the outlet's thread has taken and not yet given."""
        self._began: float | None = None
        """Since when the outlet is being called, by the monotonic clock; None while it is not."""
        self._figures = outlet.figures.snapshot()
        """As the outlet's figures stood after the last call."""
        self._dropped = 0
        self._has_overflown = False
        self._has_failed = False
        """Whether a call of the last round raised."""
        self._faults: Counter[str] = Counter()
        self._thread = Thread(target=self._work, name=f"sink {outlet.name}", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def receive(self, finding: Finding) -> None:
        """Let a finding or its new state wait; or count it as lost where there is no room."""
        with self._ready:
            if finding.id in self._waiting or self._has_room():
                self._waiting[finding.id] = finding

    def tick(self, at_ns: int, snapshot: Stats) -> None:
        """Wake the outlet with these figures, which nobody changes any more."""
        self._post(_Call(lambda: self._outlet.tick(at_ns, snapshot), is_last=False))

    def finish(self, snapshot: Stats) -> None:
        """Let the outlet deliver what is left and end; see `join`."""
        self._post(_Call(lambda: self._outlet.finish(snapshot), is_last=True))

    def join(self, seconds: float) -> bool:
        """Wait for the outlet's end for so long; returns whether it has ended."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def settle(self, seconds: float) -> bool:
        """Wait until the outlet has been called for everything so far; returns whether it has, within so long."""
        with self._ready:
            return self._ready.wait_for(lambda: self._call is None and self._began is None, seconds)

    def give_up(self) -> int:
        """What was not delivered counts as lost from now on; returns how many findings that are."""
        with self._ready:
            lost = len(self._waiting) + self._handed + self._figures.waiting
            self._dropped += lost
            self._waiting.clear()
            self._handed = self._figures.waiting = 0
        return lost

    def leave(self) -> None:
        """Let the outlet's thread end as soon as it comes back, whatever waits."""
        with self._ready:
            self._is_over = True
            self._ready.notify()

    def close(self) -> None:
        """Let go of the outlet. One whose thread still hangs in a call is left alone, until the process ends."""
        if not self._thread.is_alive():
            self._outlet.close()

    def figures(self) -> SinkStats:
        """How the outlet fares, queue included."""
        with self._ready:
            known = self._figures
            is_stuck = self._began is not None and time.monotonic() - self._began > self._patience_seconds
            return SinkStats(
                delivered=known.delivered,
                dropped=known.dropped + self._dropped,
                waiting=known.waiting + self._handed + len(self._waiting),
                failing=known.failing or self._has_failed or self._has_overflown or is_stuck,
                limits=known.limits.copy(),
                faults=known.faults + self._faults,
            )

    def _has_room(self) -> bool:
        if len(self._waiting) < self._limit:
            return True
        self._dropped += 1
        self._has_overflown = True
        return False

    def _post(self, call: _Call) -> None:
        with self._ready:
            self._call = call
            self._ready.notify()

    def _work(self) -> None:
        while True:
            with self._ready:
                while self._call is None and not self._is_over:
                    self._ready.wait()
                if self._call is None or self._is_over:
                    return
                call, self._call = self._call, None
                findings, self._waiting = self._waiting, {}
                self._handed = len(findings)
                self._began = time.monotonic()
            self._serve(findings, call)
            if call.is_last:
                return

    def _serve(self, findings: Mapping[Label, Finding], call: _Call) -> None:
        """Call the outlet, and note how that went."""
        trouble: Exception | None = None
        refused = []
        for finding in findings.values():
            try:
                self._outlet.receive(finding)
            except Exception as error:  # noqa: BLE001 (whatever it is, the other findings and the run go on)
                trouble = self._count(error)
                refused.append(finding)
            with self._ready:
                self._handed = max(0, self._handed - 1)  # given up meanwhile, maybe
        try:
            call.make()
        except Exception as error:  # noqa: BLE001 (the same)
            trouble = self._count(error)
        had_failed = self._has_failed
        with self._ready:
            for finding in refused:
                if finding.id not in self._waiting and self._has_room():
                    self._waiting[finding.id] = finding
            self._figures = self._outlet.figures.snapshot()
            self._has_failed = trouble is not None
            self._has_overflown = len(self._waiting) >= self._limit
        self._tell(trouble, had_failed=had_failed)
        with self._ready:
            self._began = None
            self._ready.notify_all()

    def _count(self, error: Exception) -> Exception:
        """Note a bug of ours; a failure that an outlet speaks of itself is in its figures."""
        if not isinstance(error, MonitorError):
            with self._ready:
                self._faults[f"{self.name}.{type(error).__name__}"] += 1
        return error

    def _tell(self, trouble: Exception | None, *, had_failed: bool) -> None:
        """Say once that it fails, and once that it works again."""
        if trouble is not None and not had_failed:
            said = str(trouble) if isinstance(trouble, MonitorError) else f"internal error: {describe_failure(trouble)}"
            self._complain(f"{self.name}: {said}; findings wait, and it is tried again until it works")
        elif trouble is None and had_failed:
            self._complain(f"{self.name}: works again")
