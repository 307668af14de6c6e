"""What people do with the database while the sensor writes to it: read it, and decide on findings."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from monitor.errors import StoreError, UsageError
from monitor.model.data import Level
from monitor.model.record import Record
from monitor.sinks.report.choice import choose
from monitor.sinks.report.document import format_time
from monitor.sinks.store.database import Database
from monitor.sinks.store.life import Decision, decide
from monitor.sinks.store.records import (
    Change,
    KeptFinding,
    note_change,
    read_history,
    read_limits,
    read_progress,
    read_records,
    write_life,
)

SCHEMA = "privacy-monitor/findings/1"
MAX_OWNER_CHARS = 64
"""A name or an address of mail."""
MAX_REASON_CHARS = 500
"""A few sentences; more belongs into a ticket, whose number fits."""

_WAIT_SECONDS = 5.0
"""For the sensor, which writes for hundredths of a second."""
_LEVELS = {level.word: level for level in Level}


class Listing(Record):
    """Everything at one moment."""

    records: tuple[KeptFinding, ...]
    """Worst first, then those with the largest count."""
    limits: dict[str, int]
    """What limits have cost, by name."""


def read_all(path: Path) -> Listing:
    """Every finding.

    Raises:
        StoreError: there is no such database, or it cannot be read.
        UsageError: it is something else.
    """
    database = Database.open(path, create=False, wait_seconds=_WAIT_SECONDS)
    try:
        with database.reading() as connection:
            records = sorted((record for _, record in read_records(connection)), key=_worst_first)
            return Listing(records=tuple(records), limits=read_limits(connection))
    finally:
        database.close()


def read_one(path: Path, beginning: str) -> tuple[KeptFinding, tuple[Change, ...]]:
    """The finding whose id begins so, with its history.

    Raises:
        StoreError: there is no such database or finding, or it cannot be read.
        UsageError: more than one begins so, or the file is something else.
    """
    database = Database.open(path, create=False, wait_seconds=_WAIT_SECONDS)
    try:
        with database.reading() as connection:
            record = _only(dict(read_records(connection)), beginning)
            return record, tuple(read_history(connection, record.entry["id"]))
    finally:
        database.close()


def settle(path: Path, beginning: str, decision: Decision, at_ns: int) -> KeptFinding:
    """Note a decision on the finding whose id begins so; `at_ns` is the time of the clock, for its history.

    Raises:
        StoreError: there is no such database or finding, or it cannot be written.
        UsageError: more than one begins so, or it is resolved, or the file is something else.
    """
    database = Database.open(path, create=False, wait_seconds=_WAIT_SECONDS)
    try:
        with database.writing() as connection:
            record = _only(dict(read_records(connection)), beginning)
            ident = record.entry["id"]
            life, cause = decide(record.life, decision, read_progress(connection).watched_ns)
            if cause is None:
                raise UsageError(f"{ident} is resolved: there is nothing to decide")
            write_life(connection, ident, life)
            note_change(connection, ident, format_time(at_ns), cause, life)
            return next(record for _, record in read_records(connection, ident))
    finally:
        database.close()


def read_line(text: str, what: str, most: int) -> str:
    """A line that somebody typed, as it is kept.

    Raises:
        UsageError: it is empty, too long, or not one line that can be printed.
    """
    line = unicodedata.normalize("NFC", text).strip()
    if not line or len(line) > most or not line.isprintable():
        raise UsageError(f"the {what} is one line of at most {most} characters that can be printed, and not empty")
    return line


def describe_record(record: KeptFinding) -> dict[str, Any]:
    """A finding as exports hold it: an entry of the report's ``findings``, and its life."""
    decision = record.life.decision
    return {
        **record.entry,
        "state": record.life.state.value,
        "quiet_days": record.life.quiet_days,
        "owner": decision.owner if decision else None,
        "reason": decision.reason if decision else None,
        "until": decision.until or None if decision else None,
    }


def describe_change(change: Change) -> dict[str, Any]:
    """A line of a finding's history as exports hold it."""
    decision = change.decision
    return {
        "at": change.at,
        "state": change.state.value,
        "cause": change.cause,
        "owner": decision.owner if decision else None,
        "reason": decision.reason if decision else None,
        "until": decision.until or None if decision else None,
    }


def _only(records: dict[str, KeptFinding], beginning: str) -> KeptFinding:
    missing = StoreError(f"there is no finding whose id begins with '{beginning}'")
    return records[choose(records, beginning, missing)]


def _worst_first(record: KeptFinding) -> tuple[int, int, str]:
    entry = record.entry
    return -_LEVELS.get(entry["level"], Level.INFORMATIONAL), -entry["count"], entry["id"]
