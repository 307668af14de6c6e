"""A rule's detection is compiled for each event type that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.detect.samples import FLOW, Cut, Said, exposing, load, mistakes_of, rule, said, write


def test_one_function_for_each_event(tmp_path: Path) -> None:
    """The same detection is compiled for every event type."""
    matchers = load(tmp_path / "rules", one=rule(detection=exposing("name"))).rules[0].matchers
    assert {Said, Cut} == set(matchers)
    assert matchers[Cut](8, Cut(), FLOW)
    assert not matchers[Said](0, said(), FLOW)


def test_field_of_one_event_only(tmp_path: Path) -> None:
    """A field that one of the events lacks would silently never match there, so it is refused."""
    detection = {"selection": {"whole": True}, "condition": "selection"}
    found = mistakes_of(write(tmp_path / "rules", one=rule(detection=detection)))
    assert len(found) == 1
    assert "one.yaml:10: talk.cut has no field 'whole'" in found[0]


@pytest.mark.parametrize(
    ("detection", "expected"),
    [
        ({"selection": {"exposed|contains": "name"}}, "detection needs one 'condition'"),
        ({"condition": "selection"}, "there is no selection 'selection'"),
        ({"a": {"exposed|contains": "name"}, "condition": ["a"]}, "detection needs one 'condition'"),
        (
            {"a": {"exposed|contains": "name"}, "b": {"exposed|contains": "email"}, "condition": "a"},
            "the condition does not use selection 'b'",
        ),
        ({"all": {"exposed|contains": "name"}, "condition": "1 of them"}, "'all' cannot name a selection"),
        ({"a-b": {"exposed|contains": "name"}, "condition": "1 of them"}, "'a-b' cannot name a selection"),
        ({"a": {"exposed|contains": "name"}, "condition": "a or"}, "the condition ends too early"),
        ("name", "'detection' is a mapping"),
    ],
)
def test_mistakes(tmp_path: Path, detection: Any, expected: str) -> None:
    """What is not a detection is refused once, however many events there are."""
    found = mistakes_of(write(tmp_path / "rules", one=rule(detection=detection)))
    assert len(found) == 1
    assert expected in found[0]
