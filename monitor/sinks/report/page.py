"""Composes the page for people: verdict, overview, findings worst first, what was read, what could not be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from monitor.model.data import Level
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.privacy.labels import file_label
from monitor.sinks.report.doubts import Doubt, judge_sight, name_reason, raise_doubts
from monitor.sinks.report.entry import badge, compose_finding
from monitor.sinks.report.figures import count, make_legible
from monitor.sinks.report.layout import Block, inset, rows, rule, words
from monitor.sinks.report.reading import compose_reading
from monitor.sinks.report.verdict import judge

_OVERVIEW_FROM = 3
"""Findings from which an overview helps: two are seen at a glance."""

_HOLDS = "This holds for the traffic in these captures and for no other."
_SEE = "See the end of the page."
_WHOLE = "Nothing tells that anything is missing from what was recorded."


def compose(findings: Sequence[Finding], stats: Stats, *, ascii_only: bool) -> Iterator[Block]:
    """The parts of the page, top to bottom; `findings` worst first."""
    line = rule("-" if ascii_only else "\u2500", "dim")
    verdict = judge(findings, stats)
    doubts = raise_doubts(stats)
    reason = name_reason(doubts)
    clean = verdict.level is None and not reason
    yield words()
    style = _style(verdict.level, clean=clean)
    for sentence in filter(None, (verdict.statement, verdict.figures)):
        yield inset(words(sentence, style))
    if findings:
        yield inset(words(_tally(findings)))
    elif stats.coverage.packets and not reason:
        yield inset(words(_HOLDS))
    if reason and stats.coverage.packets:
        yield inset(words(f"{judge_sight(doubts).value.capitalize()}: {reason[0].lower()}{reason[1:]} {_SEE}"))
    yield words()
    if len(findings) >= _OVERVIEW_FROM:
        yield _overview(findings)
        yield words()
    paths = [file_label(capture.path) for capture in stats.captures]
    advised: dict[object, str] = {}
    for finding in findings:
        advice = (finding.remediation, finding.references)
        yield line
        yield compose_finding(finding, paths, advised.get(advice, "") if finding.remediation else "")
        yield words()
        advised.setdefault(advice, finding.id)
    yield line
    yield compose_reading(stats)
    yield line
    yield _remarks(doubts)
    yield words()


def _style(level: Level | None, *, clean: bool) -> str:
    if level is None:
        return "bold green" if clean else "bold"
    return "bold red" if level >= Level.HIGH else "bold"


def _tally(findings: Sequence[Finding]) -> str:
    levels = Counter(finding.level for finding in findings)
    number = count(len(findings), "finding")
    if len(levels) == 1:
        return f"{number}, {'all ' if len(findings) > 1 else ''}{findings[0].level.word}."
    return f"{number}: {', '.join(f'{levels[level]:,} {level.word}' for level in sorted(levels, reverse=True))}."


def _overview(findings: Sequence[Finding]) -> Block:
    """One line a rule: how bad, what, and how many findings of it there are."""
    numbers: dict[tuple[Level, str], int] = {}
    for finding in findings:
        key = (finding.level, make_legible(finding.title))
        numbers[key] = numbers.get(key, 0) + 1
    width = max(len(title) for _, title in numbers)
    digits = max(len(f"{number:,}") for number in numbers.values())
    listed = [
        (badge(level), words(f"{title:<{width}}  x {number:>{digits},}" if number > 1 else title))
        for (level, title), number in numbers.items()
    ]
    return inset(rows(listed))


def _remarks(doubts: Sequence[Doubt]) -> Block:
    title = words(f"Coverage: {judge_sight(doubts).value}", "bold")
    if not doubts:
        return inset(title, words(), words(_WHOLE))
    remarks = rows([(("-", ""), words(doubt.text)) for doubt in doubts], gap=1)
    return inset(title, words(), words("What this report could not see:"), words(), remarks)
