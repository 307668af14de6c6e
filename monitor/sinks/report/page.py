"""Composes the page for people: verdict, overview, findings worst first, what was read, what could not be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from monitor.model.data import Level
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.privacy.labels import file_label
from monitor.sinks.report.doubts import Doubt, judge_sight, name_reason, raise_doubts
from monitor.sinks.report.entry import badge, compose_finding
from monitor.sinks.report.figures import count, make_legible
from monitor.sinks.report.reading import compose_reading
from monitor.sinks.report.rows import Rows
from monitor.sinks.report.verdict import judge

_OVERVIEW_FROM = 3
"""Findings from which an overview helps: two are seen at a glance."""

_HOLDS = "This holds for the traffic in these captures and for no other."
_SEE = "See the end of the page."
_WHOLE = "Nothing tells that anything is missing from what was recorded."


def compose(findings: Sequence[Finding], stats: Stats, *, ascii_only: bool) -> Iterator[RenderableType]:
    """The parts of the page, top to bottom; `findings` worst first."""
    line = Rule(characters="-" if ascii_only else "\u2500", style="dim")
    verdict = judge(findings, stats)
    doubts = raise_doubts(stats)
    reason = name_reason(doubts)
    clean = verdict.level is None and not reason
    yield Text()
    style = _style(verdict.level, clean=clean)
    for sentence in filter(None, (verdict.statement, verdict.figures)):
        yield Padding(Text(sentence, style=style), (0, 1))
    if findings:
        yield Padding(Text(_tally(findings)), (0, 1))
    elif stats.coverage.packets and not reason:
        yield Padding(Text(_HOLDS), (0, 1))
    if reason and stats.coverage.packets:
        yield Padding(Text(f"{judge_sight(doubts).value.capitalize()}: {reason[0].lower()}{reason[1:]} {_SEE}"), (0, 1))
    yield Text()
    if len(findings) >= _OVERVIEW_FROM:
        yield _overview(findings)
        yield Text()
    paths = [file_label(capture.path) for capture in stats.captures]
    advised: dict[object, str] = {}
    for finding in findings:
        advice = (finding.remediation, finding.references)
        yield line
        yield compose_finding(finding, paths, advised.get(advice, "") if finding.remediation else "")
        yield Text()
        advised.setdefault(advice, finding.id)
    yield line
    yield from compose_reading(stats)
    yield line
    yield _remarks(doubts)
    yield Text()


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


def _overview(findings: Sequence[Finding]) -> RenderableType:
    """One line a rule: how bad, what, and how many findings of it there are."""
    rules: dict[tuple[Level, str], int] = {}
    for finding in findings:
        key = (finding.level, make_legible(finding.title))
        rules[key] = rules.get(key, 0) + 1
    width = max(len(title) for _, title in rules)
    digits = max(len(f"{number:,}") for number in rules.values())
    rows = [
        (badge(level), Text(f"{title:<{width}}  x {number:>{digits},}" if number > 1 else title))
        for (level, title), number in rules.items()
    ]
    return Padding(Rows(rows), (0, 1))


def _remarks(doubts: Sequence[Doubt]) -> RenderableType:
    title = Text(f"Coverage: {judge_sight(doubts).value}", style="bold")
    if not doubts:
        return Padding(Group(title, Text(), Text(_WHOLE)), (0, 1))
    rows = Rows([(Text("-"), Text(doubt.text)) for doubt in doubts], gap=1)
    return Padding(Group(title, Text(), Text("What this report could not see:"), Text(), rows), (0, 1))
