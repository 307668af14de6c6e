"""What one transaction of the sensor does: new states of findings, the passing of days, the end of exceptions.

Rule: everything is worked out from what the database holds, never from memory of what was written before, so that a
transaction may be lost, repeated, or follow one of somebody else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from monitor.config.settings import StoreSettings
from monitor.model.finding import Finding
from monitor.model.record import Record, field, replace
from monitor.sinks.report.document import describe_finding, format_time
from monitor.sinks.store.account import Entry, open_account, replace_entry
from monitor.sinks.store.database import Database
from monitor.sinks.store.life import DAY_NS, Life, Step, begin, end_day, expire, see, withdraw
from monitor.sinks.store.progress import Progress, advance
from monitor.sinks.store.records import (
    KeptFinding,
    note_change,
    note_limit,
    read_lives,
    read_progress,
    read_records,
    write_life,
    write_progress,
    write_record,
)
from monitor.sinks.store.retention import MB, forget_old, make_room

REMOVED = "removed_for_room"
REFUSED = "refused_for_room"


class Batch(Record):
    """What has happened since the last transaction that was not lost."""

    at_ns: int
    """Trace time."""
    watched_ns: int
    """Watched time that has passed; 0 where more findings of the same time follow in another batch."""
    findings: Sequence[Finding] = ()
    shown: Iterable[str] = ()
    """Ids of findings whose place was seen."""
    going_on: Iterable[str] = ()
    """Ids of findings that go on without a new state: a connection that lasts."""


class Outcome(Record, frozen=False):
    """What became of a batch."""

    refused: set[str] = field(default_factory=set)
    """Ids of new findings that there was no room for."""
    removed: int = 0
    """Resolved findings that went to make room."""
    standing: set[str] = field(default_factory=set)
    """Ids of all findings that are not resolved."""


class Book:
    """One run's way of writing to an open database."""

    def __init__(self, database: Database, settings: StoreSettings, run: int) -> None:
        """`run` is a number that no other run has."""
        self._database = database
        self._settings = settings
        self._run = run

    def enter(self, batch: Batch) -> Outcome:
        """Write a batch, all of it or nothing.

        Raises:
            StoreError: it could not be written.
        """
        outcome = Outcome()
        with self._database.writing() as connection:
            before = read_progress(connection)
            now = advance(before, batch.watched_ns, batch.at_ns)
            page = _Page(connection, now, format_time(batch.at_ns))
            forget_old(connection, now.watched_ns, self._settings.retention_days)
            self._has_room(page, outcome)
            for finding in batch.findings:
                self._enter(page, describe_finding(finding), outcome)
            has_day_ended = now.watched_ns // DAY_NS > before.watched_ns // DAY_NS
            outcome.standing = set(self._pass_time(page, batch, has_day_ended=has_day_ended))
            for name, count in ((REMOVED, outcome.removed), (REFUSED, len(outcome.refused))):
                if count:
                    note_limit(connection, name, count)
            write_progress(connection, now)
        return outcome

    def _pass_time(self, page: _Page, batch: Batch, *, has_day_ended: bool) -> Iterator[str]:
        """Let what happens to every finding happen; gives the ids of those that are not resolved then.

        A day ends behind everything that was seen on it, since that may have waited long for a disk with room.
        """
        now_ns = page.progress.watched_ns
        shown, going_on = frozenset(batch.shown), frozenset(batch.going_on)
        for ident, life in list(read_lives(page.connection)):
            after = page.note(ident, life, expire(life, page.progress.today, now_ns))
            if ident in going_on and after.stands:
                after = page.note(ident, after, see(after, now_ns))
            if ident in shown and after.stands:
                after = page.note(ident, after, (replace(after, shown=True), None))
            if has_day_ended and after.stands:
                after = page.note(ident, after, end_day(after, now_ns, self._settings.resolve_after_days))
            if after.stands:
                yield ident

    def _has_room(self, page: _Page, outcome: Outcome) -> bool:
        """Make room for a new finding if there is none, and if that can be done."""
        max_bytes = self._settings.max_mb * MB
        removed, has_room = make_room(page.connection, lambda: self._database.used_bytes, max_bytes)
        outcome.removed += removed
        return has_room

    def _enter(self, page: _Page, entry: Entry, outcome: Outcome) -> None:
        """Write the state of a finding."""
        ident, now_ns = entry["id"], page.progress.watched_ns
        found = next((record for _, record in read_records(page.connection, ident)), None)
        if found is None:
            if entry["count"] and not self._has_room(page, outcome):
                outcome.refused.add(ident)
            elif entry["count"]:
                life, cause = begin(now_ns)
                page.write(ident, KeptFinding(run=self._run, present=open_account(entry), earlier=None, life=life))
                page.note(ident, life, (life, cause))
            return
        if found.run == self._run:
            present, earlier, known = replace_entry(found.present, entry), found.earlier, found.present.entry
            is_seen = entry["count"] > known["count"] or entry["last_seen"] > known["last_seen"]
        else:
            present, earlier, is_seen = open_account(entry), found.account, True
        record = KeptFinding(run=self._run, present=present, earlier=earlier, life=found.life)
        if record != found:
            page.write(ident, record)
        if not record.entry["count"]:
            page.note(ident, found.life, withdraw(found.life, now_ns))
        elif is_seen and entry["count"]:
            page.note(ident, found.life, see(found.life, now_ns))


class _Page:
    """One transaction, and when it is."""

    def __init__(self, connection: sqlite3.Connection, progress: Progress, at: str) -> None:
        self.connection = connection
        self.progress = progress
        self._at = at

    def write(self, ident: str, record: KeptFinding) -> None:
        write_record(self.connection, ident, record)

    def note(self, ident: str, before: Life, step: Step) -> Life:
        """Write what a step made of a life, with a line in the history if the state changed; returns that life."""
        life, cause = step
        if life != before:
            write_life(self.connection, ident, life)
        if cause is not None:
            note_change(self.connection, ident, self._at, cause, life)
        return life
