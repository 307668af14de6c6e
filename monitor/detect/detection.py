"""Compiles a rule's ``detection:`` for one event type, checking every field and value against that type."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from monitor.config.document import Items, Node, Scalar, Table
from monitor.config.mistakes import Mistakes, nearest
from monitor.detect.conditions import RESERVED, ConditionError, compile_condition
from monitor.detect.fields import fields_of
from monitor.detect.matcher import Matcher, all_of, any_of
from monitor.detect.predicates import compile_predicate
from monitor.model.events import Event


def compile_detection(
    detection: Table,
    event_name: str,
    event_type: type[Event],
    path: Path,
    mistakes: Mistakes,
    *,
    others: Sequence[Scalar] = (),
) -> tuple[Matcher, ...] | None:
    """The function that says whether an event of `event_type` matches, or None after noting what is wrong.

    Behind it comes one for each of `others`.

    Args:
        detection: The table under ``detection:``.
        event_name: The event as rules call it, for messages.
        event_type: Its class, whose fields may be asked about.
        path: The rule's file, for messages.
        mistakes: Where mistakes go.
        others: More conditions over the same selections.
    """
    compiler = _Compiler(event_name, event_type, path, mistakes)
    compiled = {
        name: compiler.selection(name, node, detection.lines[name])
        for name, node in detection.nodes.items()
        if name != "condition"
    }
    selections = {name: matcher for name, matcher in compiled.items() if matcher is not None}
    return compiler.conditions(detection, others, selections) if len(selections) == len(compiled) else None


def asked_fields(detection: Node | None) -> frozenset[str]:
    """The names of all fields that the selections below ``detection:`` ask about."""
    if isinstance(detection, Items):
        return frozenset().union(*map(asked_fields, detection.nodes))
    if not isinstance(detection, Table):
        return frozenset()
    names = {key.partition("|")[0] for key in detection.nodes}
    return frozenset(names).union(*map(asked_fields, detection.nodes.values()))


class _Compiler:
    def __init__(self, event_name: str, event_type: type[Event], path: Path, mistakes: Mistakes) -> None:
        self._event_name = event_name
        self._fields = fields_of(event_type)
        self._path = path
        self._mistakes = mistakes

    def conditions(
        self, detection: Table, others: Sequence[Scalar], selections: dict[str, Matcher]
    ) -> tuple[Matcher, ...] | None:
        node = detection.nodes.get("condition")
        if not isinstance(node, Scalar):
            self._complain(detection.line, "detection needs one 'condition'", "'condition: selection' is the simplest")
            return None
        found: dict[str, Matcher] = {}
        unused = set(selections)
        for one in (node, *others):
            try:
                matcher, used = compile_condition(one.text, selections)
            except ConditionError as error:
                self._complain(one.line, error.what, error.hint)
                return None
            found.setdefault(one.text, matcher)
            unused -= used
        for name in selections:
            if name in unused:
                self._complain(
                    detection.lines[name], f"the condition does not use selection '{name}'", "use it or remove it"
                )
        return tuple(found[one.text] for one in (node, *others))

    def selection(self, name: str, node: Node, line: int) -> Matcher | None:
        """All lines of a mapping must hold; of a list of mappings, one must."""
        if name in RESERVED or not (name.isascii() and name.isidentifier()):
            self._complain(line, f"'{name}' cannot name a selection", "letters, digits and underscores")
            return None
        tables = node.nodes if isinstance(node, Items) else (node,)
        compiled = [self._table(table) if isinstance(table, Table) else None for table in tables]
        if not tables or not all(isinstance(table, Table) and table.nodes for table in tables):
            self._complain(
                line, f"selection '{name}' is not a mapping of fields to values", "for example 'field: value'"
            )
            return None
        found = [matcher for matcher in compiled if matcher is not None]
        return any_of(found) if len(found) == len(tables) else None

    def _table(self, table: Table) -> Matcher | None:
        found: list[Matcher] = []
        for key, node in table.nodes.items():
            line = table.lines[key]
            name, _, modifier = key.partition("|")
            field = self._fields.get(name)
            if field is None:
                self._complain(line, f"{self._event_name} has no field '{name}'", nearest(name, self._fields))
                continue
            compiled = compile_predicate(field, modifier, node, line, self._complain)
            if compiled is not None:
                found.append(compiled)
        return all_of(found) if found and len(found) == len(table.nodes) else None

    def _complain(self, line: int, what: str, hint: str) -> None:
        self._mistakes.add(self._path, line, what, hint)
