"""The sink as a whole: findings through days, runs, kills and clocks that are set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config.settings import Config, StoreSettings
from monitor.errors import UsageError
from monitor.model.opaque import Label
from monitor.sinks.store import sink
from monitor.sinks.store.desk import read_all, settle
from monitor.sinks.store.life import Decision
from monitor.sinks.store.sink import AT_ONCE
from tests.unit.sinks.samples import ALL, CAMERA, LOGIN, NINE_NS, PIN, peer
from tests.unit.sinks.store.watching import DAY_SECONDS, SECOND_NS, Watching

YEAR_SECONDS = 365 * DAY_SECONDS


@pytest.fixture(autouse=True)
def _seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """Months pass in these tests, so what is idle is written once an hour and not once a minute."""
    monkeypatch.setattr(sink, "IDLE_NS", 3_600 * SECOND_NS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database is."""
    return tmp_path / "findings.db"


def test_a_new_finding_is_written_with_its_tick(path: Path) -> None:
    """Nobody waits for it."""
    run = Watching(path)
    run.tick(1, PIN)
    assert {PIN.id: "open"} == run.states()
    assert [("open", "seen")] == [(one.state.value, one.cause) for one in run.history(PIN)]
    run.end()


def test_changes_wait_a_few_seconds(path: Path) -> None:
    """So that a busy service does not write every second for years."""
    run = Watching(path)
    run.tick(1, PIN)
    for second in range(9):
        run.tick(1, replace(PIN, count=PIN.count + second + 1))
    assert PIN.count == run.record(PIN).entry["count"]
    run.tick(1)
    assert PIN.count + 9 == run.record(PIN).entry["count"]
    run.end()


def test_the_end_writes_what_is_left(path: Path) -> None:
    """And leaves one file, its log folded in."""
    run = Watching(path)
    run.tick(1, PIN)
    run.tick(1, replace(PIN, count=PIN.count + 1))
    run.end()
    assert PIN.count + 1 == run.record(PIN).entry["count"]
    assert {"findings.db", "findings.db-sensor"} == {one.name for one in path.parent.iterdir()}


def test_a_finding_told_at_the_end_only(path: Path) -> None:
    """A run too short for a tick keeps what it found."""
    run = Watching(path)
    for finding in ALL:
        run.store.receive(finding)
    run.end()
    assert {one.id for one in ALL} == set(run.states())


@pytest.mark.parametrize("ending", [Watching.end, Watching.die])
def test_runs_add_up(path: Path, ending: object) -> None:
    """However they end, the next one begins where they were; the same state told twice counts once."""
    for count in (3, 5, 7):
        run = Watching(path)
        run.see(PIN, count - 1)
        run.see(PIN, count)
        run.see(PIN, count)
        ending(run)  # type: ignore[operator]
    assert 15 == run.record(PIN).entry["count"]
    assert {"AA": 3 * 8_120}.items() <= run.record(PIN).entry["fields"].items()
    assert 1 == len(read_all(path).records)


def test_a_week_without_it_resolves_it_and_the_next_sighting_opens_it_again(path: Path) -> None:
    """The whole life, day by day."""
    run = Watching(path)
    run.see(PIN, 1)
    assert {PIN.id: "open"} == run.states()
    run.days(1)
    run.see(PIN, 2)
    assert {PIN.id: "ongoing"} == run.states()
    run.days(7, [PIN])
    assert {PIN.id: "ongoing"} == run.states()
    run.days(1.1, [PIN])
    assert {PIN.id: "resolved"} == run.states()
    run.see(PIN, 3)
    assert {PIN.id: "reopened"} == run.states()
    assert ["open", "ongoing", "resolved", "reopened"] == [one.state.value for one in run.history(PIN)]
    assert run.record(PIN).entry["first_seen"] < run.history(PIN)[-1].at
    run.end()


def test_a_dead_mirror_resolves_nothing(path: Path) -> None:
    """Nor does one that shows other places."""
    run = Watching(path)
    run.see(PIN, 1)
    run.see(LOGIN, 1)
    run.days(30, [LOGIN])
    assert {PIN.id: "open", LOGIN.id: "resolved"} == run.states()
    run.end()


def test_days_go_on_over_runs(path: Path) -> None:
    """A sensor that is started every day resolves as well, and the first run's findings are asked about."""
    run = Watching(path)
    run.see(PIN, 1)
    for _ in range(9):
        run.end()
        run = Watching(path, at_ns=run.at_ns + 5 * DAY_SECONDS * SECOND_NS)
        run.days(1, [PIN])
    assert {PIN.id: "resolved"} == run.states()
    run.end()


