"""The loop: order, ticks, ends, errors and interruptions, with stand-ins for the rooms."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from monitor.model.finding import Finding, Observation
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats
from monitor.pipeline import TICK_NS, Pipeline

MAIN = threading.main_thread()


class Rooms:
    """All the rooms around the loop: a source of three batches, and a log of what is called in which thread."""

    def __init__(self, error: BaseException | None = None, *, hang: bool = False) -> None:
        self.log: list[str] = []
        self.counted_elsewhere = True
        self._error = error
        self._hang = threading.Event() if hang else None

    def __iter__(self) -> Iterator[Frames | Tick]:
        frames = Frames(data=bytearray(1), capacity=1)
        for number in range(3):
            frames.count = number
            yield frames
            yield Tick(at_ns=(number + 2) * TICK_NS // 2)
        if self._error is not None:
            raise self._error
        if self._hang is not None:
            self._hang.wait()

    def count(self, frames: Frames) -> str:
        """Count."""
        self.counted_elsewhere &= threading.current_thread() is not MAIN
        return f"batch {frames.count}"

    def follow(self, batch: str) -> None:
        """Follow."""
        assert threading.current_thread() is MAIN
        self.log.append(batch)

    def tick(self, at_ns: int) -> list[Finding]:
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


def pipeline(rooms: Rooms) -> Pipeline[str]:
    """The loop between the stand-ins."""
    return Pipeline(rooms, rooms, rooms, [rooms], Stats())


def test_batches_come_in_order_and_time_passes_in_seconds() -> None:
    """Each tick reaches flows and detector, those within a second of the last do not; reading has its own thread."""
    rooms = Rooms()
    loop = pipeline(rooms)
    loop.run()
    loop.finish()

    assert ["batch 0", "tick 1.0", "tick 1.0", "batch 1", "batch 2", "tick 2.0", "tick 2.0"] == rooms.log[:7]
    assert ["finish"] * 3 == rooms.log[7:]
    assert rooms.counted_elsewhere


def test_an_error_of_the_source_reaches_the_caller() -> None:
    """What was read before it was followed."""
    rooms = Rooms(ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        pipeline(rooms).run()
    assert "batch 2" in rooms.log


def test_an_interruption_follows_what_was_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C in the middle passes through, even while the source hangs on a silent pipe."""
    monkeypatch.setattr("monitor.pipeline.PATIENCE_SECONDS", 0.05)
    rooms = Rooms(hang=True)
    follow = rooms.follow

    def interrupt(batch: str) -> None:
        follow(batch)
        if batch == "batch 0":
            raise KeyboardInterrupt

    monkeypatch.setattr(rooms, "follow", interrupt)

    with pytest.raises(KeyboardInterrupt):
        pipeline(rooms).run()
    assert "batch 0" == rooms.log[0]
    assert rooms.log == sorted(rooms.log)
