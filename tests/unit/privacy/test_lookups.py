"""Names that were asked for wait for somebody who is called so."""

from __future__ import annotations

import pytest

from monitor.model.opaque import HostName
from monitor.model.stats import Stats
from monitor.privacy.lookups import WAIT_NS, Lookups

ONE, TWO = b"\x0a\x00\x00\x01", b"\x0a\x00\x00\x02"
CLOUD, OTHER = HostName("cloud.example"), HostName("other.example")


def test_what_nobody_came_for_is_due_once() -> None:
    """After the wait, with its place; asked again before, it is one question."""
    lookups: Lookups[str] = Lookups(Stats())
    lookups.ask(ONE, CLOUD, "first", 0)
    lookups.ask(ONE, CLOUD, "second", 5)
    lookups.ask(TWO, CLOUD, "third", 9)

    assert [] == list(lookups.due(WAIT_NS))
    assert [(ONE, "first")] == [(client, place) for client, _, place in lookups.due(WAIT_NS + 1)]
    assert [(TWO, "third")] == [(client, place) for client, _, place in lookups.due(WAIT_NS + 10)]
    assert [] == list(lookups.due(9 * WAIT_NS))


def test_who_is_met_was_not_merely_asked_for() -> None:
    """By that client and under that name, before or after the question; names are equal as texts are."""
    lookups: Lookups[str] = Lookups(Stats())
    lookups.ask(ONE, CLOUD, "met", 0)
    lookups.ask(ONE, OTHER, "not met", 0)
    lookups.meet(ONE, HostName("cloud.example"))
    lookups.ask(ONE, CLOUD, "again", 1)

    assert ["not met"] == [place for _, _, place in lookups.due(WAIT_NS * 2)]


def test_questions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest is forgotten, and counted; whom devices met is forgotten silently."""
    monkeypatch.setattr("monitor.privacy.lookups.MAX_ASKED", 1)
    monkeypatch.setattr("monitor.privacy.lookups.MAX_MET", 1)
    stats = Stats()
    lookups: Lookups[str] = Lookups(stats)
    lookups.ask(ONE, CLOUD, "old", 0)
    lookups.ask(ONE, OTHER, "new", 0)
    lookups.meet(TWO, CLOUD)
    lookups.meet(TWO, OTHER)
    lookups.ask(TWO, CLOUD, "newest", 0)

    assert {"names.asked": 2} == stats.limits
    assert ["newest"] == [place for _, _, place in lookups.due(WAIT_NS * 2)]
