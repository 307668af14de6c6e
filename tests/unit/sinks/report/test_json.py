"""The sink for machines writes one document, in ASCII, when the trace ends."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

from monitor.model.opaque import Label
from monitor.sinks.report.document import build_document
from monitor.sinks.report.json import JsonReport
from tests.unit.sinks.samples import ALL, PIN, busy_stats


def test_writes_the_document() -> None:
    """What is written is what `build_document` builds."""
    stream = StringIO()
    report = JsonReport(stream)
    for finding in ALL:
        report.receive(finding)

    assert "" == stream.getvalue()

    report.finish(busy_stats())

    assert build_document(ALL, busy_stats()) == json.loads(stream.getvalue())


def test_ascii_and_one_newline() -> None:
    """Any reader can take it, whatever its encoding."""
    stream = StringIO()
    report = JsonReport(stream)
    report.receive(replace(PIN, title=Label("Bücherei \u2013 Selbstverbuchung")))
    report.finish(busy_stats())
    text = stream.getvalue()

    assert text.isascii()
    assert text.endswith("}\n")
    assert "Bücherei \u2013 Selbstverbuchung" == json.loads(text)["findings"][0]["title"]
