"""The source of live traffic of several interfaces, in the order of its times.

Each interface has a ring of its own. A packet is handed on when no earlier one can come from another interface: a third
of a second is as long as the kernel keeps a block that is not full.
Rule: order gives way before packets are lost: where a ring is half full, what it holds is handed on at once.
"""

from __future__ import annotations

import select
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import Self

from monitor.capture.bounds import NEVER
from monitor.capture.live.ring import RETIRE_MS
from monitor.capture.live.source import LiveCapture
from monitor.capture.loom import Loom
from monitor.capture.weaving import Lane
from monitor.model.frames import Frames, Tick
from monitor.privacy.exclusion import Exclusion


class _Line:
    """One interface."""

    def __init__(self, capture: LiveCapture) -> None:
        self.capture = capture
        self.items = iter(capture)
        self.lane = Lane()
        self.until_ns = 0
        """Nothing is to come from before."""
        self.is_over = False

    def read(self) -> bool:
        """Go on, if everything was handed on; whether there is something now."""
        while self.lane.is_empty and not self.is_over:
            item = next(self.items, None)
            if item is None:
                self.is_over, self.until_ns = True, NEVER
            elif isinstance(item, Frames):
                self.lane.load(item)
            else:
                self.until_ns = max(self.until_ns, item.at_ns)
                return False
        return not self.is_over


class LiveCaptures:
    """Receives from several interfaces. To be closed, or used with ``with``."""

    def __init__(self, captures: Sequence[LiveCapture], kinds: Frames) -> None:
        """`captures` all know of each other and of `kinds`."""
        self._captures = captures
        self._loom = Loom(kinds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as stack:
            for capture in self._captures:
                stack.push(capture)

    def screen(self, exclusion: Exclusion) -> None:
        """Have the kernel leave this out from here on."""
        for capture in self._captures:
            capture.screen(exclusion)

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Yield batches and ticks until the end is asked for."""
        lines = [_Line(capture) for capture in self._captures]
        told_ns = 0
        while not all(line.is_over for line in lines):
            full = [line for line in lines if line.read()]
            quiet_ns = min((line.until_ns for line in lines if line not in full), default=NEVER)
            if any(line.capture.is_filling for line in full):
                quiet_ns = NEVER
            while full and min(line.lane.next_ns() for line in full) <= quiet_ns:
                yield self._loom.weave([line.lane for line in full], quiet_ns)
                if any(line.lane.is_empty for line in full):
                    break
            else:
                self._wait([line.capture for line in lines if line not in full])
            reached = [line.lane.next_ns() if not line.lane.is_empty else line.until_ns for line in lines]
            now_ns = min(reached)
            if told_ns < now_ns < NEVER:
                told_ns = now_ns
                yield Tick(at_ns=now_ns)

    def _wait(self, quiet: Sequence[LiveCapture]) -> None:
        """Wait until there may be something to read of these, or what waits of others is in turn."""
        poll = select.poll()
        for capture in quiet:
            with suppress(ValueError):  # it is closed, and waited for
                poll.register(capture.fileno(), select.POLLIN)
        poll.poll(RETIRE_MS // 2)
