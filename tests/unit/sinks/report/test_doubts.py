"""Whatever may hide patron data is said in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import pytest

from monitor.model.stats import CaptureStats, Stats
from monitor.sinks.report.doubts import name_counts, raise_doubts
from tests.unit.sinks.samples import busy_stats, quiet_stats


def flawed(**figures: int) -> Stats:
    """A flawless run but for some figures of its coverage."""
    stats = quiet_stats()
    stats.coverage = replace(stats.coverage, **figures)
    return stats


def test_flawless() -> None:
    """A capture without a flaw raises none."""
    assert [] == raise_doubts(quiet_stats())


@pytest.mark.parametrize(
    ("stats", "expected"),
    [
        (flawed(tcp_flows=0), "No TCP connection was seen at all."),
        (flawed(one_sided_flows=6), "6 of 12 TCP flows show one side only."),
        (flawed(gap_bytes=1), "Lost while recording: 1 byte of TCP data."),
        (flawed(truncated_packets=1), "Cut short while recording: 1 packet."),
        (flawed(excluded_packets=9), "Not inspected, as configured: 9 packets"),
        (flawed(undecoded_packets=2), "Not readable: 2 packets with headers"),
        (Stats(captures=[CaptureStats(path="empty.pcap")]), "The captures hold no packets."),
    ],
)
def test_each_flaw(stats: Stats, expected: str) -> None:
    """Each flaw gives its own remark."""
    (doubt,) = raise_doubts(stats)

    assert doubt.startswith(expected)


def test_a_few_one_sided_flows_are_normal() -> None:
    """Refused connections and scans do not make a capture suspect."""
    assert [] == raise_doubts(flawed(one_sided_flows=1))


def test_undecoded_packets_are_told_once() -> None:
    """Link types, tunnels and broken headers share the undecoded packets between them."""
    stats = flawed(undecoded_packets=30)
    stats.undecoded_by_linktype = Counter({105: 10, 220: 11})
    stats.packets_by_kind = Counter(tcp=1_170, encapsulated=9)

    assert [
        "Not readable: 11 packets of link type 220 (USB), which is not supported.",
        "Not readable: 10 packets of link type 105 (Wi-Fi), which is not supported.",
        "Inside tunnels that are not opened: 9 packets.",
    ] == raise_doubts(stats)


def test_limits_and_faults_are_told() -> None:
    """What this program itself missed is not kept back."""
    stats = quiet_stats()
    stats.limits = Counter({"flow.evicted": 4})
    stats.faults = Counter({"sip2.ValueError": 1})

    limits, faults = raise_doubts(stats)

    assert "flow.evicted 4" in limits
    assert "sip2.ValueError 1" in faults


def test_nothing_read_nothing_doubted() -> None:
    """Without any capture there is nothing to remark on."""
    assert [] == raise_doubts(Stats())


def test_largest_counts_are_named() -> None:
    """The rest is only counted, and zeros are not."""
    counter = Counter({f"a.{number}": number for number in range(10)})

    assert "a.9 9, a.8 8, a.7 7, a.6 6, a.5 5, a.4 4, + 3 more" == name_counts(counter)


def test_every_figure_of_the_coverage_is_judged_or_harmless() -> None:
    """A new figure of the coverage must be thought of here."""
    told = {
        "one_sided_flows",
        "gap_bytes",
        "undecoded_packets",
        "excluded_packets",
        "truncated_packets",
        "tcp_flows",
    }
    harmless = {"packets", "bytes", "flows", "udp_flows", "duplicate_packets"}

    assert told | harmless == {field.name for field in fields(busy_stats().coverage)}
