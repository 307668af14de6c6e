"""Counts what a rule wants counted over time: for each device, patron or account of a service, in a row or by others.

Rules: time is what observations say, so the answer is the same live and offline and however they come in batches.
Patrons and accounts are numbers of the day (`privacy.pseudonyms`), and with these all counts begin anew every UTC day.
What led to a finding is kept until it is one, so that it counts; every table is bounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from monitor.detect.counting import By, Counting, Of
from monitor.model.finding import Observation
from monitor.model.flow import FlowView
from monitor.model.opaque import Sighting
from monitor.model.stats import Stats
from monitor.privacy.presence import Place, place_of
from monitor.privacy.pseudonyms import Pseudonyms

MAX_GROUPS = 20_000
"""Devices, patrons and accounts for whom something is counted, over all rules; the one counted least lately is
forgotten first. About 10 MB when full."""
MAX_MEMBERS = 100_000
"""What is counted and remembered for them all: a thousand self-checks with a hundred patrons an hour each. About 35 MB
when full."""
MAX_OF_GROUP = 5_000
"""Of one device that is compared with others: no honest one comes near within a day."""
BAR_NS = 60 * 10**9
"""How long the others' median is good for: to work it out takes a look at all of them."""

Service = tuple[Place, int]
"""Whoever answers, and its port."""
Who = Place | Service | int
"""For whom something is counted: a device, the service itself, or the number of a patron or account."""
Key = tuple[int, Service, Who]
"""Which meter, and for whom."""
Entry = list[Observation]
"""One observation until it is told, then empty: several meters of a rule may hold it."""


class _Group:
    """What was counted for one device, patron or account."""

    __slots__ = ("bar", "bar_until_ns", "entries", "is_over", "key", "members", "meter")

    def __init__(self, meter: Meter, key: Key) -> None:
        self.meter = meter
        self.key = key
        self.members: dict[object, int] = {}
        """Who or what was counted, and when last, in that order."""
        self.entries: deque[tuple[int, Entry]] = deque(maxlen=meter.gte)
        """What led here, while it is no finding."""
        self.is_over = False
        self.bar = meter.gte
        self.bar_until_ns = 0


