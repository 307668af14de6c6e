"""The loop: frames and ticks in, findings out. Knows the contracts and no room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from monitor.model.contract import Detector, Sink, Source, TimedSink
from monitor.model.finding import Finding
from monitor.model.frames import Frames
from monitor.model.stats import Stats

TICK_NS = 10**9
"""How often, in trace time, rooms are told that time passes: what they bound in time they bound in seconds."""


class Flows(Protocol):
    """Turns frames into observations, which it hands on by itself."""

    def take(self, frames: Frames) -> None:
        """Take a batch."""
        ...

    def tick(self, at_ns: int) -> None:
        """Let trace time pass."""
        ...

    def finish(self) -> None:
        """End every flow."""
        ...


class Pipeline:
    """Drives one run from its source to its sinks."""

    def __init__(self, source: Source, flows: Flows, detector: Detector, sinks: Sequence[Sink], stats: Stats) -> None:
        self._source = source
        self._flows = flows
        self._detector = detector
        self._sinks = sinks
        self._timed = [sink for sink in sinks if isinstance(sink, TimedSink)]
        self._stats = stats

    def run(self) -> None:
        """Read the source to its end, or until a KeyboardInterrupt, which passes through."""
        told_ns = 0
        for item in self._source:
            if isinstance(item, Frames):
                self._flows.take(item)
            elif item.at_ns - told_ns >= TICK_NS:
                told_ns = item.at_ns
                self._flows.tick(item.at_ns)
                if self._timed:
                    self._deliver(self._detector.tick(item.at_ns))
                for sink in self._timed:
                    sink.tick(item.at_ns, self._stats)

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
