"""Says in plain words what a run could not see, so that "nothing found" is never more than it is.

Rule: every figure that may hide patron data gives one remark; an empty list means a capture without a flaw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.model.stats import Stats
from monitor.sinks.report.figures import count, make_legible, volume
from monitor.sinks.report.words import name_link_type

_MANY = 0.1
"""Share of one-sided TCP flows from which the capture itself is suspect; scans and refused connections stay below."""
_NAMED = 6
"""Entries of a counter that are named before the rest is only counted; a line of text holds no more."""


def raise_doubts(stats: Stats) -> list[str]:
    """The remarks on a run, in the order in which they matter."""
    return list(_doubts(stats))


def name_counts(counter: Mapping[str, int]) -> str:
    """The largest entries of a counter as text."""
    entries = sorted(((-number, name) for name, number in counter.items() if number))
    named = ", ".join(f"{make_legible(name)} {-number:,}" for number, name in entries[:_NAMED])
    return named + (f", + {len(entries) - _NAMED:,} more" if len(entries) > _NAMED else "")


def _doubts(stats: Stats) -> Iterator[str]:
    seen = stats.coverage
    if not seen.packets:
        if stats.captures:
            yield "The captures hold no packets. Check the capture filter and the mirror port."
        return
    yield from _blind(stats)
    if seen.tcp_flows and seen.one_sided_flows >= seen.tcp_flows * _MANY:
        yield (
            f"{seen.one_sided_flows:,} of {count(seen.tcp_flows, 'TCP flow')} show one side only. The mirror port or "
            "the capture filter may pass one direction; what the other side said is not in this report."
        )
    if seen.gap_bytes:
        yield (
            f"Lost while recording: {volume(seen.gap_bytes)} of TCP data. Record closer to the mirror port or with a "
            "larger buffer; what was lost may have held patron data."
        )
    if seen.truncated_packets:
        yield (
            f"Cut short while recording: {count(seen.truncated_packets, 'packet')}. Record whole packets "
            "(tcpdump -s 0) to see what is behind the cut."
        )
    if seen.excluded_packets:
        yield f"Not inspected, as configured: {count(seen.excluded_packets, 'packet')} of excluded zones."
    if any(stats.limits.values()):
        yield f"Limits of this program were reached ({name_counts(stats.limits)}), so something may have been missed."
    if any(stats.faults.values()):
        yield (
            f"Faults of this program were caught ({name_counts(stats.faults)}) and what caused them was left out. "
            "Please report them."
        )


def _blind(stats: Stats) -> Iterator[str]:
    seen = stats.coverage
    if not seen.tcp_flows:
        yield (
            "No TCP connection was seen at all. Library systems speak TCP, so this capture cannot show them: "
            "check the mirror port, the VLANs and the capture filter."
        )
    kinds = [(number, kind) for kind, number in stats.undecoded_by_linktype.items() if number]
    for number, kind in sorted(kinds, reverse=True)[:_NAMED]:
        yield f"Not readable: {count(number, 'packet')} of {name_link_type(kind)}, which is not supported."
    tunneled = stats.packets_by_kind.get("encapsulated", 0)
    rest = seen.undecoded_packets - sum(stats.undecoded_by_linktype.values()) - tunneled
    if rest > 0:
        yield f"Not readable: {count(rest, 'packet')} with headers that are cut off or contradict each other."
    if tunneled:
        yield f"Inside tunnels that are not opened: {count(tunneled, 'packet')}."
