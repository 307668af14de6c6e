"""What the sensor does when its database fails it: killed, full, read-only, damaged, deleted, locked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from monitor.errors import UsageError
from monitor.sinks.store.database import Database
from monitor.sinks.store.desk import read_all
from tests.support.killing import kill_and_check
from tests.support.small_disk import FILL, on_a_small_disk
from tests.unit.sinks.samples import LOGIN, PIN
from tests.unit.sinks.store.watching import Watching

SEED = 20_260_111


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "findings.db"


@pytest.mark.slow
def test_killed_at_any_moment(path: Path) -> None:
    """It opens, findings go on, and none counts twice. ``make e2e`` does it a hundred times."""
    kill_and_check(path, 8, Random(SEED))


PRELUDE = (
    FILL
    + """
import json, os, subprocess, sys
from dataclasses import replace
from pathlib import Path
from monitor.model.opaque import Label
from tests.unit.sinks.samples import ALL, LOGIN, PIN
from tests.unit.sinks.store.watching import Watching

disk = Path(sys.argv[1])

def tell(run, **more):
    counts = {}
    if (disk / "f.db").exists():
        from monitor.sinks.store.desk import read_all
        counts = {one.entry["id"]: one.entry["count"] for one in read_all(disk / "f.db").records}
    print(json.dumps({"said": run.said, "counts": counts, "limits": run.store.figures.limits, **more}))
"""
)

FULL = """
run = Watching(disk / "f.db")
run.see(PIN, 1)
fill(disk)
for count in range(2, 60):
    run.see(PIN, count)
run.tick(1, LOGIN)
many = [replace(PIN, id=Label(f"{n:010x}"), count=1) for n in range(20)]
run.tick(15, *many)
failing = run.store.figures.failing
silent = len(run.said)
(disk / "ballast").unlink()
run.tick(15)
run.tick(15)
works = not run.store.figures.failing
run.end()
tell(run, failing=failing, silent=silent, works=works)
"""


def test_the_disk_runs_full_and_has_room_again(tmp_path: Path) -> None:
    """It is said once, nothing is lost, and it is said once more when it works again."""
    told = on_a_small_disk(tmp_path, PRELUDE + FULL)
    assert (True, 1, True) == (told["failing"], told["silent"], told["works"])
    full, again = told["said"]
    assert full.endswith(
        "f.db: the disk is full: findings cannot be kept and wait in memory; it is tried again until it works"
    )
    assert again.endswith("f.db: findings are kept again")
    assert {PIN.id: 59, LOGIN.id: 3}.items() <= told["counts"].items()
    assert 22 == len(told["counts"])
    assert 2 <= told["limits"]["store.failed"] < 60


FULL_AT_THE_END = """
run = Watching(disk / "f.db")
run.see(PIN, 1)
fill(disk)
for count in range(2, 60):
    run.see(PIN, count)
run.tick(15, *[replace(PIN, id=Label(f"{n:010x}"), count=1) for n in range(20)])
run.end()
(disk / "ballast").unlink()
tell(run)
"""


def test_the_disk_stays_full(tmp_path: Path) -> None:
    """What was written before is still there, and can be read."""
    told = on_a_small_disk(tmp_path, PRELUDE + FULL_AT_THE_END)
    assert 1 <= told["counts"][PIN.id] < 59
    assert 1 == len(told["said"])


FULL_FROM_THE_START = """
fill(disk)
run = Watching(disk / "f.db")
run.see(PIN, 1)
run.see(PIN, 2)
silent = len(run.said)
(disk / "ballast").unlink()
run.tick(15)
run.tick(15)
run.end()
tell(run, silent=silent)
"""


def test_the_disk_is_full_from_the_start(tmp_path: Path) -> None:
    """The sensor starts all the same."""
    told = on_a_small_disk(tmp_path, PRELUDE + FULL_FROM_THE_START)
    assert (1, 2, {PIN.id: 2}) == (told["silent"], len(told["said"]), told["counts"])


READ_ONLY = """
before = Watching(disk / "f.db")
before.see(PIN, 5)
before.end()
subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
run = Watching(disk / "f.db")
for count in range(1, 5):
    run.see(PIN, count)
