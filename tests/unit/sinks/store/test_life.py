"""The life of a finding: every state with everything that can happen, and the days it is counted in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.sinks.store.life import (
    DAY_NS,
    Cause,
    Decision,
    Life,
    State,
    Step,
    begin,
    decide,
    end_day,
    expire,
    see,
    withdraw,
)

ACK = Decision(owner="J. Doe", reason="ticket 4711")
UNTIL = Decision(owner="J. Doe", reason="the update comes in March", until="2027-03-31")
NOW_NS = 100 * DAY_NS
ALL = tuple(State)
STANDING = tuple(state for state in State if state is not State.RESOLVED)


def life(state: State, *, age_days: int = 50, decision: Decision | None = None) -> Life:
    """A finding that was opened so many days ago and seen an hour ago."""
    if decision is None:
        decision = {State.ACKNOWLEDGED: ACK, State.EXCEPTED: UNTIL}.get(state)
    opened_ns = NOW_NS - age_days * DAY_NS
    return Life(state=state, since_ns=opened_ns, seen_ns=NOW_NS - DAY_NS // 24, decision=decision)


def turned(step: Step) -> tuple[State, Cause | None]:
    """What came of it."""
    return step[0].state, step[1]


def quiet(state: State, days: int) -> Life:
    """A finding whose last day of so many without it is about to end."""
    return replace(life(state), seen_ns=NOW_NS - 20 * DAY_NS, quiet_days=days - 1, shown=True)


def test_a_new_finding_is_open() -> None:
    """It begins with being seen."""
    begun, cause = begin(NOW_NS)
    assert (State.OPEN, Cause.SEEN, NOW_NS, NOW_NS) == (begun.state, cause, begun.since_ns, begun.seen_ns)
    assert begun.stands


@pytest.mark.parametrize(
    ("state", "after_a_day", "cause"),
    [
        (State.OPEN, State.ONGOING, Cause.SEEN_ON),
        (State.ONGOING, State.ONGOING, None),
        (State.REOPENED, State.ONGOING, Cause.SEEN_ON),
        (State.ACKNOWLEDGED, State.ACKNOWLEDGED, None),
        (State.EXCEPTED, State.EXCEPTED, None),
        (State.RESOLVED, State.REOPENED, Cause.SEEN),
    ],
)
def test_seen_again(state: State, after_a_day: State, cause: Cause | None) -> None:
    """What stands goes on after its first day; what was resolved is open again; decisions stay."""
    assert (after_a_day, cause) == turned(see(life(state), NOW_NS))
    within, _ = see(life(state, age_days=0), NOW_NS)
    assert (State.REOPENED if state is State.RESOLVED else state) == within.state
    assert (NOW_NS, 0, False) == (within.seen_ns, within.quiet_days, within.shown)


@pytest.mark.parametrize("state", ALL)
def test_enough_days_without_it(state: State) -> None:
    """Seven days on which its place was seen resolve whatever stands; six do not."""
    almost, no_cause = end_day(quiet(state, 6), NOW_NS, 7)
    assert (state, None, 6) == (almost.state, no_cause, almost.quiet_days)
    expected = Cause.SILENT if state in STANDING else None
    assert (State.RESOLVED, expected) == turned(end_day(quiet(state, 7), NOW_NS, 7))


def test_a_day_on_which_its_place_was_not_seen_does_not_count() -> None:
    """The silence of a dead mirror resolves nothing, however long it lasts."""
    now = replace(quiet(State.ONGOING, 7), shown=False)
    for day in range(1_000):
        now, cause = end_day(now, NOW_NS + day * DAY_NS, 7)
        assert (None, 6) == (cause, now.quiet_days)


def test_a_day_on_which_it_was_seen_does_not_count() -> None:
    """Not even when its place was seen without it later that day."""
    seen, _ = see(life(State.ONGOING), NOW_NS + DAY_NS // 2)
    ended, _ = end_day(replace(seen, shown=True), NOW_NS + DAY_NS, 7)
    assert (0, False) == (ended.quiet_days, ended.shown)
    ended, _ = end_day(replace(ended, shown=True), NOW_NS + 2 * DAY_NS, 7)
    assert 1 == ended.quiet_days


def test_days_count_from_the_last_time_it_was_seen() -> None:
    """Being seen begins anew."""
    seen, _ = see(quiet(State.ONGOING, 7), NOW_NS)
    assert 0 == seen.quiet_days


@pytest.mark.parametrize("state", ALL)
def test_withdrawn(state: State) -> None:
    """Nothing is left of it."""
    assert (State.RESOLVED, Cause.WITHDRAWN if state in STANDING else None) == turned(withdraw(life(state), NOW_NS))


@pytest.mark.parametrize("state", STANDING)
def test_decided(state: State) -> None:
    """Whatever stands can be acknowledged or excepted, and decided anew."""
    acknowledged, cause = decide(life(state), ACK, NOW_NS)
    assert (State.ACKNOWLEDGED, ACK, Cause.ACKNOWLEDGED) == (acknowledged.state, acknowledged.decision, cause)
    excepted, cause = decide(life(state), UNTIL, NOW_NS)
    assert (State.EXCEPTED, UNTIL, Cause.EXCEPTED) == (excepted.state, excepted.decision, cause)
    assert life(state).since_ns == excepted.since_ns


@pytest.mark.parametrize("decision", [ACK, UNTIL])
def test_nothing_to_decide(decision: Decision) -> None:
    """What is resolved is left alone."""
    assert (life(State.RESOLVED), None) == decide(life(State.RESOLVED), decision, NOW_NS)


def test_an_exception_is_over_after_its_last_day() -> None:
    """Then it is open, as if new, and nobody's."""
    for today in ("2026-01-01", "2027-03-31"):
        assert (life(State.EXCEPTED), None) == expire(life(State.EXCEPTED), today, NOW_NS)
    opened, cause = expire(life(State.EXCEPTED), "2027-04-01", NOW_NS)
    assert (State.OPEN, Cause.EXPIRED, None, NOW_NS) == (opened.state, cause, opened.decision, opened.since_ns)


@pytest.mark.parametrize("state", [state for state in ALL if state is not State.EXCEPTED])
def test_only_exceptions_end_on_a_date(state: State) -> None:
    """No date does anything to the others."""
    assert (life(state), None) == expire(life(state), "9999-12-31", NOW_NS)


def test_an_exception_outlives_being_resolved() -> None:
    """What comes back while it holds is excepted at once; afterwards it is reopened."""
    resolved, _ = end_day(quiet(State.EXCEPTED, 7), NOW_NS, 7)
    assert (State.RESOLVED, UNTIL) == (resolved.state, resolved.decision)
    back, cause = see(resolved, NOW_NS)
    assert (State.EXCEPTED, UNTIL, Cause.SEEN_EXCEPTED) == (back.state, back.decision, cause)

    over, cause = expire(resolved, "2027-04-01", NOW_NS)
    assert (State.RESOLVED, None, Cause.EXPIRED) == (over.state, over.decision, cause)
    assert (State.REOPENED, Cause.SEEN) == turned(see(over, NOW_NS))


def test_an_acknowledgment_ends_with_being_resolved() -> None:
    """If it comes back, the fix did not hold: that is news."""
    resolved, _ = end_day(quiet(State.ACKNOWLEDGED, 7), NOW_NS, 7)
    assert (State.RESOLVED, None) == (resolved.state, resolved.decision)
    back, cause = see(resolved, NOW_NS)
    assert (State.REOPENED, None, Cause.SEEN, NOW_NS) == (back.state, back.decision, cause, back.since_ns)
