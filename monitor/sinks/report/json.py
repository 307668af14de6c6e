"""The report for machines: one JSON document, written when the trace ends."""

from __future__ import annotations

import json
from typing import TextIO

from monitor.model.finding import Finding
from monitor.model.stats import Stats
from monitor.sinks.report.document import build_document
from monitor.sinks.report.ledger import Ledger


class JsonReport:
    """A sink that writes ``privacy-monitor/report/1`` to a text stream, ASCII only, with one newline at its end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._ledger = Ledger()

    def receive(self, finding: Finding) -> None:
        """Take a finding or its new state."""
        self._ledger.receive(finding)

    def finish(self, stats: Stats) -> None:
        """Write the document."""
        document = build_document(self._ledger.findings(), stats)
        self._stream.write(json.dumps(document, ensure_ascii=True, indent=2) + "\n")
