"""What a rule says under ``counting``: how often within what time, for whom, and compared to whom.

Read here and checked key by key; `recurrence` does the counting. The keys are explained in `docs/concepts/counting.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from monitor.config.document import Items, Node, Scalar, Table
from monitor.config.mistakes import nearest
from monitor.detect.matcher import Matcher
from monitor.model.closed import Enum
from monitor.model.events import Event, Sights
from monitor.model.lazy import lazy
from monitor.model.record import Record, field

T = TypeVar("T", bound=Enum)
Complain = Callable[[int, str, str], None]
"""Takes line, mistake and hint."""

MAX_TIMESPAN_NS = 86_400 * 10**9
"""Who patrons are is forgotten every day, so nothing can be counted for longer."""
MAX_GTE = 1_000
"""What led to a finding is remembered until then, so that it counts."""

_KEYS = frozenset({"by", "of", "timespan", "gte", "until", "peers"})
_NEEDED = frozenset({"by", "of", "timespan", "gte"})
_PEER_KEYS = frozenset({"times", "least", "alone"})
_TIMESPAN = lazy(r"([1-9][0-9]{0,4})([smhd])")
_NUMBER = lazy(r"[1-9][0-9]{0,5}")
_UNITS_NS = {"s": 10**9, "m": 60 * 10**9, "h": 3_600 * 10**9, "d": 86_400 * 10**9}


class By(Enum):
    """For whom something is counted, always within one service."""

    SERVICE = "service"
    """For all together."""
    DEVICE = "device"
    """The end that opened the connection."""
    PATRON = "patron"
    ACCOUNT = "account"


class Of(Enum):
    """What is counted."""

    EVENTS = "events"
    """Every event."""
    DEVICES = "devices"
    """Different ones, as are patrons and accounts."""
    PATRONS = "patrons"
    ACCOUNTS = "accounts"


class Peers(Record):
    """How a device is measured by the others that use the same service."""

    times: int
    """How many times the others' median."""
    least: int
    """How many others there must be within the time, or a median says nothing."""
    alone: int
    """How many it takes where there are fewer."""


class Counting(Record):
    """One way in which a rule counts."""

    by: By
    of: Of
    timespan_ns: int
    gte: int
    """From how many on it is a finding."""
    peers: Peers | None = None
    until: Mapping[type[Event], Matcher] = field(default_factory=dict)
    """Events with which counting begins anew: what is counted is counted in a row."""

    def counts_like(self, other: Counting) -> bool:
        """Whether the two differ in nothing but functions."""
        mine, its = (
            (one.by, one.of, one.timespan_ns, one.gte, one.peers, frozenset(one.until)) for one in (self, other)
        )
        return mine == its


