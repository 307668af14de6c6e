"""An entry of the journal: its fields, and that a real socket takes it."""

from __future__ import annotations

import re
import socket
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from monitor.model.opaque import Label
from monitor.sinks.destinations.datagrams import Datagrams, to_local
from monitor.sinks.journal import MESSAGE_IDS, compose_journal_entry
from monitor.sinks.lines import FindingLines, News, Told
from monitor.sinks.sentence import compose_sentence
from tests.unit.sinks.samples import CAMERA, NINE_NS, PIN, busy_stats


def fields(entry: bytes) -> dict[str, list[str]]:
    """An entry as the journal reads it: each line a name and a value."""
    found = defaultdict(list)
    for line in entry.decode().removesuffix("\n").split("\n"):
        name, sign, value = line.partition("=")
        assert sign
        found[name].append(value)
    return dict(found)


def test_an_entry() -> None:
    """A line for people, and what machines look for beside it."""
    told = Told(PIN, News.NEW, NINE_NS)
    assert {
        "MESSAGE": [compose_sentence(told)],
        "PRIORITY": ["2"],
        "MESSAGE_ID": [MESSAGE_IDS[News.NEW]],
        "SYSLOG_IDENTIFIER": ["privacy-monitor"],
        "PRIVACY_MONITOR_FINDING": ["a1b2c3d4"],
        "PRIVACY_MONITOR_NEWS": ["new"],
        "PRIVACY_MONITOR_RULE": ["sip2-patron-pin"],
        "PRIVACY_MONITOR_FAMILY": ["sip2-patron-data"],
        "PRIVACY_MONITOR_LEVEL": ["critical"],
        "PRIVACY_MONITOR_COUNT": ["8120"],
        "PRIVACY_MONITOR_PATRONS": ["840"],
        "PRIVACY_MONITOR_ZONE": ["servers"],
        "PRIVACY_MONITOR_DATA_CLASS": ["credential", "patron_identifier", "name", "circulation"],
    } == fields(compose_journal_entry(told))


def test_no_field_can_be_smuggled_in() -> None:
    """A line break in a rule's title begins no field."""
    title = Label("x\nPRIORITY=0")
    entry = fields(compose_journal_entry(Told(replace(PIN, title=title), News.NEW, NINE_NS)))
    assert ["2"] == entry["PRIORITY"]


def test_ids_of_messages() -> None:
    """Each kind of news has one, in the form that the journal wants."""
    assert set(News) == MESSAGE_IDS.keys()
    assert len(News) == len(set(MESSAGE_IDS.values()))
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in MESSAGE_IDS.values())


def test_a_journal(tmp_path: Path) -> None:
    """A datagram for each finding arrives where the journal listens."""
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(str(path))
        journal.settimeout(30)
        sink = FindingLines("journal", compose_journal_entry, Datagrams("journal", to_local(str(path))))
        sink.receive(PIN)
        sink.receive(CAMERA)
        sink.tick(NINE_NS, busy_stats())
        sink.close()
        rules = [fields(journal.recv(65_536))["PRIVACY_MONITOR_RULE"] for _ in range(2)]

    assert [["sip2-patron-pin"], ["camera-unexpected-destination"]] == rules
