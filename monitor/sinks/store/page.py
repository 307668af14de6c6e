"""Findings with their life for people: a table that fits the terminal, and one finding with its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from monitor.model.data import AboutKind, DataClass, Level
from monitor.model.finding import About, Finding, Peer
from monitor.privacy.labels import shown_before
from monitor.sinks.report.ends import name_end
from monitor.sinks.report.entry import compose_finding
from monitor.sinks.report.figures import count, make_legible
from monitor.sinks.report.layout import Block, inset, rows, words
from monitor.sinks.store.account import Entry
from monitor.sinks.store.life import State
from monitor.sinks.store.records import Change, KeptFinding

_HEADS = ("id", "level", "state", "count", "last seen", "about", "finding")
_SHOWN = ((90, (0, 1, 2, 3, 4, 5, 6)), (64, (0, 1, 2, 6)), (0, (0, 2, 6)))
"""From how many columns of the terminal on which columns of the table can be read."""
_MINUTE_CHARS = len("2026-05-08T09:00")
_LIMITS = {
    "removed_for_room": ("resolved finding was removed", "resolved findings were removed"),
    "refused_for_room": ("new finding was not kept", "new findings were not kept"),
}
_STYLES = {State.RESOLVED: "dim", State.ACKNOWLEDGED: "cyan", State.EXCEPTED: "cyan"}


def list_plainly(records: Sequence[KeptFinding]) -> str:
    """The table for other programs: a line for each finding, as long as it has to be."""
    rows = [_HEADS, *(_row(record) for record in records)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = ("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def compose_list(records: Sequence[KeptFinding], limits: Mapping[str, int], width: int) -> Iterator[RenderableType]:
    """The table for a terminal, and what limits have cost."""
    shown = next(columns for least, columns in _SHOWN if width >= least)
    if records:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False, header_style="dim")
        for column in shown:
            head = _HEADS[column]
            long, right = head in {"state", "about", "finding"}, head == "count"
            table.add_column(head, overflow="fold", no_wrap=not long, justify="right" if right else "left")
        for record in records:
            row = _row(record)
            table.add_row(*(Text(row[column]) for column in shown), style=_STYLES.get(record.life.state, ""))
        yield table
    else:
        yield Text("No findings.")
    for name, (one, many) in _LIMITS.items():
        if limits.get(name):
            yield Text(f"{count(limits[name], one, many)} because the database is as large as it may be (max_mb).")


def compose_one(record: KeptFinding, history: Sequence[Change]) -> Iterator[Block]:
    """One finding as the report shows it, with its life below."""
    life = record.life
    told = [("State", _state(record))]
    if life.decision:
        told.append(("Decided by", make_legible(life.decision.owner)))
        told.append(("Because", make_legible(life.decision.reason)))
    if life.stands and life.quiet_days:
        told.append(("Silent", f"{count(life.quiet_days, 'day')}, though its place was seen"))
    told += [("" if number else "History", _line(change)) for number, change in enumerate(history)]
    yield words()
    yield compose_finding(_finding(record.entry), ())
    yield words()
    yield inset(rows([((label, "dim"), words(value)) for label, value in told], width=10))
    yield words()


def _row(record: KeptFinding) -> tuple[str, ...]:
    entry = record.entry
    return (
        make_legible(entry["id"]),
        make_legible(entry["level"]),
        _state(record),
        f"{entry['count']:,}",
        _minute(entry["last_seen"]),
        name_end(_about(entry["about"])),
        make_legible(entry["title"]),
    )


def _state(record: KeptFinding) -> str:
    decision = record.life.decision
    until = f" until {make_legible(decision.until)}" if decision and decision.until else ""
    return f"{record.life.state.value}{until}"


def _line(change: Change) -> str:
    decision = change.decision
    by = f", by {make_legible(decision.owner)}: {make_legible(decision.reason)}" if decision else ""
    until = f" until {make_legible(decision.until)}" if decision and decision.until else ""
    cause = "" if change.cause == change.state.value else f" ({make_legible(change.cause)})"
    return f"{_minute(change.at)}  {change.state.value}{until}{cause}{by}"


def _minute(time: str) -> str:
    return make_legible(time[:_MINUTE_CHARS].replace("T", " "))


def _finding(entry: Entry) -> Finding:
    """An entry as the finding it was; but for its evidence, since frames of a live run can be looked up nowhere."""
    texts: dict[str, Any] = {
        name: shown_before(entry[name]) for name in ("id", "rule", "rule_id", "family", "title", "protocol")
    }
    return Finding(
        **texts,
        level=Level[entry["level"].upper()],
        about=_about(entry["about"]),
        peers=tuple(Peer(**_texts(peer)) for peer in entry["peers"]),
        peers_total=entry["peers_total"],
        vlan=tuple(entry["vlan"]),
        data_classes=tuple(DataClass(one) for one in entry["data_classes"]),
        fields={shown_before(key): number for key, number in entry["fields"].items()},
        count=entry["count"],
        subjects=entry["subjects"],
        subjects_limited=entry["subjects_limited"],
        first_seen_ns=_nanoseconds(entry["first_seen"]),
        last_seen_ns=_nanoseconds(entry["last_seen"]),
        evidence=(),
        remediation=shown_before(entry["remediation"]),
        references=tuple(map(shown_before, entry["references"])),
        checklist=tuple(map(shown_before, entry["checklist"])),
    )


def _about(about: Mapping[str, Any]) -> About:
    return About(**{**_texts(about), "kind": AboutKind(about["kind"])})


def _texts(end: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shown_before(value) if isinstance(value, str) else value for name, value in end.items()}


def _nanoseconds(time: str) -> int:
    return round(datetime.fromisoformat(time).timestamp()) * 10**9
