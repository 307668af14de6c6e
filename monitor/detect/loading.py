"""Loads the rules of all folders, shipped ones first; a later folder replaces a rule by using its `id` again."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from monitor.config.mistakes import Mistakes
from monitor.detect.reading import read_rule
from monitor.detect.ready import ready_rule
from monitor.detect.rule import Counts, Rule, RuleSet, worst_first
from monitor.model.events import Event

MAX_FILES = 1_000
"""A folder. The shipped one has a few dozen at most; a wrong folder may have millions."""


def load_rules(folders: Sequence[Path], event_types: Mapping[str, type[Event]], *, at_leisure: bool = False) -> RuleSet:
    """Read every ``*.yaml`` of `folders`.

    Args:
        folders: In order; a rule of a later folder replaces the one with the same id of an earlier folder.
        event_types: Names that rules use for events ("sip2.message"), to their classes.
        at_leisure: What the build has checked may be taken from there, without its examples, and may take a moment
            when the first event comes up that it looks at.

    Raises:
        RuleError: naming all mistakes of all files at once.
    """
    mistakes = Mistakes()
    merged: dict[str, Rule] = {}
    for folder in folders:
        own: dict[str, Rule] = {}
        for path in _files(folder, mistakes):
            known = ready_rule(path, event_types) if at_leisure else None
            rule = known or read_rule(path, event_types, mistakes)
            if rule is None:
                continue
            twin = own.setdefault(rule.id, rule)
            if twin is not rule:
                mistakes.add(path, 1, f"has the id of {twin.path.name}", "every rule of a folder has an id of its own")
        merged.update(own)
    _check_together(merged, mistakes)
    mistakes.raise_any()
    return RuleSet(tuple(sorted(merged.values(), key=worst_first)))


def _files(folder: Path, mistakes: Mistakes) -> list[Path]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  (sorting a path costs as much as reading its file)
    except OSError as error:
        mistakes.add(folder, 1, f"the rules folder cannot be read: {error.strerror}")
        return []
    for name in names:
        if name.endswith(".yml"):
            mistakes.add(folder / name, 1, "rule files end in '.yaml'", "rename it, or it would not be used")
    found = [name for name in names if name.endswith(".yaml")]
    if len(found) > MAX_FILES:
        mistakes.add(folder, 1, f"more than {MAX_FILES} rule files", "is this the right folder?")
    return [folder / name for name in found[:MAX_FILES]]


def _check_together(rules: Mapping[str, Rule], mistakes: Mistakes) -> None:
    slugs: dict[str, Rule] = {}
    counts: dict[str, tuple[Counts, Rule]] = {}
    for rule in rules.values():
        twin = slugs.setdefault(rule.slug, rule)
        if twin is not rule:
            mistakes.add(
                rule.path, 1, f"has the name of {twin.path}", "use its id to replace that rule, or rename this file"
            )
        unit, first = counts.setdefault(rule.family, (rule.counts, rule))
        if rule is not first and (rule.counting or first.counting):
            mistakes.add(
                rule.path,
                1,
                f"is of the same family as {first.path.name}, and one of the two counts over time",
                "such a rule needs a family of its own: what is worse cannot be told before it is counted",
            )
        if rule.counts is not unit:
            mistakes.add(
                rule.path,
                1,
                f"counts {rule.counts.value}, {first.path.name} of the same family counts {unit.value}",
                "all rules of a family count the same, or one thing would count twice",
            )
