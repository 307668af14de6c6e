"""Counts what a rule wants counted over time: for each device, patron or account of a service, in a row or by others.

Rules: time is what observations say, so the answer is the same live and offline and however they come in batches.
Patrons and accounts are numbers of the day (`privacy.pseudonyms`), and with these all counts begin anew every UTC day.
What led to a finding is kept until it is one, so that it counts; every table is bounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import cython

from monitor.detect.counting import By, Of, Peers
from monitor.detect.metering import MAX_OF_GROUP, Meter
from monitor.model.events import Event
from monitor.model.finding import Moment, Observation
from monitor.model.flow import FlowView
from monitor.model.opaque import Sighting
from monitor.model.stats import Stats
from monitor.privacy.presence import Place, place_of
from monitor.privacy.pseudonyms import Pseudonyms

MAX_GROUPS = 20_000
"""Devices, patrons and accounts for whom something is counted, over all rules; the one counted least lately is
forgotten first. About 10 MB when full."""
MAX_MEMBERS = 100_000
"""Remembered for them all: a thousand self-checks with a hundred patrons an hour each. About 35 MB when full."""
BAR_NS = 60 * 10**9
"""How long the others' median is good for: to work it out takes a look at all of them."""

Service = tuple[Place, int]
"""Whoever answers, and its port."""
Who = Place | Service | int
"""For whom something is counted: a device, the service itself, or the number of a patron or account."""
Key = tuple[int, Service, Who]
"""Which meter, and for whom."""
_EVENTS, _DEVICES = Of.EVENTS, Of.DEVICES  # saves a look-up each time
_DEVICE, _SERVICE = By.DEVICE, By.SERVICE


@cython.final
@cython.cclass
class _Entry:
    """Something observed, until it is told: several meters of a rule may hold it."""

    recurrence: Recurrence
    moment: Moment
    flow_serial: int
    sightings: tuple[Sighting, ...]
    is_told: cython.bint

    def __init__(
        self, recurrence: Recurrence, moment: Moment, flow_serial: int, sightings: tuple[Sighting, ...]
    ) -> None:
        self.recurrence = recurrence
        self.moment = moment
        self.flow_serial = flow_serial
        self.sightings = sightings
        self.is_told = False

    @cython.cfunc
    def tell(self) -> Observation:
        """Give it away."""
        at_ns, capture, frame, vlan = self.moment
        sightings, self.sightings, self.is_told = self.sightings, (), True
        one: Recurrence = self.recurrence
        return Observation(at_ns, one.flow, self.flow_serial, one.event, capture, frame, vlan, sightings)


@cython.final
@cython.cclass
class _Group:
    """What was counted for one device, patron or account."""

    meter: Meter
    key: Key
    members: dict[object, int]
    """Who or what was counted, and when last, in that order."""
    entries: deque[tuple[int, _Entry]]
    """What led here, while it is no finding."""
    is_over: cython.bint
    is_forgotten: cython.bint
    due_ns: cython.longlong
    """Until then nothing of it is too long ago."""
    gte: cython.Py_ssize_t
    keep: cython.Py_ssize_t
    bar: cython.Py_ssize_t
    bar_until_ns: cython.longlong
    counted_ns: cython.longlong
    """When something was counted last; by `queued_ns` it has its place among the others."""
    queued_ns: cython.longlong

    def __init__(self, meter: Meter, key: Key, at_ns: int) -> None:
        self.meter = meter
        self.key = key
        self.members = {}
        self.entries = deque(maxlen=meter.gte)
        self.is_over = False
        self.is_forgotten = False
        self.due_ns = at_ns + meter.timespan_ns
        self.bar = self.gte = meter.gte
        self.keep = meter.keep
        self.bar_until_ns = 0
        self.counted_ns = self.queued_ns = at_ns


