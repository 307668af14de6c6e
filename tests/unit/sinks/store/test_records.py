"""Rows become records and back; a row of another form means damage and quotes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sinks.report.document import describe_finding
from monitor.sinks.store.account import Account, open_account
from monitor.sinks.store.database import DamagedError, Database
from monitor.sinks.store.life import Cause, Decision, Life, State
from monitor.sinks.store.progress import Progress
from monitor.sinks.store.records import (
    Change,
    KeptFinding,
    note_change,
    note_limit,
    read_history,
    read_limits,
    read_lives,
    read_progress,
    read_records,
    write_life,
    write_progress,
    write_record,
)
from tests.unit.sinks.samples import ALL, CAMERA, PIN

DECISION = Decision(owner="Jörg D.", reason="'; DROP TABLE finding; --", until="2027-03-31")
LIFE = Life(state=State.EXCEPTED, since_ns=1, seen_ns=2**62, quiet_days=3, shown=True, decision=DECISION)
RECORD = KeptFinding(
    run=2**62 - 1,
    present=Account(entry=describe_finding(PIN), first_day_subjects=1, last_day_subjects=2),
    earlier=open_account(describe_finding(CAMERA)),
    life=LIFE,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty one."""
    opened = Database.open(tmp_path / "findings.db", create=True, wait_seconds=0.1)
    yield opened
    opened.close()


def test_what_is_written_is_read(database: Database) -> None:
    """Every field of it, and by its id alone."""
    with database.writing() as connection:
        for finding in ALL:
            present = open_account(describe_finding(finding))
            write_record(connection, finding.id, KeptFinding(run=1, present=present, earlier=None, life=LIFE))
        write_record(connection, PIN.id, RECORD)
    with database.reading() as connection:
        assert [(PIN.id, RECORD)] == list(read_records(connection, PIN.id))
        assert {one.id for one in ALL} == {ident for ident, _ in read_records(connection)}
        assert [] == list(read_records(connection, "nobody"))
        assert LIFE == dict(read_lives(connection))[PIN.id]


def test_a_record_leaves_the_life_alone(database: Database) -> None:
    """Each is written by itself: people decide while the sensor counts."""
    other = Life(state=State.OPEN, since_ns=0, seen_ns=0)
    with database.writing() as connection:
        write_record(connection, PIN.id, RECORD)
        write_life(connection, PIN.id, other)
        write_record(connection, PIN.id, RECORD)
    with database.reading() as connection:
        assert {PIN.id: other} == dict(read_lives(connection))


def test_history_progress_and_limits(database: Database) -> None:
    """The rest of what is kept."""
    with database.writing() as connection:
        write_record(connection, PIN.id, RECORD)
        note_change(connection, PIN.id, "2026-05-08", Cause.EXCEPTED, LIFE)
        write_progress(connection, Progress(watched_ns=1, date_ns=2, doubt_ns=3))
        note_limit(connection, "one", 2)
        note_limit(connection, "one", 3)
    with database.reading() as connection:
        change = Change(at="2026-05-08", cause="excepted", state=State.EXCEPTED, decision=DECISION)
        assert [change] == list(read_history(connection, PIN.id))
        assert Progress(watched_ns=1, date_ns=2, doubt_ns=3) == read_progress(connection)
        assert {"one": 5} == read_limits(connection)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE finding SET present = 'SECRET'",
        "UPDATE finding SET present = '[{}, 1]'",
        "UPDATE finding SET present = '[{}, \"SECRET\", 1]'",
        "UPDATE finding SET present = x'5345'",
        "UPDATE finding SET earlier = 'null'",
        "UPDATE finding SET state = 'SECRET'",
        "UPDATE finding SET seen_ns = 'SECRET'",
    ],
)
def test_a_row_that_makes_no_sense_is_damage(database: Database, change: str) -> None:
    """And is not quoted: nobody knows where it comes from."""
    with database.writing() as connection:
        write_record(connection, PIN.id, RECORD)
        connection.execute(change)
    with database.reading() as connection, pytest.raises(DamagedError) as error:
        list(read_records(connection))
    assert "SECRET" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize(
    "change", ["UPDATE history SET state = 'x'", "DELETE FROM progress", "UPDATE finding SET state = ''"]
)
def test_the_other_tables_are_not_trusted_either(database: Database, change: str) -> None:
    """The same."""
    with database.writing() as connection:
        write_record(connection, PIN.id, RECORD)
        note_change(connection, PIN.id, "2026-05-08", Cause.EXCEPTED, LIFE)
        connection.execute(change)
    with database.reading() as connection, pytest.raises(DamagedError):  # noqa: PT012 (one of them does)
        read_progress(connection)
        list(read_history(connection, PIN.id))
        list(read_lives(connection))
