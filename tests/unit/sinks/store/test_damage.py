"""Damaged databases are set aside, with their logs, and do not fill the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import StoreError
from monitor.sinks.store.damage import KEPT, set_aside


def test_it_is_moved_with_its_log(tmp_path: Path) -> None:
    """The log may hold what the file lacks."""
    for part in ("", "-wal", "-shm"):
        Path(f"{tmp_path}/f.db{part}").write_text(part)
    assert tmp_path / "f.db.damaged-1" == set_aside(tmp_path / "f.db")
    assert ["f.db.damaged-1", "f.db.damaged-1-shm", "f.db.damaged-1-wal"] == sorted(
        one.name for one in tmp_path.iterdir()
    )


def test_a_few_are_kept(tmp_path: Path) -> None:
    """The first ones tell how it began; the last place is used again."""
    for number in range(KEPT + 2):
        (tmp_path / "f.db").write_text(str(number))
        set_aside(tmp_path / "f.db")
    assert {"f.db.damaged-1": "0", "f.db.damaged-2": "1", "f.db.damaged-3": "4"} == {
        one.name: one.read_text() for one in tmp_path.iterdir()
    }


def test_it_cannot_be_moved(tmp_path: Path) -> None:
    """One sentence says so."""
    (tmp_path / "f.db").touch()
    (tmp_path / "f.db.damaged-1").mkdir()
    (tmp_path / "f.db.damaged-2").mkdir()
    (tmp_path / "f.db.damaged-3").mkdir()
    with pytest.raises(StoreError, match="it is damaged, and cannot be moved: Is a directory"):
        set_aside(tmp_path / "f.db")
