"""Says in plain words what a run could not see, so that "nothing found" can be told from "nothing seen".

Rules: every figure that may hide patron data gives one remark, which says how much it blinds; an empty list means a
capture without a flaw. The coverage verdict is that of the worst remark, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from monitor.model.closed import Enum
from monitor.model.record import Record
from monitor.model.stats import Stats
from monitor.sinks.alerts.blindness import Sums
from monitor.sinks.report.figures import count, make_legible, volume
from monitor.sinks.report.words import name_link_type

_MANY = 0.1
"""Share of one-sided TCP flows from which the capture itself is suspect; scans and refused connections stay below."""
_NAMED = 6
"""Entries of a counter that are named before the rest is only counted; a line of text holds no more."""
_SOME = 0.01
"""Share of what there was from which a run is partly blind: of a hundred logins, one is not seen."""
_MOST = 0.5
"""Share from which it is blind: what was found is a sample, and that nothing was found says nothing."""
_ALL = 0.9
"""Share of one-sided TCP flows from which a mirror passes one direction only."""


class Sight(Enum):
    """How much of what there was a run has seen; the worst last."""

    GOOD = "good"
    PARTLY_BLIND = "partly blind"
    BLIND = "blind"
    NOTHING_SEEN = "nothing seen"


_WORST = list(Sight)


class Doubt(Record, kw_only=False):
    """One remark."""

    text: str
    """What is not in the report, and what to do about it; the first sentence can stand alone."""
    sight: Sight = Sight.GOOD
    """How much this alone blinds."""


def raise_doubts(stats: Stats) -> list[Doubt]:
    """The remarks on a run, in the order in which they matter."""
    return list(_doubts(stats))


def judge_sight(doubts: Sequence[Doubt]) -> Sight:
    """The coverage verdict: as the worst of all remarks."""
    return max((doubt.sight for doubt in doubts), key=_WORST.index, default=Sight.GOOD)


def name_reason(doubts: Sequence[Doubt]) -> str:
    """The sentence behind the verdict; empty where nothing blinds."""
    sight = judge_sight(doubts)
    worst = next((doubt.text for doubt in doubts if doubt.sight is sight is not Sight.GOOD), "")
    return worst.partition(". ")[0].rstrip(".") + "." if worst else ""


def name_counts(counter: Mapping[str, int]) -> str:
    """The largest entries of a counter as text."""
    entries = sorted(((-number, name) for name, number in counter.items() if number))
    named = ", ".join(f"{make_legible(name)} {-number:,}" for number, name in entries[:_NAMED])
    return named + (f", + {len(entries) - _NAMED:,} more" if len(entries) > _NAMED else "")


def _weigh(number: float, whole: float) -> Sight:
    """How much it blinds that `number` out of `whole` were not seen."""
    share = number / whole if whole else 1.0
    return Sight.BLIND if share >= _MOST else Sight.PARTLY_BLIND if share >= _SOME else Sight.GOOD


def _doubts(stats: Stats) -> Iterator[Doubt]:
    seen = stats.coverage
    if not seen.packets:
        text = "The captures hold no packets. Check the capture filter and the mirror port."
        yield Doubt(text if stats.captures else "No capture was read.", Sight.NOTHING_SEEN)
        return
    yield from _blind(stats)
    if seen.tcp_flows and seen.one_sided_flows >= seen.tcp_flows * _ALL:
        yield Doubt(
            f"The mirror shows one direction only: so do {seen.one_sided_flows:,} of "
            f"{count(seen.tcp_flows, 'TCP flow')}. Have it mirror both directions, and check the capture filter; what "
            "the other side said is not in this report.",
            Sight.PARTLY_BLIND,
        )
    elif seen.tcp_flows and seen.one_sided_flows >= seen.tcp_flows * _MANY:
        yield Doubt(
            f"{seen.one_sided_flows:,} of {count(seen.tcp_flows, 'TCP flow')} show one side only. The mirror port or "
            "the capture filter may pass one direction; what the other side said is not in this report.",
            Sight.PARTLY_BLIND,
        )
    yield from _lost(stats)
    if seen.truncated_packets:
        yield Doubt(
            f"Cut short while recording: {count(seen.truncated_packets, 'packet')}. Record whole packets "
            "(tcpdump -s 0) to see what is behind the cut.",
            _weigh(seen.truncated_packets, seen.packets),
        )
    if seen.excluded_packets:
        everything = seen.excluded_packets >= seen.packets
        yield Doubt(
            f"Not inspected, as configured: {count(seen.excluded_packets, 'packet')} of excluded zones"
            f"{', which is all there was' if everything else ''}.",
            Sight.BLIND if everything else Sight.GOOD,
        )
    if any(stats.limits.values()):
        text = f"Limits of this program were reached ({name_counts(stats.limits)}), so something may have been missed."
        yield Doubt(text, Sight.PARTLY_BLIND)
    if any(stats.faults.values()):
        yield Doubt(
            f"Faults of this program were caught ({name_counts(stats.faults)}) and what caused them was left out. "
            "Please report them.",
            Sight.PARTLY_BLIND,
        )


def _lost(stats: Stats) -> Iterator[Doubt]:
    """What was lost before us."""
    sums = Sums.of(stats)
    if sums.dropped:
        yield Doubt(
            f"Dropped: {count(sums.dropped, 'packet')}, {sums.dropped_share:.1%} of those that came. "
            "This machine could not keep up.",
            _weigh(sums.dropped, sums.arrived),
        )
    if stats.coverage.gap_bytes or sums.lost_share >= _SOME:
        size = max(stats.coverage.gap_bytes, stats.unseen_bytes)
        share = f", {sums.lost_share:.1%} of what connections carried" if sums.lost_share >= _SOME else ""
        yield Doubt(
            f"Lost while recording: {volume(size)} of TCP data{share}. Record closer to the mirror "
            "port or with a larger buffer; what was lost may have held patron data.",
            _weigh(sums.lost_share, 1),
        )
    parts = sum(stats.weirds[f"flow.fragment_{how}"] for how in ("unfinished", "cut", "overlap", "malformed"))
    if parts:
        whole = stats.coverage.reassembled_packets
        yield Doubt(
            f"Never whole: {count(parts, 'packet')} of which only fragments came, beside {whole:,} that could be put "
            "together.",
            _weigh(stats.packets_by_kind["fragment"], stats.coverage.packets) if parts > whole else Sight.GOOD,
        )


def _blind(stats: Stats) -> Iterator[Doubt]:
    seen = stats.coverage
    if not seen.tcp_flows:
        yield Doubt(
            "No TCP connection was seen at all. Library systems speak TCP, so this capture cannot show them: "
            "check the mirror port, the VLANs and the capture filter.",
            Sight.BLIND,
        )
    unread = _weigh(seen.undecoded_packets, seen.packets)
    kinds = [(number, kind) for kind, number in stats.undecoded_by_linktype.items() if number]
    for number, kind in sorted(kinds, reverse=True)[:_NAMED]:
        text = f"Not readable: {count(number, 'packet')} of {name_link_type(kind)}, which is not supported."
        yield Doubt(text, unread)
    tunneled = stats.packets_by_kind.get("encapsulated", 0)
    rest = seen.undecoded_packets - sum(stats.undecoded_by_linktype.values()) - tunneled
    if rest > 0:
        text = f"Not readable: {count(rest, 'packet')} with headers that are cut off or contradict each other."
        yield Doubt(text, unread)
    if tunneled:
        yield Doubt(f"Inside tunnels that are not opened: {count(tunneled, 'packet')}.", unread)
