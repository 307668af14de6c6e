"""Sets a damaged database aside, so that a new one can begin and somebody can look at the old one."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from monitor.errors import StoreError
from monitor.privacy.labels import file_label

KEPT = 3
"""Damaged files that are kept: a disk that fails makes one after the other. The last one is replaced then."""

_PARTS = ("-wal", "-shm", "")
"""The files of one database; its name last, so that a half-done move is done again."""


def set_aside(path: Path) -> Path:
    """Move a closed database, with its log, to a name that is free; returns that name.

    Raises:
        StoreError: it cannot be moved.
    """
    names = [path.with_name(f"{path.name}.damaged-{number}") for number in range(1, KEPT + 1)]
    target = next((name for name in names if not name.exists()), names[-1])
    try:
        for part in _PARTS:
            with suppress(FileNotFoundError):
                Path(f"{path}{part}").replace(f"{target}{part}")
    except OSError as error:
        raise StoreError(
            f"{file_label(str(path))}: it is damaged, and cannot be moved: {os.strerror(error.errno or 0)}"
        ) from None
    return target
