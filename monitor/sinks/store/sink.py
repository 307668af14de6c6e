"""The sink that keeps findings in a database: when it writes, and what it does when it cannot.

Rules: whatever goes wrong with the database, the run goes on. What could not be written waits here as each finding's
last state, which is all that is needed; it is tried again, said once in plain words, and said once more when it works
again. A new finding is written with the tick that brings it; changes of known ones every few seconds, so that a busy
service does not wear out a memory card. A process that is killed loses what it had counted since.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from monitor.config.settings import Config, StoreSettings
from monitor.errors import MonitorError, StoreError, UsageError
from monitor.model.finding import Finding
from monitor.model.stats import SinkStats, Stats
from monitor.privacy.labels import file_label
from monitor.privacy.presence import Presence, place_of
from monitor.sinks.store.bookkeeping import Batch, Book, Outcome
from monitor.sinks.store.claim import Claim
from monitor.sinks.store.damage import set_aside
from monitor.sinks.store.database import DamagedError, Database
from monitor.sinks.store.inquiry import Inquiry
from monitor.sinks.store.progress import watched_between
from monitor.sinks.store.records import read_lives, read_records

SECOND_NS = 10**9
CHANGES_NS = 10 * SECOND_NS
"""Between two writes that bring only changes."""
IDLE_NS = 60 * SECOND_NS
"""Between two writes when there is nothing new: what is lost of watched time when the process is killed."""
RETRY_NS = 10 * SECOND_NS
"""Between two attempts while it fails; after the first failure the next tick tries again."""
TOLD_AFTER = 2
"""Failures in a row: a database that somebody else just writes to is no news."""
WAIT_SECONDS = 0.1
"""For others who write. What cannot be written then is tried again a second later."""
AT_ONCE = 200
"""Findings in one transaction, so that others who write need not wait: it takes a few hundredths of a second."""
LAST_ATTEMPTS = 30
"""At the end, when nothing else is waiting."""
NAME = "store"
"""Of this sink in figures."""


class FindingStore:
    """A sink that writes to a database of its own. To be closed, where it was not brought to its end."""

    def __init__(
        self, path: Path, settings: StoreSettings, presence: Presence, complain: Callable[[str], None]
    ) -> None:
        """Open the database.

        Args:
            path: where it is; made when it is not there.
            settings: what is kept, and for how long.
            presence: tells which places of findings still show.
            complain: tells people a line.

        Raises:
            UsageError: the file is something else, or another sensor writes to it.
        """
        self.name = NAME
        self.figures = SinkStats()
        self._path = path
        self._settings = settings
        self._inquiry = Inquiry(presence)
        self._complain = complain
        self._run = secrets.randbits(62)
        self._claim: Claim | None = None
        self._database: Database | None = None
        self._latest: dict[str, Finding] = {}
        """Of every finding of this run; as many as the rule engine makes, which bounds their number."""
        self._waiting: dict[str, Finding] = {}
        self._written: set[str] = set()
        """Ids of this run's findings that the database has, or has no room for."""
        self._at_ns = 0
        self._elapsed_ns = 0
        """Watched time of this run."""
        self._saved_ns = 0
        """How much of it the database has."""
        self._retry_ns = 0
        """When to try next, in the same time."""
        self._failures = 0
        try:
            self._connect(thorough=True)
        except DamagedError as error:
            self._replace(error)
        except StoreError as error:
            self._fail(error)
        except UsageError:
            self.close()
            raise

    def receive(self, finding: Finding) -> None:
        """Take a finding or its new state."""
        self._latest[finding.id] = self._waiting[finding.id] = finding

    def tick(self, at_ns: int, stats: Stats) -> None:  # noqa: ARG002 (findings are all it keeps)
        """Write if there is something to write and it is time."""
        if self._at_ns:
            self._elapsed_ns += watched_between(self._at_ns, at_ns)
        self._at_ns = at_ns
        since_ns = self._elapsed_ns - self._saved_ns
        is_new = any(ident not in self._written for ident in self._waiting)
        if self._elapsed_ns >= self._retry_ns and (is_new or since_ns >= (CHANGES_NS if self._waiting else IDLE_NS)):
            self._write()
        self._take_stock()

    def finish(self, stats: Stats) -> None:
        """Write what is left, and close the database."""
        self._at_ns = self._at_ns or stats.now_ns
        for _ in range(LAST_ATTEMPTS if self._at_ns else 0):
            if self._write() and not self._waiting:
                break
        self._take_stock()
        self.close()

    def renew(self, config: Config) -> Callable[[], None]:
        """Gives what lets other limits and days hold, from the next write on; the database stays the same."""

        def change() -> None:
            self._settings = config.store

        return change

    def close(self) -> None:
        """Let go of the database, and of what waits."""
        self._disconnect()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _write(self) -> bool:
        """Write what waits, or as much of it as goes at once; returns whether that worked."""
        try:
            if self._database is not None and not self._database.is_in_place:
                self._disconnect()
            database = self._database or self._connect()
            batch = self._batch()
            outcome = Book(database, self._settings, self._run).enter(batch)
        except DamagedError as error:
            self._replace(error)
            return False
        except MonitorError as error:
            self._fail(error)
            return False
        self._settle(batch, outcome)
        return True

    def _batch(self) -> Batch:
        shown, going_on = self._inquiry.answer()
        is_last = len(self._waiting) <= AT_ONCE
        return Batch(
            at_ns=self._at_ns,
            watched_ns=self._elapsed_ns - self._saved_ns if is_last else 0,
            findings=list(islice(self._waiting.values(), AT_ONCE)),
            shown=shown,
            going_on=going_on,
        )

    def _settle(self, batch: Batch, outcome: Outcome) -> None:
        """What was written is no longer waiting."""
        self._saved_ns += batch.watched_ns
        self._inquiry.settle()
        for finding in batch.findings:
            del self._waiting[finding.id]
            self._written.add(finding.id)
        self._inquiry.ask(outcome.standing, self._latest)
        refused = len(outcome.refused)
        self.figures.delivered += len(batch.findings) - refused
        self.figures.dropped += refused
        self._count("refused", refused)
        self._count("removed", outcome.removed)
        if self._failures >= TOLD_AFTER:
            self._complain(f"{file_label(str(self._path))}: findings are kept again")
        self._failures = 0

    def _connect(self, *, thorough: bool = False) -> Database:
        if self._claim is None:
            self._claim = Claim(self._path)
        database = Database.open(self._path, create=True, wait_seconds=WAIT_SECONDS, thorough=thorough)
        try:
            with database.reading() as connection:
                standing = [ident for ident, life in read_lives(connection) if life.stands]
                for ident in self._inquiry.unknown(standing):
                    for _, record in read_records(connection, ident):
                        self._inquiry.know(ident, place_of(*record.place))
        except StoreError:
            database.close()
            raise
        self._database = database
        self._written.clear()
        self._waiting = dict(self._latest)
        return database

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _replace(self, error: DamagedError) -> None:
        """Set a damaged database aside; the next attempt begins a new one."""
        self._disconnect()
        try:
            target = set_aside(self._path)
        except StoreError as trouble:
            self._fail(trouble)
            return
        self._count("damaged", 1)
        self._complain(f"{error}; it is set aside as {file_label(target.name)}, and a new one begins")

    def _fail(self, error: MonitorError) -> None:
        self._failures += 1
        self._count("failed", 1)
        if self._failures >= TOLD_AFTER:
            self._retry_ns = self._elapsed_ns + RETRY_NS
            self._disconnect()
        if self._failures == TOLD_AFTER:
            self._complain(f"{error}: findings cannot be kept and wait in memory; it is tried again until it works")

    def _count(self, limit: str, number: int) -> None:
        if number:
            self.figures.limits[f"{NAME}.{limit}"] += number

    def _take_stock(self) -> None:
        self.figures.waiting = len(self._waiting)
        self.figures.failing = self._failures > 0
