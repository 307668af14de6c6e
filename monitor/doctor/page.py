"""The checks for people: a table on a terminal, a line for each check elsewhere, and JSON for programs.

Rules: color only repeats what signs and words say; every text passes `make_legible`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from monitor.doctor.check import Check, Grade, worst
from monitor.sinks.report.figures import count, make_legible

SCHEMA = "privacy-monitor/doctor/1"

_SIGNS = {Grade.GOOD: "\u2713", Grade.ATTENTION: "!", Grade.BAD: "\u2717", Grade.UNKNOWN: "?"}
_ASCII_SIGNS = {Grade.GOOD: "+", Grade.ATTENTION: "!", Grade.BAD: "x", Grade.UNKNOWN: "?"}
_STYLES = {Grade.GOOD: "green", Grade.ATTENTION: "yellow", Grade.BAD: "bold red", Grade.UNKNOWN: "dim"}
_TITLE_COLUMNS = 16
_GROUPS = {
    "configuration": "Configuration",
    "pipeline": "This program",
    "rights": "Rights",
    "machine": "This machine",
    "clock": "Clock",
    "store": "Database of findings",
    "sinks": "Where findings go",
    "alerts": "Who is told of findings",
    "service": "Service",
    "metrics": "Metrics and Prometheus",
    "interface": "Interface",
    "traffic": "Traffic at the interface",
}


def compose(checks: Sequence[Check], *, ascii_only: bool) -> Iterator[RenderableType]:
    """The page for a terminal: groups of checks, those of each interface by themselves, then what it comes to."""
    signs, arrow = (_ASCII_SIGNS, "->") if ascii_only else (_SIGNS, "\u2192")
    for group, interface in dict.fromkeys((check.group, check.interface) for check in checks):
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=1)
        table.add_column(width=_TITLE_COLUMNS, no_wrap=True)
        table.add_column(overflow="fold")
        for check in checks:
            if (check.group, check.interface) == (group, interface):
                words = Text(make_legible(check.seen))
                if check.advice:
                    words.append(
                        f"\n{arrow} {make_legible(check.advice)}", "dim" if check.grade is Grade.GOOD else "cyan"
                    )
                table.add_row(Text(signs[check.grade], _STYLES[check.grade]), Text(check.title), words)
        yield Text()
        where = f": {make_legible(interface)}" if interface else ""
        yield Padding(Text(f"{_GROUPS[group]}{where}", "bold"), (0, 1))
        yield Padding(table, (0, 1))
    yield Text()
    yield Padding(Text(summarize(checks), _verdict_style(checks)), (0, 1))
    yield Text()


def list_plainly(checks: Sequence[Check]) -> str:
    """A line for each check, as long as it has to be, and one for what it comes to."""
    several = len({check.interface for check in checks if check.interface}) > 1
    names = [f"{check.interface}:{check.key}" if several and check.interface else check.key for check in checks]
    widest = max(map(len, names), default=0)
    lines = []
    for name, check in zip(names, checks, strict=True):
        advice = f" (to do: {check.advice})" if check.advice else ""
        lines.append(make_legible(f"{check.grade.value:<9}  {name:<{widest}}  {check.seen}{advice}"))
    return "".join(f"{line}\n" for line in (*lines, summarize(checks)))


def to_json(checks: Sequence[Check]) -> str:
    """One document, ASCII only."""
    document = {
        "schema": SCHEMA,
        "verdict": worst(checks).value,
        "checks": [
            {
                "check": check.key,
                "interface": make_legible(check.interface),
                "grade": check.grade.value,
                "seen": make_legible(check.seen),
                "to_do": make_legible(check.advice),
            }
            for check in checks
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def summarize(checks: Sequence[Check]) -> str:
    """One sentence: what it comes to."""
    numbers = Counter(check.grade for check in checks)
    parts = [f"{count(numbers[Grade.GOOD], 'thing is', 'things are')} good"]
    if numbers[Grade.ATTENTION]:
        parts.append(f"{numbers[Grade.ATTENTION]} to look at some day")
    if numbers[Grade.UNKNOWN]:
        parts.append(f"{numbers[Grade.UNKNOWN]} could not be found out")
    if numbers[Grade.BAD]:
        parts.append(f"{numbers[Grade.BAD]} to mend now")
        return f"{', '.join(parts)}: until then something is not seen, or not told."
    return f"{', '.join(parts)}. Nothing is bad."


def _verdict_style(checks: Sequence[Check]) -> str:
    return {Grade.BAD: "bold red", Grade.ATTENTION: "bold yellow"}.get(worst(checks), "bold green")
