"""A finding as a line of JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from monitor.model.opaque import Label
from monitor.sinks.entries import compose_entry
from monitor.sinks.lines import News, Told
from monitor.sinks.report.document import describe_finding
from tests.unit.sinks.samples import NINE_NS, PIN


def test_a_line_is_an_entry_of_the_report() -> None:
    """In ASCII, with one newline at its end."""
    found = replace(PIN, title=Label("Bücherei"))
    line = compose_entry(Told(found, News.NEW, NINE_NS))

    assert (json.dumps(describe_finding(found)) + "\n").encode() == line
    assert line.isascii()