def test_nothing_ages_while_nobody_listens(path: Path) -> None:
    """After two years without a sensor, everything is as it was."""
    run = Watching(path)
    run.see(PIN, 1)
    run.end()
    run = Watching(path, at_ns=NINE_NS + 2 * YEAR_SECONDS * SECOND_NS)
    run.days(0.5, [PIN])
    assert ({PIN.id: "open"}, 0) == (run.states(), run.record(PIN).life.quiet_days)
    run.end()


@pytest.mark.parametrize("years", [1, -1, 50])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_is_set_by_years_changes_nothing(path: Path, years: int, *, restarted: bool) -> None:
    """Forth and back, within a run and between runs: nothing is resolved, removed, or over."""
    run = Watching(path, settings=StoreSettings(retention_days=30))
    run.see(PIN, 1)
    run.see(LOGIN, 1)
    settle(path, LOGIN.id, Decision(owner="J. Doe", reason="March", until="2026-12-31"), run.at_ns)
    run.days(1, [PIN])
    before = run.states(), run.record(PIN).life.quiet_days
    for jump in (years, -years):
        if restarted:
            run.end()
            run = Watching(
                path,
                at_ns=run.at_ns + jump * YEAR_SECONDS * SECOND_NS,
                settings=StoreSettings(retention_days=30),
            )
        else:
            run.tick(jump * YEAR_SECONDS)
        run.days(0.4, [PIN])
    assert before == (run.states(), run.record(PIN).life.quiet_days)
    assert {PIN.id: "open", LOGIN.id: "excepted"} == run.states()
    run.end()


def test_an_exception_ends_on_its_day(path: Path) -> None:
    """By itself, and says so."""
    run = Watching(path)
    run.see(PIN, 1)
    settle(path, PIN.id, Decision(owner="J. Doe", reason="soon", until="2026-05-09"), run.at_ns)
    run.days(1.5, [PIN])
    assert {PIN.id: "excepted"} == run.states()
    run.days(0.5, [PIN])
    assert ({PIN.id: "open"}, None) == (run.states(), run.record(PIN).life.decision)
    assert "the exception is over" == run.history(PIN)[-1].cause
    run.end()


def test_decisions_made_while_it_runs_are_kept(path: Path) -> None:
    """The sensor writes counts and not what people wrote."""
    run = Watching(path)
    run.see(PIN, 1)
    settle(path, PIN.id, Decision(owner="J. Doe", reason="ticket 4711"), run.at_ns)
    run.see(PIN, 2)
    run.days(2)
    run.see(PIN, 3)
    record = run.record(PIN)
    assert ("acknowledged", 3) == (record.life.state.value, record.entry["count"])
    run.end()


def test_a_connection_that_lasts_is_no_silence(path: Path) -> None:
    """A camera holds one connection for months: it counts once, and goes on."""
    run = Watching(path)
    run.see(CAMERA, 1)
    run.days(20, [CAMERA], other=("203.0.113.7", 443))
    assert ({CAMERA.id: "ongoing"}, 1) == (run.states(), run.record(CAMERA).entry["count"])
    run.days(9, [CAMERA], other=("203.0.113.7", 53))
    assert {CAMERA.id: "resolved"} == run.states()
    run.end()


def test_of_a_later_run_it_is_not_asked(path: Path) -> None:
    """The operator may have named the connection as expected meanwhile."""
    run = Watching(path)
    run.see(CAMERA, 1)
    run.end()
    run = Watching(path)
    run.days(9, [CAMERA], other=("203.0.113.7", 443))
    assert {CAMERA.id: "resolved"} == run.states()
    run.end()


def test_a_device_with_more_peers_than_are_listed(path: Path) -> None:
    """Nobody knows all of them, so any packet of the device may be one of it."""
    run = Watching(path)
    run.see(replace(CAMERA, peers=(peer("203.0.113.9", 1),), peers_total=2), 1)
    run.days(9, [CAMERA])
    assert {CAMERA.id: "ongoing"} == run.states()
    run.end()


def test_what_no_longer_stands_is_resolved(path: Path) -> None:
    """All of it counts in a worse finding; unless earlier runs have seen it, too."""
    run = Watching(path)
    run.see(CAMERA, 1)
    run.see(CAMERA, 0)
    assert {CAMERA.id: "resolved"} == run.states()
    run.see(CAMERA, 2)
    assert {CAMERA.id: "reopened"} == run.states()
    run.end()

    run = Watching(path)
    run.see(CAMERA, 1)
    run.see(CAMERA, 0)
    assert ({CAMERA.id: "reopened"}, 2) == (run.states(), run.record(CAMERA).entry["count"])
    run.end()


def test_what_no_longer_stands_does_not_go_on(path: Path) -> None:
    """Its last packets may have been seen in the same minute."""
    run = Watching(path)
    run.see(CAMERA, 1)
    run.show(CAMERA, other=("203.0.113.7", 443))
    run.see(CAMERA, 0)
    assert {CAMERA.id: "resolved"} == run.states()
    run.end()


