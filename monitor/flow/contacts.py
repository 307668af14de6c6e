"""With whom watched devices talk: each of their flows is told once, with what is known of the other end.

A name may come after the first packet: the device says it in its TLS hello. So a flow waits for that, and is told as of
its first packet: for some seconds of trace time where the name may make it expected, else for a moment.
Rule: what is told does not depend on how the capture was cut into batches: whatever is due is told before more is
heard.
"""

from __future__ import annotations

from heapq import heappop, heappush

from monitor.flow.encounters import WELL_KNOWN, Encounters, Told
from monitor.flow.picks import Opening
from monitor.model.events import Route
from monitor.model.flow import Transport
from monitor.model.opaque import HostName, Label
from monitor.model.stats import Stats
from monitor.privacy.labels import typed

WAIT_NS = 10 * 10**9
"""A client says whom it wants within a round trip; ten seconds allow for lost segments and slow links."""
MOMENT_NS = 750 * 10**6
"""The same where the name only says more: within two seconds of its first packet a flow is told, ticks included."""
MAX_WAITING = 10_000
"""Flows of watched devices that began within that time: a hundred cameras that try ten hosts a second; about 6 MB."""
_TRANSPORTS = {one: typed(one.word) for one in Transport}


class Contact:
    """A watched device's flow that waits for a name."""

    __slots__ = ("attempt", "due_ns", "name", "opening", "originator", "protocol", "route", "transport")

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.transport = Transport.UDP if opening.udp else Transport.TCP
        self.originator = _guess_originator(opening)
        self.protocol: Label = _TRANSPORTS[self.transport]
        """Its transport's name, until a protocol is recognized."""
        self.route = Route.NONE
        self.attempt = not opening.joined
        self.due_ns = 0
        self.name: HostName | None = None
        """What the originator called the responder."""

    def told(self) -> Told:
        """As far as it is known now."""
        return Told(self.opening, self.transport, self.originator, self.protocol, self.route, self.attempt, self.name)


class Contacts:
    """Every contact that is not told yet."""

    def __init__(self, encounters: Encounters, stats: Stats) -> None:
        self.waiting: dict[int, Contact] = {}
        """By the number of their flow."""
        self.due: list[tuple[int, int]] = []
        """A heap of when to wait no longer and for which flow; what is told already, or due at another time, is too.
        Empty where nothing waits."""
        self._encounters = encounters
        self._stats = stats

    def open(self, opening: Opening) -> None:
        """A flow of a watched device has begun, now or some time ago."""
        if len(self.waiting) >= MAX_WAITING:
            self._stats.limits["flow.contacts"] += 1
            self._tell_next()
        contact = self.waiting[opening.serial] = Contact(opening)
        self._wait(contact, opening.at_ns)

    def join(self, opening: Opening) -> None:
        """More than an attempt is seen of a flow; one that was told as an attempt is told again, as of this packet."""
        self.expire(opening.at_ns)
        contact = self.waiting.get(opening.serial)
        if contact is None:
            self.open(opening)
        else:
            contact.attempt = False
            self._wait(contact, opening.at_ns)

    def recognize(self, serial: int, protocol: Label, at_ns: int, *, may_name: bool) -> None:
        """The protocol of a flow is known; others may be due at that time, and so is this one if it has no names."""
        self.expire(at_ns)
        contact = self.waiting.get(serial)
        if contact is not None:
            contact.protocol = protocol
            if not may_name:
                del self.waiting[serial]
                self._encounters.tell(contact.told())

    def name(self, serial: int, protocol: Label, route: Route, at_ns: int) -> None:
        """The catalog of devices knows what a flow speaks, and which way that goes."""
        contact = self.waiting.get(serial)
        if contact is not None:
            contact.route = route
        self.recognize(serial, protocol, at_ns, may_name=False)

    def call(self, serial: int, originator: int, name: HostName | None, at_ns: int) -> None:
        """The originator of a flow, the end with this number, said what it calls the responder, or will not say it."""
        self.expire(at_ns)
        contact = self.waiting.pop(serial, None)
        if contact is not None:
            contact.originator = originator
            contact.name = name
            self._encounters.tell(contact.told())

    def expire(self, at_ns: int) -> None:
        """Tell what waited long enough before trace time `at_ns`."""
        while self.due and self.due[0][0] < at_ns:
            self._tell_next()

    def finish(self) -> None:
        """Nothing more will be said: tell all."""
        while self.due:
            self._tell_next()

    def _wait(self, contact: Contact, since_ns: int) -> None:
        """Wait for a name, of which more may be said since that time."""
        opening = contact.opening
        is_long = contact.attempt or self._encounters.name_decides(contact.told())
        soon_ns = max(opening.at_ns + MOMENT_NS, since_ns + MOMENT_NS // 2)
        contact.due_ns = opening.at_ns + WAIT_NS if is_long else soon_ns
        heappush(self.due, (contact.due_ns, opening.serial))

    def _tell_next(self) -> None:
        due_ns, serial = heappop(self.due)
        contact = self.waiting.get(serial)
        if contact is not None and contact.due_ns == due_ns:
            del self.waiting[serial]
            self._encounters.tell(contact.told())


def _guess_originator(opening: Opening) -> int:
    """The end that opened a flow: by its SYN, else by the ports, else who sent first."""
    if opening.opened_by is not None:
        return opening.opened_by
    low, high = opening.ports
    if (low < WELL_KNOWN) != (high < WELL_KNOWN):
        return 1 if low < WELL_KNOWN else 0
    if opening.udp or low == high:
        return opening.sender
    return 1 if low < high else 0
