"""The loop: frames and ticks in, findings out. Knows the contracts and no room.

Frames are read and counted in a thread of its own, one batch ahead: that work hardly needs Python's lock, so a second
core can do it while parsers and rules work here. Everything that judges happens in the calling thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Generic, Protocol, TypeVar

from monitor.model.contract import Detector, Sink, Source
from monitor.model.finding import Finding
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats

TICK_NS = 10**9
"""How often, in trace time, rooms are told that time passes: what they bound in time they bound in seconds."""
PATIENCE_SECONDS = 1.0
"""How long an interrupted run waits for the reading thread, which may hang on a silent pipe."""

B = TypeVar("B")


class Flows(Protocol[B]):
    """Turns frames into observations, which it hands on by itself."""

    def count(self, frames: Frames) -> B:
        """Account a batch, in the reading thread; waits until the batch before the last was followed."""
        ...

    def follow(self, batch: B) -> None:
        """Follow what is worth a look of a batch."""
        ...

    def tick(self, at_ns: int) -> None:
        """Let trace time pass."""
        ...

    def finish(self) -> None:
        """End every flow."""
        ...


class Pipeline(Generic[B]):
    """Drives one run from its source to its sinks."""

    def __init__(
        self, source: Source, flows: Flows[B], detector: Detector, sinks: Sequence[Sink], stats: Stats
    ) -> None:
        self._source = source
        self._flows = flows
        self._detector = detector
        self._sinks = sinks
        self._stats = stats

    def run(self) -> None:
        """Read the source to its end, or until a KeyboardInterrupt, which passes through."""
        told_ns = 0
        for item in self._ahead():
            if not isinstance(item, Tick):
                self._flows.follow(item)
            elif item.at_ns - told_ns >= TICK_NS:
                told_ns = item.at_ns
                self._flows.tick(item.at_ns)
                self._deliver(self._detector.tick(item.at_ns))

    def finish(self) -> None:
        """End the trace: every flow, every finding, every sink."""
        self._flows.finish()
        self._deliver(self._detector.finish())
        for sink in self._sinks:
            sink.finish(self._stats)

    def _deliver(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            for sink in self._sinks:
                sink.receive(finding)

    def _ahead(self) -> Iterator[B | Tick]:
        """Counted batches and ticks, in the order of the source, made by the reading thread."""
        ready: SimpleQueue[B | Tick | _Over] = SimpleQueue()
        stop = Event()

        def read() -> None:
            over = _Over()
            try:
                for item in self._source:
                    if stop.is_set():
                        break
                    ready.put(self._flows.count(item) if isinstance(item, Frames) else item)
            except BaseException as error:  # noqa: BLE001 - it is raised where the run is waited for
                over.error = error
            ready.put(over)

        Thread(target=read, name="reading", daemon=True).start()
        try:
            while True:
                item = ready.get()
                if isinstance(item, _Over):
                    break
                yield item
        except BaseException:
            stop.set()
            self._end_early(ready)
            raise
        if item.error is not None:
            raise item.error

    def _end_early(self, ready: SimpleQueue[B | Tick | _Over]) -> None:
        """Follow what was counted when the run was interrupted, so that the figures and the findings agree."""
        try:
            while not isinstance(item := ready.get(timeout=PATIENCE_SECONDS), _Over):
                if not isinstance(item, Tick):
                    self._flows.follow(item)
        except Empty:
            return


class _Over:
    """The source has ended, by itself or by an error."""

    def __init__(self) -> None:
        self.error: BaseException | None = None