def test_what_was_seen_while_the_disk_failed_was_not_silent(path: Path) -> None:
    """Days without a database end behind everything that was seen on them, however many findings that were."""
    many = [replace(PIN, id=Label(f"{number:010x}"), count=1) for number in range(AT_ONCE + 50)]
    run = Watching(path)
    run.tick(1, *many)
    run.days(7.5, [PIN])
    run.show(PIN, other=("192.0.2.1", 443))
    run.tick(3_600)
    assert {6} == {record.life.quiet_days for record in read_all(path).records}
    away = path.rename(path.with_name("elsewhere.db"))
    path.write_bytes(b"minutes of the board")
    run.days(0.2)
    run.tick(15, *[replace(one, count=2) for one in many])
    run.days(1)
    away.replace(path)
    for _ in range(3):
        run.tick(15)
    run.end()
    assert {"ongoing"} == set(run.states().values())
    assert {2} == {record.entry["count"] for record in read_all(path).records}


def test_what_never_stood_is_not_kept(path: Path) -> None:
    """It came and went between two writes."""
    run = Watching(path)
    run.tick(1, replace(CAMERA, count=0))
    run.end()
    assert {} == run.states()


def test_what_is_old_is_removed(path: Path) -> None:
    """In whatever state, but for exceptions that hold."""
    run = Watching(path, settings=StoreSettings(retention_days=3))
    for finding in (PIN, LOGIN):
        run.see(finding, 1)
    settle(path, LOGIN.id, Decision(owner="J. Doe", reason="March", until="2027-03-31"), run.at_ns)
    run.days(2.9)
    assert 2 == len(run.states())
    run.days(0.2)
    assert {LOGIN.id: "excepted"} == run.states()
    run.end()


def test_many_findings_are_written_in_turns(path: Path) -> None:
    """A scan makes thousands: none is lost, and time passes only when all are in."""
    run = Watching(path)
    many = [replace(PIN, id=Label(f"{number:010x}")) for number in range(2 * AT_ONCE + 5)]
    run.tick(1, *many)
    assert AT_ONCE == len(run.states())
    run.tick(1)
    run.tick(1)
    assert len(many) == len(run.states())
    run.end()


def test_when_there_is_no_room_resolved_findings_go_and_then_new_ones_are_not_kept(path: Path) -> None:
    """What stands is never removed. What it costs is counted, in the run and in the database."""
    run = Watching(path, settings=StoreSettings(max_mb=1))
    many = [replace(PIN, id=Label(f"{number:010x}"), count=1) for number in range(900)]
    run.tick(1, *many[:100])
    for finding in many[:50]:
        run.tick(0, replace(finding, count=0))
    run.tick(15)
    for first in range(100, 900, 100):
        run.tick(1, *many[first : first + 100])
        run.tick(1)
    states = list(run.states().values())
    limits = read_all(path).limits
    run.end()

    assert 50 <= states.count("open") < 900
    assert 0 == states.count("resolved")
    assert {"removed_for_room": 50, "refused_for_room": 900 - 50 - states.count("open")} == limits
    assert limits == {
        "removed_for_room": run.store.figures.limits["store.removed"],
        "refused_for_room": run.store.figures.limits["store.refused"],
    }
    assert run.store.figures.limits["store.refused"] == run.store.figures.dropped
    assert path.stat().st_size < 1_000_000


def test_our_own_figures(path: Path) -> None:
    """How many states of findings were written."""
    run = Watching(path)
    run.tick(1, *ALL)
    assert (len(ALL), 0, False) == (
        run.store.figures.delivered,
        run.store.figures.dropped,
        run.store.figures.failing,
    )
    assert {} == dict(run.stats.limits)
    run.end()


def test_two_sensors_are_refused(path: Path) -> None:
    """Each would take the other for an earlier run. When the first is over, the second may."""
    run = Watching(path)
    with pytest.raises(UsageError, match=r"findings\.db: another sensor keeps its findings there already"):
        Watching(path)
    run.end()
    Watching(path).end()


def test_other_days_hold_when_they_are_put_in_place(tmp_path: Path) -> None:
    """A configuration that is read again changes what is kept, and not where."""
    run = Watching(tmp_path / "findings.db")
    run.tick(60, PIN)
    run.store.renew(Config(store=StoreSettings(path=tmp_path / "other.db", resolve_after_days=1)))()
    run.days(2.1, [PIN])
    run.end()

    assert ["resolved"] == [one.life.state.value for one in read_all(tmp_path / "findings.db").records]
    assert not (tmp_path / "other.db").exists()
