"""What was read: captures, packets, flows and protocols in words."""

from __future__ import annotations

import pytest

from monitor.model.stats import CaptureStats, Stats
from monitor.sinks.report.reading import compose_reading
from monitor.sinks.report.text import Appearance, print_page
from tests.unit.sinks.samples import busy_stats, quiet_stats


def text(stats: Stats) -> str:
    """The section as text."""
    return print_page(lambda _: [compose_reading(stats)], Appearance(width=120))


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        (busy_stats(), "captures/monday.pcap, 1,200,000 packets"),
        (busy_stats(), "3 files skipped: not a capture"),
        (busy_stats(), "Recorded    2026-05-08 09:00:01 to 17:02:11 UTC (8 h 2 min)"),
        (busy_stats(), "1,234,567 (1.0 GB), 9,000 seen twice and counted once, 31 cut short, 420 not readable"),
        (busy_stats(), "Flows       12,345 (9,000 TCP, 3,345 UDP), 1,800 of them one-sided"),
        (busy_stats(), "SIP2  19 flows, 1 encrypted flow, 8,216 messages"),
        (busy_stats(), "Lost        1.2 MB of TCP data"),
        (busy_stats(), "Oddities    sip2.bad_checksum 12, http.cut_head 3"),
        (quiet_stats(), "Protocols   TLS  12 flows"),
        (Stats(), "Protocols   none that this program knows"),
        (Stats(), "Captures    none"),
    ],
)
def test_line(stats: Stats, expected: str) -> None:
    """Every figure that is not zero has its words."""
    assert expected in text(stats)


@pytest.mark.parametrize("label", ["Lost", "Oddities", "skipped", "seen twice", "one-sided"])
def test_zeros_are_not_told(label: str) -> None:
    """A flawless run reads calmly."""
    assert label not in text(quiet_stats())


def test_many_captures_are_counted() -> None:
    """The list ends, the number does not."""
    shown = text(Stats(captures=[CaptureStats(path=f"{number}.pcap", packets=5) for number in range(20)]))

    assert "7.pcap, 5 packets" in shown
    assert "8.pcap" not in shown.replace("18.pcap", "")
    assert "+ 12 more, 60 packets" in shown
