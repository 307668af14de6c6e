"""Reading and deciding while the sensor runs, by the beginning of an id."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.errors import StoreError, UsageError
from monitor.model.opaque import Label
from monitor.sinks.store.desk import describe_record, read_all, read_line, read_one, settle
from monitor.sinks.store.life import Decision, State
from tests.unit.sinks.samples import ALL, CAMERA, LOGIN, NINE_NS, PIN
from tests.unit.sinks.store.watching import Watching

ACK = Decision(owner="J. Doe", reason="ticket 4711")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with every sample."""
    place = tmp_path / "findings.db"
    run = Watching(place)
    run.tick(1, *ALL)
    run.end()
    return place


def test_worst_first(path: Path) -> None:
    """Then by count, as in the report."""
    assert ["a1b2c3d4", "11112222", "0badcafe", "33334444"] == [one.entry["id"] for one in read_all(path).records]


def test_the_beginning_of_an_id_will_do(path: Path) -> None:
    """If it is the only one that begins so."""
    assert PIN.id == read_one(path, "a")[0].entry["id"]
    assert PIN.id == read_one(path, PIN.id)[0].entry["id"]
    with pytest.raises(StoreError, match="there is no finding whose id begins with 'f00'"):
        read_one(path, "f00")


def test_more_than_one_begins_so(path: Path) -> None:
    """They are named; a whole id is never ambiguous."""
    run = Watching(path)
    run.tick(1, replace(PIN, id=Label("a1b2c3d4e5")))
    run.end()
    with pytest.raises(UsageError, match="2 ids begin with 'a1', a1b2c3d4, a1b2c3d4e5 for instance; write more of it"):
        read_one(path, "a1")
    assert PIN.id == read_one(path, PIN.id)[0].entry["id"]


def test_a_decision_stands_in_the_record_and_in_its_history(path: Path) -> None:
    """With its owner, its reason, and the time of the clock."""
    record = settle(path, "a1", ACK, NINE_NS)
    assert (State.ACKNOWLEDGED, ACK) == (record.life.state, record.life.decision)
    shown, history = read_one(path, "a1")
    assert record == shown
    assert ("2026-05-08T09:00:01.000000Z", "acknowledged", ACK) == (
        history[-1].at,
        history[-1].cause,
        history[-1].decision,
    )
    described = describe_record(shown)
    assert ("acknowledged", "J. Doe", "ticket 4711", None) == tuple(
        described[name] for name in ("state", "owner", "reason", "until")
    )


def test_nothing_to_decide_on_what_is_resolved(path: Path) -> None:
    """It is not there any more."""
    run = Watching(path)
    run.tick(1, replace(CAMERA, count=1))
    run.tick(1, replace(LOGIN, id=Label("99"), count=1))
    run.tick(20, replace(LOGIN, id=Label("99"), count=0))
    run.end()
    with pytest.raises(UsageError, match="99 is resolved: there is nothing to decide"):
        settle(path, "99", ACK, NINE_NS)


def test_a_sensor_that_writes_does_not_mind(path: Path) -> None:
    """Both write to the same file."""
    run = Watching(path)
    for count in range(1, 20):
        run.see(PIN, count)
        settle(path, PIN.id, replace(ACK, reason=f"ticket {count}"), NINE_NS)
    run.end()
    record = run.record(PIN)
    assert (PIN.count + 19, "ticket 19") == (
        record.entry["count"],
        record.life.decision and record.life.decision.reason,
    )
    assert 0 == run.store.figures.limits["store.failed"]


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "\x1b[31mred", "\u202eturned", "x" * 65, "nul\0"])
def test_a_line_is_one_line(text: str) -> None:
    """Nothing that a terminal or a table would obey."""
    with pytest.raises(UsageError, match="the owner is one line of at most 64 characters"):
        read_line(text, "owner", 64)


def test_a_line_is_kept_as_it_is_written() -> None:
    """In one spelling, without what stands around it."""
    assert "Jörg D." == read_line("  Jo\u0308rg D. ", "owner", 64)
