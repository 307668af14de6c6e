"""Tells facts to whoever wants them: puts time, place and the ends to what parsers say.

Most of what a flow says was said before, in it or in another between the same ends; then whoever judges it has said
what to tell instead (`monitor.model.finding.Again`). A flow is given that along with its view: nothing is made anew,
and nobody here is asked. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import cython

from monitor.flow.contacts import Contacts
from monitor.flow.known import Known
from monitor.flow.lane import Follower, Said, Told, count_all
from monitor.flow.signs import Signs
from monitor.flow.views import MAX_SHARED, Views
from monitor.flow.watch import Watch
from monitor.model.events import Event
from monitor.model.finding import Observation, Observe
from monitor.model.flow import FlowView
from monitor.model.opaque import Sighting

MAX_SAID = 16_384
"""Events, in flows of as many views as there are shared ones; a busy consortium has some thousands of both together.
About 10 MB when full; then all are forgotten, which costs time only."""

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
    _ways: dict[type[Event], _Way]
    _said: dict[int, tuple[Said, FlowView]]
    """What came up in flows of each view, which is known by its identity, so kept alive."""
    _said_total: int
    _uncounted: list[Told]
    """What came up since the figures were brought up to date."""

    def __init__(
        self,
        views: Views,
        watch: Watch,
        contacts: Contacts,
        observe: Observe,
        *,
        signs: Signs,
        takers: Mapping[type[Event], Taker],
        judged: Collection[type[Event]] | None,
    ) -> None:
        """Take who describes flows, who hears of contacts, and who of devices; the rest is explained at `Tracker`."""
        self._views = views
        self._watch = watch
        self._contacts = contacts
        self._signs = signs
        self._observe = observe
        self._takers = takers
        self._judged = judged
        self._ways = {}
        self._said = {}
        self._said_total = 0
        self._uncounted = []

    def adopt(self, observe: Observe, judged: Collection[type[Event]]) -> None:
        """Tell others from here on."""
        self._observe, self._judged = observe, judged
        self._ways.clear()
        self._forget()

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
            view = follower.view
            if view is None:
                view = follower.view = self._views.share(
                    known.spec.transport, follower.addresses, follower.ports, follower.originator, known.label
                )
                said = follower.said = self._find_said(view)
                told = said.find(event)
                if told is not None:
                    told(follower.moment, follower.serial, sightings)
                    return
            at_ns, capture, frame, vlan = follower.moment
            again = self._observe(Observation(at_ns, view, follower.serial, event, capture, frame, vlan, sightings))
            if again is not None and not sign:
                said = follower.said = self._find_said(view)
                self._said_total -= len(said)
                said.note(event, again, known.counters, count)
                self._said_total += len(said)

    def report(self) -> None:
        """Bring the figures up to date."""
        count_all(self._uncounted)

    def _find_said(self, view: FlowView) -> Said:
        """What came up in flows of a view."""
        found = self._said.get(id(view))
        if found is None or self._said_total >= MAX_SAID:
            if len(self._said) >= MAX_SHARED or self._said_total >= MAX_SAID:
                self._forget()
            found = self._said[id(view)] = Said(self._contacts.waiting, self._uncounted), view
        return found[0]

    def _forget(self) -> None:
        """Have everything judged anew."""
        for said, _ in self._said.values():
            said.clear()
        self._said.clear()
        self._said_total = 0

    def _find_way(self, known: Known, kind: type[Event]) -> _Way:
        """What is done about events of one type."""
        judged = self._judged is None or kind in self._judged
        sign, telling, device = kind in self._watch.signs, kind in self._watch.telling, self._signs.tells(kind)
        way = self._ways[kind] = (known.counted.get(kind), sign, telling, device, self._takers.get(kind), judged)
        return way
