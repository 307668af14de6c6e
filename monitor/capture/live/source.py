"""The source of live traffic: one interface, as a run of batches and ticks that ends when somebody says so.

Rules: a block of the ring is given back when its batches were used; time passes in silence too, but never past packets
that may still wait in the ring, and never back; what had arrived before the end is still handed out. An interface that
goes down or away ends nothing: it is counted, said, and waited for, and figures go on where they were.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from monitor.capture.bounds import BATCH_FRAMES
from monitor.capture.live.clock import SteadyClock
from monitor.capture.live.ring import BLOCK_BYTES, BLOCKS, RETIRE_MS, Ring, is_there
from monitor.capture.live.screen import Screen
from monitor.capture.live.walker import RingWalker
from monitor.errors import UsageError
from monitor.model.frames import Frames, Tick
from monitor.model.stats import CaptureStats, Stats
from monitor.privacy.exclusion import Exclusion
from monitor.privacy.labels import file_label

WAIT_MS = 250
"""How long a wait may take, and so how long a request to stop may go unheard."""
LAG_NS = 10**9
"""In silence, trace time stays this far behind the clock: packets wait in the ring for up to twice `RETIRE_MS`."""
LAG_BESIDE_NS = 3 * RETIRE_MS * 10**6
"""The same where packets of several interfaces are put in order: no longer than it must be, as others wait for it."""
SETTLE_SECONDS = 3 * RETIRE_MS / 1000
"""How long the last packets are waited for: longer than the kernel keeps a block that is not full."""
LOOK_SECONDS = 1.0
"""How often the kernel is asked what it lost and how the interface is; its counters have 32 bits."""


class LiveCapture:
    """Receives from one interface. To be closed, or used with ``with``."""

    def __init__(
        self,
        interface: str,
        stats: Stats,
        stopping: Callable[[], bool],
        tell: Callable[[str], None] = lambda _: None,
        *,
        exclusion: Exclusion | None = None,
        outgoing: bool = False,
        beside: int = 0,
        kinds: Frames | None = None,
        blocks: int = BLOCKS,
    ) -> None:
        """Begin to receive; what comes before the iteration begins waits.

        Args:
            interface: its name, as the system knows it.
            stats: gets one `CaptureStats`, named by the interface.
            stopping: asked at least every `WAIT_MS`; when it says yes, the iteration comes to its end.
            tell: takes a line for people when the interface goes or comes.
            exclusion: what the kernel is to leave out.
            outgoing: whether what this machine itself sends is read as well.
            beside: how many other interfaces are read by whoever reads this one. Then the iteration never waits, and
                says by each tick that nothing is to come from before it.
            kinds: the batch that packets of all of them get into; new interfaces are described there.
            blocks: of the ring.

        Raises:
            UsageError: the interface cannot be read.
        """
        self.interface = interface
        self._stats = stats
        self._stopping = stopping
        self._tell_people = tell
        self._figures = CaptureStats(path=interface)
        self._clock = SteadyClock()
        self._screen = Screen(exclusion or Exclusion(), stats, tell)
        self._outgoing = outgoing
        self._beside = beside
        self._lag_ns = LAG_BESIDE_NS if beside else LAG_NS
        self._kinds = kinds
        self._blocks = blocks
        self._told_ns = 0
        self._look_at = 0.0
        self._down = self._told_down = False
        self._index = len(stats.captures)
        self._open(self._make_ring())
        stats.captures.append(self._figures)

    def _make_ring(self) -> Ring:
        return Ring(self.interface, screen=self._screen.program, outgoing=self._outgoing, blocks=self._blocks)

    def _open(self, ring: Ring) -> None:
        self._ring = ring
        self._name = ring.name()
        self._frames = Frames(data=ring.data, capacity=BATCH_FRAMES)
        if self._kinds is not None:
            self._frames.linktypes, self._frames.captures = self._kinds.linktypes, self._kinds.captures
        self._frames.linktypes.append(ring.linktype)
        self._frames.captures.append(self._index)
        self._walker = RingWalker(self._frames, BLOCK_BYTES, len(self._frames.linktypes) - 1)
        self._begin_estimate()

    def screen(self, exclusion: Exclusion) -> None:
        """Have the kernel leave this out from here on."""
        self._count()
        self._screen.exclusion = exclusion
        self._ring.screen(self._screen.program(self._ring.linktype))
        self._begin_estimate()

    def _begin_estimate(self) -> None:
        """Note where the count of the interface stands, from which on what is left out is estimated."""
        if self._ring.is_screened and self._figures.screened is None:
            self._figures.screened = 0
        self._left_out = self._figures.screened or 0
        self._received = self._ring.received() if self._ring.is_screened else None
        self._taken = 0

    @property
    def is_filling(self) -> bool:
        """Whether much waits to be read."""
        return self._ring.is_filling()

    def fileno(self) -> int:
        """Of what becomes readable when there is something to read; another one when the interface comes back."""
        return self._ring.fileno()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ring.close()

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Yield batches, all of a ring in one reused `Frames`, and ticks, until the end is asked for."""
        while True:
            yield from self._listen()
            if not self._figures.away:
                return
            self._ring.close()
            yield from self._await()
            if self._figures.away:
                return

    def _listen(self) -> Iterator[Frames | Tick]:
        """Read the ring until the end is asked for, or the interface has gone away."""
        ring = self._ring
        end_at: float | None = None
        while True:
            if end_at is None and (self._figures.away or self._stopping()):
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
            yield from self._pass_time(self._clock.now() - self._lag_ns)
            if not ring.wait(0 if self._beside else WAIT_MS if end_at is None else RETIRE_MS // 2):
                self._stats.weirds["capture.interface_down"] += 1
                self._down = True
        self._count()

    def _await(self) -> Iterator[Tick]:
        """Let time pass until the interface is there again, or the end is asked for."""
        refused = False
        while not self._stopping():
            yield from self._pass_time(self._clock.now() - self._lag_ns)
            if is_there(self.interface):
                try:
                    ring = self._make_ring()
                except UsageError as error:  # it comes in steps, or as something else
                    if not refused:
                        self._tell_people(f"{error}; it is tried again")
                    refused = True
                else:
                    before = self._walker
                    self._open(ring)
                    walker = self._walker
                    walker.packets, walker.wire_bytes, walker.lost = before.packets, before.wire_bytes, before.lost
                    walker.first_ns, walker.last_ns = before.first_ns, before.last_ns
                    self._figures.away = self._down = self._told_down = False
                    self._tell("is there again; listening goes on")
                    return
            if not self._beside:
                time.sleep(WAIT_MS / 1000)

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

    def _count(self) -> None:
        """Ask the kernel what it counted."""
        counted = self._ring.figures()
        self._figures.arrived += counted.packets
        self._figures.dropped += counted.dropped
        self._taken += counted.packets
        received = self._ring.received() if self._received is not None else None
        if received is not None and self._received is not None:
            estimate = self._left_out + received - self._received - self._taken
            self._figures.screened = max(self._figures.screened or 0, estimate)
        if counted.freezes:
            self._stats.limits["capture.ring"] += counted.freezes
        if self._walker.lost:
            self._stats.weirds["capture.ring_damage"] = self._walker.lost

    def _look(self) -> None:
        """Ask the kernel what it counted, and how the interface is."""
        self._look_at = time.monotonic() + LOOK_SECONDS
        self._count()
        name = self._ring.name()
        if name is None:
            if not self._figures.away:
                self._figures.away = True
                self._stats.weirds["capture.interface_gone"] += 1
                self._tell("is gone: the interface was removed; listening goes on when it is there again")
            return
        if name != self._name:
            self._name = name
            self._tell(f"is called {file_label(name)} now; listening goes on")
        if self._down:
            self._down = not self._ring.is_up()
            if self._down is not self._told_down:
                self._told_down = self._down
                self._tell("is down; listening goes on when it is up" if self._down else "is up; listening goes on")

    def _tell(self, what: str) -> None:
        self._tell_people(f"{file_label(self.interface)} {what}")
