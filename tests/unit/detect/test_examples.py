"""Examples of rule files are events written by hand; they are run, and checked themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from monitor.config.mistakes import Mistakes
from monitor.detect.examples import check_examples
from monitor.errors import RuleError
from tests.unit.detect.samples import EVENT_TYPES, load, rule

DETECTION = {
    "names": {"exposed|contains": "name", "whole": True, "size_bytes|gte": 10},
    "outside": {"responder.reach": "internet", "transport": "udp"},
    "answered": {"answer": "loan", "product": "Kiosk"},
    "listed": {"sorts|contains|all": ["loan", "hello"]},
    "condition": "names and outside or answered or listed",
}
NO_MATCH = [{"event": "talk.said"}]


def mistakes(tmp_path: Path, match: list[Any], no_match: list[Any] = NO_MATCH) -> list[str]:
    """What is wrong with these examples."""
    content = rule(event="talk.said", detection=DETECTION, examples={"match": match, "no_match": no_match})
    found = Mistakes()
    for one in load(tmp_path / "rules", one=content).rules:
        check_examples(one, EVENT_TYPES, found)
    try:
        found.raise_any()
    except RuleError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize(
    "example",
    [
        {"exposed": {"N": "name"}, "whole": True, "size_bytes": 10, "responder.reach": "internet", "transport": "udp"},
        {"exposed": {"X": ["fees", "name"]}, "whole": True, "size_bytes": 99}
        | {"responder.reach": "internet", "transport": "udp"},
        {"answer": "loan", "product": "Kiosk", "exposed": {}},
        {"sorts": ["hello", 11]},
    ],
)
def test_good_examples(tmp_path: Path, example: dict[str, Any]) -> None:
    """An example may set every field that a rule may ask about."""
    assert mistakes(tmp_path, [{"event": "talk.said", **example}]) == []


def test_example_that_does_not_match(tmp_path: Path) -> None:
    """A rule that does not do what its examples say is named with the example's line."""
    found = mistakes(tmp_path, [{"event": "talk.said", "answer": "hello"}])
    assert len(found) == 1
    assert "the rule does not match this example" in found[0]


def test_counterexample_that_matches(tmp_path: Path) -> None:
    """The same for what it must not match."""
    good = {"event": "talk.said", "answer": "loan", "product": "Kiosk"}
    found = mistakes(tmp_path, [good], [good])
    assert len(found) == 1
    assert "the rule matches this counterexample" in found[0]


def test_event_that_the_rule_does_not_look_at(tmp_path: Path) -> None:
    """An example of another event is no match."""
    assert mistakes(tmp_path, [{"event": "talk.said", "sorts": [10, 11]}], [{"event": "talk.cut"}]) == []


@pytest.mark.parametrize(
    ("example", "expected"),
    [
        ({"event": "talk.sad"}, "an example names an event that does not exist"),
        ({"event": "talk.said", "sorted": 1}, "Said has no field 'sorted' (hint: did you mean 'sort'?)"),
        ({"event": "talk.said", "sort": "lone"}, "'sort' is never 'lone' (hint: did you mean 'loan'?)"),
        ({"event": "talk.said", "size_bytes": "many"}, "'size_bytes' is never 'many'"),
        ({"event": "talk.said", "whole": "perhaps"}, "'whole' is never 'perhaps'"),
        ({"event": "talk.said", "exposed": {"N": "nam"}}, "there is no data class 'nam' (hint: did you mean 'name'?)"),
        ({"event": "talk.said", "exposed": "name"}, "'exposed' is a mapping of field ids to data classes"),
    ],
)
def test_bad_examples(tmp_path: Path, example: dict[str, Any], expected: str) -> None:
    """An example that is no event is a mistake of its own."""
    found = mistakes(tmp_path, [example])
    assert len(found) == 1
    assert expected in found[0]
