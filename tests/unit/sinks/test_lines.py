"""Findings as messages: which are told when, and what becomes of those that nobody takes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from monitor.errors import DeliveryError
from monitor.model.opaque import Label
from monitor.sinks.entries import compose_entry
from monitor.sinks.lines import PAUSE_NS, FindingLines, News, Told
from tests.unit.sinks.samples import CAMERA, NINE_NS, PIN, busy_stats

SECOND_NS = 10**9


class Reader:
    """Takes messages, for as long as it wants to; fails while it has trouble."""

    def __init__(self, patience: int = 1_000) -> None:
        self.lines: list[bytes] = []
        self.trouble = ""
        self.closed = 0
        self._patience = patience

    def check(self) -> None:
        """Fail if there is trouble."""
        if self.trouble:
            raise DeliveryError(self.trouble)

    def send(self, message: bytes) -> bool:
        """Take one, or say that no more is wanted."""
        self.check()
        if len(self.lines) >= self._patience:
            return False
        self.lines.append(message)
        return True

    def close(self) -> None:
        """Count it."""
        self.closed += 1

    def counts(self) -> list[int]:
        """The count in each line since this was asked before."""
        counts = [json.loads(line)["count"] for line in self.lines]
        self.lines.clear()
        return counts


def lines_to(reader: Reader) -> FindingLines:
    """The sink, with entries of the report as its messages."""
    return FindingLines("lines", compose_entry, reader)


def test_new_ones_at_once_and_changes_once_a_minute() -> None:
    """A finding that changes every second is written again after a minute, in its latest state."""
    reader = Reader()
    sink = lines_to(reader)
    written = []
    for second in range(130):
        sink.receive(replace(PIN, count=second + 1))
        sink.tick(NINE_NS + second * SECOND_NS, busy_stats())
        written += [(second, count) for count in reader.counts()]

    assert [(0, 1), (60, 61), (120, 121)] == written


def test_a_change_is_not_held_back_for_the_next_one() -> None:
    """A burst that ends is written in its last state when its minute is over, though nothing more happens."""
    reader = Reader()
    sink = lines_to(reader)
    for count in (1, 2, 3):
        sink.receive(replace(PIN, count=count))
        sink.tick(NINE_NS, busy_stats())
    assert [1] == reader.counts()

    sink.tick(NINE_NS + PAUSE_NS - 1, busy_stats())
    assert [] == reader.counts()
    sink.tick(NINE_NS + PAUSE_NS, busy_stats())
    assert [3] == reader.counts()
    sink.tick(NINE_NS + 9 * PAUSE_NS, busy_stats())
    assert [] == reader.counts()


def test_each_finding_has_its_own_minute() -> None:
    """A new finding does not wait for another one."""
    reader = Reader()
    sink = lines_to(reader)
    sink.receive(PIN)
    sink.tick(NINE_NS, busy_stats())
    sink.receive(CAMERA)
    sink.tick(NINE_NS + SECOND_NS, busy_stats())

    assert [PIN.count, CAMERA.count] == reader.counts()


def test_what_no_longer_stands_is_written_at_once_and_so_is_its_return() -> None:
    """A count of 0 says that all of it counts in a worse finding now."""
    reader = Reader()
    sink = lines_to(reader)
    for second, count in enumerate((1, 0, 2)):
        sink.receive(replace(CAMERA, count=count))
        sink.tick(NINE_NS + second, busy_stats())

    assert [1, 0, 2] == reader.counts()


def test_the_end_writes_what_has_changed_since() -> None:
    """The engine gives every finding once more at the end; only news is written, the last state always."""
    reader = Reader()
    sink = lines_to(reader)
    sink.receive(PIN)
    sink.receive(CAMERA)
    sink.tick(NINE_NS, busy_stats())
    reader.lines.clear()
    sink.receive(replace(PIN, count=PIN.count + 1))
    sink.tick(NINE_NS + SECOND_NS, busy_stats())
    sink.receive(replace(PIN, count=PIN.count + 1))
    sink.receive(CAMERA)
    sink.finish(busy_stats())

    assert [PIN.count + 1] == reader.counts()


def test_what_a_message_is_about() -> None:
    """New, changed, gone, and new once more when it stands again; with the time at which it is told."""
    reader, told = Reader(), list[Told]()

    def compose(one: Told) -> bytes:
        told.append(one)
        return b""

    sink = FindingLines("lines", compose, reader)
    for minute, count in enumerate((1, 2, 0, 3)):
        sink.receive(replace(CAMERA, count=count))
        sink.tick(NINE_NS + minute * PAUSE_NS, busy_stats())

    assert [News.NEW, News.CHANGED, News.GONE, News.NEW] == [one.news for one in told]
    assert [NINE_NS + minute * PAUSE_NS for minute in range(4)] == [one.at_ns for one in told]


def test_silence_once_nobody_reads() -> None:
    """What nobody wants any more is lost, which is counted."""
    reader = Reader(patience=1)
    sink = lines_to(reader)
    told = []
    for number in range(3):
        sink.receive(replace(PIN, id=Label(f"{number}")))
        sink.tick(NINE_NS, busy_stats())
        told.append((sink.figures.delivered, sink.figures.dropped, sink.figures.failing))

    assert [(1, 0, False), (1, 1, True), (1, 2, True)] == told


def test_trouble_keeps_the_last_state() -> None:
    """What the destination does not take waits, and goes in its last state once it takes it."""
    reader = Reader()
    sink = lines_to(reader)
    reader.trouble = "the disk is full"
    for count in (1, 2):
        sink.receive(replace(PIN, count=count))
        sink.receive(replace(CAMERA, count=count))
        with pytest.raises(DeliveryError, match="the disk is full"):
            sink.tick(NINE_NS, busy_stats())
    assert [] == reader.lines
    reader.trouble = ""
    sink.tick(NINE_NS, busy_stats())

    assert [2, 2] == reader.counts()
    assert 2 == sink.figures.delivered


def test_trouble_at_the_end() -> None:
    """How many findings are left is told."""
    reader = Reader()
    sink = lines_to(reader)
    sink.receive(PIN)
    sink.receive(CAMERA)
    reader.trouble = "the disk is full"
    with pytest.raises(DeliveryError):
        sink.finish(busy_stats())

    assert 2 == sink.figures.waiting
    sink.close()
    assert 1 == reader.closed


def test_trouble_is_noticed_in_silence() -> None:
    """With nothing to tell, it is looked whether it could be."""
    reader = Reader()
    reader.trouble = "no such folder"
    with pytest.raises(DeliveryError):
        lines_to(reader).tick(NINE_NS, busy_stats())


def test_figures_once_a_minute() -> None:
    """Where they are wanted."""
    reader = Reader()
    sink = FindingLines("eve", compose_entry, reader, lambda at_ns, stats: b"%d %d" % (at_ns, stats.coverage.packets))
    stats = busy_stats()
    for second in range(130):
        sink.tick(NINE_NS + second * SECOND_NS, stats)

    packets = stats.coverage.packets
    assert [b"%d %d" % (NINE_NS + minute * PAUSE_NS, packets) for minute in range(3)] == reader.lines
