"""The shape of Suricata's EVE: what its readers need, and nothing that may not be shown."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from monitor.build import name_events
from monitor.config.shipped import shipped
from monitor.detect.loading import load_rules
from monitor.model.data import Level
from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.model.stats import SinkStats
from monitor.protocols.registry import specs
from monitor.sinks.eve import GENERATOR_ID, compose_eve, compose_figures, eve_time, signature_id
from monitor.sinks.lines import News, Told
from monitor.sinks.report.document import describe_finding
from tests.unit.sinks.samples import CAMERA, FIVE_NS, NINE_NS, PIN, busy_stats

NOTHING = Label("")


def eve(finding: Finding, news: News = News.NEW) -> dict[str, Any]:
    """A line, as a reader of JSON has it."""
    line = compose_eve(Told(finding, news, FIVE_NS))
    assert line.isascii()
    assert line.endswith(b"\n")
    assert 1 == line.count(b"\n")
    read: dict[str, Any] = json.loads(line)
    return read


def test_a_service() -> None:
    """It is the destination, and the worst of those who use it the source."""
    document = eve(PIN)
    privacy = document.pop("privacy")

    assert {
        "timestamp": "2026-05-08T17:02:11.000000+0000",
        "event_type": "alert",
        "src_ip": "10.30.0.11",
        "dest_ip": "10.1.0.10",
        "dest_port": 6001,
        "proto": "TCP",
        "app_proto": "sip2",
        "alert": {
            "action": "allowed",
            "gid": GENERATOR_ID,
            "signature_id": 0x5F0C3F0E,
            "rev": 1,
            "signature": "Self-checks send patron PINs without encryption",
            "category": "Potential Corporate Privacy Violation",
            "severity": 1,
            "metadata": {
                "rule": ["sip2-patron-pin"],
                "family": ["sip2-patron-data"],
                "level": ["critical"],
                "data_class": ["credential", "patron_identifier", "name", "circulation"],
            },
        },
    } == document
    assert {"news": "new", **describe_finding(PIN)} == privacy


def test_a_device() -> None:
    """It is the source."""
    document = eve(CAMERA, News.GONE)
    ends = {key: document.get(key) for key in ("src_ip", "src_port", "dest_ip", "dest_port")}

    assert {"src_ip": "10.40.0.21", "src_port": None, "dest_ip": "203.0.113.7", "dest_port": 443} == ends
    assert "gone" == document["privacy"]["news"]


@pytest.mark.parametrize("finding", [PIN, CAMERA])
def test_what_may_not_be_shown_is_not_there(finding: Finding) -> None:
    """An end in a zone for the public has no address, and nothing stands in its place."""
    hidden = replace(finding.peers[0], address=NOTHING, name=NOTHING, zone=Label("patron-wifi"))
    document = eve(
        replace(finding, about=replace(finding.about, address=NOTHING, name=NOTHING), peers=(hidden,), peers_total=1)
    )

    assert [] == re.findall(r"\d+\.\d+\.\d+\.\d+", json.dumps(document))
    assert set() == document.keys() & {"src_ip", "src_port", "dest_ip", "dest_port", "flow_id", "community_id"}
    assert "src_ip" not in eve(replace(PIN, peers=(), peers_total=0))


def test_severities() -> None:
    """Four of them, 1 the worst."""
    assert [4, 4, 3, 2, 1] == [eve(replace(PIN, level=level))["alert"]["severity"] for level in sorted(Level)]


def test_every_rule_has_a_number_of_its_own() -> None:
    """It follows from the rule's id, never changes, and fits into 31 bits."""
    ids = [str(rule.id) for rule in load_rules([shipped()], name_events(specs())).rules]
    numbers = {signature_id(one) for one in ids}

    assert len(ids) == len(numbers) > 5
    assert all(0 < number < 2**31 for number in numbers)
    assert 0x7FFF_FFFF == signature_id("ffffffff-0000-4000-8000-000000000000")


def test_times() -> None:
    """In UTC, with a zone without a colon."""
    assert "2026-05-08T09:00:01.000001+0000" == eve_time(NINE_NS + 1_999)


def test_figures() -> None:
    """Where readers of Suricata's look for packets and drops; limits, faults and sinks beside them."""
    stats = busy_stats()
    stats.captures[0].arrived, stats.captures[0].dropped = 1_000, 10
    stats.sinks = {"eve": SinkStats(), "syslog": SinkStats(failing=True)}
    stats.limits["flow.table"] = 3
    document = json.loads(compose_figures(NINE_NS, stats))

    assert ("2026-05-08T09:00:01.000000+0000", "stats") == (document["timestamp"], document["event_type"])
    assert {"kernel_packets": 1_000, "kernel_drops": 10} == document["stats"]["capture"]
    assert stats.coverage.packets == document["stats"]["decoder"]["pkts"]
    assert (["syslog"], 3) == (document["privacy"]["sinks_failing"], document["privacy"]["limits"]["flow.table"])
