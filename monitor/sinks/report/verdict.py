"""Says in one sentence what the run means, and names the figures behind a finding.

Rule: never more than the findings say. Counts that several findings share cannot be added, so they become "at least".
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model.data import AboutKind, DataClass, Level
from monitor.model.finding import Finding
from monitor.model.record import Record
from monitor.model.stats import Stats
from monitor.privacy.subjects import DAY_NS
from monitor.sinks.report.figures import count, make_legible
from monitor.sinks.report.words import SUBJECTS

_GRAVITY = {data_class: place for place, data_class in enumerate(DataClass)}
"""The vocabulary lists what harms patrons most first."""
_UNITS = {
    "sip2": ("message", "messages"),
    "ncip": ("message", "messages"),
    **dict.fromkeys(("http", "rtsp", "z3950"), ("request", "requests")),
}


class Verdict(Record, kw_only=False):
    """One sentence, and the level that colors it."""

    statement: str
    """What is the case; ends with a colon when `figures` follow."""
    figures: str
    """Services, devices and patrons; empty when nothing was found."""
    level: Level | None
    """None when nothing was found."""


def judge(findings: Sequence[Finding], stats: Stats) -> Verdict:
    """The verdict of a run; `findings` worst first."""
    if findings:
        return _judge_worst(findings)
    packets = stats.coverage.packets
    if not packets:
        return Verdict("No packets were read, so nothing can be said.", "", None)
    return Verdict(f"Nothing found in {count(packets, 'packet')} seen.", "", None)


def tell_patrons(findings: Sequence[Finding]) -> str:
    """How many patrons, or an empty string when no patron was told apart."""
    number = max(finding.subjects for finding in findings)
    if not number:
        return ""
    patrons = count(number, "patron")
    if len(findings) > 1 or findings[0].subjects_limited:
        return f"at least {patrons}"
    return patrons if _one_day(findings[0]) else f"about {patrons}"


def tell_unit(finding: Finding) -> tuple[str, str]:
    """What `Finding.count` counts, for one and for many."""
    if finding.about.kind is AboutKind.SERVICE and finding.protocol in _UNITS:
        return _UNITS[finding.protocol]
    return "connection", "connections"


def _one_day(finding: Finding) -> bool:
    return finding.first_seen_ns // DAY_NS == finding.last_seen_ns // DAY_NS


def _judge_worst(findings: Sequence[Finding]) -> Verdict:
    first = findings[0]
    worst = [finding for finding in findings if finding.level is first.level]
    exposing = [one for one in worst if one.about.kind is AboutKind.SERVICE and one.data_classes]
    if exposing:
        gravest = min((kind for one in exposing for kind in one.data_classes), key=_GRAVITY.__getitem__)
        behind = [one for one in exposing if gravest in one.data_classes]
        return Verdict(f"{SUBJECTS[gravest]} cross the network in the clear:", _figures(behind), first.level)
    behind = [one for one in worst if one.rule == first.rule]
    return Verdict(f"{make_legible(first.title).rstrip('. ')}:", _figures(behind), first.level)


def _figures(findings: Sequence[Finding]) -> str:
    if findings[0].about.kind is AboutKind.DEVICE:
        return f"{count(_abouts(findings), 'device')}, {_ends(findings, 'destination')}."
    parts = [count(_abouts(findings), "service"), _ends(findings, "device"), tell_patrons(findings)]
    return ", ".join(part for part in parts if part) + "."


def _abouts(findings: Sequence[Finding]) -> int:
    return len({(one.about.address or one.id, one.about.port, one.about.transport) for one in findings})


def _ends(findings: Sequence[Finding], word: str) -> str:
    if len(findings) == 1:
        return count(findings[0].peers_total, word)
    addresses = {peer.address for one in findings for peer in one.peers}
    if "" not in addresses and all(len(one.peers) == one.peers_total for one in findings):
        return count(len(addresses), word)
    return f"at least {count(max(one.peers_total for one in findings), word)}"
