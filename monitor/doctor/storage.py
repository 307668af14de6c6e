"""Where findings are kept: is there room, may it be written, is what is there whole?"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from monitor.config.settings import StoreSettings
from monitor.doctor.check import Check, attention, bad, good, unknown
from monitor.errors import MonitorError, StoreError, UsageError
from monitor.privacy.labels import file_label
from monitor.sinks.report.figures import duration, volume

WAIT_SECONDS = 5.0
"""For the sensor, which writes for hundredths of a second."""
SPARE = 2
"""As much room as the database may take, and as much again for its log and for others."""
STALE_SECONDS = 3_600
"""A running sensor writes once a minute at least."""


def check_storage(path: Path | None, settings: StoreSettings) -> Iterator[Check]:
    """Everything about the database.

    Args:
        path: where it is or will be; None where findings are not kept.
        settings: how large it may become.
    """
    if path is None:
        yield attention(
            "store.path",
            "findings are not kept: after a restart all of them are new",
            "name a database: store: {path: /var/lib/privacy-monitor/findings.db}",
        )
        return
    shown = file_label(str(path))
    folder = path.parent
    if not folder.is_dir():
        yield bad("store.path", f"the folder of {shown} is not there", f"make it: mkdir -p {file_label(str(folder))}")
        return
    if not os.access(path if path.exists() else folder, os.W_OK):
        yield bad("store.path", f"{shown} may not be written by this user", "see who owns it, or try again with sudo")
        return
    yield good("store.path", f"{shown} can be written")
    yield _room(folder, settings)
    yield from _contents(path)


def _room(folder: Path, settings: StoreSettings) -> Check:
    free = shutil.disk_usage(folder).free
    wanted = SPARE * settings.max_mb * 1_000_000
    if free < wanted:
        return attention(
            "store.room",
            f"{volume(free)} are free on its disk; it may become {settings.max_mb} MB large",
            "make room, or let it be smaller: store: {max_mb: 16}",
        )
    return good("store.room", f"{volume(free)} are free on its disk")


def _contents(path: Path) -> Iterator[Check]:
    if not path.exists():
        yield unknown("store.contents", "it is not there yet", "start the sensor, which makes it")
        return
    from monitor.sinks.store.database import Database  # noqa: PLC0415  (only where findings are kept)

    try:
        database = Database.open(path, create=False, wait_seconds=WAIT_SECONDS, thorough=True)
        try:
            size = database.used_bytes
        finally:
            database.close()
    except (UsageError, StoreError) as error:
        yield bad("store.contents", str(error), _mend(error))
        return
    yield good("store.contents", f"it is whole, and {volume(size)} large")
    age = time.time() - max(one.stat().st_mtime for one in (path, path.with_name(f"{path.name}-wal")) if one.exists())
    written = f"it was written {duration(max(0, int(age)) * 10**9)} ago"
    if age > STALE_SECONDS:
        yield attention(
            "store.age", written, "a running sensor writes every minute: is it running, and with this database?"
        )
    else:
        yield good("store.age", written)


def _mend(error: MonitorError) -> str:
    if isinstance(error, UsageError):
        return "name another file in the configuration (store: {path: ...})"
    return "start the sensor: it sets a damaged database aside and begins a new one; then look after the disk"