class CountingTable:
    """One mapping under ``counting``, whose condition `until` is yet to be compiled."""

    def __init__(self, table: Table, complain: Complain) -> None:
        self._table = table
        self._complain = complain

    @property
    def until(self) -> Scalar | None:
        """The condition with which counting begins anew."""
        node = self._table.nodes.get("until")
        if node is None or isinstance(node, Scalar):
            return node
        self._complain(node.line, "'until' is a condition", "name a selection, as in 'until: right'")
        return None

    def read(self, event_types: Iterable[type[Event]], until: Mapping[type[Event], Matcher]) -> Counting | None:
        """What it says, or None after complaining."""
        table = self._table
        _check_keys(table, _KEYS, _NEEDED, "counting", self._complain)
        by = self._word("by", By)
        of = self._word("of", Of)
        timespan_ns = self._timespan()
        gte = self._number(table, "gte")
        if gte is not None and not 1 < gte <= MAX_GTE:
            self._complain(table.lines["gte"], f"'gte' lies between 2 and {MAX_GTE}", "")
            gte = None
        peers = self._peers(by, of, gte)
        if by is None or of is None or timespan_ns is None or gte is None or ("peers" in table.nodes and not peers):
            return None
        if not self._is_told(by, of, event_types):
            return None
        return Counting(by=by, of=of, timespan_ns=timespan_ns, gte=gte, peers=peers, until=until)

    def _word(self, key: str, words: type[T]) -> T | None:
        node = self._table.nodes.get(key)
        if node is None:
            return None
        text = node.text if isinstance(node, Scalar) else ""
        known = {one.value: one for one in words}
        if text not in known:
            self._complain(node.line, f"'{key}' is never '{text}'", nearest(text, known))
        return known.get(text)

    def _timespan(self) -> int | None:
        node = self._table.nodes.get("timespan")
        if node is None:
            return None
        match = _TIMESPAN.fullmatch(node.text) if isinstance(node, Scalar) else None
        if match is None:
            self._complain(node.line, "'timespan' is a number with a unit", "for example 30s, 10m, 1h or 1d")
            return None
        span_ns = int(match[1]) * _UNITS_NS[match[2]]
        if span_ns > MAX_TIMESPAN_NS:
            self._complain(node.line, "'timespan' is longer than a day", "who patrons are is forgotten every day")
            return None
        return span_ns

    def _number(self, table: Table, key: str) -> int | None:
        node = table.nodes.get(key)
        if node is None:
            return None
        if isinstance(node, Scalar) and _NUMBER.fullmatch(node.text):
            return int(node.text)
        self._complain(node.line, f"'{key}' is a whole number above zero", "")
        return None

    def _peers(self, by: By | None, of: Of | None, gte: int | None) -> Peers | None:
        node = self._table.nodes.get("peers")
        if node is None:
            return None
        if not isinstance(node, Table):
            self._complain(node.line, "'peers' is a mapping", "as in {times: 5, least: 5, alone: 300}")
            return None
        _check_keys(node, _PEER_KEYS, _PEER_KEYS, "peers", self._complain)
        times, least, alone = (self._number(node, key) for key in ("times", "least", "alone"))
        if by not in (By.DEVICE, None) or of is Of.EVENTS:
            self._complain(node.line, "'peers' compares devices, by what each has to do with", "write 'by: device'")
            return None
        if alone is not None and gte is not None and alone < gte:
            self._complain(node.lines["alone"], "'alone' is smaller than 'gte'", "a device alone is judged by both")
            return None
        if times is None or least is None or alone is None:
            return None
        return Peers(times=times, least=least, alone=alone)

    def _is_told(self, by: By, of: Of, event_types: Iterable[type[Event]]) -> bool:
        """Whether all events of the rule say what it wants to count."""
        wanted = {
            *((Sights.ACCOUNTS,) if by is By.ACCOUNT or of is Of.ACCOUNTS else ()),
            *((Sights.PATRONS,) if by is By.PATRON or of is Of.PATRONS else ()),
        }
        if by.value == of.value.removesuffix("s"):
            self._complain(self._table.lines["of"], f"a {by.value} has one {by.value}", "count 'events', for example")
            return False
        for one in event_types:
            for missing in sorted(kind.value for kind in wanted - {one.sights}):
                self._complain(self._table.line, f"an event of this rule tells no {missing} apart", "see 'event'")
                return False
        return True


def counting_tables(node: Node | None, complain: Complain) -> list[CountingTable]:
    """Each mapping under ``counting``, which is one or a list of several."""
    if node is None:
        return []
    items = node.nodes if isinstance(node, Items) else (node,)
    found = [CountingTable(item, complain) for item in items if isinstance(item, Table)]
    if not items or len(found) != len(items):
        complain(node.line, "'counting' is a mapping, or a list of them", "as in {by: device, of: events, ...}")
    return found


def _check_keys(table: Table, known: frozenset[str], needed: frozenset[str], what: str, complain: Complain) -> None:
    for key, line in table.lines.items():
        if key not in known:
            complain(line, f"'{what}' has no key '{key}'", nearest(key, known))
    for key in sorted(needed - table.nodes.keys()):
        complain(table.line, f"'{key}' is missing in '{what}'", "docs/concepts/counting.md explains every key")
