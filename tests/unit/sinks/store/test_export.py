"""JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from monitor.model.opaque import Label
from monitor.sinks.report.document import describe_finding
from monitor.sinks.store.desk import read_all, read_one, settle
from monitor.sinks.store.export import one_to_json, to_csv, to_json
from monitor.sinks.store.life import Decision
from tests.unit.sinks.samples import ALL, CAMERA, NINE_NS, PIN
from tests.unit.sinks.store.watching import Watching


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with every sample, one of them excepted."""
    place = tmp_path / "findings.db"
    run = Watching(place)
    run.tick(1, *ALL)
    run.end()
    settle(place, PIN.id, Decision(owner="J. Doe", reason='=cmd|"/c calc"!A1', until="2027-03-31"), NINE_NS)
    return place


def test_json_is_the_report_and_more(path: Path) -> None:
    """Whoever reads the report's findings reads these; all in ASCII."""
    listing = read_all(path)
    text = to_json(listing.records, {"removed_for_room": 3})
    document = json.loads(text)
    assert text.isascii()
    assert ("privacy-monitor/findings/1", {"removed_for_room": 3}) == (document["schema"], document["limits"])
    first = document["findings"][0]
    assert describe_finding(PIN).items() <= first.items()
    assert ("excepted", 0, "J. Doe", "2027-03-31") == tuple(
        first[name] for name in ("state", "quiet_days", "owner", "until")
    )
    assert {"open"} == {one["state"] for one in document["findings"][1:]}


def test_one_with_its_history(path: Path) -> None:
    """Oldest first."""
    document = json.loads(one_to_json(*read_one(path, PIN.id)))
    assert [("open", "seen", None), ("excepted", "excepted", "2027-03-31")] == [
        (one["state"], one["cause"], one["until"]) for one in document["history"]
    ]


def test_a_line_for_each(path: Path) -> None:
    """What a spreadsheet would take for a formula is text; nothing is missing."""
    rows = list(csv.DictReader(StringIO(to_csv(read_all(path)), newline="")))
    assert len(ALL) == len(rows)
    first = rows[0]
    assert (PIN.id, "critical", "10.1.0.10", "6001", "8120") == tuple(
        first[name] for name in ("id", "level", "about_address", "about_port", "count")
    )
    assert "credential; patron_identifier; name; circulation" == first["data_classes"]
    assert '\'=cmd|"/c calc"!A1' == first["reason"]
    assert ("", "open") == (rows[1]["owner"], rows[1]["state"])


@pytest.mark.parametrize("sign", "=+-@\t\r")
def test_formulas_of_strangers_are_text(tmp_path: Path, sign: str) -> None:
    """A host may be called anything."""
    run = Watching(tmp_path / "f.db")
    run.tick(1, replace(CAMERA, about=replace(CAMERA.about, name=Label(f"{sign}1+1"))))
    run.end()
    assert f"'{sign}1+1" == next(csv.DictReader(StringIO(to_csv(read_all(run.path)), newline="")))["about_name"]
