"""Tells facts to whoever wants them: puts time, place and the ends to what parsers say.

Most of what a flow says was said before, in it or in another between the same ends; then whoever judges it has said
what to tell instead (`monitor.model.finding.Again`). A self-check opens a connection for every patron, a browser one
for every page; so flows from a client to a service have one view together, and a flow is given that with all that came
up before: nothing is made anew, and nobody here is asked. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import cython

from monitor.flow.contacts import Contacts
from monitor.flow.known import Known
from monitor.flow.lane import Follower, Tie, Told, count_all
from monitor.flow.sessions import Sessions
from monitor.flow.signs import Signs
from monitor.flow.views import Views
from monitor.flow.watch import Watch
from monitor.model.events import Event
from monitor.model.finding import Observation, Observe
from monitor.model.opaque import Label, Sighting

MAX_TIES = 4_096
"""Clients of services; a busy consortium has some thousands. About 5 MB when full; then all are forgotten, which costs
time only."""
MAX_SAID = 16_384
"""Events that came up; a busy consortium has some thousands. About 10 MB when full; then all are forgotten likewise."""

Taker = Callable[[bytes, Event, int], None]
"""Takes the originator's address (4 or 16 bytes), a fact, and its trace time in nanoseconds since 1970 UTC."""

_Way = tuple[str | None, bool, bool, bool, Taker | None, bool]
"""Of a type of events: the counter of the report, whether it is a sign for the watch, and one of interest to it even
while no flow waits, whether it tells what a device is, who takes it, whether it is judged."""


@cython.final
@cython.cclass
class Telling:
    """Knows who wants which facts."""

    _views: Views
    _watch: Watch
    _contacts: Contacts
    _signs: Signs
    _observe: Observe
    _takers: Mapping[type[Event], Taker]
    _judged: Collection[type[Event]] | None
    _sessions: Sessions
    _apart: bool
    _ways: dict[type[Event], _Way]
    _ties: dict[tuple[bytes, bytes, int, Label], Tie]
    _version: int
    """Of the cameras, by which the flows of these ties were described."""
    _noted: set[Tie]
    """Of which anything came up, and how much of all of them."""
    _said_total: int
    _uncounted: list[Told]
    """What came up since the figures were brought up to date; the same of flows that joined others."""
    _joined: list[tuple[Known, Tie]]

    def __init__(
        self,
        views: Views,
        watch: Watch,
        contacts: Contacts,
        observe: Observe,
        *,
        signs: Signs,
        sessions: Sessions,
        takers: Mapping[type[Event], Taker],
        judged: Collection[type[Event]] | None,
        apart: bool,
    ) -> None:
        """Take who describes flows, who hears of them, and who counts them; the rest is explained at `Tracker`."""
        self._views = views
        self._watch = watch
        self._contacts = contacts
        self._signs = signs
        self._sessions = sessions
        self._observe = observe
        self._takers = takers
        self._judged = judged
        self._apart = apart
        self._ways = {}
        self._ties = {}
        self._version = 0
        self._noted = set()
        self._said_total = 0
        self._uncounted = []
        self._joined = []

    def adopt(self, observe: Observe, judged: Collection[type[Event]], *, apart: bool) -> None:
        """Tell others from here on, and describe all flows anew: what is known of their ends has changed."""
        self._observe, self._judged, self._apart = observe, judged, apart
        self._ways.clear()
        self._ties.clear()
        self._forget()

    def join(self, known: Known, client: bytes, server: bytes, port: int) -> Tie | None:
        """See `monitor.flow.follower.Keeper`."""
        if self._contacts.waiting or self._version != self._views.cameras.version:
            return None
        tie = self._ties.get((client, server, port, known.label))
        if tie is None or tie.session is None:
            return None
        if tie.join():
            self._joined.append((known, tie))
        return tie

    def observe(self, follower: Follower, known: Known, event: Event, sightings: tuple[Sighting, ...]) -> None:
        """Put time and place to a fact that did not come up yet, or that is of interest to others than the rules.

        See `monitor.flow.follower.Keeper`.
        """
        count, sign, telling, device, taker, judged = self._ways.get(type(event)) or self._find_way(known, type(event))
        if count is not None:
            known.counters[count] += 1
        if telling or self._contacts.waiting:
            self._watch.hear(follower, known, event)
        if device:
            self._signs.hear(follower, event)
        if taker is not None:
            taker(follower.addresses[follower.originator], event, follower.at_ns)
        elif judged:
            follower.told = True
            tie = follower.tie
            if tie is None:
                tie = follower.tie = self._find_tie(follower, known)
                told = tie.find(event)
                if told is not None:
                    told(follower.moment, follower.serial, sightings)
                    return
            at_ns, capture, frame, vlan = follower.moment
            again = self._observe(Observation(at_ns, tie.view, follower.serial, event, capture, frame, vlan, sightings))
            if again is not None and not sign:
                if self._said_total >= MAX_SAID:
                    self._forget()
                self._said_total -= len(tie)
                tie.note(event, again, known.counters, count)
                self._said_total += len(tie)
                self._noted.add(tie)

    def report(self) -> None:
        """Bring the figures up to date."""
        count_all(self._uncounted)
        for known, tie in self._joined:
            flows = tie.count()
            known.counters["flows"] += flows
            self._sessions.add(tie.session, flows)
        self._joined.clear()

    def _find_tie(self, follower: Follower, known: Known) -> Tie:
        """What a flow shares with others, if any does; not where somebody tells them apart by the client's port."""
        version = self._views.cameras.version
        if version != self._version or len(self._ties) >= MAX_TIES:
            self._version = version
            self._ties.clear()
        addresses, ports, originator = follower.addresses, follower.ports, follower.originator
        server = addresses[1 - originator]
        key = addresses[originator], server, ports[1 - originator], known.label
        tie = self._ties.get(key)
        if tie is None:
            view = self._views.describe(known.spec.transport, addresses, ports, originator, known.label)
            session = self._sessions.shared(known, server)
            tie = Tie(view, session, self._contacts.waiting, self._uncounted)
            if not self._apart:
                self._ties[key] = tie
        return tie

    def _forget(self) -> None:
        """Have everything judged anew."""
        for tie in self._noted:
            tie.clear()
        self._noted.clear()
        self._said_total = 0

    def _find_way(self, known: Known, kind: type[Event]) -> _Way:
        """What is done about events of one type."""
        judged = self._judged is None or kind in self._judged
        sign, telling, device = kind in self._watch.signs, kind in self._watch.telling, self._signs.tells(kind)
        way = self._ways[kind] = (known.counted.get(kind), sign, telling, device, self._takers.get(kind), judged)
        return way
