"""Opens the database of findings, and turns everything that SQLite may complain of into a few plain words.

Rules: a file that is not ours is never touched; whatever is written is written in a transaction, whole or not at all.
The log is written ahead (WAL), so that people read while the sensor writes. The kernel has each transaction when it
ends, so a killed process loses none; the disk may have it later (synchronous=NORMAL): a power failure can cost the
last transactions, never the database.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from monitor.errors import StoreError, UsageError
from monitor.model.named import NamedTuple
from monitor.privacy.labels import file_label
from monitor.sinks.store.schema import APPLICATION_ID, STEPS, Statements

LOG_BYTES = 4_194_304
"""What the log written ahead is cut back to; it grows beyond that only while somebody reads."""
MODE = 0o600
"""For the owner alone: findings name the weak places of a network."""

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
"""File format of SQLite, 1.3: the application's id is at offset 68, 4 bytes, big-endian."""
_ID_AT = 68
_WORDS = {
    sqlite3.SQLITE_PERM: "it may not be used",
    sqlite3.SQLITE_AUTH: "it may not be used",
    sqlite3.SQLITE_BUSY: "another process keeps it locked",
    sqlite3.SQLITE_LOCKED: "another process keeps it locked",
    sqlite3.SQLITE_READONLY: "it may not be written",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: the folder must be there, and files in it may be written",
    sqlite3.SQLITE_NOTADB: "it is damaged",
    sqlite3.SQLITE_NOMEM: "memory is short",
}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY = 0xFF
"""Bits of a result code that do not tell details (sqlite.org/rescode.html)."""


class Kind(NamedTuple):
    """What a database holds."""

    application_id: int
    noun: str


FINDINGS = Kind(APPLICATION_ID, "findings")


class DamagedError(StoreError):
    """The file is ours, and is not what was written to it."""


class Database:
    """One open database of findings. To be closed. For one thread at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self._identity = _identity(path)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool,
        wait_seconds: float,
        thorough: bool = False,
        steps: tuple[Statements, ...] = STEPS,
        kind: Kind = FINDINGS,
    ) -> Self:
        """Open a file, and bring it to the present form.

        Args:
            path: where it is.
            create: whether it is made when it is not there.
            wait_seconds: how long to wait while another process writes.
            thorough: whether everything in it is read and checked first.
            steps: see `schema`.
            kind: what it holds.

        Raises:
            UsageError: it is something else, or of a later version of this program; it is left as it is.
            StoreError: it cannot be opened; `DamagedError` if that is because it is damaged.
        """
        _recognize(path, kind, create=create)
        with _plainly(path):
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=wait_seconds,
                isolation_level=None,
                check_same_thread=False,  # opened here, used in another thread, closed here: one after another
            )
        try:
            with _plainly(path):
                _prepare(connection, path, kind, thorough=thorough, steps=steps)
                return cls(path, connection)
        except BaseException:
            connection.close()
            raise

    @property
    def is_in_place(self) -> bool:
        """False once the file was deleted or another one stands in its place."""
        return self._identity is not None and self._identity == _identity(self._path)

    @property
    def used_bytes(self) -> int:
        """Space that is in use, without what is free inside the file."""
        with _plainly(self._path):
            pages, free, size = (
                int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])
                for name in ("page_count", "freelist_count", "page_size")
            )
        return (pages - free) * size

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """See one state of everything.

        Raises:
            StoreError: it cannot be read.
        """
        with _plainly(self._path), self._connection as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Change all of something, or after an exception none of it.

        Raises:
            StoreError: it cannot be written.
        """
        with _plainly(self._path), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def close(self) -> None:
        """Let go of the file; what was written stays."""
        self._connection.close()


def _recognize(path: Path, kind: Kind, *, create: bool) -> None:
    """Look at the first bytes of a file, or make an empty one."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        if not create:
            raise StoreError(f"{file_label(str(path))}: there is no such file; the sensor makes it") from None
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))
        except OSError as error:
            raise StoreError(f"{file_label(str(path))}: {os.strerror(error.errno or 0)}") from None
        return
    except OSError as error:
        raise StoreError(f"{file_label(str(path))}: {os.strerror(error.errno or 0)}") from None
    if header and not header.strip(b"\0"):  # what some file systems leave of a file after a power failure
        raise DamagedError(f"{file_label(str(path))}: it is damaged")
    if header and (not header.startswith(_MAGIC) or _application(header) not in {0, kind.application_id}):
        raise UsageError(
            f"{file_label(str(path))} is something else than a database of {kind.noun}; choose another name"
        )


def _application(header: bytes) -> int:
    return int.from_bytes(header[_ID_AT : _ID_AT + 4])


def _prepare(
    connection: sqlite3.Connection, path: Path, kind: Kind, *, thorough: bool, steps: tuple[Statements, ...]
) -> None:
    name = file_label(str(path))
    for setting in ("foreign_keys = ON", "temp_store = MEMORY", "synchronous = NORMAL", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {setting}")
    version = _number(connection, "PRAGMA user_version")
    if not _number(connection, "PRAGMA application_id"):
        if _number(connection, "SELECT count(*) FROM sqlite_master"):
            raise UsageError(f"{name} is something else than a database of {kind.noun}; choose another name")
        connection.execute(f"PRAGMA application_id = {kind.application_id}")
    if version > len(steps):
        raise UsageError(f"{name} was written by a later version of this program, which this one cannot read")
    if thorough and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise DamagedError(f"{name}: it is damaged")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
    for number in range(version, len(steps)):
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            if _number(connection, "PRAGMA user_version") == number:  # else somebody else has just done it
                for statement in steps[number]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """Say what SQLite complains of in words of ours, without a value."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        kind = DamagedError if code in _DAMAGED else StoreError
        raise kind(f"{file_label(str(path))}: {_WORDS.get(code, type(error).__name__)}") from None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
