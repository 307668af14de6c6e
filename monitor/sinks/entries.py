"""A finding as a line of JSON: an entry of the report's ``findings`` (docs/reference/report.md), in ASCII."""

from __future__ import annotations

import json

from monitor.sinks.lines import Told
from monitor.sinks.report.document import describe_finding


def compose_entry(told: Told) -> bytes:
    """One line, its newline included."""
    return json.dumps(describe_finding(told.finding), ensure_ascii=True).encode("ascii") + b"\n"
