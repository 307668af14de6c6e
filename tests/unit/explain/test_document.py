"""The document for programs."""

from __future__ import annotations

import json

from monitor.explain.document import SCHEMA, to_json
from monitor.explain.explanation import Explanation
from monitor.sinks.report.document import describe_finding


def test_the_document(pin: Explanation) -> None:
    """The finding as the report has it, its conversation, and what to paste."""
    document = json.loads(to_json(pin))
    assert SCHEMA == document["schema"]
    assert describe_finding(pin.finding) == document["finding"]
    told = document["conversation"]
    assert (1, 2, "tcp", True) == (told["number"], told["total"], told["transport"], told["cut"])
    assert [("10.30.0.11", 49207), ("10.1.0.10", 6001)] == [(end["address"], end["port"]) for end in told["ends"]]
    assert {
        "frame": 86,
        "at": document["finding"]["first_seen"],
        "from": 0,
        "protocol": "sip2",
        "message": "63",
        "title": "Patron Information",
        "counts": True,
        "answers": None,
        "after_seconds": None,
        "fields": [
            {"key": "AO", "data_class": None, "length": 5},
            {"key": "AA", "data_class": "patron_identifier", "length": 14},
            {"key": "AD", "data_class": "credential", "length": 4},
        ],
        "remarks": [],
    } == told["messages"][6]
    assert (86, 0.045104978) == (told["messages"][7]["answers"], told["messages"][7]["after_seconds"])
    assert {"conversation", "counted", "finding", "service", "kinds"} == {*document["filters"]}
    assert {"wireshark", "tshark"} == {*document["commands"]}
