"""A rule as the engine runs it, and the set of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from monitor.config.document import Table
from monitor.detect.counting import Counting
from monitor.detect.matcher import Matcher
from monitor.model.closed import Enum
from monitor.model.data import AboutKind, Level, Status
from monitor.model.events import Event
from monitor.model.opaque import Label
from monitor.model.record import Record


class Counts(Enum):
    """What a finding counts."""

    EVENTS = "events"
    """Every matching observation (messages, requests)."""
    FLOWS = "flows"
    """Every flow once, at the worst rule of the family that it ever matched."""


class Pages(Enum):
    """When a finding is worth waking somebody up."""

    NEVER = "never"
    INTERNET = "internet"
    """When one of its ends is on the internet."""
    ALWAYS = "always"


class Rule(Record):
    """One judgement over observations. The keys of a rule file are explained in `docs/concepts/rules.md`."""

    slug: Label
    """Name of the file without its ending."""
    id: Label
    title: Label
    status: Status
    level: Level
    severity: int
    """Among rules of a family with the same level, the larger one is worse."""
    family: Label
    about: AboutKind
    counts: Counts
    reports: int
    """Sum of `DataClass.bit` over the classes that the finding shows."""
    pages: Pages
    matchers: Mapping[type[Event], Matcher]
    """By the event types the rule looks at."""
    asks: frozenset[str]
    """The fields of events and flows that decide."""
    counting: tuple[Counting, ...]
    """How often it takes to be a finding; empty where once is enough. Any of these suffices."""
    remediation: Label
    references: tuple[Label, ...]
    checklist: tuple[Label, ...]
    path: Path
    match: tuple[Table, ...]
    """Examples of events that the rule must match; none where the build has tried them (`ready`)."""
    no_match: tuple[Table, ...]
    """Examples of events that it must not match."""

    def counts_like(self, other: Rule) -> bool:
        """Whether what one has counted the other would have counted in the same way."""
        return (
            (self.family, self.about, self.counts, self.reports)
            == (other.family, other.about, other.counts, other.reports)
            and len(self.counting) == len(other.counting)
            and all(mine.counts_like(its) for mine, its in zip(self.counting, other.counting, strict=True))
        )


class RuleSet(Record, kw_only=False):
    """All rules of a run, worst level first, then by slug."""

    rules: tuple[Rule, ...]

    @property
    def active(self) -> tuple[Rule, ...]:
        """The rules that run: all but deprecated ones."""
        return tuple(rule for rule in self.rules if rule.status is not Status.DEPRECATED)


def worst_first(rule: Rule) -> tuple[int, int, str]:
    """Sort key: the worst level first, within it the worst severity, then the slug."""
    return -rule.level, -rule.severity, rule.slug