silent = len(run.said)
subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
run.tick(15)
run.end()
tell(run, silent=silent)
"""


def test_a_disk_that_may_not_be_written(tmp_path: Path) -> None:
    """The sensor starts and says so; when it may be written, everything of this run is, on top of what was there."""
    told = on_a_small_disk(tmp_path, PRELUDE + READ_ONLY)
    assert (1, 2, {PIN.id: 9}) == (told["silent"], len(told["said"]), told["counts"])
    assert "Read-only file system: findings cannot be kept and wait in memory" in told["said"][0]


def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    """A disk that is mounted later."""
    run = Watching(tmp_path / "later" / "f.db")
    run.see(PIN, 3)
    run.see(PIN, 4)
    assert 1 == len(run.said)
    assert "No such file or directory: findings cannot be kept" in run.said[0]
    (tmp_path / "later").mkdir()
    run.see(PIN, 5)
    run.end()
    assert 5 == run.record(PIN).entry["count"]
    assert 2 == len(run.said)


def spoil(path: Path) -> None:
    """Overwrite the tables."""
    content = bytearray(path.read_bytes())
    content[4_096:] = bytes(range(256)) * ((len(content) - 4_096) // 256)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [spoil, lambda path: path.write_bytes(bytes(path.stat().st_size))])
def test_a_damaged_file_is_set_aside(path: Path, damage: Callable[[Path], object]) -> None:
    """Loudly; a new one begins, and nothing of the old one is changed."""
    before = Watching(path)
    before.see(PIN, 1)
    before.end()
    damage(path)
    content = path.read_bytes()

    run = Watching(path)
    run.see(PIN, 2)
    run.end()
    assert [f"{path}: it is damaged; it is set aside as findings.db.damaged-1, and a new one begins"] == run.said
    assert content == path.with_name("findings.db.damaged-1").read_bytes()
    assert 2 == run.record(PIN).entry["count"]
    assert 1 == run.store.figures.limits["store.damaged"]


def test_a_row_that_makes_no_sense_is_damage(path: Path) -> None:
    """As far as SQLite is concerned nothing is wrong with it."""
    before = Watching(path)
    before.see(PIN, 1)
    before.end()
    database = Database.open(path, create=False, wait_seconds=0.1)
    with database.writing() as connection:
        connection.execute("UPDATE finding SET present = ''")
    database.close()

    run = Watching(path)
    run.see(LOGIN, 2)
    run.end()
    assert "it is set aside as findings.db.damaged-1" in run.said[0]
    assert {LOGIN.id: "open"} == run.states()


def test_a_file_that_is_cut_while_it_runs(path: Path) -> None:
    """Whatever becomes of the file, the run goes on, and in the end there is a database with what it found."""
    run = Watching(path)
    run.see(PIN, 1)
    path.write_bytes(b"")
    Path(f"{path}-wal").write_bytes(b"")
    for count in range(2, 20):
        run.see(PIN, count)
    run.end()
    again = Watching(path, at_ns=run.at_ns)
    again.see(LOGIN, 1)
    again.end()
    assert {LOGIN.id: "open"}.items() <= again.states().items()


@pytest.mark.parametrize("with_log", [False, True])
def test_a_file_that_is_deleted_while_it_runs(path: Path, *, with_log: bool) -> None:
    """It is made anew with everything that this run has found."""
    run = Watching(path)
    run.see(PIN, 1)
    run.see(LOGIN, 1)
    path.unlink()
    if with_log:
        Path(f"{path}-wal").unlink()
        Path(f"{path}-shm").unlink()
    run.see(PIN, 2)
    assert {PIN.id: 2, LOGIN.id: 1} == {one.entry["id"]: one.entry["count"] for one in read_all(path).records}
    run.end()
    assert [] == run.said


def test_a_lock_that_passes_is_no_news(path: Path) -> None:
    """Somebody reads or writes for a moment; what waits is written with the next tick."""
    run = Watching(path)
    database = Database.open(path, create=False, wait_seconds=0.1)
    with database.writing():
        run.see(PIN, 1)
    run.tick(1)
    database.close()
    assert 1 == run.record(PIN).entry["count"]
    assert [] == run.said
    assert 1 == run.store.figures.limits["store.failed"]
    run.end()


def test_a_lock_that_stays_is_told(path: Path) -> None:
    """And the sensor goes on."""
    run = Watching(path)
    database = Database.open(path, create=False, wait_seconds=0.1)
    with database.writing():
        for count in range(1, 5):
            run.see(PIN, count)
    run.see(PIN, 5)
    database.close()
    run.end()
    told, again = run.said
    assert f"{path}: another process keeps it locked: findings cannot be kept and wait in memory" in told
    assert again.endswith("findings are kept again")
    assert 5 == run.record(PIN).entry["count"]


def test_something_else_takes_its_place_while_it_runs(path: Path) -> None:
    """It is not touched, and the run goes on."""
    run = Watching(path)
    run.see(PIN, 1)
    path.unlink()
    path.write_bytes(b"minutes of the board")
    for count in range(2, 5):
        run.see(PIN, count)
    run.end()
    assert b"minutes of the board" == path.read_bytes()
    assert 1 == len(run.said)
    assert "is something else than a database of findings; choose another name" in run.said[0]
    with pytest.raises(UsageError):
        Watching(path)
