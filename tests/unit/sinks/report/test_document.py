"""The report has exactly the shape that readers rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from monitor.model.data import Level
from monitor.model.stats import CaptureStats, Stats
from monitor.sinks.report.document import build_document, format_time
from tests.unit.sinks.samples import ALL, CAMERA, LOGIN, NINE_NS, PIN, busy_stats

# The design's own example, key for key; a type stands for any value of it.
SHAPE = {
    "schema": str,
    "captures": [{"path": str, "packets": int, "bytes": int, "first_packet": str, "last_packet": str}],
    "coverage": {
        "packets": int,
        "flows": int,
        "one_sided_flows": int,
        "gap_bytes": int,
        "undecoded_packets": int,
        "duplicate_packets": int,
        "excluded_packets": int,
        "truncated_packets": int,
        "weirds": {"sip2.bad_checksum": int},
    },
    "protocols": {
        "sip2": {"flows": int, "encrypted_flows": int, "messages": int},
        "http": {"flows": int, "requests": int, "responses": int},
        "tls": {"flows": int},
    },
    "findings": [
        {
            "id": str,
            "rule": str,
            "rule_id": str,
            "family": str,
            "title": str,
            "level": str,
            "protocol": str,
            "about": {
                "kind": str,
                "address": str,
                "port": int,
                "transport": str,
                "name": str,
                "zone": str,
                "asset": str,
            },
            "peers": [{"address": str, "port": int, "name": str, "zone": str, "asset": str, "count": int}],
            "peers_total": int,
            "vlan": [int],
            "data_classes": [str],
            "fields": dict,
            "count": int,
            "subjects": int,
            "first_seen": str,
            "last_seen": str,
            "evidence": [{"capture": int, "frame": int}],
            "remediation": str,
            "references": [str],
        }
    ],
}
ADDED = {
    "report": {"services", "services_total"},
    "coverage": {
        "bytes",
        "tcp_flows",
        "udp_flows",
        "packets_by_kind",
        "undecoded_by_linktype",
        "limits",
        "faults",
        "skipped_files",
        "reassembled_packets",
        "followed_bytes",
        "spoken_bytes",
        "unseen_bytes",
        "lost_bytes",
        "verdict",
        "reasons",
    },
    "findings": {"checklist", "subjects_limited", "traits", "volume"},
}


def departures(shape: Any, value: Any, where: str) -> list[str]:
    """Every place in which `value` lacks what `shape` names, or has it with another type."""
    if isinstance(shape, type):
        return [] if type(value) is shape else [f"{where}: {type(value).__name__}"]
    if isinstance(shape, list):
        return [found for one in value for found in departures(shape[0], one, f"{where}[]")]
    found = [f"{where}.{key}: missing" for key in shape if key not in value]
    return found + [
        one for key in shape if key in value for one in departures(shape[key], value[key], f"{where}.{key}")
    ]


def test_shape() -> None:
    """Every key of the design is there with its type."""
    assert [] == departures(SHAPE, build_document(ALL, busy_stats()), "report")


def test_nothing_else() -> None:
    """What is added to the design is added on purpose."""
    document = build_document(ALL, busy_stats())

    assert ADDED["report"] == set(document) - set(SHAPE)
    assert set(SHAPE["captures"][0]) == set(document["captures"][0])
    assert ADDED["coverage"] == set(document["coverage"]) - set(SHAPE["coverage"])
    for finding in document["findings"]:
        assert ADDED["findings"] == set(finding) - set(SHAPE["findings"][0])
        assert set(SHAPE["findings"][0]["about"]) == set(finding["about"])
        for peer in finding["peers"]:
            assert set(SHAPE["findings"][0]["peers"][0]) == set(peer)


def test_only_json_types() -> None:
    """The document survives a round trip unchanged and holds no subclass of text or numbers."""
    document = build_document(ALL, busy_stats())

    def kinds(value: object) -> set[type]:
        if isinstance(value, dict):
            return {type(value)}.union(*(kinds(one) for pair in value.items() for one in pair))
        if isinstance(value, list):
            return {type(value)}.union(*(kinds(one) for one in value))
        return {type(value)}

    assert document == json.loads(json.dumps(document))
    assert kinds(document) <= {dict, list, str, int, bool, type(None)}


def test_values() -> None:
    """Figures stand where they belong."""
    document = build_document(ALL, busy_stats())
    first = document["findings"][0]

    assert "privacy-monitor/report/1" == document["schema"]
    assert [PIN.id, LOGIN.id, CAMERA.id] == [finding["id"] for finding in document["findings"][:3]]
    assert ("critical", 8_120, 840, [30, 31]) == (first["level"], first["count"], first["subjects"], first["vlan"])
    assert {"AA": 8_120, "AD": 4_060, "AE": 4_060, "AU": 2_210, "patron_status": 4_060} == first["fields"]
    assert ["credential", "patron_identifier", "name", "circulation"] == first["data_classes"]
    assert ("2026-05-08T09:00:01.000000Z", "2026-05-08T17:02:11.000000Z") == (first["first_seen"], first["last_seen"])
    assert [{"capture": 0, "frame": 123}, {"capture": 0, "frame": 1_048_576}] == first["evidence"]
    assert {"105": 300} == document["coverage"]["undecoded_by_linktype"]
    assert {"flows": 19, "encrypted_flows": 1, "messages": 8_216} == document["protocols"]["sip2"]
    assert {"flows": 2} == document["protocols"]["rtsp"]


def test_empty_run() -> None:
    """Without any input the report is whole all the same."""
    document = build_document((), Stats())

    assert [] == departures(SHAPE | {"coverage": dict}, document, "report")
    assert {
        "sip2": {"flows": 0, "encrypted_flows": 0, "messages": 0},
        "http": {"flows": 0, "requests": 0, "responses": 0},
        "tls": {"flows": 0},
    } == document["protocols"]
    assert ([], []) == (document["captures"], document["findings"])


def test_no_packet_no_time() -> None:
    """A capture without packets has no first and no last one."""
    (capture,) = build_document((), Stats(captures=[CaptureStats(path="empty.pcap")]))["captures"]

    assert {"path": "empty.pcap", "packets": 0, "bytes": 0, "first_packet": None, "last_packet": None} == capture


@pytest.mark.parametrize("level", list(Level))
def test_levels(level: Level) -> None:
    """Levels are written as rules write them."""
    (finding,) = build_document([replace(PIN, level=level)], Stats())["findings"]

    assert level.name.lower() == finding["level"]


@pytest.mark.parametrize(
    ("at_ns", "expected"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (NINE_NS + 123_456_789, "2026-05-08T09:00:01.123456Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (2**63 - 1, "2262-04-11T23:47:16.854775Z"),
        (-(2**63), "1677-09-21T00:12:43.145224Z"),
    ],
)
def test_times(at_ns: int, expected: str) -> None:
    """Microseconds in UTC, cut and not rounded, over the whole range of the stamps."""
    assert expected == format_time(at_ns)


def test_hostile_path() -> None:
    """A file's name reaches the report without escapes and lone surrogates."""
    stats = Stats(captures=[CaptureStats(path="a\x1b[2J\udcff\u202e.pcap")])

    path = build_document((), stats)["captures"][0]["path"]

    assert path.isprintable()
    assert path.isascii()
    assert path.startswith("a\\x1b[2J")
