"""The rows of the database as the program uses them.

Rule: what a row holds is believed only as far as its form goes; a row of another form means that the file is damaged.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from monitor.model.record import Record
from monitor.sinks.store.account import Account, Entry, add_accounts
from monitor.sinks.store.database import DamagedError
from monitor.sinks.store.life import Cause, Decision, Life, State
from monitor.sinks.store.progress import Progress

MAX_HISTORY = 50
"""Changes remembered of one finding: a year of one that comes and goes every week."""

_LIFE = "state, since_ns, seen_ns, quiet_days, shown, owner, reason, until"


class KeptFinding(Record):
    """One finding with its life."""

    run: int
    """Number of the run that saw it last."""
    present: Account
    """What that run has counted."""
    earlier: Account | None
    """What all runs before it had counted."""
    life: Life

    @property
    def account(self) -> Account:
        """What all runs have counted."""
        return add_accounts(self.earlier, self.present) if self.earlier else self.present

    @property
    def entry(self) -> Entry:
        """What all runs have counted, as reports say it."""
        return self.account.entry

    @property
    def place(self) -> tuple[str, str]:
        """Address and zone of what it is about; either may be empty."""
        about = self.present.entry["about"]
        return about["address"], about["zone"]


class Change(Record):
    """One line of a finding's history."""

    at: str
    """RFC 3339, as the sensor's clock said."""
    cause: str
    state: State
    decision: Decision | None


def read_records(connection: sqlite3.Connection, ident: str | None = None) -> Iterator[tuple[str, KeptFinding]]:
    """Every finding by its id, or the one with this id.

    Raises:
        DamagedError: a row makes no sense.
    """
    query = f"SELECT id, run, present, earlier, {_LIFE} FROM finding"  # noqa: S608 (a constant)
    rows = connection.execute(f"{query} WHERE id = ?", (ident,)) if ident is not None else connection.execute(query)
    for one, run, present, earlier, *life in rows:
        try:
            yield (
                one,
                KeptFinding(
                    run=int(run),
                    present=_read_account(present),
                    earlier=_read_account(earlier) if earlier is not None else None,
                    life=_read_life(*life),
                ),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise DamagedError("the database of findings is damaged") from None


def read_lives(connection: sqlite3.Connection) -> Iterator[tuple[str, Life]]:
    """The life of every finding by its id.

    Raises:
        DamagedError: a row makes no sense.
    """
    for one, *life in connection.execute(f"SELECT id, {_LIFE} FROM finding").fetchall():  # noqa: S608 (a constant)
        try:
            yield one, _read_life(*life)
        except (TypeError, ValueError):
            raise DamagedError("the database of findings is damaged") from None


def write_record(connection: sqlite3.Connection, ident: str, record: KeptFinding) -> None:
    """Put a finding in the place of what was there of it, but for its life: see `write_life`."""
    connection.execute(
        "INSERT INTO finding"
        " (id, state, since_ns, seen_ns, quiet_days, shown, owner, reason, until, run, present, earlier)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET run = excluded.run, present = excluded.present, earlier = excluded.earlier",
        (
            ident,
            *_life_columns(record.life),
            record.run,
            _account_text(record.present),
            _account_text(record.earlier) if record.earlier else None,
        ),
    )


def write_life(connection: sqlite3.Connection, ident: str, life: Life) -> None:
    """Put a life in the place of the one that a finding had."""
    connection.execute(
        "UPDATE finding SET state = ?, since_ns = ?, seen_ns = ?, quiet_days = ?, shown = ?, owner = ?, reason = ?,"
        " until = ? WHERE id = ?",
        (*_life_columns(life), ident),
    )


def note_change(connection: sqlite3.Connection, ident: str, at: str, cause: Cause, life: Life) -> None:
    """Add a line to the history of a finding; what is beyond `MAX_HISTORY` is forgotten, oldest first."""
    connection.execute(
        "INSERT INTO history (finding, at, cause, state, owner, reason, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (ident, at, cause.value, life.state.value, *_decision_columns(life.decision)),
    )
    connection.execute(
        "DELETE FROM history WHERE finding = ? AND number NOT IN"
        " (SELECT number FROM history WHERE finding = ? ORDER BY number DESC LIMIT ?)",
        (ident, ident, MAX_HISTORY),
    )


def read_history(connection: sqlite3.Connection, ident: str) -> Iterator[Change]:
    """What became of a finding, oldest first.

    Raises:
        DamagedError: a row makes no sense.
    """
    for at, cause, state, *decision in connection.execute(
        "SELECT at, cause, state, owner, reason, until FROM history WHERE finding = ? ORDER BY number", (ident,)
    ):
        try:
            yield Change(at=str(at), cause=str(cause), state=State(state), decision=_read_decision(*decision))
        except (TypeError, ValueError):
            raise DamagedError("the database of findings is damaged") from None


def read_progress(connection: sqlite3.Connection) -> Progress:
    """How far all runs have come."""
    row = connection.execute("SELECT watched_ns, date_ns, doubt_ns FROM progress").fetchone()
    if row is None:
        raise DamagedError("the database of findings is damaged")
    return Progress(watched_ns=row[0], date_ns=row[1], doubt_ns=row[2])


def write_progress(connection: sqlite3.Connection, progress: Progress) -> None:
    """Note how far all runs have come."""
    connection.execute(
        "UPDATE progress SET watched_ns = ?, date_ns = ?, doubt_ns = ?",
        (progress.watched_ns, progress.date_ns, progress.doubt_ns),
    )


def note_limit(connection: sqlite3.Connection, name: str, count: int) -> None:
    """Count what a limit has cost, all runs together."""
    connection.execute(
        'INSERT INTO "limit" VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count',
        (name, count),
    )


def read_limits(connection: sqlite3.Connection) -> dict[str, int]:
    """What limits have cost, by name."""
    return dict(connection.execute('SELECT name, count FROM "limit" ORDER BY name').fetchall())


def _account_text(account: Account) -> str:
    return json.dumps(
        [account.entry, account.first_day_subjects, account.last_day_subjects], separators=(",", ":"), ensure_ascii=True
    )


def _read_account(text: str) -> Account:
    entry, first, last = json.loads(text)
    return Account(entry=entry, first_day_subjects=int(first), last_day_subjects=int(last))


def _life_columns(life: Life) -> tuple[Any, ...]:
    return (
        life.state.value,
        life.since_ns,
        life.seen_ns,
        life.quiet_days,
        int(life.shown),
        *_decision_columns(life.decision),
    )


def _read_life(state: str, since_ns: int, seen_ns: int, quiet_days: int, shown: int, *decision: str | None) -> Life:
    return Life(
        state=State(state),
        since_ns=int(since_ns),
        seen_ns=int(seen_ns),
        quiet_days=int(quiet_days),
        shown=bool(shown),
        decision=_read_decision(*decision),
    )


def _decision_columns(decision: Decision | None) -> tuple[str | None, str | None, str | None]:
    return (decision.owner, decision.reason, decision.until) if decision else (None, None, None)


def _read_decision(owner: str | None, reason: str | None, until: str | None) -> Decision | None:
    return None if owner is None else Decision(owner=str(owner), reason=str(reason), until=str(until or ""))
