"""Findings as JSON lines: which are written when, and what stands in them."""

from __future__ import annotations

import json
from dataclasses import replace

from monitor.model.opaque import Label
from monitor.sinks.lines import PAUSE_NS, FindingLines
from monitor.sinks.report.document import describe_finding
from tests.unit.sinks.samples import CAMERA, NINE_NS, PIN, busy_stats

SECOND_NS = 10**9


class Reader:
    """Reads lines, for as long as it wants to."""

    def __init__(self, patience: int = 1_000) -> None:
        self.lines: list[str] = []
        self._patience = patience

    def __call__(self, line: str) -> bool:
        """Read one, and say whether another one may follow."""
        self.lines.append(line)
        return len(self.lines) < self._patience

    def counts(self) -> list[int]:
        """The count in each line since this was asked before."""
        counts = [json.loads(line)["count"] for line in self.lines]
        self.lines.clear()
        return counts


def test_a_line_is_an_entry_of_the_report() -> None:
    """In ASCII, with one newline at its end."""
    reader = Reader()
    sink = FindingLines(reader)
    found = replace(PIN, title=Label("Bücherei"))
    sink.receive(found)
    sink.tick(NINE_NS, busy_stats())

    assert [json.dumps(describe_finding(found)) + "\n"] == reader.lines
    assert reader.lines[0].isascii()


def test_new_ones_at_once_and_changes_once_a_minute() -> None:
    """A finding that changes every second is written again after a minute, in its latest state."""
    reader = Reader()
    sink = FindingLines(reader)
    written = []
    for second in range(130):
        sink.receive(replace(PIN, count=second + 1))
        sink.tick(NINE_NS + second * SECOND_NS, busy_stats())
        written += [(second, count) for count in reader.counts()]

    assert [(0, 1), (60, 61), (120, 121)] == written


def test_a_change_is_not_held_back_for_the_next_one() -> None:
    """A burst that ends is written in its last state when its minute is over, though nothing more happens."""
    reader = Reader()
    sink = FindingLines(reader)
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
    sink = FindingLines(reader)
    sink.receive(PIN)
    sink.tick(NINE_NS, busy_stats())
    sink.receive(CAMERA)
    sink.tick(NINE_NS + SECOND_NS, busy_stats())

    assert [PIN.count, CAMERA.count] == reader.counts()


def test_what_no_longer_stands_is_written_at_once_and_so_is_its_return() -> None:
    """A count of 0 says that all of it counts in a worse finding now."""
    reader = Reader()
    sink = FindingLines(reader)
    for second, count in enumerate((1, 0, 2)):
        sink.receive(replace(CAMERA, count=count))
        sink.tick(NINE_NS + second, busy_stats())

    assert [1, 0, 2] == reader.counts()


def test_the_end_writes_what_has_changed_since() -> None:
    """The engine gives every finding once more at the end; only news is written, the last state always."""
    reader = Reader()
    sink = FindingLines(reader)
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


def test_silence_once_nobody_reads() -> None:
    """After a line that found no reader, none is tried again."""
    reader = Reader(patience=1)
    sink = FindingLines(reader)
    sink.receive(PIN)
    sink.receive(CAMERA)
    sink.tick(NINE_NS, busy_stats())
    sink.receive(replace(PIN, count=PIN.count + 1))
    sink.finish(busy_stats())

    assert 1 == len(reader.lines)


def test_how_it_fares_is_told() -> None:
    """Once nobody reads, the sink fails, and each line that is not read counts as dropped."""
    sink = FindingLines(Reader(patience=2))
    told = []
    for number in range(4):
        sink.receive(replace(PIN, id=Label(f"{number}")))
        sink.tick(NINE_NS, busy_stats())
        told.append((sink.figures.failing, sink.figures.dropped))

    assert [(False, 0), (True, 1), (True, 2), (True, 3)] == told
