"""Which finding pages: every case there can be, and what the operator decides otherwise."""

from __future__ import annotations

from itertools import product

import pytest

from monitor.config.settings import AlertPolicy, Quiet, Urgency
from monitor.model.opaque import Label
from monitor.sinks.alerts.policy import TABLE, Case, Told, Verdict, digest_day, is_quiet, judge, urgency
from tests.unit.sinks.samples import NINE_NS

CASES = [Case(*one) for one in product(Told, *[(False, True)] * 4)]
HOUR_NS = 3_600 * 10**9
EIGHT_NS = NINE_NS - HOUR_NS


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_pages(case: Case) -> None:
    """Urgent, not heard of as urgent, settled by nobody, after the first look: that pages, and nothing else does."""
    pages = judge(case) is Verdict.PAGE
    is_news = case.is_urgent and not case.was_urgent and case.told is not Told.PAGE
    assert (is_news and not case.is_settled and not case.is_first_look) is pages


@pytest.mark.parametrize("case", [case for case in CASES if case.is_settled])
def test_what_is_settled_is_silent(case: Case) -> None:
    """Whoever looks after it knows of it."""
    assert Verdict.SILENCE is judge(case)


@pytest.mark.parametrize("case", [case for case in CASES if not case.is_settled])
def test_nothing_is_swallowed(case: Case) -> None:
    """What people do not know of, they hear of: at once, or in the digest."""
    if case.told in {Told.NOTHING, Told.ENDED, Told.SILENCE}:
        assert judge(case) in {Verdict.PAGE, Verdict.TICKET}


def test_a_page_that_is_none_any_more() -> None:
    """The operator has decided that it is a ticket."""
    case = Case(told=Told.PAGE, is_urgent=False, was_urgent=True, is_settled=False, is_first_look=False)
    assert Verdict.TICKET is judge(case)


def test_every_line_is_needed() -> None:
    """No line of the table is hidden by those before it."""
    deciding = set()
    for case in CASES:
        known = case._asdict()
        deciding.add(
            next(
                number
                for number, (wanted, _) in enumerate(TABLE)
                if all(known[name] == value for name, value in wanted.items())
            )
        )
    assert set(range(len(TABLE))) == deciding


LOBBY = AlertPolicy(rule="camera-*", zone=Label("lobby"), alert=Urgency.TICKET)
CAMERAS = AlertPolicy(rule="camera-*", zone=Label(""), alert=Urgency.PAGE)
SEARCH = AlertPolicy(rule="http-search-terms", zone=Label(""), alert=Urgency.NEVER)


@pytest.mark.parametrize(
    ("rule", "zone", "pages", "expected"),
    [
        ("camera-attempt", "lobby", False, Urgency.TICKET),
        ("camera-attempt", "hall", False, Urgency.PAGE),
        ("camera-attempt", "", False, Urgency.PAGE),
        ("http-search-terms", "lobby", True, Urgency.NEVER),
        ("http-session-cookie", "lobby", True, Urgency.PAGE),
        ("http-session-cookie", "lobby", False, Urgency.TICKET),
    ],
)
def test_the_first_policy_that_fits(rule: str, zone: str, pages: bool, expected: Urgency) -> None:  # noqa: FBT001
    """The operator's word goes before the rule's, the first one first."""
    assert expected is urgency(rule, zone, (LOBBY, CAMERAS, SEARCH), pages=pages)


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        (None, False),
        (Quiet(8 * 60, 10 * 60), True),
        (Quiet(9 * 60, 10 * 60), True),
        (Quiet(8 * 60, 9 * 60), False),
        (Quiet(20 * 60, 10 * 60), True),
        (Quiet(20 * 60, 8 * 60), False),
        (Quiet(8 * 60, 7 * 60), True),
    ],
)
def test_quiet_hours(quiet: Quiet | None, *, expected: bool) -> None:
    """Their first minute belongs to them, their last does not; they may go over midnight."""
    assert expected is is_quiet(quiet, NINE_NS)


def test_the_day_of_a_digest() -> None:
    """It changes when the digest is due, once a day."""
    assert "2026-05-07" == digest_day(9 * 60 + 1, NINE_NS)
    assert "2026-05-08" == digest_day(9 * 60, NINE_NS)
    days = [digest_day(9 * 60, NINE_NS + hour * HOUR_NS) for hour in range(48)]
    assert ["2026-05-08"] * 24 + ["2026-05-09"] * 24 == days
    assert "2026-05-07" == digest_day(9 * 60, EIGHT_NS)
