"""Findings with their life for programs and spreadsheets.

Rule: what a spreadsheet could take for a formula is marked as text: names of networks and reasons are anybody's words.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from monitor.sinks.store.desk import SCHEMA, Listing, describe_change, describe_record
from monitor.sinks.store.records import Change, KeptFinding

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ABOUT = ("kind", "address", "port", "transport", "name", "zone", "asset")
_FIRST = ("id", "state", "level", "title")
_REST = (
    "count",
    "subjects",
    "first_seen",
    "last_seen",
    "data_classes",
    "peers_total",
    "quiet_days",
    "owner",
    "reason",
    "until",
    "rule",
    "family",
    "protocol",
)


def to_json(records: Iterable[KeptFinding], limits: dict[str, int]) -> str:
    """One object, in ASCII: schema, findings, limits."""
    findings = [describe_record(record) for record in records]
    return json.dumps({"schema": SCHEMA, "findings": findings, "limits": limits}, indent=2) + "\n"


def one_to_json(record: KeptFinding, history: Sequence[Change]) -> str:
    """One finding with its history."""
    return (
        json.dumps({**describe_record(record), "history": [describe_change(one) for one in history]}, indent=2) + "\n"
    )


def to_csv(listing: Listing) -> str:
    """A line for each finding below one of names (RFC 4180)."""
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow((*_FIRST, *(f"about_{name}" for name in _ABOUT), *_REST))
    for record in listing.records:
        found = describe_record(record)
        about = found["about"]
        cells = (*(found[name] for name in _FIRST), *(about[name] for name in _ABOUT), *(found[name] for name in _REST))
        writer.writerow(_cell(value) for value in cells)
    return sheet.getvalue()


def _cell(value: Any) -> str:
    text = "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
