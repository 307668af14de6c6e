"""Under attack: memory stays flat, what is given up is counted, and patron data in progress is found all the same."""

from __future__ import annotations

import tracemalloc
from itertools import islice

import pytest

from monitor.flow.tracker import Tracker
from monitor.model.finding import Observation
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.registry import specs
from monitor.protocols.sip2.events import Sip2Message
from tests.support.attack import ATTACKS, attack, messages
from tests.support.frames import decoded

SLOTS = 256
FIRST, MORE = 4_000, 8_000
BATCH = 500
GROWTH_BYTES = 400_000
"""What may come on top after the first part: caches of some hundred entries that were not full by then."""
GROWTH = 0.25
"""And of what is held, which varies with the sizes of packets."""

REASONS = {
    "SYN flood": {"flow.table"},
    "port scan": {"flow.table"},
    "short flows": {"flow.table"},
    "flows that never close": {"flow.table"},
    "segments far ahead": {"flow.table"},
    "fragments without end": {"flow.fragments"},
}
"""The limits that each hits."""


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_costs_nothing_but_itself(name: str) -> None:
    """Twice as many packets more take no more memory than the first did."""
    seen: list[Observation] = []
    stats = Stats()
    tracker = Tracker(specs(), NamingPolicy(), stats, seen.append, slots=SLOTS)
    packets = attack(name, FIRST + MORE)
    taken, number = [], 0

    def take(count: int) -> int:
        """So many packets; then what is held."""
        nonlocal number
        while count > 0 and (some := list(islice(packets, min(BATCH, count)))):
            tracker.take(decoded([p.data for p in some], times_ns=[p.at_ns for p in some], first=number + 1))
            tracker.tick(some[-1].at_ns)
            number, count = number + len(some), count - len(some)
        del some
        taken.extend(one for one in seen if isinstance(one.event, Sip2Message) and one.event.exposed)
        seen.clear()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        take(FIRST // 2)
        first = take(FIRST // 2)
        last = take(10**9)
    finally:
        tracemalloc.stop()

    assert last - first < max(GROWTH_BYTES, GROWTH * first)
    assert messages(FIRST + MORE) == sum(len({one.frame}) for one in taken)
    assert REASONS[name] <= {limit for limit, count in stats.limits.items() if count}
    assert not stats.faults
    assert number == stats.coverage.packets
