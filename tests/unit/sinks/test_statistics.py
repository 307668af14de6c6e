"""The line that tells how a live run goes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from monitor.model.stats import CaptureStats, Coverage, SinkStats, Stats
from monitor.sinks.statistics import INTERVAL_NS, StatisticsLines
from tests.unit.sinks.samples import CAMERA, NINE_NS, PIN

SECOND_NS = 10**9


def stats() -> Stats:
    """The figures of a run that has seen a little."""
    return Stats(
        captures=[CaptureStats(path="eth0", arrived=1_300, dropped=66)],
        coverage=Coverage(packets=1_234, bytes=1_200_000, flows=40),
        protocols={"tls": Counter(flows=0), "sip2": Counter(flows=1, encrypted_flows=0, messages=812)},
    )


def test_all_figures_stand_in_one_line() -> None:
    """What came, what was lost, what was found, and that nothing went wrong."""
    lines: list[str] = []
    StatisticsLines(lines.append).finish(stats())

    expected = (
        "eth0: 1,234 packets (1.2 MB), 66 dropped by the kernel; 40 flows; sip2 1 flows, 812 messages; "
        "coverage: blind (no TCP connection was seen at all); 0 findings; limits reached: none; faults: none"
    )
    assert [expected] == lines


def test_what_went_wrong_is_named() -> None:
    """Limits, faults and oddities, with their numbers."""
    lines: list[str] = []
    figures = stats()
    figures.limits["capture.ring"] = 2
    figures.faults["sip2.ValueError"] = 1
    figures.weirds["capture.interface_down"] = 3
    StatisticsLines(lines.append).finish(figures)

    expected = "; limits reached: capture.ring 2; faults: sip2.ValueError 1; oddities: capture.interface_down 3"
    assert lines[0].endswith(expected)


def test_findings_that_stand_are_counted() -> None:
    """Each once, and not any more when its count has fallen to 0."""
    lines: list[str] = []
    sink = StatisticsLines(lines.append)
    for finding in (PIN, CAMERA, replace(PIN, count=9_000), replace(CAMERA, count=0)):
        sink.receive(finding)
    sink.finish(stats())

    assert "; 1 finding; " in lines[0]


def test_once_a_minute() -> None:
    """A line after each minute of trace time, and none before the first is over."""
    told: list[str] = []
    sink = StatisticsLines(told.append)
    seconds = []
    for second in range(200):
        sink.tick(NINE_NS + second * SECOND_NS, stats())
        if told:
            seconds.append(second)
            told.clear()

    assert [INTERVAL_NS // SECOND_NS * n for n in (1, 2, 3)] == seconds


def test_sinks_that_fail_are_named() -> None:
    """And what was not delivered is counted; nothing is said where all goes well."""
    told: list[str] = []
    figures = stats()
    figures.sinks = {"store": SinkStats(), "eve": SinkStats(failing=True, dropped=3), "syslog": SinkStats(failing=True)}
    StatisticsLines(told.append).finish(figures)
    figures.sinks = {"store": SinkStats()}
    StatisticsLines(told.append).finish(figures)

    assert "; sinks that fail: eve, syslog; findings not delivered: eve 3" in told[0]
    assert "sinks" not in told[1]
    assert "delivered" not in told[1]
