"""Runs the examples of rule files: events written by hand that a rule must match, or must not.

Not loaded in normal operation; tests and the check of a rules folder use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from monitor.config.document import Items, Node, Scalar, Table
from monitor.config.mistakes import Mistakes, nearest
from monitor.detect.fields import FLOW_FIELDS, Field, Kind, fields_of
from monitor.detect.rule import Rule
from monitor.model.data import Audience, DataClass
from monitor.model.events import Event, Exposed
from monitor.model.flow import Endpoint, FlowView, Reach, Transport
from monitor.model.record import replace
from monitor.privacy.labels import NOTHING, typed

NOBODY = Endpoint(
    address=NOTHING,
    name=NOTHING,
    zone=NOTHING,
    asset=NOTHING,
    audience=Audience.UNASSIGNED,
    reach=Reach.LOCAL,
    port=0,
)
"""An end of which an example says nothing."""
ANY_FLOW = FlowView(transport=Transport.TCP, originator=NOBODY, responder=NOBODY, protocol=NOTHING)
"""A flow of which an example says nothing."""


def check_examples(rule: Rule, event_types: Mapping[str, type[Event]], mistakes: Mistakes) -> None:
    """Note every example that is not well formed or that the rule judges otherwise than it says."""
    for expected, examples in ((True, rule.match), (False, rule.no_match)):
        for example in examples:
            made = _Example(rule, example, mistakes).make(event_types)
            if made is None:
                continue
            event, flow = made
            matcher = rule.matchers.get(type(event))
            classes = sum({one.data_class.bit for one in event.exposed})
            if (matcher is not None and matcher(classes, event, flow)) is not expected:
                what = "the rule does not match this example" if expected else "the rule matches this counterexample"
                mistakes.add(rule.path, example.line, what, "change the detection or the example")


class _Example:
    """One event and its flow, built from a mapping; what it does not say gets a harmless value."""

    def __init__(self, rule: Rule, table: Table, mistakes: Mistakes) -> None:
        self._rule = rule
        self._table = table
        self._mistakes = mistakes

    def make(self, event_types: Mapping[str, type[Event]]) -> tuple[Event, FlowView] | None:
        before = len(self._mistakes)
        name = self._table.nodes["event"]
        event_type = event_types.get(name.text) if isinstance(name, Scalar) else None
        if event_type is None:
            self._complain(self._table.line, "an example names an event that does not exist", nearest("", event_types))
            return None
        known = fields_of(event_type)
        values: dict[str, Any] = {}
        for key, node in self._table.nodes.items():
            if key not in known and key != "event":
                self._complain(
                    self._table.lines[key], f"{event_type.__name__} has no field '{key}'", nearest(key, known)
                )
            elif key == "exposed":
                values[key] = self._exposed(node)
            elif key != "event":
                values[key] = self._value(known[key], node)
        if len(self._mistakes) > before:
            return None
        own = {field.name for field in fields(event_type)}
        for field in fields(event_type):
            if field.default is MISSING and field.default_factory is MISSING:
                values.setdefault(field.name, _harmless(known[field.name]))
        event = event_type(**{key: value for key, value in values.items() if key in own})
        return event, _flow({key: value for key, value in values.items() if key not in own})

    def _complain(self, line: int, what: str, hint: str = "") -> None:
        self._mistakes.add(self._rule.path, line, what, hint)

    def _exposed(self, node: Node) -> tuple[Exposed, ...]:
        if not isinstance(node, Table):
            self._complain(node.line, "'exposed' is a mapping of field ids to data classes", "as in {AA: name}")
            return ()
        return tuple(Exposed(one, typed(key)) for key, inner in node.nodes.items() for one in self._classes(inner))

    def _classes(self, node: Node) -> list[DataClass]:
        words = {one.value: one for one in DataClass}
        found = []
        for item in node.nodes if isinstance(node, Items) else (node,):
            if isinstance(item, Scalar) and item.text in words:
                found.append(words[item.text])
            else:
                word = item.text if isinstance(item, Scalar) else ""
                self._complain(item.line, f"there is no data class '{word}'", nearest(word, words))
        return found

    def _value(self, field: Field, node: Node) -> object:
        if field.kind is Kind.MEMBERS:
            items = node.nodes if isinstance(node, Items) else (node,)
            return tuple(self._scalar(field, item) for item in items)
        return self._scalar(field, node)

    def _scalar(self, field: Field, node: Node) -> object:
        text = node.text if isinstance(node, Scalar) else ""
        if field.kind is Kind.TEXT:
            return typed(text)
        if field.kind is Kind.FLAG and text in ("true", "false"):
            return text == "true"
        if field.kind is Kind.NUMBER and text.isascii() and text.isdigit():
            return int(text)
        if text in field.members:
            return field.members[text]
        self._complain(node.line, f"'{field.name}' is never '{text}'", nearest(text, field.members))
        return None


def _harmless(field: Field) -> object:
    if field.optional:
        return None
    if field.kind is Kind.MEMBER:
        return next(iter(field.members.values()))
    return {Kind.NUMBER: 0, Kind.FLAG: False, Kind.TEXT: NOTHING, Kind.MEMBERS: (), Kind.CLASSES: ()}[field.kind]


def _flow(values: Mapping[str, Any]) -> FlowView:
    ends: dict[str, dict[str, Any]] = {"originator": {}, "responder": {}}
    whole: dict[str, Any] = {}
    for key in FLOW_FIELDS.keys() & values.keys():
        name, _, part = key.partition(".")
        if part:
            ends[name][part] = values[key]
        else:
            whole[name] = values[key]
    originator, responder = (replace(NOBODY, **ends[name]) for name in ("originator", "responder"))
    return replace(ANY_FLOW, originator=originator, responder=responder, **whole)
