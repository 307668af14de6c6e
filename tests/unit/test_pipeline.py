"""The loop: order, ticks and ends, with stand-ins for the rooms."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.model.finding import Finding, Observation
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats
from monitor.pipeline import TICK_NS, Pipeline


class Rooms:
    """All the rooms around the loop: a source of three batches, and a log of what is called."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def __iter__(self) -> Iterator[Frames | Tick]:
        frames = Frames(data=bytearray(1), capacity=1)
        for number in range(3):
            frames.count = number
            yield frames
            yield Tick(at_ns=(number + 2) * TICK_NS // 2)

    def take(self, frames: Frames) -> None:
        """Log the batch."""
        self.log.append(f"batch {frames.count}")

    def tick(self, at_ns: int, stats: Stats | None = None) -> list[Finding]:  # noqa: ARG002 - the contract of a sink
        """Log the time."""
        self.log.append(f"tick {at_ns / TICK_NS}")
        return []

    def observe(self, observation: Observation) -> None:
        """Nothing is observed."""

    def receive(self, finding: Finding) -> None:
        """Nothing is found."""

    def finish(self, stats: Stats | None = None) -> list[Finding]:  # noqa: ARG002 - the contract of a sink
        """Log the end."""
        self.log.append("finish")
        return []


def test_batches_come_in_order_and_time_passes_in_seconds() -> None:
    """Each tick reaches flows, detector and sinks; those within a second of the last do not."""
    rooms = Rooms()
    loop = Pipeline(rooms, rooms, rooms, [rooms], Stats())
    loop.run()
    loop.finish()

    assert ["batch 0", *["tick 1.0"] * 3, "batch 1", "batch 2", *["tick 2.0"] * 3, *["finish"] * 3] == rooms.log


class Ledger:
    """A sink that waits for the end."""

    def __init__(self) -> None:
        self.has_ended = False

    def receive(self, finding: Finding) -> None:
        """Nothing is found."""

    def finish(self, stats: Stats) -> None:  # noqa: ARG002 - the contract of a sink
        """Note it."""
        self.has_ended = True


def test_nobody_is_asked_for_findings_before_the_end_that_nobody_wants_before() -> None:
    """Of a detector's time nothing is known then; flows are told all the same."""
    rooms, ledger = Rooms(), Ledger()
    loop = Pipeline(rooms, rooms, rooms, [ledger], Stats())
    loop.run()
    loop.finish()

    assert ["batch 0", "tick 1.0", "batch 1", "batch 2", "tick 2.0", *["finish"] * 2] == rooms.log
    assert ledger.has_ended
