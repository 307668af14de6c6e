"""Every predicate that a rule may use, and every way to write it wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.detect.samples import FLOW, Said, Sort, end, exposed, flow, load, mistakes_of, rule, write


def matches(tmp_path: Path, selection: Any, event: Said, view: Any = FLOW) -> bool:
    """Whether a rule with this selection matches the event."""
    detection = {"selection": selection, "condition": "selection"}
    rules = load(tmp_path / "rules", one=rule(event="talk.said", detection=detection)).rules
    classes = sum({one.data_class.bit for one in event.exposed})
    return rules[0].matchers[Said](classes, event, view)


NAME_AND_LOAN = exposed(N="name", L="circulation")


@pytest.mark.parametrize(
    ("selection", "event", "expected"),
    [
        ({"exposed|contains": "name"}, Said(exposed=NAME_AND_LOAN), True),
        ({"exposed|contains": "email"}, Said(exposed=NAME_AND_LOAN), False),
        ({"exposed|contains": ["email", "name"]}, Said(exposed=NAME_AND_LOAN), True),
        ({"exposed|contains": "name"}, Said(), False),
        ({"exposed|contains|all": ["circulation", "name"]}, Said(exposed=NAME_AND_LOAN), True),
        ({"exposed|contains|all": ["email", "name"]}, Said(exposed=NAME_AND_LOAN), False),
        ({"sort": 10}, Said(sort=Sort.HELLO), True),
        ({"sort": "loan"}, Said(sort=Sort.LOAN), True),
        ({"sort": "loan"}, Said(sort=Sort.HELLO), False),
        ({"sort": ["hello", "11"]}, Said(sort=Sort.LOAN), True),
        ({"sorts|contains": "loan"}, Said(sorts=(Sort.HELLO, Sort.LOAN)), True),
        ({"sorts|contains": "loan"}, Said(sorts=(Sort.HELLO,)), False),
        ({"sorts|contains|all": ["loan", "hello"]}, Said(sorts=(Sort.HELLO, Sort.LOAN)), True),
        ({"sorts|contains|all": ["loan", "hello"]}, Said(sorts=(Sort.HELLO,)), False),
        ({"size_bytes": [3, -4]}, Said(size_bytes=-4), True),
        ({"size_bytes": 3}, Said(size_bytes=4), False),
        ({"size_bytes|gt": 3}, Said(size_bytes=3), False),
        ({"size_bytes|gte": 3}, Said(size_bytes=3), True),
        ({"size_bytes|lt": 3}, Said(size_bytes=3), False),
        ({"size_bytes|lte": 3}, Said(size_bytes=3), True),
        ({"whole": True}, Said(whole=True), True),
        ({"whole": False}, Said(whole=True), False),
        ({"answer": None}, Said(), True),
        ({"answer": [None, "loan"]}, Said(answer=Sort.LOAN), True),
        ({"answer": "loan"}, Said(), False),
        ({"product": "Kiosk"}, Said(product="Kiosk"), True),
        ({"product": "Kiosk"}, Said(product="kiosk"), False),
        ({"sort": "loan", "whole": True}, Said(sort=Sort.LOAN, whole=False), False),
        ([{"sort": "loan"}, {"whole": False}], Said(sort=Sort.LOAN, whole=True), True),
        ([{"sort": "loan"}, {"whole": False}], Said(sort=Sort.HELLO, whole=True), False),
    ],
)
def test_predicates(tmp_path: Path, selection: Any, event: Said, expected: bool) -> None:  # noqa: FBT001 (a table)
    """Lines of a mapping must all hold; of a list of values or mappings one must."""
    assert expected == matches(tmp_path, selection, event)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"responder.reach": "internet"}, True),
        ({"responder.audience": ["internet", "vendor"]}, True),
        ({"originator.reach": "internet"}, False),
        ({"responder.port": 6001}, True),
        ({"responder.port|gte": 7000}, False),
        ({"transport": "tcp", "protocol": "talk"}, True),
        ({"transport": "udp"}, False),
        ({"originator.zone": "self-check"}, True),
    ],
)
def test_flow_predicates(tmp_path: Path, selection: Any, expected: bool) -> None:  # noqa: FBT001 (a table)
    """A rule may ask about both ends of the flow."""
    view = flow(end("10.30.0.11", 50_000, zone="self-check"), end("192.0.2.9", 6001))
    assert expected == matches(tmp_path, selection, Said(), view)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"exposd|contains": "name"}, "talk.said has no field 'exposd' (hint: did you mean 'exposed'?)"),
        ({"sightings": 1}, "talk.said has no field 'sightings'"),
        ({"originator.address": "10.0.0.1"}, "talk.said has no field 'originator.address'"),
        ({"exposed|contains": "nam"}, "'exposed' is never 'nam' (hint: did you mean 'name'?)"),
        ({"sort": "lone"}, "'sort' is never 'lone' (hint: did you mean 'loan'?)"),
        ({"whole": "yes"}, "'whole' is never 'yes'"),
        (
            {"exposed": "name"},
            "cannot be asked that way (hint: write exposed|contains or exposed|contains|all)",
        ),
        ({"exposed|startswith": "name"}, "'exposed' is data classes and cannot be asked that way"),
        ({"sort|contains": "loan"}, "'sort' is one word of a closed list and cannot be asked that way"),
        ({"sort|gte": "loan"}, "'sort' is one word of a closed list and cannot be asked that way"),
        ({"size_bytes|contains": 1}, "'size_bytes' is a number and cannot be asked that way"),
        ({"size_bytes": "1.5"}, "'1.5' is not a whole number, which 'size_bytes' is"),
        ({"size_bytes": "9" * 30}, "is not a whole number"),
        ({"size_bytes": "³"}, "is not a whole number"),
        ({"size_bytes|gte": [1, 2]}, "'size_bytes|gte' takes one number"),
        ({"sort": None}, "'sort' is never empty"),
        ({"sort": []}, "an empty list matches nothing"),
        ({"sort": {"a": "b"}}, "a value is a word, a number, or a list of them"),
        ({"sort": [["loan"]]}, "a value is a word, a number, or a list of them"),
        ({}, "selection 'selection' is not a mapping of fields to values"),
        ([], "selection 'selection' is not a mapping of fields to values"),
        (["keyword"], "selection 'selection' is not a mapping of fields to values"),
        ("keyword", "selection 'selection' is not a mapping of fields to values"),
    ],
)
def test_mistakes(tmp_path: Path, selection: Any, expected: str) -> None:
    """What cannot be meant is found when the rule is loaded."""
    detection = {"selection": selection, "condition": "selection"}
    found = mistakes_of(write(tmp_path / "rules", one=rule(event="talk.said", detection=detection)))
    assert len(found) == 1
    assert expected in found[0]
