"""A finding as one line of plain words, with the urgency that system logs know."""

from __future__ import annotations

from monitor.model.data import AboutKind, Level
from monitor.sinks.lines import News, Told
from monitor.sinks.report.ends import name_end
from monitor.sinks.report.figures import count, make_legible
from monitor.sinks.report.verdict import tell_patrons, tell_unit

_NOTICE = 5
_URGENCIES = {Level.CRITICAL: 2, Level.HIGH: 3, Level.MEDIUM: 4, Level.LOW: _NOTICE, Level.INFORMATIONAL: 6}
_BEGINNINGS = {News.NEW: "", News.CHANGED: "goes on: ", News.GONE: "no longer stands: "}


def urgency(told: Told) -> int:
    """Severity of RFC 5424 6.2.1: 2 is critical, 6 informational; what no longer stands is never more than a notice."""
    number = _URGENCIES[told.finding.level]
    return max(number, _NOTICE) if told.news is News.GONE else number


def compose_sentence(told: Told) -> str:
    """The line, legible, without its end."""
    finding = told.finding
    title = make_legible(finding.title).rstrip(". ")
    parts = [f"{_BEGINNINGS[told.news]}{finding.level.word}: {title}: {name_end(finding.about)}"]
    if told.news is not News.GONE:
        word = "device" if finding.about.kind is AboutKind.SERVICE else "destination"
        parts += [count(finding.peers_total, word), count(finding.count, *tell_unit(finding)), tell_patrons([finding])]
    return "; ".join(part for part in (*parts, f"finding {finding.id}") if part)
