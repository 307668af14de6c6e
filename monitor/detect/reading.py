"""Reads one rule file: its metadata checked key by key, its detection compiled for each event type it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from monitor.config.document import Items, Node, Scalar, Table, read_document
from monitor.config.mistakes import Mistakes, nearest
from monitor.detect.counting import Counting, CountingTable, counting_tables
from monitor.detect.detection import asked_fields, compile_detection
from monitor.detect.matcher import Matcher
from monitor.detect.rule import Counts, Pages, Rule
from monitor.model.data import AboutKind, DataClass, Level, Status
from monitor.model.events import Event
from monitor.model.lazy import lazy
from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING, typed

T = TypeVar("T")

# fmt: off
REQUIRED = frozenset({
    "title", "id", "status", "description", "logsource", "detection", "falsepositives", "level",
    "family", "about", "event", "remediation", "examples",
})
OPTIONAL = frozenset({
    "references", "author", "date", "modified", "tags", "license", "related",
    "counts", "counting", "reports", "pages", "checklist", "severity",
})
# fmt: on
MAX_TITLE_CHARS = 100
"""A title has one line of an alert."""

SLUG = lazy(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_UUID = lazy(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_DATE = lazy(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_TAG = lazy(r"[a-z0-9_-]+\.[a-z0-9._-]+")
_LINK = lazy(r"https?://\S+")
_SEVERITIES = frozenset("0123456789")
_PATRON_CLASSES = sum(one.bit for one in DataClass if one is not DataClass.STAFF_CREDENTIAL)


def read_rule(path: Path, event_types: Mapping[str, type[Event]], mistakes: Mistakes) -> Rule | None:
    """The rule in one file, or None after noting every mistake in it."""
    before = len(mistakes)
    table = read_document(path, mistakes)
    if table is None:
        return None
    rule = _Reader(path, table, mistakes).rule(event_types)
    return rule if len(mistakes) == before else None


class _Reader:
    """Takes one key after the other. What is wrong is noted and read as something harmless, so that reading goes on."""

    def __init__(self, path: Path, table: Table, mistakes: Mistakes) -> None:
        self._path = path
        self._table = table
        self._mistakes = mistakes

    def rule(self, event_types: Mapping[str, type[Event]]) -> Rule:
        self._check_keys()
        self._check_sigma()
        match, no_match = self._examples()
        matchers, counting = self._judgement(event_types)
        return Rule(
            slug=self._slug(),
            id=self._shaped("id", _UUID, "a random UUID (version 4) in lower case", "the command uuidgen makes one"),
            title=self._title(),
            status=self._choice("status", {one.value: one for one in Status}, Status.STABLE),
            level=self._choice("level", {one.word: one for one in Level}, Level.INFORMATIONAL),
            severity=self._severity(),
            family=self._shaped("family", SLUG, "lower-case words joined by '-'"),
            about=self._choice("about", {one.value: one for one in AboutKind}, AboutKind.SERVICE),
            counts=self._choice("counts", {one.value: one for one in Counts}, Counts.EVENTS),
            reports=self._reports(),
            pages=self._choice("pages", {one.value: one for one in Pages}, Pages.NEVER),
            matchers=matchers,
            asks=asked_fields(self._table.nodes.get("detection")),
            counting=counting,
            remediation=self._text("remediation"),
            references=self._each("references", _LINK, "a web address"),
            checklist=self._texts("checklist"),
            path=self._path,
            match=match,
            no_match=no_match,
        )

    def _complain(self, line: int, what: str, hint: str = "") -> None:
        self._mistakes.add(self._path, line, what, hint)

    def _check_keys(self) -> None:
        for key, line in self._table.lines.items():
            if key not in REQUIRED and key not in OPTIONAL:
                self._complain(line, f"unknown key '{key}'", nearest(key, REQUIRED | OPTIONAL))
        for key in sorted(REQUIRED - self._table.nodes.keys()):
            self._complain(self._table.line, f"'{key}' is missing", "docs/concepts/rules.md explains every key")

    def _check_sigma(self) -> None:
        """Keys that only people and other Sigma tools read."""
        self._text("description")
        self._texts("falsepositives")
        self._each("tags", _TAG, "a tag as Sigma writes it, 'space.name'")
        for key in ("date", "modified"):
            if key in self._table.nodes:
                self._shaped(key, _DATE, "a day, YYYY-MM-DD")
        source = self._table.nodes.get("logsource")
        if source is not None and not (isinstance(source, Table) and source.nodes):
            self._complain(source.line, "'logsource' is a mapping", "for example 'product: library'")

    def _slug(self) -> Label:
        if not SLUG.fullmatch(self._path.stem):
            self._complain(1, "the file's name is the rule's short name: lower-case words joined by '-'")
        return typed(self._path.stem)

    def _title(self) -> Label:
        title = self._text("title")
        if len(title) > MAX_TITLE_CHARS:
            self._complain(self._table.lines["title"], f"'title' is longer than {MAX_TITLE_CHARS} characters")
        return title

    def _text(self, key: str) -> Label:
        node = self._table.nodes.get(key)
        if node is None:
            return NOTHING
        return typed(self._scalar(key, node))

    def _scalar(self, key: str, node: Node) -> str:
        if isinstance(node, Scalar) and not node.null and node.text.strip():
            return node.text.strip()
        self._complain(node.line, f"'{key}' is text that is not empty")
        return ""

    def _texts(self, key: str) -> tuple[Label, ...]:
        return tuple(typed(self._scalar(key, node)) for node in self._nodes(key))

    def _nodes(self, key: str) -> tuple[Node, ...]:
        node = self._table.nodes.get(key)
        if node is None:
            return ()
        if not isinstance(node, Items):
            self._complain(node.line, f"'{key}' is a list", "begin each item with '- '")
            return ()
        return node.nodes

    def _shaped(self, key: str, shape: re.Pattern[str], what: str, hint: str = "") -> Label:
        text = self._text(key)
        if text and not shape.fullmatch(text):
            self._complain(self._table.lines[key], f"'{key}' is {what}", hint)
        return text

    def _each(self, key: str, shape: re.Pattern[str], what: str) -> tuple[Label, ...]:
        texts = self._texts(key)
        for node, text in zip(self._nodes(key), texts, strict=True):
            if text and not shape.fullmatch(text):
                self._complain(node.line, f"each of '{key}' is {what}")
        return texts

    def _choice(self, key: str, words: Mapping[str, T], default: T) -> T:
        text = self._text(key)
        if text and text not in words:
            self._complain(self._table.lines[key], f"'{key}' is never '{text}'", nearest(text, words))
        return words.get(text, default)

    def _severity(self) -> int:
        text = self._text("severity")
        if text and text not in _SEVERITIES:
            self._complain(self._table.lines["severity"], "'severity' is a digit from 0 to 9", "9 is the worst")
        return int(text) if text in _SEVERITIES else 0

    def _reports(self) -> int:
        if "reports" not in self._table.nodes:
            return _PATRON_CLASSES
        known = {one.value: one.bit for one in DataClass}
        found = 0
        for node in self._nodes("reports"):
            word = self._scalar("reports", node)
            if word and word not in known:
                self._complain(node.line, f"there is no data class '{word}'", nearest(word, known))
            found |= known.get(word, 0)
        return found

    def _judgement(
        self, event_types: Mapping[str, type[Event]]
    ) -> tuple[dict[type[Event], Matcher], tuple[Counting, ...]]:
        """What matches, and how often it must."""
        tables = counting_tables(self._table.nodes.get("counting"), self._complain)
        untils = [(table, until) for table in tables if (until := table.until) is not None]
        compiled = self._compiled(event_types, [until for _, until in untils])
        anew: dict[CountingTable, dict[type[Event], Matcher]] = {table: {} for table in tables}
        for event_type, (_, *others) in compiled.items():
            for (table, _), matcher in zip(untils, others, strict=True):
                anew[table][event_type] = matcher
        found = [table.read(list(compiled), until) for table, until in anew.items()]
        if found and self._table.nodes.get("counts") is not None:
            self._complain(self._table.lines["counts"], "what counts over time counts events", "remove 'counts'")
        return {kind: matchers[0] for kind, matchers in compiled.items()}, tuple(one for one in found if one)

    def _compiled(
        self, event_types: Mapping[str, type[Event]], others: list[Scalar]
    ) -> dict[type[Event], tuple[Matcher, ...]]:
        """For each event of the rule, the function of its condition, and one for each other condition."""
        node = self._table.nodes.get("event")
        detection = self._table.nodes.get("detection")
        if node is None or detection is None:
            return {}
        if not isinstance(detection, Table):
            self._complain(detection.line, "'detection' is a mapping", "selections and one 'condition'")
            return {}
        found: dict[type[Event], tuple[Matcher, ...]] = {}
        items = node.nodes if isinstance(node, Items) else (node,)
        if not items:
            self._complain(node.line, "'event' names no event", nearest("", event_types))
        for item in items:
            name = self._scalar("event", item)
            if name and name not in event_types:
                self._complain(item.line, f"there is no event '{name}'", nearest(name, event_types))
            elif name:
                compiled = compile_detection(
                    detection, name, event_types[name], self._path, self._mistakes, others=others
                )
                if compiled is not None:
                    found[event_types[name]] = compiled
        return found

    def _examples(self) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
        node = self._table.nodes.get("examples")
        if node is None:
            return (), ()
        if not isinstance(node, Table) or node.nodes.keys() != {"match", "no_match"}:
            self._complain(node.line, "'examples' has two lists, 'match' and 'no_match'")
            return (), ()
        return self._tables(node.nodes["match"]), self._tables(node.nodes["no_match"])

    def _tables(self, node: Node) -> tuple[Table, ...]:
        tables = node.nodes if isinstance(node, Items) else ()
        if not tables:
            self._complain(node.line, "examples are a list of events, at least one", "for example '- {event: ...}'")
        for table in tables:
            if not isinstance(table, Table) or not isinstance(table.nodes.get("event"), Scalar):
                self._complain(table.line, "an example is a mapping that names its 'event'")
        return tuple(table for table in tables if isinstance(table, Table))