class Recurrences:
    """The memory that all rules share."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._pseudonyms = Pseudonyms()
        self._groups: dict[Key, _Group] = {}
        self._pools: dict[tuple[int, Service], dict[Who, _Group]] = {}
        self._members = 0
        self._serial = 0

    def take(
        self, meter: Meter, observation: Observation, service: Service, device: Place, entry: Entry
    ) -> list[Entry]:
        """Count one observation.

        Returns:
            all that counts in the finding now: what led to it too, if it has become one.
        """
        due: list[Entry] = []
        at_ns = observation.at_ns
        for who in self._who(meter.by, observation.sightings, service, device):
            group = self._group(meter, (meter.number, service, who), at_ns)
            self._prune(group, at_ns)
            is_new = self._add(meter, group, observation, device)
            if self._is_over(meter, group, at_ns):
                due += [kept for _, kept in group.entries]
                group.entries.clear()
                group.is_over = True
                due.append(entry)
            else:
                group.is_over = False
                if is_new:
                    group.entries.append((at_ns, entry))
        return due

    def begin_anew(self, meter: Meter, observation: Observation, service: Service, device: Place) -> None:
        """Forget what was counted for those whom an observation is about."""
        for who in self._who(meter.by, observation.sightings, service, device):
            group = self._groups.get((meter.number, service, who))
            if group is not None:
                self._drop(group)

    def turn(self, at_ns: int) -> None:
        """Let time pass."""
        if self._pseudonyms.turn(at_ns):
            self._groups.clear()
            self._pools.clear()
            self._members = 0

    def _who(self, by: By, sightings: tuple[Sighting, ...], service: Service, device: Place) -> Sequence[Who]:
        if by is By.DEVICE:
            return (device,)
        return (service,) if by is By.SERVICE else self._numbers(sightings)

    def _numbers(self, sightings: tuple[Sighting, ...]) -> list[int]:
        found = [self._pseudonyms.number(one) for one in sightings]
        numbers = [one for one in found if one is not None]
        if len(numbers) < len(found):
            self._stats.limits["detect.counting"] += len(found) - len(numbers)
        return numbers

    def _add(self, meter: Meter, group: _Group, observation: Observation, device: Place) -> bool:
        """Count what is to be counted; whether some of it is new."""
        if meter.of is Of.EVENTS:
            self._serial += 1
            members: Sequence[object] = (self._serial,)
        else:
            members = (device,) if meter.of is Of.DEVICES else self._numbers(observation.sightings)
        is_new = False
        for member in members:
            if group.members.pop(member, None) is None:
                if self._members >= MAX_MEMBERS:
                    self._stats.limits["detect.counting"] += 1
                    continue
                self._members += 1
                is_new = True
            group.members[member] = observation.at_ns
        while len(group.members) > meter.keep:
            del group.members[next(iter(group.members))]
            self._members -= 1
        return is_new

    def _is_over(self, meter: Meter, group: _Group, at_ns: int) -> bool:
        size = len(group.members)
        if size < meter.gte:
            return False
        if meter.peers is None:
            return True
        if at_ns >= group.bar_until_ns or (size >= group.bar and not group.is_over):
            group.bar, group.bar_until_ns = self._bar(meter, group, at_ns), at_ns + BAR_NS
        return size >= group.bar

    def _bar(self, meter: Meter, group: _Group, at_ns: int) -> int:
        """How many it takes, by what others do now."""
        peers = meter.peers
        if peers is None:
            return meter.gte
        number, service, _ = group.key
        others = [one for one in self._pools[number, service].values() if one is not group]
        for one in others:
            self._prune(one, at_ns)
        sizes = sorted(len(one.members) for one in others if one.members)
        if len(sizes) < peers.least:
            return peers.alone
        return min(max(meter.gte, peers.times * sizes[len(sizes) // 2]), MAX_OF_GROUP)

    def _prune(self, group: _Group, at_ns: int) -> None:
        """Forget what is too long ago."""
        horizon_ns = at_ns - group.meter.timespan_ns
        members, entries = group.members, group.entries
        while members:
            oldest = next(iter(members))
            if members[oldest] >= horizon_ns:
                break
            del members[oldest]
            self._members -= 1
        while entries and entries[0][0] < horizon_ns:
            entries.popleft()

    def _group(self, meter: Meter, key: Key, at_ns: int) -> _Group:
        group = self._groups.pop(key, None)
        if group is None:
            if len(self._groups) >= MAX_GROUPS:
                self._make_room(at_ns)
            group = _Group(meter, key)
            if meter.peers is not None:
                self._pools.setdefault(key[:2], {})[key[2]] = group
        self._groups[key] = group  # behind all that were counted for less lately
        return group

    def _make_room(self, at_ns: int) -> None:
        """Forget the one that was counted for least lately; no limit to tell of if that was too long ago to count."""
        group = next(iter(self._groups.values()))
        self._prune(group, at_ns)
        if group.members:
            self._stats.limits["detect.counting"] += 1
        self._drop(group)

    def _drop(self, group: _Group) -> None:
        number, service, who = group.key
        del self._groups[group.key]
        self._members -= len(group.members)
        pool = self._pools.get((number, service), {})
        pool.pop(who, None)
        if not pool:
            self._pools.pop((number, service), None)


class Meter:
    """One way in which one rule counts, made ready."""

    __slots__ = ("by", "gte", "keep", "number", "of", "peers", "timespan_ns")

    def __init__(self, counting: Counting, number: int) -> None:
        self.number = number
        self.by, self.of, self.timespan_ns = counting.by, counting.of, counting.timespan_ns
        self.gte, self.peers = counting.gte, counting.peers
        self.keep = counting.gte if counting.peers is None else MAX_OF_GROUP
        """More need not be remembered to know whether there are enough."""


class Recurrence:
    """All that one rule counts about one event in one flow: made once, and told of each time it comes up."""

    __slots__ = ("_anew", "_device", "_memory", "_meters", "_service")

    def __init__(self, memory: Recurrences, flow: FlowView, meters: Sequence[Meter], anew: Sequence[Meter]) -> None:
        """Take the meters for which it counts, and those which begin anew with it."""
        self._memory = memory
        self._meters, self._anew = meters, anew
        client, server = flow.originator, flow.responder
        self._device = place_of(client.address, client.zone)
        self._service = (place_of(server.address, server.zone), server.port)

    def take(self, observation: Observation) -> list[Observation]:
        """What counts in the rule's findings from now on, each once: nothing, this one, or also what led to it."""
        memory, service, device = self._memory, self._service, self._device
        memory.turn(observation.at_ns)
        for meter in self._anew:
            memory.begin_anew(meter, observation, service, device)
        entry = [observation]
        due = [one for meter in self._meters for one in memory.take(meter, observation, service, device, entry)]
        return [one.pop() for one in due if one]
