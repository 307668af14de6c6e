"""Runs add up: nothing counts twice, and patrons are counted at least as few times as they may be the same."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.sinks.report.document import describe_finding
from monitor.sinks.store.account import LISTED_PEERS, Account, Entry, add_accounts, open_account, replace_entry
from tests.unit.sinks.samples import FIVE_NS, NINE_NS, PIN, kiosks, peer

DAY_NS = 86_400 * 10**9


def entry(finding: Finding = PIN, **changes: object) -> Entry:
    """A finding as reports say it."""
    return describe_finding(replace(finding, **changes))  # type: ignore[arg-type]


def accounts(*entries: Entry) -> Account:
    """Runs with one state each, added up."""
    return reduce(add_accounts, map(open_account, entries))


def on(day: int, subjects: int, *, days: int = 1) -> Entry:
    """A run of so many days that saw so many patrons."""
    first_ns = NINE_NS + day * DAY_NS
    last_ns = FIVE_NS + (day + days - 1) * DAY_NS
    return entry(first_seen_ns=first_ns, last_seen_ns=last_ns, subjects=subjects)


def test_counts_and_fields_are_added() -> None:
    """And what one run did not have is taken from the other."""
    other = entry(count=5, fields={Label("AD"): 1, Label("AO"): 2}, vlan=(9, 31))
    both = accounts(entry(), other).entry
    assert PIN.count + 5 == both["count"]
    assert {"AA": 8_120, "AD": 4_061, "AE": 4_060, "AO": 2, "AU": 2_210, "patron_status": 4_060} == both["fields"]
    assert list(both["fields"]) == sorted(both["fields"])
    assert [9, 30, 31] == both["vlan"]


def test_words_are_those_of_the_later_run() -> None:
    """Rules are corrected; the first sighting stays that of the first run."""
    later = entry(title=Label("better words"), first_seen_ns=FIVE_NS, last_seen_ns=FIVE_NS + 5)
    both = accounts(entry(), later).entry
    assert "better words" == both["title"]
    assert (entry()["first_seen"], later["last_seen"]) == (both["first_seen"], both["last_seen"])
    assert later["evidence"] == both["evidence"]


def test_a_wrong_clock_does_not_last() -> None:
    """Whatever a run's clock said, the next run that sees it says when it was seen last."""
    wrong = entry(first_seen_ns=0, last_seen_ns=1)
    assert entry()["last_seen"] == accounts(entry(), wrong, entry()).entry["last_seen"]
    assert entry()["first_seen"] == accounts(entry(), wrong).entry["first_seen"]


def test_a_run_in_which_nothing_is_left_adds_nothing() -> None:
    """All of it counts in a worse finding there."""
    nothing = entry(count=0, subjects=7)
    assert open_account(entry()) == accounts(entry(), nothing)
    assert open_account(entry()) == accounts(nothing, entry())


def test_peers_are_added_and_the_largest_are_listed() -> None:
    """A kiosk is one peer in all runs; how many there are is a lower bound."""
    one = entry(peers=kiosks(3), peers_total=3)
    two = entry(peers=(peer("10.30.0.99", 9_000), *kiosks(2)), peers_total=3)
    both = accounts(one, two).entry
    assert [("10.30.0.99", 9_000), ("10.30.0.11", 2_480), ("10.30.0.12", 2_340), ("10.30.0.13", 1_100)] == [
        (one["address"], one["count"]) for one in both["peers"]
    ]
    assert 4 == both["peers_total"]

    many = entry(peers=tuple(peer(f"10.30.1.{n}", n) for n in range(1, 51)), peers_total=80)
    more = accounts(many, entry(peers=tuple(peer(f"10.30.2.{n}", n) for n in range(1, 51)), peers_total=50)).entry
    assert (LISTED_PEERS, 100, 50) == (len(more["peers"]), more["peers_total"], more["peers"][0]["count"])


@pytest.mark.parametrize(
    ("runs", "subjects", "limited"),
    [
        ([on(0, 30), on(1, 20)], 50, False),
        ([on(0, 30), on(0, 20)], 30, True),
        ([on(0, 30), on(0, 20), on(0, 40)], 40, True),
        ([on(0, 30), on(0, 20), on(1, 7)], 37, True),
        ([on(0, 0), on(0, 20)], 20, False),
        ([on(5, 30), on(0, 20)], 30, True),
    ],
)
def test_patrons_of_a_day_that_runs_share_may_be_the_same(runs: list[Entry], subjects: int, *, limited: bool) -> None:
    """Days of their own are added; of a shared one, or where clocks disagree, the least that it can be."""
    both = accounts(*runs).entry
    assert (subjects, limited) == (both["subjects"], both["subjects_limited"])


def test_only_the_shared_day_is_doubted() -> None:
    """A run of weeks keeps what it counted on the other days."""
    run = open_account(on(0, 10))
    for day in range(1, 10):
        run = replace_entry(run, {**on(0, 10 * (day + 1), days=day + 1)})
    # The first state of the second day may hold a few more of the first.
    assert (20, 10, 100) == (run.first_day_subjects, run.last_day_subjects, run.entry["subjects"])
    same_day = replace_entry(run, on(0, 103, days=10))
    assert (20, 13) == (same_day.first_day_subjects, same_day.last_day_subjects)

    both = add_accounts(same_day, open_account(on(9, 4)))
    assert (103, True) == (both.entry["subjects"], both.entry["subjects_limited"])
    assert 113 == add_accounts(both, open_account(on(10, 10))).entry["subjects"]


SIGHTINGS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=40)
"""Day and patron of each message."""


def run_of(messages: list[tuple[int, int]]) -> Account:
    """What a run makes of messages in their order, written after each of them."""
    account: Account | None = None
    for number, (day, _) in enumerate(messages, 1):
        now = entry(
            count=number,
            fields={Label("AA"): number},
            subjects=len(set(messages[:number])),
            first_seen_ns=NINE_NS + messages[0][0] * DAY_NS,
            last_seen_ns=NINE_NS + day * DAY_NS + number,
        )
        account = replace_entry(account, now) if account else open_account(now)
    assert account is not None
    return account


@given(SIGHTINGS, st.lists(st.integers(0, 40), max_size=5))
def test_however_the_messages_fall_into_runs(sightings: list[tuple[int, int]], cuts: list[int]) -> None:
    """Counts are exact; patrons are never more than there were, and exact where no run shares a day with another."""
    messages = sorted(sightings, key=lambda one: one[0])
    places = sorted({0, *(cut for cut in cuts if cut < len(messages)), len(messages)})
    pieces = [messages[first:behind] for first, behind in pairwise(places)]
    total = reduce(add_accounts, map(run_of, pieces)).entry

    assert len(messages) == total["count"] == total["fields"]["AA"]
    actual = len(set(messages))
    assert total["subjects"] <= actual
    shared = any(one[-1][0] == two[0][0] for one, two in pairwise(pieces))
    assert shared or total["subjects"] == actual
    assert total["subjects"] == sum(len(set(piece)) for piece in pieces) or total["subjects_limited"]
