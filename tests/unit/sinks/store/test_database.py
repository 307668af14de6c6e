"""Opening: what is made, what is refused, what is recognized as damaged, and how the form of the file is brought up."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from monitor.errors import ExitStatus, StoreError, UsageError
from monitor.sinks.store.database import DamagedError, Database
from monitor.sinks.store.schema import APPLICATION_ID, STEPS


def opened(path: Path, *, create: bool = True, **options: object) -> Database:
    """A database, opened as the sensor does."""
    return Database.open(path, create=create, wait_seconds=0.1, thorough=True, **options)  # type: ignore[arg-type]


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    """What SQLite itself says of a file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is; with signs in its name that mean something in a URI."""
    return tmp_path / "a?b#c %41.db"


def test_a_new_one(path: Path) -> None:
    """For its owner alone, with a log written ahead, and marked as ours."""
    opened(path).close()
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [(APPLICATION_ID,)] == ask(path, "PRAGMA application_id")
    assert [(len(STEPS),)] == ask(path, "PRAGMA user_version")
    assert [("wal",)] == ask(path, "PRAGMA journal_mode")
    opened(path, create=False).close()


def test_nothing_is_made_by_those_who_only_read(path: Path) -> None:
    """A name with a slip of the finger is no empty database."""
    with pytest.raises(StoreError, match="there is no such file; the sensor makes it") as error:
        opened(path, create=False)
    assert ExitStatus.INPUT is error.value.status
    assert not path.exists()


@pytest.mark.parametrize("content", [b"root:x:0:0:root:/:/bin/sh\n", b"\xd4\xc3\xb2\xa1" * 100, b"SQLite 2"])
def test_another_file_is_left_alone(path: Path, content: bytes) -> None:
    """Whatever stands in it, it is refused and not changed."""
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is something else than a database of findings"):
        opened(path)
    assert [path] == list(path.parent.iterdir())
    assert content == path.read_bytes()


@pytest.mark.parametrize("mark", [0, 77])
def test_another_database_is_left_alone(path: Path, mark: int) -> None:
    """One with tables of its own, whether it is marked as another program's or not at all."""
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA application_id = {mark}")
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="is something else than a database of findings"):
        opened(path)
    assert before == path.read_bytes()


def test_an_empty_file_is_a_new_one(path: Path) -> None:
    """What a process leaves that is killed as it begins."""
    path.touch()
    opened(path).close()
    assert [(len(STEPS),)] == ask(path, "PRAGMA user_version")


def test_a_later_version_is_left_alone(path: Path) -> None:
    """Its tables may mean something else."""
    opened(path).close()
    ask(path, f"PRAGMA user_version = {len(STEPS) + 1}")
    with pytest.raises(UsageError, match="was written by a later version of this program"):
        opened(path)


MORE = (*STEPS, ("CREATE TABLE news (number INTEGER)", "INSERT INTO news SELECT count(*) FROM history"))


def test_a_step_is_taken_once(path: Path) -> None:
    """The form follows the program, with what was there before."""
    opened(path).close()
    ask(path, "SELECT 1")
    opened(path, steps=MORE).close()
    opened(path, steps=MORE).close()
    assert [(0,)] == ask(path, "SELECT number FROM news")
    assert [(len(MORE),)] == ask(path, "PRAGMA user_version")


def test_a_step_is_taken_whole_or_not_at_all(path: Path) -> None:
    """What fails half-way leaves the form as it was."""
    opened(path).close()
    with pytest.raises(StoreError):
        opened(path, steps=(*STEPS, ("CREATE TABLE news (number INTEGER)", "no statement")))
    assert [(len(STEPS),)] == ask(path, "PRAGMA user_version")
    assert [] == ask(path, "SELECT name FROM sqlite_master WHERE name = 'news'")


def damage(path: Path, first: int, behind: int, byte: bytes = b"\xa5") -> None:
    """Overwrite a piece of a file."""
    content = bytearray(path.read_bytes())
    content[first:behind] = byte * (behind - first)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("first", "behind", "byte"), [(100, 4_096, b"\xa5"), (4_096, 40_000, b"\xa5"), (0, 40_000, b"\0")]
)
def test_damage_is_seen(path: Path, first: int, behind: int, byte: bytes) -> None:
    """In the tables, in their description, or everywhere, as some file systems leave it after a power failure."""
    opened(path).close()
    damage(path, first, min(behind, path.stat().st_size), byte)
    with pytest.raises(DamagedError, match="it is damaged"):
        opened(path)


def test_a_cut_file_is_damaged(path: Path) -> None:
    """The disk lost its end."""
    opened(path).close()
    os.truncate(path, 8_192)
    with pytest.raises(DamagedError, match="it is damaged"):
        opened(path)


@pytest.mark.parametrize(("name", "words"), [("missing/findings.db", "No such file"), ("", "Is a directory")])
def test_it_cannot_be_there(tmp_path: Path, name: str, words: str) -> None:
    """The folder is not there, or it is one itself."""
    with pytest.raises(StoreError, match=words):
        opened(tmp_path / name)


def test_another_writer_is_waited_for_and_then_named(path: Path) -> None:
    """One transaction at a time; readers see what was before."""
    one, two = opened(path), opened(path)
    with one.writing() as connection:
        connection.execute("UPDATE progress SET watched_ns = 7")
        with pytest.raises(StoreError, match="another process keeps it locked"), two.writing():
            pass
        with two.reading() as reader:
            assert (0,) == reader.execute("SELECT watched_ns FROM progress").fetchone()
    with two.reading() as reader:
        assert (7,) == reader.execute("SELECT watched_ns FROM progress").fetchone()
    one.close()
    two.close()


def test_an_exception_leaves_everything_as_it_was(path: Path) -> None:
    """Whole or not at all."""
    database = opened(path)

    def fail_half_way() -> None:
        with database.writing() as connection:
            connection.execute("UPDATE progress SET watched_ns = 7")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with database.reading() as reader:
        assert (0,) == reader.execute("SELECT watched_ns FROM progress").fetchone()
    database.close()


def test_it_knows_when_it_is_gone(path: Path) -> None:
    """Deleted, or replaced by another file of the same name."""
    database = opened(path)
    assert database.is_in_place
    other = path.with_name("other.db")
    opened(other).close()
    path.unlink()
    assert not database.is_in_place
    other.rename(path)
    assert not database.is_in_place
    database.close()


def test_space_that_is_free_inside_does_not_count(path: Path) -> None:
    """It is used again."""
    database = opened(path)
    empty = database.used_bytes
    with database.writing() as connection:
        connection.execute('INSERT INTO "limit" VALUES (?, 1)', ("x" * 100_000,))
    assert empty + 100_000 < database.used_bytes
    with database.writing() as connection:
        connection.execute('DELETE FROM "limit"')
    assert database.used_bytes < empty + 10_000
    database.close()
