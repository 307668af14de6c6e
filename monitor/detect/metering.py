"""The rules that count over time, made ready: by the events they look at, with a meter for each way of counting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import count

from monitor.detect.counting import By, Counting
from monitor.detect.matcher import Matcher
from monitor.detect.rule import Rule
from monitor.model.events import Event
from monitor.model.named import NamedTuple

MAX_OF_GROUP = 5_000
"""Of one device that is compared with others: no honest one comes near within a day."""


class Meter:
    """One way in which one rule counts, made ready."""

    __slots__ = ("by", "groups_total", "gte", "is_single", "keep", "number", "of", "peers", "timespan_ns")

    def __init__(self, counting: Counting, number: int) -> None:
        self.number = number
        self.by, self.of, self.timespan_ns = counting.by, counting.of, counting.timespan_ns
        self.gte, self.peers = counting.gte, counting.peers
        self.is_single = counting.by in (By.DEVICE, By.SERVICE)
        """Whether all that a flow says is counted for the same."""
        self.keep = counting.gte if counting.peers is None else MAX_OF_GROUP
        """More need not be remembered to know whether there are enough."""
        self.groups_total = 0
        """For how many something is remembered."""


class Metered(NamedTuple):
    """A rule that counts one event type over time."""

    rank: int
    rule: Rule
    matches: Matcher
    meters: tuple[Meter, ...]
    """One for each way in which it counts."""
    anew: Mapping[Matcher, tuple[Meter, ...]]
    """Events with which some of them begin anew."""


def metered(rules: Iterable[Rule]) -> Callable[[type[Event]], list[Metered]]:
    """Gives the rules that count an event type over time; they are made ready when that is first asked for.

    Args:
        rules: the rules that run, worst first; their place is their rank.
    """
    numbers = count()
    counting = [
        (rank, rule, tuple(Meter(one, next(numbers)) for one in rule.counting))
        for rank, rule in enumerate(rules)
        if rule.counting
    ]

    @cache
    def of(event_type: type[Event]) -> list[Metered]:
        return [
            Metered(rank, rule, rule.matchers[event_type], meters, _anew(rule, meters, event_type))
            for rank, rule, meters in counting
            if event_type in rule.matchers
        ]

    return of


def _anew(rule: Rule, meters: tuple[Meter, ...], event_type: type[Event]) -> dict[Matcher, tuple[Meter, ...]]:
    anew: dict[Matcher, tuple[Meter, ...]] = {}
    for meter, one in zip(meters, rule.counting, strict=True):
        until = one.until.get(event_type)
        if until is not None:
            anew[until] = (*anew.get(until, ()), meter)
    return anew
