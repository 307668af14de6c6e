"""The tables of the database of findings, as steps from an empty file to the present form.

Rules: a step that was released is never changed, a new one is added behind it; `PRAGMA user_version` says how many were
taken. All text is ASCII JSON of an entry, a word of a closed list, a date, or what an operator typed.
"""

from __future__ import annotations

APPLICATION_ID = 0x4C50_4D46
"""Tells our files from other databases (``PRAGMA application_id``): "LPMF"."""

Statements = tuple[str, ...]
"""Those that belong together."""

STEPS: tuple[Statements, ...] = (
    (
        # `present` is the account of the run that saw the finding last, `earlier` that of all runs before it, as JSON.
        # They stand last: whoever reads lives only need not read past them.
        """CREATE TABLE finding (
            id TEXT PRIMARY KEY, state TEXT NOT NULL, since_ns INTEGER NOT NULL, seen_ns INTEGER NOT NULL,
            quiet_days INTEGER NOT NULL, shown INTEGER NOT NULL, owner TEXT, reason TEXT, until TEXT,
            run INTEGER NOT NULL, present TEXT NOT NULL, earlier TEXT
        )""",
        "CREATE INDEX finding_by_age ON finding (state, seen_ns)",
        """CREATE TABLE history (
            number INTEGER PRIMARY KEY, finding TEXT NOT NULL REFERENCES finding (id) ON DELETE CASCADE,
            at TEXT NOT NULL, cause TEXT NOT NULL, state TEXT NOT NULL, owner TEXT, reason TEXT, until TEXT
        )""",
        "CREATE INDEX history_by_finding ON history (finding, number)",
        """CREATE TABLE progress (
            one INTEGER PRIMARY KEY CHECK (one = 1),
            watched_ns INTEGER NOT NULL, date_ns INTEGER NOT NULL, doubt_ns INTEGER NOT NULL
        )""",
        "INSERT INTO progress VALUES (1, 0, 0, 0)",
        'CREATE TABLE "limit" (name TEXT PRIMARY KEY, count INTEGER NOT NULL)',
    ),
)
