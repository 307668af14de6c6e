"""What is removed, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.sinks.report.document import describe_finding
from monitor.sinks.store.account import open_account
from monitor.sinks.store.database import Database
from monitor.sinks.store.life import DAY_NS, Cause, Decision, Life, State
from monitor.sinks.store.records import MAX_HISTORY, KeptFinding, note_change, read_history, read_lives, write_record
from monitor.sinks.store.retention import AT_ONCE, forget_old, make_room
from tests.unit.sinks.samples import PIN

UNTIL = Decision(owner="J. Doe", reason="March", until="2027-03-31")
ACK = Decision(owner="J. Doe", reason="ticket 4711")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty one."""
    opened = Database.open(tmp_path / "findings.db", create=True, wait_seconds=0.1)
    yield opened
    opened.close()


def put(database: Database, **lives: Life) -> None:
    """Write findings with these lives."""
    with database.writing() as connection:
        for ident, life in lives.items():
            present = open_account(describe_finding(PIN))
            write_record(connection, ident, KeptFinding(run=1, present=present, earlier=None, life=life))
            note_change(connection, ident, "2026-05-08", Cause.SEEN, life)


def aged(state: State, day: int, decision: Decision | None = None) -> Life:
    """A finding seen last on a day of watched time."""
    return Life(state=state, since_ns=0, seen_ns=day * DAY_NS, decision=decision)


def left(database: Database) -> set[str]:
    """Ids of what is there."""
    with database.reading() as connection:
        return {ident for ident, _ in read_lives(connection)}


def test_the_old_are_forgotten_with_their_history(database: Database) -> None:
    """In whatever state, but for exceptions that hold, of resolved findings, too."""
    put(
        database,
        open=aged(State.OPEN, 9),
        acknowledged=aged(State.ACKNOWLEDGED, 9, ACK),
        resolved=aged(State.RESOLVED, 9),
        excepted=aged(State.EXCEPTED, 9, UNTIL),
        quiet=aged(State.RESOLVED, 9, UNTIL),
        young=aged(State.OPEN, 10),
    )
    with database.writing() as connection:
        assert 3 == forget_old(connection, 30 * DAY_NS, 20)
    assert {"excepted", "quiet", "young"} == left(database)
    with database.reading() as connection:
        assert (3,) == connection.execute("SELECT count(*) FROM history").fetchone()


def test_resolved_findings_make_room(database: Database) -> None:
    """Those seen last long ago first, as many as it takes; not those with an exception that holds."""
    numbers = range(3 * AT_ONCE)
    put(database, **{f"f{number:03}": aged(State.RESOLVED, number) for number in numbers})
    put(database, open=aged(State.OPEN, 0), excepted=aged(State.RESOLVED, 0, UNTIL))
    used = database.used_bytes
    with database.writing() as connection:
        assert (0, True) == make_room(connection, lambda: database.used_bytes, used / 0.9 + 1)
        assert (AT_ONCE, True) == make_room(connection, lambda: database.used_bytes, used * 0.75 / 0.9)
    assert {f"f{number:03}" for number in numbers[AT_ONCE:]} | {"open", "excepted"} == left(database)
    with database.writing() as connection:
        assert (2 * AT_ONCE, False) == make_room(connection, lambda: database.used_bytes, 1)
    assert {"open", "excepted"} == left(database)


def test_history_is_bounded(database: Database) -> None:
    """Of each finding by itself, the oldest go."""
    put(database, one=aged(State.OPEN, 0), two=aged(State.OPEN, 0))
    with database.writing() as connection:
        for number in range(MAX_HISTORY + 9):
            life = replace(aged(State.OPEN, 0), decision=replace(ACK, reason=str(number)))
            note_change(connection, "one", f"{number:04}", Cause.ACKNOWLEDGED, life)
    with database.reading() as connection:
        kept = list(read_history(connection, "one"))
        assert 1 == len(list(read_history(connection, "two")))
    assert (MAX_HISTORY, "0009", "0058") == (len(kept), kept[0].at, kept[-1].at)
