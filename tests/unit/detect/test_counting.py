"""What a rule may say under ``counting``, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.detect.counting import By, Of, Peers
from tests.unit.detect.samples import Cut, Said, load, mistakes_of, rule, write

RIGHT = {"by": "device", "of": "patrons", "timespan": "1h", "gte": 3}
WHOLE = {"selection": {"whole": "false"}, "right": {"whole": "true"}, "condition": "selection"}
HEARD = {
    "event": "talk.said",
    "examples": {
        "match": [{"event": "talk.said", "whole": "false"}],
        "no_match": [{"event": "talk.said", "whole": "true"}],
    },
}


def test_read(tmp_path: Path) -> None:
    """Every key, and what it becomes."""
    peers = {"times": 5, "least": 4, "alone": 300}
    (one,) = load(tmp_path / "rules", one=rule(counting={**RIGHT, "peers": peers})).rules[0].counting
    assert (By.DEVICE, Of.PATRONS, 3_600 * 10**9, 3) == (one.by, one.of, one.timespan_ns, one.gte)
    assert Peers(times=5, least=4, alone=300) == one.peers
    assert {} == one.until


def test_several(tmp_path: Path) -> None:
    """Each with its own end of a row."""
    counting = [{**RIGHT, "until": "right"}, {**RIGHT, "of": "events", "timespan": "90s"}]
    found = load(tmp_path / "rules", one=rule(counting=counting, detection=WHOLE, **HEARD)).rules[0].counting
    assert [[Said], []] == [list(one.until) for one in found]
    assert [True, False] == [found[0].until[Said](0, Said(whole=whole), None) for whole in (True, False)]  # type: ignore[arg-type]  # no flow


def test_once_is_enough_without_it(tmp_path: Path) -> None:
    """A rule does not count unless it says so."""
    assert () == load(tmp_path / "rules", one=rule()).rules[0].counting


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"by": "devise"}, "'by' is never 'devise' (hint: did you mean 'device'?)"),
        ({"of": "people"}, "'of' is never 'people'"),
        ({"of": None}, "'of' is missing in 'counting'"),
        ({"timespan": "1 hour"}, "'timespan' is a number with a unit"),
        ({"timespan": "0s"}, "'timespan' is a number with a unit"),
        ({"timespan": "2d"}, "'timespan' is longer than a day"),
        ({"gte": "many"}, "'gte' is a whole number above zero"),
        ({"gte": 1}, "'gte' lies between 2 and 1000"),
        ({"gte": 1_001}, "'gte' lies between 2 and 1000"),
        ({"window": "1h"}, "'counting' has no key 'window'"),
        ({"until": "right"}, "there is no selection 'right'"),
        ({"until": ["selection"]}, "'until' is a condition"),
        ({"of": "devices"}, "a device has one device"),
        ({"by": "account", "of": "events"}, "an event of this rule tells no accounts apart"),
        ({"of": "accounts"}, "an event of this rule tells no accounts apart"),
        ({"peers": 5}, "'peers' is a mapping"),
        ({"peers": {"times": 5}}, "'alone' is missing in 'peers'"),
        ({"peers": {"times": 5, "least": 0, "alone": 9}}, "'least' is a whole number above zero"),
        ({"peers": {"times": 5, "least": 5, "alone": 2}}, "'alone' is smaller than 'gte'"),
        ({"of": "events", "peers": {"times": 5, "least": 5, "alone": 9}}, "'peers' compares devices"),
        ({"by": "service", "peers": {"times": 5, "least": 5, "alone": 9}}, "'peers' compares devices"),
    ],
)
def test_mistakes(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    """Told with the line, and only what is wrong."""
    counting = {key: value for key, value in {**RIGHT, **changes}.items() if value is not None}
    found = mistakes_of(write(tmp_path / "rules", one=rule(counting=counting)))
    assert any(line.startswith("one.yaml:") and expected in line for line in found)
    assert len(found) <= 2


@pytest.mark.parametrize("counting", [[], "often", ["often"]])
def test_not_a_mapping(tmp_path: Path, counting: object) -> None:
    """What is no mapping, nor a list of some, is refused."""
    (found,) = mistakes_of(write(tmp_path / "rules", one=rule(counting=counting)))
    assert "'counting' is a mapping, or a list of them" in found


def test_events_only(tmp_path: Path) -> None:
    """Flows are not counted over time."""
    (found,) = mistakes_of(write(tmp_path / "rules", one=rule(counting=RIGHT, counts="flows")))
    assert "what counts over time counts events" in found


def test_alone_in_its_family(tmp_path: Path) -> None:
    """Which of two rules is worse would not be known before both have counted."""
    (found,) = mistakes_of(write(tmp_path / "rules", one=rule(1, counting=RIGHT), two=rule(2)))
    assert "one of the two counts over time" in found


def test_the_same_but_for_functions(tmp_path: Path) -> None:
    """What a finding has counted goes on if the rule is read again, and not if it counts otherwise."""
    one, again, other = (
        load(tmp_path / name, one=rule(counting={**RIGHT, "gte": gte})).rules[0]
        for name, gte in (("a", 3), ("b", 3), ("c", 4))
    )
    assert one.counts_like(again)
    assert not one.counts_like(other)
    assert Cut in one.matchers
