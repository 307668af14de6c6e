"""The condition line: binding, quantifiers, mistakes."""

from __future__ import annotations

import pytest

from monitor.detect.conditions import MAX_WORDS, ConditionError, compile_condition
from monitor.detect.matcher import Matcher
from tests.unit.detect.samples import FLOW, said

EVENT = said()


def has(bit: int) -> Matcher:
    """A selection that holds when one bit is set."""
    return lambda classes, _event, _flow: bool(classes & bit)


SELECTIONS = {"a": has(1), "b": has(2), "c": has(4), "sel_x": has(8), "sel_y": has(16), "_filter": has(32)}


@pytest.mark.parametrize(
    ("condition", "python"),
    [
        ("a", "a"),
        ("a and b", "a and b"),
        ("a or b and c", "a or (b and c)"),
        ("(a or b) and c", "(a or b) and c"),
        ("not a and b", "(not a) and b"),
        ("not (a and b)", "not (a and b)"),
        ("not not a", "a"),
        ("a and not b or c", "(a and (not b)) or c"),
        ("1 of sel*", "x or y"),
        ("1 of sel_*", "x or y"),
        ("all of sel*", "x and y"),
        ("not 1 of sel*", "not (x or y)"),
        ("1 of *_x and a", "x and a"),
        ("1 of them", "a or b or c or x or y"),
        ("all of them", "a and b and c and x and y"),
        ("a and not 1 of _f*", "a and not f"),
        ("((((a))))", "a"),
    ],
)
def test_truth(condition: str, python: str) -> None:
    """A condition says what the same words say in Python, for every combination."""
    matcher, _ = compile_condition(condition, SELECTIONS)
    code = compile(python, "<expected>", "eval")
    for classes in range(64):
        names = {name: bool(classes >> place & 1) for place, name in enumerate("abcxyf")}
        assert eval(code, {}, names) == matcher(classes, EVENT, FLOW)  # noqa: S307 (the expectation is in this file)


def test_used() -> None:
    """The selections that a condition uses are told."""
    _, used = compile_condition("a or 1 of sel*", SELECTIONS)
    assert {"a", "sel_x", "sel_y"} == used


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("", "the condition ends too early"),
        ("a and", "the condition ends too early"),
        ("a b", "'b' was not expected here"),
        ("and a", "'and' was not expected here"),
        ("a)", "')' was not expected here"),
        ("()", "')' was not expected here"),
        ("(a", "a parenthesis is not closed"),
        ("d", "there is no selection 'd'"),
        ("a AND b", "'AND' was not expected here"),
        ("1 of nothing*", "'1 of nothing*' fits no selection"),
        ("all of", "'all of ' fits no selection"),
        ("any of them", "'any' was not expected here"),
        ("2 of them", "there is no selection '2'"),
        ("1 of [a-z]", "'1 of [a-z]' fits no selection"),
        ("a | count() > 5", "'|' was not expected here"),
        (" or ".join(["a"] * MAX_WORDS), "the condition has more than 100 words"),
        ("(" * 50 + "a" + ")" * 50, "the condition has more than 100 words"),
    ],
)
def test_mistakes(condition: str, expected: str) -> None:
    """What cannot be read is refused, with what was not expected."""
    with pytest.raises(ConditionError) as error:
        compile_condition(condition, SELECTIONS)
    assert expected == error.value.what


def test_deepest() -> None:
    """As deep as the limit allows is no trouble for Python."""
    matcher, _ = compile_condition("not " * (MAX_WORDS - 1) + "a", SELECTIONS)
    assert not matcher(1, EVENT, FLOW)
