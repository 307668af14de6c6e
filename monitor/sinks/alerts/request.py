"""How somebody asks the sensor that runs for a test alert, and hears what became of it: through the database of alerts.

Rules: the sensor sends it itself, as it sends all others, so what is proven is what holds when it matters: its rights,
its secrets, what its unit lets it reach. Nothing listens for this: whoever may write that database may ask.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from monitor.errors import StoreError
from monitor.model.named import NamedTuple
from monitor.sinks.alerts.schema import APPLICATION_ID, STEPS
from monitor.sinks.store.database import Database, Kind

KIND = Kind(APPLICATION_ID, "alerts")
PATIENCE_SECONDS = 120.0
"""For an answer: a sensor may be waiting for several receivers, of five seconds a step."""
STALE_NS = round(PATIENCE_SECONDS * 10**9)
"""Nobody waits any more for the answer to what was asked so long ago."""
LOOK_SECONDS = 0.2
WAIT_SECONDS = 5.0
"""For the sensor that writes."""

Outcome = Mapping[str, str]
"""Why each receiver, by its name, has not accepted it; empty where it has."""


class Request(NamedTuple):
    """Somebody wants a test alert."""

    asked_ns: int
    """When; no two are asked in one nanosecond, so it is known by that."""
    severity: str


def ask(path: Path, severity: str, *, patience_seconds: float = PATIENCE_SECONDS) -> Outcome:
    """Ask the sensor that has the database at `path`, and wait for what it says.

    Raises:
        UsageError: the file is something else.
        StoreError: it cannot be used, or nobody answers.
    """
    asked_ns = time.time_ns()
    database = Database.open(path, create=False, wait_seconds=WAIT_SECONDS, steps=STEPS, kind=KIND)
    try:
        with database.writing() as connection:
            connection.execute("INSERT INTO trial VALUES (?, ?, NULL)", (asked_ns, severity))
        try:
            return _answer(database, asked_ns, time.monotonic() + patience_seconds)
        finally:
            with suppress(StoreError), database.writing() as connection:
                connection.execute("DELETE FROM trial WHERE asked_ns = ?", (asked_ns,))
    finally:
        database.close()


def waiting(database: Database, at_ns: int) -> list[Request]:
    """What nobody has answered, and somebody waits for.

    Raises:
        StoreError: the database cannot be read.
    """
    with database.reading() as connection:
        rows = connection.execute("SELECT asked_ns, severity FROM trial WHERE answer IS NULL").fetchall()
    return [Request(*row) for row in rows if abs(at_ns - row[0]) < STALE_NS]


def answer(database: Database, request: Request, outcome: Outcome) -> None:
    """Say what became of it.

    Raises:
        StoreError: that cannot be written.
    """
    with database.writing() as connection:
        connection.execute(
            "UPDATE trial SET answer = ? WHERE asked_ns = ?", (json.dumps(dict(outcome)), request.asked_ns)
        )
        connection.execute("DELETE FROM trial WHERE asked_ns < ?", (request.asked_ns - STALE_NS,))


def _answer(database: Database, asked_ns: int, deadline: float) -> Outcome:
    while time.monotonic() < deadline:
        with database.reading() as connection:
            row = connection.execute("SELECT answer FROM trial WHERE asked_ns = ?", (asked_ns,)).fetchone()
        if row is not None and row[0] is not None:
            said: dict[str, str] = json.loads(row[0])
            return said
        time.sleep(LOOK_SECONDS)
    raise StoreError("the sensor that runs has not answered; does it hang? See 'journalctl -u privacy-monitor'")
