"""The shapes that are made of others: lists, and mappings with known keys.

Rules: as in `shapes`; what is wrong is left out after its note, so that the rest is checked as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.config.document import Items, Node, Scalar, Table
from monitor.config.mistakes import MAX_QUOTED_CHARS, nearest, quoted
from monitor.config.shapes import Choice, Found, Note, Schema, Shape
from monitor.model.named import NamedTuple

KIND = "kind"
"""The key that tells `Kinds` apart."""


class ListOf(NamedTuple):
    """A list of values of one shape; a value that is wrong is left out after its note."""

    item: Shape
    most: int
    least: int = 0
    bare: bool = False
    """True when a single value may stand for a list of one."""
    unique: bool = False
    """False also where a check of its own says more than that a value stands twice."""

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        if isinstance(node, Items):
            nodes = node.nodes
        elif self.bare and isinstance(node, Scalar) and not node.null:
            nodes = (node,)
        else:
            note(node.line, *self._no_list(node, key))
            return None
        if len(nodes) < self.least:
            note(node.line, f"'{key}' is empty", "")
        if len(nodes) > self.most:
            note(node.line, f"'{key}' has {len(nodes)} items, at most {self.most} are allowed", "")
        found = [one for one in (self.item.read(inner, key, note) for inner in nodes) if one is not None]
        if self.unique:
            self._check_unique(found, key, note)
        return Found(tuple(found), node.line)

    def _no_list(self, node: Node, key: str) -> tuple[str, str]:
        """What is wrong with something else than a list, and a hint."""
        if not isinstance(node, Scalar):
            return f"'{key}' is a list", "begin each item with '- '"
        if node.null:
            return f"'{key}' is empty", "write its items, or leave it out"
        return f"'{key}' is a list, even of one", f"write [{node.text}]" if len(node.text) <= MAX_QUOTED_CHARS else ""

    def _check_unique(self, found: list[Found], key: str, note: Note) -> None:
        seen = set()
        for one in found:
            if one.value in seen:
                note(one.line, f"'{key}' has {quoted(str(one.value))} twice", "")
            seen.add(one.value)

    def schema(self) -> Schema:
        """See `Shape`."""
        several: Schema = {"type": "array", "items": self.item.schema(), "maxItems": self.most}
        if self.least:
            several["minItems"] = self.least
        if self.unique:
            several["uniqueItems"] = True
        return {"anyOf": [self.item.schema(), several]} if self.bare else several


class Key(NamedTuple):
    """One key of a section."""

    name: str
    shape: Shape
    says: str
    """What it says, in one sentence; the schema and the reference have the same."""
    required: bool = False


class Fields(NamedTuple):
    """The values of a section by key, without those that were wrong; and the section as it was written."""

    values: dict[str, Found]
    table: Table

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or `default` when it is not there."""
        found = self.values.get(key)
        return default if found is None else found.value

    def written(self, key: str) -> str:
        """The text of a key as it was typed, be it right or wrong; empty when there is none."""
        node = self.table.nodes.get(key)
        return node.text if isinstance(node, Scalar) else ""


class Section(NamedTuple):
    """A mapping with known keys."""

    keys: tuple[Key, ...]

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        if not isinstance(node, Table):
            names = ", ".join(one.name for one in self.keys)
            note(node.line, f"'{key}' wants 'key: value' lines here", f"known: {names}" if names else "")
            return None
        known = {one.name: one for one in self.keys}
        for name, line in node.lines.items():
            if name not in known:
                note(line, f"unknown key {quoted(name)}", _for_unknown(name, known))
        values = {}
        for one in self.keys:
            inner = node.nodes.get(one.name)
            if inner is None:
                if one.required:
                    note(node.line, f"'{one.name}' is missing", one.says)
                continue
            found = one.shape.read(inner, one.name, note)
            if found is not None:
                values[one.name] = found
        return Found(Fields(values, node), node.line)

    def schema(self) -> Schema:
        """See `Shape`."""
        described: Schema = {
            "type": "object",
            "additionalProperties": False,
            "properties": {one.name: {"description": one.says, **one.shape.schema()} for one in self.keys},
        }
        required = [one.name for one in self.keys if one.required]
        if required:
            described["required"] = required
        return described


def _for_unknown(name: str, known: Mapping[str, Key]) -> str:
    if name == "<<":
        return "merging is not understood: write the keys out"
    return nearest(name, known) if known else "nothing can be configured here"


class Brief(NamedTuple):
    """A section of which one key is enough most of the time: then its value may stand alone."""

    section: Section
    key: str

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        if isinstance(node, Scalar):
            node = Table({self.key: node}, {self.key: node.line}, node.line)
        return self.section.read(node, key, note)

    def schema(self) -> Schema:
        """See `Shape`."""
        alone = next(one.shape for one in self.section.keys if one.name == self.key)
        return {"anyOf": [alone.schema(), self.section.schema()]}


class Forms(NamedTuple):
    """A mapping of one of several forms, told apart by the key that only it has."""

    forms: Mapping[str, Section]

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        named = [name for name in self.forms if isinstance(node, Table) and name in node.nodes]
        if len(named) == 1:
            return self.forms[named[0]].read(node, key, note)
        wanted = " or ".join(f"'{name}:'" for name in self.forms)
        hint = "make it several items" if named else f"as in {{{next(iter(self.forms))}: ...}}"
        note(node.line, f"each of '{key}' says one of {wanted}", hint)
        return None

    def schema(self) -> Schema:
        """See `Shape`."""
        return {"oneOf": [form.schema() for form in self.forms.values()]}


class Kinds(NamedTuple):
    """A mapping of one of several kinds, each with keys of its own; the key ``kind`` names it."""

    kinds: Mapping[str, tuple[Key, ...]]
    says: str
    """What the kind says."""

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        inner = node.nodes.get(KIND) if isinstance(node, Table) else None
        if inner is None:
            hint = f"as in {{{KIND}: {next(iter(self.kinds))}}}; there are {', '.join(self.kinds)}"
            note(node.line, f"each of '{key}' says its '{KIND}'", hint)
            return None
        kind = Choice({name: name for name in self.kinds}).read(inner, KIND, note)
        return None if kind is None else self.section(kind.value).read(node, key, note)

    def schema(self) -> Schema:
        """See `Shape`."""
        return {"oneOf": [self.section(kind).schema() for kind in self.kinds]}

    def section(self, kind: str) -> Section:
        """All keys of one kind."""
        return Section((Key(name=KIND, shape=Choice({kind: kind}), says=self.says, required=True), *self.kinds[kind]))
