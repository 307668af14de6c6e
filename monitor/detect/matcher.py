"""What a rule compiles to: one plain function of an event's data classes, the event, and its flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from monitor.model.events import Event
from monitor.model.flow import FlowView

Matcher = Callable[[int, Event, FlowView], bool]
"""``matches(classes, event, flow)``; `classes` is the sum of `DataClass.bit` over what the event exposed."""


def all_of(matchers: Sequence[Matcher]) -> Matcher:
    """True when every one of `matchers` (at least one) is."""
    if len(matchers) == 1:
        return matchers[0]
    if len(matchers) == 2:  # noqa: PLR2004 (most rules, and every new message asks them: a loop costs twice as much)
        first, second = matchers
        return lambda classes, event, flow: first(classes, event, flow) and second(classes, event, flow)
    chain = tuple(matchers)

    def matches(classes: int, event: Event, flow: FlowView) -> bool:
        for matcher in chain:  # noqa: SIM110 (a generator would cost more than the predicates)
            if not matcher(classes, event, flow):
                return False
        return True

    return matches


def any_of(matchers: Sequence[Matcher]) -> Matcher:
    """True when at least one of `matchers` (at least one) is."""
    if len(matchers) == 1:
        return matchers[0]
    chain = tuple(matchers)

    def matches(classes: int, event: Event, flow: FlowView) -> bool:
        for matcher in chain:  # noqa: SIM110 (a generator would cost more than the predicates)
            if matcher(classes, event, flow):
                return True
        return False

    return matches


def negation(matcher: Matcher) -> Matcher:
    """True when `matcher` is not."""

    def matches(classes: int, event: Event, flow: FlowView) -> bool:
        return not matcher(classes, event, flow)

    return matches
