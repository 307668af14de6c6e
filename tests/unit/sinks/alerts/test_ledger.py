"""What was told and what waits, over restarts, full disks and damage."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.errors import StoreError, UsageError
from monitor.sinks.alerts.digest import News, item_of
from monitor.sinks.alerts.ledger import UNKNOWN, Ledger, LedgerFile, Telling
from monitor.sinks.alerts.notice import Delivery, Message, Notice
from monitor.sinks.alerts.policy import Told
from monitor.sinks.store.database import Database
from tests.unit.sinks.samples import PIN


def full() -> Ledger:
    """One of everything."""
    ledger = Ledger()
    item = item_of(PIN, News.BACK, is_urgent=True)
    ledger.told["a"] = Telling(
        id="a", told=Told.TICKET, was_urgent=True, ended_ns=None, seen_ns=5, item=item, is_news=True
    )
    ledger.told["b"] = Telling(id="b", told=Told.ENDED, ended_ns=7)
    deliveries = {"http://127.0.0.1:9093": Delivery(fired_ns=3, resolved_ns=9), "other": Delivery(fired_ns=4)}
    ledger.notices["a"] = Notice(
        key="a", labels={"x": "y"}, annotations={"s": "t\u00fc"}, starts_ns=1, stands=False, deliveries=deliveries
    )
    ledger.messages[12] = Message(outlet="mail", title="t", body="b", is_urgent=True)
    ledger.progress.watched_ns, ledger.progress.digest_day, ledger.progress.next_message = 99, "2026-05-08", 13
    ledger.mark_all()
    return ledger


def read(path: Path) -> tuple[Ledger, list[str]]:
    """What a later run finds, and what it says."""
    said: list[str] = []
    file = LedgerFile(path, said.append)
    ledger = file.read()
    file.close()
    return ledger, said


def written(path: Path, ledger: Ledger) -> LedgerFile:
    """An open file that holds it."""
    file = LedgerFile(path, pytest.fail)
    file.read()
    file.write(ledger)
    return file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where it is."""
    return tmp_path / "alerts.db"


def test_everything_comes_back(path: Path) -> None:
    """Word for word, though the process was killed."""
    ledger = full()
    written(path, ledger).close()
    found, said = read(path)
    assert [] == said
    for name in ("told", "notices", "messages", "progress"):
        assert getattr(ledger, name) == getattr(found, name), name
    assert not ledger.is_changed


def test_only_changes_are_written(path: Path) -> None:
    """And what was removed is gone."""
    ledger = full()
    file = written(path, ledger)
    ledger.told["b"].seen_ns = 1_000  # not marked
    del ledger.messages[12]
    ledger.mark("message", 12)
    file.write(ledger)
    file.close()
    found, _ = read(path)
    assert {} == found.messages
    assert 0 == found.told["b"].seen_ns


def test_one_sensor_at_a_time(path: Path) -> None:
    """A second one is refused; the place is free when the first has let go."""
    first = LedgerFile(path, pytest.fail)
    with pytest.raises(UsageError, match="another sensor"):
        LedgerFile(path, pytest.fail)
    first.close()
    first.close()
    LedgerFile(path, pytest.fail).close()


def test_something_else(path: Path) -> None:
    """A file that is not ours, the database of findings included, is never touched."""
    path.write_text("notes\n" * 50, "utf-8")
    with pytest.raises(UsageError, match="something else than a database of alerts"):
        LedgerFile(path, pytest.fail)
    path.unlink()
    Database.open(path, create=True, wait_seconds=0.1).close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="something else than a database of alerts"):
        LedgerFile(path, pytest.fail)
    assert before == path.read_bytes()


def test_no_folder(tmp_path: Path) -> None:
    """A run begins all the same; what was told is kept as soon as that is possible."""
    path = tmp_path / "later" / "alerts.db"
    file = LedgerFile(path, pytest.fail)
    assert UNKNOWN == file.read().progress.digest_day
    ledger = full()
    with pytest.raises(StoreError, match="No such file"):
        file.write(ledger)
    path.parent.mkdir()
    file.write(ledger)
    file.close()
    assert ledger.told == read(path)[0].told


@pytest.mark.parametrize("data", ["[]", "{}", '{"told": "whispered"}', "x"])
def test_damage(data: str, path: Path) -> None:
    """It is set aside and said; nobody remembers then, which is no first look."""
    written(path, full()).close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE told SET data = ?", (data,))
    connection.close()
    found, said = read(path)
    assert {} == found.told
    assert UNKNOWN == found.progress.digest_day
    assert 1 == len(said)
    assert "set aside as alerts.db.damaged-1" in said[0]
    assert path.with_name("alerts.db.damaged-1").exists()
    assert UNKNOWN != read(path)[0].progress.digest_day


def test_garbage(path: Path) -> None:
    """The same where the file itself is broken."""
    written(path, full()).close()
    whole = bytearray(path.read_bytes())
    whole[4096:] = b"\xa5" * (len(whole) - 4096)
    path.write_bytes(whole)
    found, said = read(path)
    assert ({}, 1) == (found.told, len(said))


def test_a_file_that_could_not_be_read(path: Path) -> None:
    """Nothing of a new run is mixed into it: it is set aside whole, which is said, once it can be moved."""
    ledger = full()
    written(path, ledger).close()
    said: list[str] = []
    file = LedgerFile(path, said.append)
    other = sqlite3.connect(path)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("DELETE FROM message WHERE id = -1")
    anew = file.read()
    assert (UNKNOWN, {}) == (anew.progress.digest_day, anew.told)
    anew.told["c"] = Telling(id="c")
    with pytest.raises(StoreError, match="locked"):
        file.write(anew)
    other.rollback()
    other.close()
    file.write(anew)
    file.write(anew)
    file.close()
    assert ["c"] == list(read(path)[0].told)
    assert ledger.told == read(path.with_name("alerts.db.damaged-1"))[0].told
    assert 1 == len(said)


def test_a_file_that_was_deleted(path: Path) -> None:
    """It is made anew, with everything."""
    ledger = full()
    file = written(path, ledger)
    for part in ("", "-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)
    ledger.mark("told", "a")
    file.write(ledger)
    file.close()
    assert ledger.told == read(path)[0].told


def test_a_disk_that_fails(path: Path) -> None:
    """Nothing is forgotten: it is written when that works again."""
    ledger = full()
    file = written(path, ledger)
    connection = sqlite3.connect(path)
    connection.execute("BEGIN EXCLUSIVE")
    ledger.told["c"] = Telling(id="c")
    ledger.mark("told", "c")
    with pytest.raises(StoreError, match="locked"):
        file.write(ledger)
    assert ledger.is_changed
    connection.rollback()
    connection.close()
    file.write(ledger)
    file.close()
    assert "c" in read(path)[0].told
