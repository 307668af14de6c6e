"""Keeps the database small: what nobody needs any more goes, and what nobody has room for is counted.

Rule: an exception that holds is never removed; a finding that stands makes no room for a new one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from monitor.sinks.store.life import DAY_NS, State

MB = 1_000_000
AT_ONCE = 100
"""Findings removed before the size is looked at again."""
_FREE = "coalesce(until, '') = ''"
"""No exception holds, in SQL."""
_SPARE = 0.9
"""Of the room, what may be used before resolved findings go: those that stand still grow, and so does their history."""


def forget_old(connection: sqlite3.Connection, watched_ns: int, retention_days: int) -> int:
    """Remove findings that nothing was seen of for so many days of watched time; returns how many."""
    return connection.execute(
        f"DELETE FROM finding WHERE seen_ns < ? AND {_FREE}",  # noqa: S608 (a constant)
        (watched_ns - retention_days * DAY_NS,),
    ).rowcount


def make_room(connection: sqlite3.Connection, used_bytes: Callable[[], int], max_bytes: float) -> tuple[int, bool]:
    """Remove resolved findings, those seen last long ago first, until there is room.

    Returns:
        how many were removed, and whether there is room now.
    """
    removed = 0
    while used_bytes() > _SPARE * max_bytes:
        gone = connection.execute(
            "DELETE FROM finding WHERE id IN"  # noqa: S608 (a constant)
            f" (SELECT id FROM finding WHERE state = ? AND {_FREE} ORDER BY seen_ns LIMIT ?)",
            (State.RESOLVED.value, AT_ONCE),
        ).rowcount
        if not gone:
            return removed, False
        removed += gone
    return removed, True
