"""An explanation for programs: ``privacy-monitor/explanation/1`` (docs/reference/cli.md)."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from monitor.explain.conversation import Line
from monitor.explain.explanation import Explanation
from monitor.model.flow import Endpoint
from monitor.privacy.labels import file_label
from monitor.sinks.report.document import describe_finding, format_time

SCHEMA = "privacy-monitor/explanation/1"


def to_json(explanation: Explanation) -> str:
    """One document, ended by a newline."""
    conversation = explanation.conversation
    document = {
        "schema": SCHEMA,
        "capture": str(file_label(str(explanation.path))),
        "finding": describe_finding(explanation.finding),
        "conversation": {
            "number": conversation.number,
            "total": conversation.total,
            "transport": conversation.flow.transport.word,
            "ends": [_end(conversation.flow.originator), _end(conversation.flow.responder)],
            "cut": conversation.cut,
            "messages": [_line(line) for line in conversation.lines],
        },
        "filters": asdict(explanation.filters),
        "commands": explanation.commands,
        "limited": explanation.limited,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _end(end: Endpoint) -> dict[str, Any]:
    return {
        "address": str(end.address),
        "port": end.port,
        "name": str(end.name),
        "zone": str(end.zone),
        "asset": str(end.asset),
    }


def _line(line: Line) -> dict[str, Any]:
    reading = line.reading
    return {
        "frame": line.frame,
        "at": format_time(line.at_ns),
        "from": int(line.sender),
        "protocol": reading.protocol,
        "message": reading.code,
        "title": reading.title,
        "counts": line.counts,
        "answers": reading.answers or None,
        "after_seconds": reading.after_ns / 10**9 if reading.answers else None,
        "fields": [
            {
                "key": str(part.key),
                "data_class": part.data_class.value if part.data_class else None,
                "length": part.length,
            }
            for part in reading.parts
        ],
        "remarks": list(reading.remarks),
    }
