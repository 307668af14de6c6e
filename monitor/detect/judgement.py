"""What the rules say of an event: worked out once for all flows that are alike in what rules ask about.

Self-checks say the same to the same system all day, each in flows of its own; only few things about a flow matter to
any rule, and most flows are alike in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter

from monitor.detect.fields import FLOW_FIELDS
from monitor.detect.matcher import Matcher
from monitor.detect.metering import Meter, Metered, metered
from monitor.detect.rule import Counts, Rule
from monitor.model.events import Event
from monitor.model.flow import FlowView
from monitor.model.named import NamedTuple

MAX_VERDICTS = 16_384
"""Events, each with every kind of flow; a busy consortium has some hundreds of both together. About 5 MB when full;
then all are forgotten, which costs time only. The same holds for flows whose kind is known."""

_FLOWS = Counts.FLOWS
_Entry = tuple[int, Matcher, Rule]
"""Rank of a rule among all (0 is worst), how it matches the event type at hand, and the rule."""


class Verdict(NamedTuple):
    """What the rules say of one event in one kind of flow."""

    event: Event
    """It is known by its identity, so it is kept alive."""
    classes: int
    """Sum of `DataClass.bit` over what the event exposed."""
    events: tuple[tuple[int, Rule], ...]
    """Ranks and rules that count it; of a family the worst."""
    flows: tuple[tuple[int, Rule], ...]
    """Those that count its flow."""
    counting: tuple[tuple[Metered, bool, tuple[Meter, ...]], ...]
    """Those that count over time, whether they count this, and the meters that begin anew with it."""


class Judgement:
    """All rules that run."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """`rules`: worst first; their place is their rank."""
        self._rules = rules
        self._families = _families(rules)
        self._metered = metered(rules)
        self._read = _reader(rules)
        self._kinds: dict[tuple[object, ...], int] = {}
        self._flows: dict[int, tuple[FlowView, int]] = {}
        self._verdicts: dict[tuple[int, int], Verdict] = {}

    @property
    def judged(self) -> frozenset[type[Event]]:
        """The types of events that rules look at."""
        return frozenset(event_type for rule in self._rules for event_type in rule.matchers)

    def asks(self, name: str) -> bool:
        """Whether any rule asks about this field of flows."""
        return any(name in rule.asks for rule in self._rules)

    def judge(self, event: Event, flow: FlowView) -> Verdict | None:
        """What the rules say of an event; None if no rule looks at such events."""
        known = self._flows.get(id(flow))
        kind = known[1] if known is not None and known[0] is flow else self._kind(flow)
        verdict = self._verdicts.get((id(event), kind))
        return verdict or self._meet(event, flow, kind)

    def _kind(self, flow: FlowView) -> int:
        """The number of all flows that rules cannot tell from this one."""
        if len(self._flows) >= MAX_VERDICTS:
            self._flows.clear()
        if len(self._kinds) >= MAX_VERDICTS:
            self._kinds.clear()
            self._flows.clear()
            self._verdicts.clear()
        kind = self._kinds.setdefault(self._read(flow), len(self._kinds))
        self._flows[id(flow)] = flow, kind
        return kind

    def _meet(self, event: Event, flow: FlowView, kind: int) -> Verdict | None:
        families = self._families(type(event))
        counting = self._metered(type(event))
        if not families and not counting:
            return None
        classes = 0
        for exposed in event.exposed:
            classes |= exposed.data_class.bit
        events: list[tuple[int, Rule]] = []
        flows: list[tuple[int, Rule]] = []
        for family in families:
            for rank, matches, rule in family:
                if matches(classes, event, flow):
                    (flows if rule.counts is _FLOWS else events).append((rank, rule))
                    break
        over_time: list[tuple[Metered, bool, tuple[Meter, ...]]] = []
        for one in counting:
            anew = tuple(m for until, meters in one.anew.items() if until(classes, event, flow) for m in meters)
            counts = one.matches(classes, event, flow)
            if counts or anew:
                over_time.append((one, counts, anew))
        if len(self._verdicts) >= MAX_VERDICTS:
            self._verdicts.clear()
        verdict = Verdict(event, classes, tuple(events), tuple(flows), tuple(over_time))
        self._verdicts[id(event), kind] = verdict
        return verdict


def _reader(rules: Sequence[Rule]) -> Callable[[FlowView], tuple[object, ...]]:
    """Reads from a flow all that any of the rules asks about."""
    names = sorted({name for rule in rules for name in rule.asks if name in FLOW_FIELDS})
    if len(names) > 1:
        return attrgetter(*names)
    return lambda flow: tuple(FLOW_FIELDS[name].read(flow) for name in names)


def _families(rules: Sequence[Rule]) -> Callable[[type[Event]], tuple[tuple[_Entry, ...], ...]]:
    """Gives the families that look at an event type, each with its rules worst first; made when first asked for."""

    @cache
    def of(event_type: type[Event]) -> tuple[tuple[_Entry, ...], ...]:
        found = [
            (rank, rule.matchers[event_type], rule)
            for rank, rule in enumerate(rules)
            if event_type in rule.matchers and not rule.counting
        ]
        return tuple(
            tuple(family) for _, family in groupby(sorted(found, key=_by_family), key=lambda entry: entry[2].family)
        )

    return of


def _by_family(entry: _Entry) -> tuple[str, int]:
    return entry[2].family, entry[0]
