"""The tables of what was told and what waits, as steps from an empty file to the present form.

Rules: as for the database of findings (`monitor.sinks.store.schema`). What a row holds is ASCII JSON of one object, but
for `trial`: there somebody asks for a test alert, and hears what became of it (`request`).
"""

from __future__ import annotations

from monitor.sinks.store.schema import Statements

APPLICATION_ID = 0x4C50_4D41
"""Tells our files from other databases (``PRAGMA application_id``): "LPMA"."""

STEPS: tuple[Statements, ...] = (
    (
        "CREATE TABLE told (id TEXT PRIMARY KEY, data TEXT NOT NULL)",
        "CREATE TABLE notice (id TEXT PRIMARY KEY, data TEXT NOT NULL)",
        "CREATE TABLE message (id INTEGER PRIMARY KEY, data TEXT NOT NULL)",
        "CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 1), data TEXT NOT NULL)",
    ),
    ("CREATE TABLE trial (asked_ns INTEGER PRIMARY KEY, severity TEXT NOT NULL, answer TEXT)",),
)
