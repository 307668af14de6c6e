"""The shipped rules as the build read them: checked and typed once, and not at every start.

Rule: a file is known by its whole text, so one that was edited since is simply not known here, and read like any other.
What is known lies beside this module, three lines for each file: a digest of its text, what it says but for its
detection, and that. A detection is unpacked and compiled for an event when the first such event comes up: most runs
meet few kinds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import count
from pathlib import Path
from typing import NoReturn, cast

from monitor.config.document import read_document, read_text
from monitor.config.mistakes import Mistakes
from monitor.config.prepared import pack, unpack
from monitor.config.tree import RefusedError, Scalar, Table
from monitor.detect.counting import By, Counting, Of, Peers, counting_tables
from monitor.detect.detection import compile_detection
from monitor.detect.matcher import Matcher
from monitor.detect.reading import read_rule
from monitor.detect.rule import Counts, Pages, Rule
from monitor.model.data import AboutKind, Level, Status
from monitor.model.digest import blake2b
from monitor.model.events import Event
from monitor.model.record import fields
from monitor.privacy.labels import typed

RULES = Path(__file__).with_name("ready.jsonl")

_AS_THEY_ARE = ("id", "title", "severity", "family", "reports", "remediation", "references", "checklist")
_BY_VALUE = ("status", "level", "about", "counts", "pages")


class _Detection:
    """What a rule asks, compiled for a type of events when the first of that type comes up."""

    def __init__(self, packed: str, types: Mapping[type[Event], str], path: Path) -> None:
        """Take it as it lies in `RULES`, and the names of the events that it looks at."""
        self._packed = packed
        self.types = types
        self._path = path
        self._compiled: dict[type[Event], tuple[Matcher, ...]] = {}

    def of(self, event_type: type[Event]) -> tuple[Matcher, ...]:
        """The function of its condition, and one for each with which counting begins anew."""
        found = self._compiled.get(event_type)
        if found is None:
            found = self._compiled[event_type] = self._compile(event_type)
        return found

    def _compile(self, event_type: type[Event]) -> tuple[Matcher, ...]:
        detection, *untils = map(unpack, json.loads(self._packed))
        name, mistakes = self.types[event_type], Mistakes()
        others = cast("list[Scalar]", untils)
        found = compile_detection(cast("Table", detection), name, event_type, self._path, mistakes, others=others)
        mistakes.raise_any()
        return found or ()


class _ByEvent(Mapping[type[Event], Matcher]):
    """One of the functions of a rule by event type."""

    def __init__(self, detection: _Detection, index: int) -> None:
        self._detection = detection
        self._index = index

    def __contains__(self, event_type: object) -> bool:
        return event_type in self._detection.types

    def __getitem__(self, event_type: type[Event]) -> Matcher:
        return self._detection.of(event_type)[self._index]

    def __iter__(self) -> Iterator[type[Event]]:
        return iter(self._detection.types)

    def __len__(self) -> int:
        return len(self._detection.types)


def ready_rule(path: Path, event_types: Mapping[str, type[Event]]) -> Rule | None:
    """The rule in a file, if the build read it; without its examples, which were tried then.

    Args:
        path: the file.
        event_types: as for `load_rules`.
    """
    try:
        known = _known().get(_digest(read_text(path)))
        return None if known is None else _make(path, known, event_types)
    except (RefusedError, LookupError, TypeError, ValueError):  # of another version, or damaged
        return None


def prepare(paths: Sequence[Path], event_types: Mapping[str, type[Event]]) -> str:
    """What the build writes to `RULES`.

    Raises:
        RuleError: there is a mistake in one.
    """
    mistakes = Mistakes()
    names = {event_type: name for name, event_type in event_types.items()}
    lines: list[str] = []
    for path in paths:
        rule, table = read_rule(path, event_types, mistakes), read_document(path, mistakes)
        if rule is not None and table is not None:
            conditions = [table.nodes["detection"], *(until for until in _untils(table) if until is not None)]
            parts = _describe(rule, names), [pack(condition) for condition in conditions]
            lines += (_digest(path.read_text("utf-8")), *map(json.dumps, parts))
    mistakes.raise_any()
    return "".join(f"{line}\n" for line in lines)


def _untils(table: Table) -> Iterator[Scalar | None]:
    def refuse(line: int, what: str, hint: str) -> NoReturn:
        raise AssertionError(line, what, hint)  # it was read without a mistake

    return (one.until for one in counting_tables(table.nodes.get("counting"), refuse))


def _describe(rule: Rule, names: Mapping[type[Event], str]) -> dict[str, object]:
    return {
        **{name: getattr(rule, name) for name in _AS_THEY_ARE},
        **{name: getattr(rule, name).value for name in _BY_VALUE},
        "asks": sorted(rule.asks),
        "events": [names[event_type] for event_type in rule.matchers],
        "counting": [
            (
                one.by.value,
                one.of.value,
                one.timespan_ns,
                one.gte,
                one.peers and {name: getattr(one.peers, name) for name in fields(Peers)},
                bool(one.until),
            )
            for one in rule.counting
        ],
    }


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


@cache
def _known() -> Mapping[str, tuple[str, str]]:
    """By the digest of a file's text, what is known of it."""
    try:
        *lines, rest = RULES.read_bytes().decode("ascii").split("\n")
    except (OSError, ValueError):
        return {}
    if rest or len(lines) % 3:  # it was cut off
        return {}
    return dict(zip(lines[::3], zip(lines[1::3], lines[2::3], strict=True), strict=True))


def _make(path: Path, known: tuple[str, str], event_types: Mapping[str, type[Event]]) -> Rule:
    said = json.loads(known[0])
    detection = _Detection(known[1], {event_types[name]: name for name in said["events"]}, path)
    indexes = count(1)
    return Rule(
        slug=typed(path.stem),
        id=typed(said["id"]),
        title=typed(said["title"]),
        status=Status(said["status"]),
        level=Level(said["level"]),
        severity=said["severity"],
        family=typed(said["family"]),
        about=AboutKind(said["about"]),
        counts=Counts(said["counts"]),
        reports=said["reports"],
        pages=Pages(said["pages"]),
        matchers=_ByEvent(detection, 0),
        asks=frozenset(said["asks"]),
        counting=tuple(
            Counting(
                by=By(by),
                of=Of(of),
                timespan_ns=timespan_ns,
                gte=gte,
                peers=peers and Peers(**peers),
                until=_ByEvent(detection, next(indexes)) if until else {},
            )
            for by, of, timespan_ns, gte, peers, until in said["counting"]
        ),
        remediation=typed(said["remediation"]),
        references=tuple(map(typed, said["references"])),
        checklist=tuple(map(typed, said["checklist"])),
        path=path,
        match=(),
        no_match=(),
    )