@cython.final
@cython.cclass
class Recurrences:
    """The memory that all rules share."""

    until_ns: int = cython.declare(cython.longlong, visibility="readonly")
    """When the day ends, and with it all that is remembered."""
    _stats: Stats
    _pseudonyms: Pseudonyms
    _groups: dict[Key, _Group]
    _pools: dict[tuple[int, Service], dict[Who, _Group]]
    _members: cython.Py_ssize_t
    _serial: cython.longlong

    def __init__(self, stats: Stats) -> None:
        self.until_ns = 0
        self._stats = stats
        self._pseudonyms = Pseudonyms()
        self._groups = {}
        self._pools = {}
        self._members = 0
        self._serial = 0

    @cython.cfunc
    def take(self, group: _Group, entry: _Entry, at_ns: cython.longlong, device: Place) -> Sequence[_Entry]:
        """Count something for one device, patron or account.

        Returns:
            all that counts in the finding now: what led to it too, if it has become one.
        """
        group.counted_ns = at_ns
        meter, members = group.meter, group.members
        is_new: cython.bint = False
        size: cython.Py_ssize_t
        if at_ns > group.due_ns:
            self._prune(group, at_ns)
        for member in self._counted(meter.of, entry.sightings, device):
            if members.pop(member, None) is None:
                if self._members >= MAX_MEMBERS:
                    self._stats.limits["detect.counting"] += 1
                    continue
                self._members += 1
                is_new = True
            members[member] = at_ns
        size = len(members)
        while size > group.keep:
            del members[next(iter(members))]
            self._members -= 1
            size -= 1
        if size >= group.gte and self._is_over(meter, group, at_ns):
            group.is_over = True
            if not group.entries:
                return (entry,)
            due = [kept for _, kept in group.entries]
            group.entries.clear()
            return (*due, entry)
        group.is_over = False
        if is_new:
            group.entries.append((at_ns, entry))
        return ()

    @cython.cfunc
    def group(self, meter: Meter, service: Service, who: Who, at_ns: cython.longlong) -> _Group:
        """Where it is counted for somebody."""
        key = (meter.number, service, who)
        group: _Group | None = self._groups.get(key)
        if group is None:
            if len(self._groups) >= MAX_GROUPS:
                self._make_room(at_ns)
            group = self._groups[key] = _Group(meter, key, at_ns)
            meter.groups_total += 1
            if meter.peers is not None:
                self._pools.setdefault(key[:2], {})[who] = group
        return group

    @cython.cfunc
    def begin_anew(self, meter: Meter, service: Service, who: Who) -> cython.int:
        """Forget what was counted for somebody."""
        group: _Group | None = self._groups.get((meter.number, service, who))
        if group is not None:
            self._drop(group)
        return 0

    @cython.cfunc
    def numbers(self, sightings: tuple[Sighting, ...]) -> list[int]:
        """Patrons or accounts, as far as there is room to tell them apart."""
        found = []
        for one in sightings:
            number = self._pseudonyms.number(one)
            if number is None:
                self._stats.limits["detect.counting"] += 1
            else:
                found.append(number)
        return found

    @cython.cfunc
    def turn(self, at_ns: cython.longlong) -> cython.int:
        """Begin a day."""
        group: _Group
        self.until_ns = self._pseudonyms.turn(at_ns)
        for group in list(self._groups.values()):
            self._drop(group)
        return 0

    @cython.cfunc
    def _counted(self, of: Of, sightings: tuple[Sighting, ...], device: Place) -> Sequence[object]:
        if of is _EVENTS:
            self._serial += 1
            return (self._serial,)
        return (device,) if of is _DEVICES else self.numbers(sightings)

    @cython.cfunc
    def _is_over(self, meter: Meter, group: _Group, at_ns: cython.longlong) -> cython.bint:
        if meter.peers is None:
            return True
        size: cython.Py_ssize_t = len(group.members)
        if at_ns >= group.bar_until_ns or (size >= group.bar and not group.is_over):
            group.bar, group.bar_until_ns = self._bar(meter.peers, group, at_ns), at_ns + BAR_NS
        return size >= group.bar

    @cython.cfunc
    def _bar(self, peers: Peers, group: _Group, at_ns: cython.longlong) -> cython.Py_ssize_t:
        """How many it takes, by what others do now."""
        one: _Group
        sizes: list[int] = []
        for one in self._pools[group.key[:2]].values():
            if one is not group:
                self._prune(one, at_ns)
                sizes += [len(one.members)] if one.members else []
        sizes.sort()
        if len(sizes) < peers.least:
            return peers.alone
        return min(max(group.meter.gte, peers.times * sizes[len(sizes) // 2]), MAX_OF_GROUP)

    @cython.cfunc
    def _prune(self, group: _Group, at_ns: cython.longlong) -> cython.int:
        """Forget what is too long ago."""
        if at_ns <= group.due_ns:
            return 0
        members, entries = group.members, group.entries
        horizon_ns = at_ns - group.meter.timespan_ns
        while members:
            oldest = next(iter(members))
            if members[oldest] >= horizon_ns:
                break
            del members[oldest]
            self._members -= 1
        while entries and entries[0][0] < horizon_ns:
            entries.popleft()
        oldest_ns = min(next(iter(members.values()), at_ns), entries[0][0] if entries else at_ns)
        group.due_ns = oldest_ns + group.meter.timespan_ns
        return 0

    @cython.cfunc
    def _make_room(self, at_ns: cython.longlong) -> cython.int:
        """Forget the one that was counted for least lately; no limit to tell of if that was too long ago to count."""
        group: _Group
        while True:
            group = next(iter(self._groups.values()))
            if group.counted_ns == group.queued_ns:
                break
            group.queued_ns = group.counted_ns
            self._groups[group.key] = self._groups.pop(group.key)
        self._prune(group, at_ns)
        if group.members:
            self._stats.limits["detect.counting"] += 1
        self._drop(group)
        return 0

    @cython.cfunc
    def _drop(self, group: _Group) -> cython.int:
        del self._groups[group.key]
        group.is_forgotten = True
        group.meter.groups_total -= 1
        self._members -= len(group.members)
        pool = self._pools.get(group.key[:2])
        if pool is not None:
            pool.pop(group.key[2], None)
        return 0


@cython.final
@cython.cclass
class Recurrence:
    """All that one rule counts about one event in one flow: made once, and told of each time it comes up."""

    flow: FlowView
    event: Event
    _memory: Recurrences
    _meters: Sequence[Meter]
    _anew: Sequence[Meter]
    _device: Place
    _service: Service
    _held: dict[int, _Group]
    """Groups by the number of the meter, where it is the same each time."""

    def __init__(
        self, memory: Recurrences, flow: FlowView, event: Event, meters: Sequence[Meter], anew: Sequence[Meter]
    ) -> None:
        """Take the meters for which it counts, and those which begin anew with it."""
        self.flow = flow
        self.event = event
        self._memory = memory
        self._meters, self._anew = meters, anew
        client, server = flow.originator, flow.responder
        self._device = place_of(client.address, client.zone)
        self._service = (place_of(server.address, server.zone), server.port)
        self._held = {}

    def take(self, moment: Moment, flow_serial: int, sightings: tuple[Sighting, ...]) -> list[Observation]:
        """What counts in the rule's findings from now on, each once: nothing, this one, or also what led to it.

        The arguments are those of `monitor.model.finding.Again`.
        """
        memory: Recurrences = self._memory
        at_ns: cython.longlong = moment[0]
        self._renew(at_ns, sightings)
        entry = _Entry(self, moment, flow_serial, sightings)
        found: list[Observation] = []
        held: _Group | None
        group: _Group
        one: _Entry
        for meter in self._meters:
            held = self._held.get(meter.number)
            if held is not None and not held.is_forgotten:
                groups: Sequence[_Group] = (held,)
            else:
                groups = self._find_groups(meter, sightings, at_ns)
            for group in groups:
                for one in memory.take(group, entry, at_ns, self._device):
                    if not one.is_told:
                        found.append(one.tell())  # noqa: PERF401  (twice as fast as a list that is made and added)
        return found

    def renew(self, at_ns: int, sightings: tuple[Sighting, ...]) -> None:
        """Begin anew to count what is counted in a row."""
        self._renew(at_ns, sightings)

    @cython.cfunc
    def _renew(self, at_ns: cython.longlong, sightings: tuple[Sighting, ...]) -> cython.int:
        memory: Recurrences = self._memory
        if at_ns >= memory.until_ns:
            memory.turn(at_ns)
        for meter in self._anew:
            if meter.groups_total:
                for who in self._who(meter, sightings):
                    memory.begin_anew(meter, self._service, who)
        return 0

    @cython.cfunc
    def _find_groups(self, meter: Meter, sightings: tuple[Sighting, ...], at_ns: cython.longlong) -> Sequence[_Group]:
        memory: Recurrences = self._memory
        found = [memory.group(meter, self._service, who, at_ns) for who in self._who(meter, sightings)]
        if meter.is_single:
            self._held[meter.number] = found[0]
        return found

    @cython.cfunc
    def _who(self, meter: Meter, sightings: tuple[Sighting, ...]) -> Sequence[Who]:
        memory: Recurrences = self._memory
        if meter.by is _DEVICE:
            return (self._device,)
        return (self._service,) if meter.by is _SERVICE else memory.numbers(sightings)
