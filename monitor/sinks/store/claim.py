"""Makes sure that one sensor at a time writes to a database: two would take each other's counts for an earlier run's.

The lock is the kernel's and ends with the process, however that ends. It lies on a file of its own, because closing any
descriptor of a database's file would take SQLite's locks away from it (fcntl(2), "Record locks").
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from monitor.errors import StoreError, UsageError
from monitor.privacy.labels import file_label
from monitor.sinks.store.database import MODE


class Claim:
    """The right to be the one sensor that writes to a database; until it is released."""

    def __init__(self, path: Path) -> None:
        """Claim the database at `path`.

        Raises:
            UsageError: another sensor has it.
            StoreError: the file of the lock cannot be made.
        """
        try:
            self._descriptor = os.open(f"{path}-sensor", os.O_CREAT | os.O_RDWR, MODE)
        except OSError as error:
            raise StoreError(f"{file_label(str(path))}: {os.strerror(error.errno or 0)}") from None
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise UsageError(f"{file_label(str(path))}: another sensor keeps its findings there already") from None

    @staticmethod
    def is_held(path: Path) -> bool:
        """Whether a sensor has the database at `path` now; nothing is made where there was none.

        Raises:
            StoreError: this user may not know.
        """
        try:
            descriptor = os.open(f"{path}-sensor", os.O_RDWR)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{file_label(str(path))}: {os.strerror(error.errno or 0)}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def release(self) -> None:
        """Let others have it. The file stays: deleting it could take it away from another one."""
        os.close(self._descriptor)
