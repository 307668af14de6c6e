"""The table and the page for people: nothing wider than the terminal, nothing that a terminal would obey."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model.opaque import Label
from monitor.sinks.report.text import Appearance, draw, print_page
from monitor.sinks.store.desk import read_all, read_one, settle
from monitor.sinks.store.life import Decision
from monitor.sinks.store.page import compose_list, compose_one, list_plainly
from tests.unit.sinks.samples import ALL, CAMERA, NINE_NS, PIN
from tests.unit.sinks.store.watching import Watching

EVIL = Label("a\x1b[31m\u202ename\nwith\x07signs")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with every sample, one of them excepted, and one with a wicked name."""
    place = tmp_path / "findings.db"
    run = Watching(place)
    run.tick(1, *ALL)
    run.tick(1, replace(CAMERA, id=Label("bad"), title=EVIL, about=replace(CAMERA.about, asset=EVIL)))
    run.end()
    settle(place, PIN.id, Decision(owner="J. Doe", reason="the update comes in March", until="2027-03-31"), NINE_NS)
    return place


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_the_table_fits(path: Path, width: int) -> None:
    """Long texts go on below; every finding is there."""
    listing = read_all(path)
    text = draw(lambda _: compose_list(listing.records, {}, width), Appearance(width=width))
    assert max(map(len, text.splitlines())) <= width
    assert all(record.entry["id"] in text for record in listing.records)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_table_for_programs(path: Path) -> None:
    """A line for each finding, whole, in columns."""
    lines = list_plainly(read_all(path).records).splitlines()
    assert 1 + len(ALL) + 1 == len(lines)
    assert lines[0].split() == ["id", "level", "state", "count", "last", "seen", "about", "finding"]
    assert "a1b2c3d4  critical       excepted until 2027-03-31  8,120  2026-05-08 17:02  10.1.0.10:6001/tcp" in lines[1]
    assert lines[1].endswith(PIN.title)
    assert all(one.isprintable() for one in lines)
    assert ["id  level  state  count  last seen  about  finding"] == list_plainly([]).splitlines()


def test_what_limits_have_cost_is_said(path: Path) -> None:
    """Below the table."""
    limits = {"removed_for_room": 1, "refused_for_room": 20}
    text = draw(lambda _: compose_list(read_all(path).records, limits, 100), Appearance(width=100))
    assert "1 resolved finding was removed because the database is as large as it may be" in text
    assert "20 new findings were not kept because" in text
    assert "No findings." in draw(lambda _: compose_list([], {}, 100), Appearance(width=100))


@pytest.mark.parametrize("width", [40, 80, 120])
def test_one_finding_is_the_reports_with_its_life(path: Path, width: int) -> None:
    """What to do, who takes part, what was decided, and what became of it; no frames, which nobody can look up."""
    text = print_page(lambda _: compose_one(*read_one(path, PIN.id)), Appearance(width=width))
    words = " ".join(text.split())
    assert max(map(len, text.splitlines())) <= width
    for piece in (
        "CRITICAL",
        "What to do",
        "8,120 messages",
        "State excepted until 2027-03-31",
        "Decided by J. Doe",
        "Because the update comes in March",
        "open (seen)",
    ):
        assert piece in words
    assert "frame" not in words


def test_how_long_it_is_silent(tmp_path: Path) -> None:
    """While it stands."""
    run = Watching(tmp_path / "f.db")
    run.see(PIN, 1)
    run.days(2.1, [PIN])
    record, history = read_one(run.path, PIN.id)
    run.end()
    text = print_page(lambda _: compose_one(record, history), Appearance(width=100))
    assert "Silent      1 day, though its place was seen" in text


def test_wicked_names_are_made_legible(path: Path) -> None:
    """On the page as well."""
    text = print_page(lambda _: compose_one(*read_one(path, "bad")), Appearance(width=100))
    assert all(one.isprintable() for one in text.splitlines())
    assert "with?signs" in text
