"""Somebody asks a sensor for a test alert, through the database of alerts."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Thread

import pytest

from monitor.errors import StoreError
from monitor.sinks.alerts.ledger import LedgerFile
from monitor.sinks.alerts.request import KIND, STALE_NS, ask
from monitor.sinks.alerts.schema import STEPS
from monitor.sinks.store.database import Database


@pytest.fixture
def file(tmp_path: Path) -> LedgerFile:
    """The file of a sensor that runs."""
    made = LedgerFile(tmp_path / "alerts.db", pytest.fail)
    made.read()
    return made


def test_asked_and_answered(file: LedgerFile, tmp_path: Path) -> None:
    """The sensor is asked once, and what it says arrives; nothing of it stays."""
    heard: list[object] = []
    thread = Thread(target=lambda: heard.append(ask(tmp_path / "alerts.db", "ticket")))
    thread.start()
    deadline = time.monotonic() + 30
    while not (requests := file.requests(time.time_ns())):
        assert time.monotonic() < deadline
    assert [] == file.requests(time.time_ns())
    file.answer(requests[0], {"here": "", "there": "connection refused"})
    thread.join()
    assert ["ticket"] == [one.severity for one in requests]
    assert [{"here": "", "there": "connection refused"}] == heard
    assert [] == file.requests(time.time_ns())
    file.close()


def test_nobody_answers(file: LedgerFile, tmp_path: Path) -> None:
    """That is said, and the request is withdrawn."""
    with pytest.raises(StoreError, match="has not answered"):
        ask(tmp_path / "alerts.db", "page", patience_seconds=0.1)
    assert [] == file.requests(time.time_ns())
    file.close()


def test_old_requests(file: LedgerFile, tmp_path: Path) -> None:
    """Whoever asked was killed while they waited: a later run sends nothing for that."""
    database = Database.open(tmp_path / "alerts.db", create=False, wait_seconds=1, steps=STEPS, kind=KIND)
    with database.writing() as connection:
        connection.execute("INSERT INTO trial VALUES (1000, 'page', NULL)")
    database.close()
    assert [1000] == [one.asked_ns for one in file.requests(1000 + STALE_NS - 1)]
    assert [] == file.requests(1000 + STALE_NS)
    file.close()


def test_no_file(tmp_path: Path) -> None:
    """Nobody makes one for that."""
    with pytest.raises(StoreError, match="no such file"):
        ask(tmp_path / "alerts.db", "page")
    assert [] == list(tmp_path.iterdir())
