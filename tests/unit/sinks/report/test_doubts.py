"""Whatever may hide patron data is said in plain words."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import pytest

from monitor.model.stats import CaptureStats, Stats
from monitor.sinks.report.doubts import Sight, judge_sight, name_counts, name_reason, raise_doubts
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
        (flawed(one_sided_flows=11), "The mirror shows one direction only: so do 11 of 12 TCP flows."),
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

    assert doubt.text.startswith(expected)


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
    ] == [doubt.text for doubt in raise_doubts(stats)]


def test_limits_and_faults_are_told() -> None:
    """What this program itself missed is not kept back."""
    stats = quiet_stats()
    stats.limits = Counter({"flow.evicted": 4})
    stats.faults = Counter({"sip2.ValueError": 1})

    limits, faults = raise_doubts(stats)

    assert "flow.evicted 4" in limits.text
    assert "sip2.ValueError 1" in faults.text


def seen(stats: Stats) -> tuple[Sight, str]:
    """The verdict, and the sentence behind it."""
    doubts = raise_doubts(stats)
    return judge_sight(doubts), name_reason(doubts)


def lossy(lost_bytes: int, *, dropped: int = 0) -> Stats:
    """A run that read 1,000 bytes of connections and missed so many; of 1,200 packets the kernel dropped some."""
    stats = flawed(gap_bytes=lost_bytes)
    stats.followed_bytes, stats.lost_bytes = 1_000, lost_bytes
    stats.captures[0].arrived, stats.captures[0].dropped = 1_200, dropped
    return stats


def fragmented(unfinished: int, whole: int, frames: int) -> Stats:
    """A run with packets in fragments."""
    stats = flawed(reassembled_packets=whole)
    stats.weirds["flow.fragment_unfinished"] = unfinished
    stats.packets_by_kind["fragment"] = frames
    return stats


@pytest.mark.parametrize(
    ("stats", "sight", "reason"),
    [
        (quiet_stats(), Sight.GOOD, ""),
        (Stats(), Sight.NOTHING_SEEN, "No capture was read."),
        (Stats(captures=[CaptureStats(path="empty.pcap")]), Sight.NOTHING_SEEN, "The captures hold no packets."),
        (flawed(tcp_flows=0), Sight.BLIND, "No TCP connection was seen at all."),
        (
            flawed(one_sided_flows=12),
            Sight.PARTLY_BLIND,
            "The mirror shows one direction only: so do 12 of 12 TCP flows.",
        ),
        (lossy(5), Sight.GOOD, ""),
        (
            lossy(100),
            Sight.PARTLY_BLIND,
            "Lost while recording: 100 bytes of TCP data, 9.1% of what connections carried.",
        ),
        (lossy(1_000), Sight.BLIND, "Lost while recording: 1.0 kB of TCP data, 50.0% of what connections carried."),
        (lossy(0, dropped=11), Sight.GOOD, ""),
        (lossy(0, dropped=120), Sight.PARTLY_BLIND, "Dropped: 120 packets, 10.0% of those that came."),
        (flawed(truncated_packets=11), Sight.GOOD, ""),
        (flawed(truncated_packets=12), Sight.PARTLY_BLIND, "Cut short while recording: 12 packets."),
        (flawed(truncated_packets=600), Sight.BLIND, "Cut short while recording: 600 packets."),
        (flawed(excluded_packets=1_199), Sight.GOOD, ""),
        (
            flawed(excluded_packets=1_200),
            Sight.BLIND,
            "Not inspected, as configured: 1,200 packets of excluded zones, which is all there was.",
        ),
        (
            flawed(undecoded_packets=600),
            Sight.BLIND,
            "Not readable: 600 packets with headers that are cut off or contradict each other.",
        ),
        (fragmented(1, 1, 4), Sight.GOOD, ""),
        (
            fragmented(40, 2, 40),
            Sight.PARTLY_BLIND,
            "Never whole: 40 packets of which only fragments came, beside 2 that could be put together.",
        ),
    ],
)
def test_the_verdict(stats: Stats, sight: Sight, reason: str) -> None:
    """A little is normal, a hundredth is not, and half of it makes a run blind; the worst decides."""
    assert (sight, reason) == seen(stats)


def test_the_worst_remark_decides() -> None:
    """Wherever it stands."""
    stats = lossy(100)
    stats.coverage.truncated_packets = 1_000

    assert (Sight.BLIND, "Cut short while recording: 1,000 packets.") == seen(stats)


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
        "reassembled_packets",
    }
    harmless = {"packets", "bytes", "flows", "udp_flows", "duplicate_packets"}

    assert told | harmless == {field.name for field in fields(busy_stats().coverage)}
