"""The database of findings: room, rights, and whether it is whole."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from monitor.config.settings import StoreSettings
from monitor.doctor.check import Check, Grade
from monitor.doctor.storage import check_storage
from monitor.sinks.store.database import Database


def checked(path: Path | None, *, max_mb: int = 64) -> dict[str, Check]:
    """What is said, by key."""
    return {check.key: check for check in check_storage(path, StoreSettings(max_mb=max_mb))}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """An empty database."""
    path = tmp_path / "findings.db"
    Database.open(path, create=True, wait_seconds=0).close()
    return path


def test_whole(database: Path) -> None:
    """It is said to be whole, and is not changed."""
    before = database.read_bytes()
    assert {Grade.GOOD} == {check.grade for check in checked(database).values()}
    assert before == database.read_bytes()
    assert [database] == list(database.parent.iterdir())


def test_damaged(database: Path) -> None:
    """Damage is bad, and stays for the sensor to set aside."""
    data = bytearray(database.read_bytes())
    data[200:4_000] = bytes(3_800)
    data[4_196:8_000] = os.urandom(3_804)
    database.write_bytes(data)
    check = checked(database)["store.contents"]
    assert (Grade.BAD, True) == (check.grade, "it is damaged" in check.seen)
    assert data == database.read_bytes()


def test_something_else(tmp_path: Path) -> None:
    """A file that is not ours is never to be used."""
    (tmp_path / "notes.txt").write_text("something that somebody wrote, long enough to be looked at " * 4, "utf-8")
    check = checked(tmp_path / "notes.txt")["store.contents"]
    assert (Grade.BAD, True) == (check.grade, "name another file" in check.advice)


def test_not_there(tmp_path: Path) -> None:
    """A database that nobody has made yet is not made now; a folder that is not there is bad; none is a pity."""
    assert Grade.UNKNOWN is checked(tmp_path / "findings.db")["store.contents"].grade
    assert [] == list(tmp_path.iterdir())
    assert Grade.BAD is checked(tmp_path / "nowhere" / "findings.db")["store.path"].grade
    assert Grade.ATTENTION is checked(None)["store.path"].grade


def test_no_room(database: Path) -> None:
    """It may become larger than its disk."""
    assert Grade.ATTENTION is checked(database, max_mb=10**9)["store.room"].grade


def test_nobody_writes(database: Path) -> None:
    """A sensor that runs writes."""
    os.utime(database, (time.time() - 86_400,) * 2)
    check = checked(database)["store.age"]
    assert (Grade.ATTENTION, "it was written 1 day ago") == (check.grade, check.seen)
