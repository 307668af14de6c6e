"""What was told, what is being told and what waits, in memory and on disk.

Rules: memory decides, the disk follows: what cannot be written is told all the same, and written when that works
again. What is to be told is on disk before it is told, and that it was accepted is written after, so that a process
that is killed loses nothing; whatever it sends twice by that, Alertmanager takes for one. Everything is bounded.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from monitor.errors import StoreError
from monitor.model.record import Record, field
from monitor.sinks.alerts.digest import Item, News
from monitor.sinks.alerts.notice import Delivery, Message, Notice
from monitor.sinks.alerts.policy import Told
from monitor.sinks.alerts.request import KIND, Outcome, Request, answer, waiting
from monitor.sinks.alerts.schema import STEPS
from monitor.sinks.store.claim import Claim
from monitor.sinks.store.damage import set_aside
from monitor.sinks.store.database import DamagedError, Database

MAX_TOLD = 10_000
"""Findings remembered, about 1 kB each: twice as many as the rule engine makes. Those that are over go first."""
MAX_NOTICES = 1_000
"""Alerts at a time, about 2 kB each. Nobody reads more; what does not fit waits for the digest."""
MAX_MESSAGES = 1_000
"""For people to read; a mail server that is down for months costs the oldest that do not page."""
UNKNOWN = "unknown"
WAIT_SECONDS = 0.5
"""For others who write: nobody does, but a backup may read."""


class Telling(Record, frozen=False):
    """What people know of one finding."""

    id: str
    told: Told = Told.NOTHING
    was_urgent: bool = False
    """They have heard of it as urgent."""
    ended_ns: int | None = None
    """Watched time at which it ended; None while it stands."""
    seen_ns: int = 0
    """Watched time at which a sensor last told of it, to a day or so."""
    item: Item | None = None
    """What digests say of it, as it stood when that was written; None before there was anything to say."""
    is_news: bool = False
    """The next digest says it."""


class Progress(Record, frozen=False):
    """How far time has come."""

    watched_ns: int = 0
    """How long sensors have listened, all runs together."""
    digest_day: str = ""
    """The day of the latest digest; empty before the first one, `UNKNOWN` where nobody remembers."""
    next_message: int = 1


class Ledger(Record, frozen=False, kw_only=False):
    """Everything in memory, and which of it is not on disk yet."""

    told: dict[str, Telling] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    _dirty: set[tuple[str, str | int]] = field(default_factory=set)
    """Table and id of what has changed."""

    def mark(self, table: str, ident: str | int) -> None:
        """Something has changed, was added or removed."""
        self._dirty.add((table, ident))

    @property
    def is_changed(self) -> bool:
        """Whether the disk has not got everything."""
        return bool(self._dirty)

    def write(self, connection: sqlite3.Connection) -> None:
        """Write what has changed; call `settle` once that is safe."""
        for table, ident in self._dirty:
            thing = self._table(table).get(ident)
            if thing is None:
                connection.execute(f"DELETE FROM {table} WHERE id = ?", (ident,))  # noqa: S608 (a constant)
            else:
                text = json.dumps(thing if isinstance(thing, dict) else _plain(thing), separators=(",", ":"))
                connection.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", (ident, text))  # noqa: S608
        connection.execute("INSERT OR REPLACE INTO progress VALUES (1, ?)", (json.dumps(asdict(self.progress)),))

    def settle(self) -> None:
        """What has changed is on disk."""
        self._dirty.clear()

    def mark_all(self) -> None:
        """The disk has nothing."""
        for table in ("told", "notice", "message"):
            for ident in self._table(table):
                self.mark(table, ident)

    def _table(self, name: str) -> Mapping[Any, Any]:
        tables: dict[str, Mapping[Any, Any]] = {"told": self.told, "notice": self.notices, "message": self.messages}
        return tables[name]


class LedgerFile:
    """The file of a ledger. To be opened in the thread that uses it, and closed."""

    def __init__(self, path: Path, complain: Callable[[str], None]) -> None:
        """Claim the file, and see that it is one of ours. A disk that fails is no reason not to begin.

        Raises:
            UsageError: it is something else, or another sensor has it.
        """
        self._path = path
        self._complain = complain
        self._claim: Claim | None = None
        self._database: Database | None = None
        self._is_unread = False
        """A file is there that memory does not know: nothing is written over it."""
        self._tried: set[Request] = set()
        """What was answered, though that may not be on disk."""
        try:
            self._open().close()
        except StoreError:  # said, and mended if it can be, by whoever reads it
            pass
        except BaseException:
            self.close()
            raise

    def read(self) -> Ledger:
        """What earlier runs have left; nothing where that cannot be read, and a file that is damaged is set aside."""
        try:
            self._database = self._open()
            with self._database.reading() as connection:
                return _read(connection)
        except DamagedError as error:
            self._disconnect()
            with suppress(StoreError):  # whoever writes to it will say so
                target = set_aside(self._path)
                self._complain(f"{error}; it is set aside as {target.name}, and everything is told anew")
        except StoreError:  # the same
            self._disconnect()
            self._is_unread = self._path.exists()
        return Ledger(progress=Progress(digest_day=UNKNOWN))

    def write(self, ledger: Ledger) -> None:
        """Bring the disk up to date.

        Raises:
            StoreError: that did not work; nothing was written.
        """
        try:
            if self._database is None or not self._database.is_in_place:
                self._disconnect()
                self._database = self._open()
                self._leave_unread()
                ledger.mark_all()
            with self._database.writing() as connection:
                ledger.write(connection)
        except DamagedError:
            self._disconnect()
            set_aside(self._path)
            raise
        except StoreError:
            self._disconnect()
            raise
        ledger.settle()

    def requests(self, at_ns: int) -> list[Request]:
        """Test alerts that somebody asks for, each of them once; none where that cannot be read."""
        found: list[Request] = []
        if self._database is not None:
            with suppress(StoreError):  # whoever writes next will say so
                found = waiting(self._database, at_ns)
        fresh = [one for one in found if one not in self._tried]
        self._tried = set(found)
        return fresh

    def answer(self, request: Request, outcome: Outcome) -> None:
        """Say what became of one; whoever cannot be told has to wait in vain."""
        if self._database is not None:
            with suppress(StoreError):
                answer(self._database, request, outcome)

    def close(self) -> None:
        """Let go of the file."""
        self._disconnect()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _open(self) -> Database:
        self._claim = self._claim or Claim(self._path)
        return Database.open(self._path, create=True, wait_seconds=WAIT_SECONDS, steps=STEPS, kind=KIND)

    def _leave_unread(self) -> None:
        """Begin a new file where the old one could not be read at the start, so that the two are never mixed."""
        if self._is_unread:
            self._disconnect()
            target = set_aside(self._path)
            self._is_unread = False
            self._complain(
                f"what was told before could not be read at the start; it is set aside as {target.name}, and everything"
                " is told anew"
            )
            self._database = self._open()

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


def _plain(thing: Telling | Notice | Message) -> dict[str, Any]:
    plain = asdict(thing)
    if isinstance(thing, Telling):
        plain["told"] = thing.told.value
        if thing.item is not None:
            plain["item"]["news"] = thing.item.news.value
    return plain


def _read(connection: sqlite3.Connection) -> Ledger:
    ledger = Ledger()
    try:
        for _, data in _rows(connection, "told"):
            item = Item(**{**data["item"], "news": News(data["item"]["news"])}) if data["item"] else None
            record = Telling(**{**data, "told": Told(data["told"]), "item": item})
            ledger.told[record.id] = record
        for _, data in _rows(connection, "notice"):
            deliveries = {name: Delivery(**one) for name, one in data["deliveries"].items()}
            notice = Notice(**{**data, "deliveries": deliveries})
            ledger.notices[notice.key] = notice
        for ident, data in _rows(connection, "message"):
            ledger.messages[int(ident)] = Message(**data)
        for _, data in _rows(connection, "progress"):
            ledger.progress = Progress(**data)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DamagedError("the database of alerts is damaged") from None
    return ledger


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[tuple[Any, Any]]:
    for ident, data in connection.execute(f"SELECT id, data FROM {table} ORDER BY id"):  # noqa: S608 (a constant)
        yield ident, json.loads(data)
