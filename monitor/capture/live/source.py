"""The source of live traffic: one interface, as a run of batches and ticks that ends when somebody says so.

Rules: a block of the ring is given back when its batches were used; time passes in silence too, but never past packets
that may still wait in the ring, and never back; what had arrived before the end is still handed out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from monitor.capture.bounds import BATCH_FRAMES
from monitor.capture.live.clock import SteadyClock
from monitor.capture.live.ring import BLOCK_BYTES, RETIRE_MS, Ring
from monitor.capture.live.walker import RingWalker
from monitor.model.frames import Frames, Tick
from monitor.model.stats import CaptureStats, Stats

WAIT_MS = 250
"""How long a wait may take, and so how long a request to stop may go unheard."""
LAG_NS = 10**9
"""In silence, trace time stays this far behind the clock: packets wait in the ring for up to twice `RETIRE_MS`."""
SETTLE_SECONDS = 3 * RETIRE_MS / 1000
"""How long the last packets are waited for: longer than the kernel keeps a block that is not full."""
LOOK_SECONDS = 1.0
"""How often the kernel is asked what it lost and whether the interface is there; its counters have 32 bits."""


class LiveCapture:
    """Receives from one interface. To be closed, or used with ``with``."""

    def __init__(self, interface: str, stats: Stats, stopping: Callable[[], bool]) -> None:
        """Begin to receive; what comes before the iteration begins waits.

        Args:
            interface: its name, as the system knows it.
            stats: gets one `CaptureStats`, named by the interface.
            stopping: asked at least every `WAIT_MS`; when it says yes, the iteration comes to its end.

        Raises:
            UsageError: the interface cannot be read.
        """
        self.gone = False
        """True once the interface has ceased to exist, which ends the iteration."""
        self._ring = Ring(interface)
        self._stats = stats
        self._stopping = stopping
        self._figures = CaptureStats(path=interface)
        stats.captures.append(self._figures)
        self._frames = Frames(data=self._ring.data, capacity=BATCH_FRAMES)
        self._frames.linktypes.append(self._ring.linktype)
        self._frames.captures.append(len(stats.captures) - 1)
        self._walker = RingWalker(self._frames, BLOCK_BYTES, 0)
        self._clock = SteadyClock()
        self._told_ns = 0
        self._look_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ring.close()

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Yield batches, all in one reused `Frames`, and ticks, until the end is asked for or the interface is gone."""
        ring = self._ring
        end_at: float | None = None
        while True:
            if end_at is None and (self.gone or self._stopping()):
                ring.stop()
                end_at = time.monotonic() + SETTLE_SECONDS
            if time.monotonic() >= self._look_at:
                self._look()
            block = ring.ready()
            if block is not None:
                yield from self._hand_out(block)
                continue
            if end_at is not None and time.monotonic() >= end_at:
                break
            yield from self._pass_time(self._clock.now() - LAG_NS)
            if not ring.wait(WAIT_MS if end_at is None else RETIRE_MS // 2):
                self._stats.weirds["capture.interface_down"] += 1
        self._look()

    def _hand_out(self, block: int) -> Iterator[Frames | Tick]:
        frames, walker = self._frames, self._walker
        walker.begin(block)
        while (count := walker.walk()) > 0:
            frames.count = count
            self._publish()
            yield frames
        self._ring.release()
        yield from self._pass_time(walker.last_ns)

    def _pass_time(self, at_ns: int) -> Iterator[Tick]:
        if at_ns > self._told_ns:
            self._told_ns = at_ns
            yield Tick(at_ns=at_ns)

    def _publish(self) -> None:
        figures, walker = self._figures, self._walker
        figures.packets = walker.packets
        figures.bytes = walker.wire_bytes
        figures.first_ns, figures.last_ns = walker.first_ns, walker.last_ns

    def _look(self) -> None:
        """Ask the kernel what it counted, and whether there still is an interface."""
        self._look_at = time.monotonic() + LOOK_SECONDS
        counted = self._ring.figures()
        self._figures.arrived += counted.packets
        self._figures.dropped += counted.dropped
        if counted.freezes:
            self._stats.limits["capture.ring"] += counted.freezes
        if self._walker.lost:
            self._stats.weirds["capture.ring_damage"] = self._walker.lost
        self.gone = self.gone or self._ring.is_gone()
