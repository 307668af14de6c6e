"""Compiles one line of a selection, ``field|modifier: value``, to a function. The list of predicates is closed.

Equality takes one value or a list (any of them); ``|contains`` and ``|contains|all`` ask what several-valued fields
hold; ``|gt``, ``|gte``, ``|lt`` and ``|lte`` compare numbers. Anything else is a mistake, found when a rule is loaded.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from monitor.config.document import Items, Node, Scalar
from monitor.config.mistakes import nearest
from monitor.detect.fields import Field, Kind
from monitor.detect.matcher import Matcher
from monitor.model.closed import Enum
from monitor.model.data import DataClass
from monitor.model.events import Event
from monitor.model.flow import FlowView

T = TypeVar("T")

Complain = Callable[[int, str, str], None]
"""Takes line, mistake and hint."""

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_MODIFIERS = {
    Kind.CLASSES: ("contains", "contains|all"),
    Kind.MEMBERS: ("contains", "contains|all"),
    Kind.MEMBER: ("",),
    Kind.NUMBER: ("", *_COMPARISONS),
    Kind.FLAG: ("",),
    Kind.TEXT: ("",),
}
_FLAGS = {"true": True, "false": False}


def compile_predicate(  # noqa: PLR0911 (one return a kind reads best)
    field: Field, modifier: str, node: Node, line: int, complain: Complain
) -> Matcher | None:
    """The function for one line of a selection, or None after complaining.

    Args:
        field: What is asked about.
        modifier: What stands behind the field's name, without the first bar: "", "contains", "contains|all", "gte"...
        node: The value or values.
        line: Line of the field's name.
        complain: Told of each mistake.
    """
    if modifier not in _MODIFIERS[field.kind]:
        allowed = " or ".join(f"{field.name}|{one}" if one else field.name for one in _MODIFIERS[field.kind])
        complain(line, f"'{field.name}' is {field.kind.value} and cannot be asked that way", f"write {allowed}")
        return None
    scalars = _scalars(node, complain)
    values = _values(field, scalars, complain)
    if not values or len(values) != len(scalars):
        return None
    if field.kind is Kind.CLASSES:
        wanted = sum({one.bit for one in values if isinstance(one, DataClass)})
        return _classes(wanted, every=modifier == "contains|all")
    if field.kind is Kind.MEMBERS:
        return _members(field, tuple(values), every=modifier == "contains|all")
    if modifier:
        if len(values) != 1 or values[0] is None:
            complain(line, f"'{field.name}|{modifier}' takes one number", "")
            return None
        return _comparison(field, _COMPARISONS[modifier], values[0])
    return _equality(field, tuple(values))


def _scalars(node: Node, complain: Complain) -> list[Scalar]:
    nodes = node.nodes if isinstance(node, Items) else (node,)
    if not nodes:
        complain(node.line, "an empty list matches nothing", "")
    found = [one for one in nodes if isinstance(one, Scalar)]
    if len(found) != len(nodes):
        complain(node.line, "a value is a word, a number, or a list of them", "")
    return found


def _values(field: Field, scalars: list[Scalar], complain: Complain) -> list[object]:
    found: list[object] = []
    for scalar in scalars:
        if scalar.null:
            if field.optional:
                found.append(None)
            else:
                complain(scalar.line, f"'{field.name}' is never empty", "")
        elif field.kind is Kind.TEXT:
            found.append(scalar.text)
        elif field.kind is Kind.NUMBER:
            found.extend(_number(field, scalar, complain))
        else:
            known: Mapping[str, Enum | bool] = _FLAGS if field.kind is Kind.FLAG else field.members
            found.extend(_known(field, scalar, known, complain))
    return found


def _number(field: Field, scalar: Scalar, complain: Complain) -> Iterable[int]:
    digits = scalar.text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) <= 18:  # noqa: PLR2004 (64 bits hold 18 digits)
        return (int(scalar.text),)
    complain(scalar.line, f"'{scalar.text}' is not a whole number, which '{field.name}' is", "")
    return ()


def _known(field: Field, scalar: Scalar, known: Mapping[str, T], complain: Complain) -> Iterable[T]:
    if scalar.text in known:
        return (known[scalar.text],)
    complain(scalar.line, f"'{field.name}' is never '{scalar.text}'", nearest(scalar.text, known))
    return ()


def _classes(wanted: int, *, every: bool) -> Matcher:
    if every:
        return lambda classes, _event, _flow: classes & wanted == wanted
    return lambda classes, _event, _flow: classes & wanted != 0


def _members(field: Field, values: tuple[object, ...], *, every: bool) -> Matcher:
    read, quantifier = field.read, all if every else any

    def matches(_classes: int, event: Event, _flow: FlowView) -> bool:
        held = read(event)
        return isinstance(held, tuple) and quantifier(one in held for one in values)

    return matches


def _comparison(field: Field, compare: Callable[[Any, Any], bool], value: object) -> Matcher:
    read, of_flow = field.read, field.of_flow

    def matches(_classes: int, event: Event, flow: FlowView) -> bool:
        held = read(flow if of_flow else event)
        return held is not None and compare(held, value)

    return matches


def _equality(field: Field, values: tuple[object, ...]) -> Matcher:
    read = field.read
    # A tuple compares by identity first, and has few members.
    if field.of_flow:
        return lambda _classes, _event, flow: read(flow) in values
    return lambda _classes, event, _flow: read(event) in values
