"""Counting over time, seen through the engine: windows, rows, peers, what led to a finding, limits."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from monitor.detect import recurrence
from monitor.detect.engine import Engine
from monitor.detect.rule import RuleSet
from monitor.model.events import Sighted
from monitor.model.finding import Finding, Observation
from monitor.model.stats import Stats
from monitor.privacy.subjects import DAY_NS, SubjectCounter, sighting
from tests.unit.detect.samples import MIDNIGHT_NS, SERVER, Said, end, exposed, flow, load, rule, seen

SECOND_NS = 10**9
DETECTION = {"wrong": {"whole": "false"}, "right": {"whole": "true"}, "condition": "wrong"}
FIVE = {"by": "device", "of": "events", "timespan": "10m", "gte": 5}
WRONG, RIGHT = (Said(whole=whole, exposed=exposed(AA="patron_identifier")) for whole in (False, True))


def counting(folder: Path, *ways: dict[str, Any], about: str = "device") -> RuleSet:
    """One rule that counts."""
    return load(
        folder / "rules",
        often=rule(
            about=about,
            event="talk.said",
            detection=DETECTION if any("until" in way for way in ways) else {**WITHOUT},
            counting=list(ways),
            examples={
                "match": [{"event": "talk.said", "whole": "false"}],
                "no_match": [{"event": "talk.said", "whole": "true"}],
            },
        ),
    )


WITHOUT = {"wrong": {"whole": "false"}, "condition": "wrong"}


def heard(
    second: float, event: Any = WRONG, *, device: int = 1, patron: str = "somebody", serial: int = 0
) -> Observation:
    """Something said by one of the devices, about somebody."""
    view = VIEWS.setdefault(device, flow(end(f"10.30.{device // 250}.{device % 250}"), SERVER))
    fact: Any = Sighted(event, (sighting(patron.encode()),))
    at_ns = MIDNIGHT_NS + int(second * SECOND_NS)
    return seen(fact, view, serial=serial or device, at_ns=at_ns, frame=int(second) + 1)


VIEWS: dict[int, Any] = {}


def judged(rules: RuleSet, given: Iterable[Observation], *, tick: int = 100) -> tuple[list[Finding], Stats]:
    """What an engine finds, asked in between every so often."""
    stats = Stats()
    engine = Engine(rules, SubjectCounter(), stats)
    for number, observation in enumerate(given):
        engine.observe(observation)
        if number % tick == tick - 1:
            engine.tick(observation.at_ns)
    return engine.finish(), stats


def counts(rules: RuleSet, given: Iterable[Observation]) -> list[int]:
    """How much each finding counts."""
    found, stats = judged(rules, given)
    assert not stats.limits
    return [one.count for one in found]


def test_what_led_to_it_counts(tmp_path: Path) -> None:
    """Four are nothing; the fifth makes a finding of all, which says when it began and of whom it is."""
    rules = counting(tmp_path, FIVE)
    given = [heard(second, patron=f"reader {second % 3}") for second in range(7)]
    assert [] == counts(rules, given[:4])
    assert [5] == counts(rules, given[:5])
    (found,), _ = judged(rules, given)
    assert (7, 3) == (found.count, found.subjects)
    assert (given[0].at_ns, given[-1].at_ns) == (found.first_seen_ns, found.last_seen_ns)
    assert {"AA": 7} == dict(found.fields)


def test_a_window_slides(tmp_path: Path) -> None:
    """Five within ten minutes, wherever these begin; later ones count while there are as many."""
    rules = counting(tmp_path, FIVE)
    assert [] == counts(rules, [heard(second) for second in range(0, 3_000, 151)])
    assert [5] == counts(rules, [heard(second) for second in (0, 500, 590, 595, 601, 602, 603)][1:6])
    assert [6] == counts(rules, [heard(second) for second in (0, 500, 590, 595, 601, 602, 603)])
    assert [5] == counts(rules, [heard(second) for second in (1, 2, 3, 4, 5, 2_000)])


def test_devices_are_told_apart(tmp_path: Path) -> None:
    """Each is counted for itself, whatever connections it uses."""
    rules = counting(tmp_path, FIVE)
    assert [] == counts(rules, [heard(second, device=second % 3 + 1) for second in range(12)])
    given = [heard(second, device=second % 2 + 1, serial=100 + second) for second in range(10)]
    assert [5, 5] == counts(rules, given)


def test_in_a_row(tmp_path: Path) -> None:
    """What is right in between begins a new row, on any connection of the device."""
    rules = counting(tmp_path, {**FIVE, "until": "right"})
    wrong = [heard(second) for second in range(4)]
    assert [] == counts(rules, [*wrong, heard(5, RIGHT, serial=9), *(heard(second) for second in range(6, 10))])
    assert [5] == counts(rules, [*wrong, heard(5, RIGHT, device=2), heard(6)])


def test_in_a_row_for_one_patron(tmp_path: Path) -> None:
    """What others do right does not end the row, and their mistakes are no part of it."""
    rules = counting(tmp_path, {"by": "patron", "of": "events", "timespan": "1d", "gte": 3, "until": "right"})
    given = [heard(1, patron="a"), heard(2, patron="b"), heard(3, patron="a"), heard(4, RIGHT, patron="b")]
    assert [] == counts(rules, [*given, heard(5, RIGHT, patron="a"), heard(6, patron="a")])
    assert [3] == counts(rules, [*given, heard(6, patron="a", device=1)])


def test_different_ones(tmp_path: Path) -> None:
    """The same patron again and again is one; who has come again lately is still in the window."""
    rules = counting(tmp_path, {"by": "device", "of": "patrons", "timespan": "10m", "gte": 3})
    assert [] == counts(rules, [heard(second, patron=f"{second % 2}") for second in range(100)])
    given = [heard(0, patron="a"), heard(1, patron="b"), heard(590, patron="a"), heard(602, patron="c")]
    assert [] == counts(rules, given)
    assert [2] == counts(rules, [*given, heard(604, patron="d")])  # what led to it, but not from before the window


def test_devices_of_a_service(tmp_path: Path) -> None:
    """One finding about the service, whose peers are the devices."""
    rules = counting(tmp_path, {"by": "patron", "of": "devices", "timespan": "1d", "gte": 3}, about="service")
    (found,), _ = judged(rules, [heard(device, device=device) for device in (1, 2, 3)])
    assert (3, 3) == (found.count, found.peers_total)


def test_two_ways_count_once(tmp_path: Path) -> None:
    """What one way of counting has told, the other does not tell again."""
    rules = counting(tmp_path, {**FIVE, "gte": 3}, {**FIVE, "by": "patron"})
    assert [6] == counts(rules, [heard(second) for second in range(6)])


PEERS = {
    "by": "device",
    "of": "patrons",
    "timespan": "1h",
    "gte": 10,
    "peers": {"times": 3, "least": 4, "alone": 40},
}


def crowd(sizes: dict[int, int]) -> list[Observation]:
    """Devices that meet so many patrons each, all in the same half hour."""
    given = [
        heard(1_800 * (number + 0.5) / size, device=device, patron=f"{device} {number}")
        for device, size in sizes.items()
        for number in range(size)
    ]
    return sorted(given, key=lambda one: one.at_ns)


def test_more_than_peers(tmp_path: Path) -> None:
    """Three times the median of the others, which those that do nothing do not lower; and the least it takes."""
    rules = counting(tmp_path, PEERS)
    assert [] == counts(rules, crowd({1: 12, 2: 12, 3: 13, 4: 12, 5: 30}))
    (found,), _ = judged(rules, crowd({1: 12, 2: 12, 3: 13, 4: 12, 5: 60}))
    assert "10.30.0.5" == found.about.address
    assert [] == counts(rules, crowd({1: 1, 2: 1, 3: 1, 4: 1, 5: 9}))


def test_too_few_peers(tmp_path: Path) -> None:
    """Their median says nothing: it takes what it takes alone."""
    rules = counting(tmp_path, PEERS)
    assert [] == counts(rules, crowd({1: 2, 2: 2, 3: 2, 5: 39}))
    assert [11] == counts(rules, crowd({1: 2, 2: 2, 3: 2, 5: 40}))  # of what led to it, as much as `gte`


def test_a_day_begins_anew(tmp_path: Path) -> None:
    """With the numbers of patrons all is forgotten at midnight."""
    rules = counting(tmp_path, {**FIVE, "timespan": "1d"})
    day = DAY_NS // SECOND_NS
    assert [] == counts(rules, [heard(second) for second in range(day - 4, day + 4)])
    assert [5] == counts(rules, [heard(second) for second in range(day - 4, day + 5)])


def test_a_reload_begins_anew(tmp_path: Path) -> None:
    """Findings stay, rows do not."""
    rules = counting(tmp_path, FIVE)
    engine = Engine(rules, SubjectCounter(), Stats())
    for second in range(9):
        if second in (4, 5):
            engine.adopt(rules, lambda one: one)
        engine.observe(heard(second))
    assert [] == engine.finish()
    for second in range(9, 11):
        engine.observe(heard(second))
    assert [6] == [one.count for one in engine.finish()]


def test_however_it_comes_in_batches(tmp_path: Path) -> None:
    """Ticks change nothing."""
    rules = counting(tmp_path, {**FIVE, "until": "right"}, {**PEERS, "timespan": "5m"})
    dice = random.Random(4)
    given = [
        heard(second * 3, dice.choice((WRONG, WRONG, RIGHT)), device=dice.randrange(9), patron=f"{dice.randrange(60)}")
        for second in range(900)
    ]
    expected = judged(rules, given, tick=1)
    assert expected[0]
    assert expected == judged(rules, given, tick=7)
    assert expected == judged(rules, given, tick=10_000)


def test_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was counted for least lately is forgotten; that is told, unless it was too long ago to matter."""
    monkeypatch.setattr(recurrence, "MAX_GROUPS", 3)
    rules = counting(tmp_path, FIVE)
    given = [heard(second, device=1 if second % 2 else second + 2) for second in range(12)]
    found, stats = judged(rules, given)
    assert [("10.30.0.1", 6)] == [(one.about.address, one.count) for one in found]
    assert {"detect.counting": 4} == dict(stats.limits)
    _, stats = judged(rules, [heard(1_000 * device, device=device) for device in range(1, 9)])
    assert {} == dict(stats.limits)


def test_bounded_altogether(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What there is no room for is not counted."""
    monkeypatch.setattr(recurrence, "MAX_MEMBERS", 6)
    found, stats = judged(counting(tmp_path, FIVE), [heard(second, device=second % 2 + 1) for second in range(10)])
    assert [] == found
    assert {"detect.counting": 4} == dict(stats.limits)
