"""With whom cameras talk: each of their flows is told once, with what the other end is called and if it is expected.

A name may come after the first packet: the camera says it in its TLS hello. So a flow waits for that for some seconds
of trace time, and is told as of its first packet. Rules: what the operator wrote decides; where nothing is written of
the camera's zone, a host on the internet is unexpected and nothing else is (`_is_expected`, the one place that knows).
What is told does not depend on how the capture was cut into batches: whatever is due is told before more is heard.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush

from monitor.flow.picks import Opening
from monitor.flow.uploads import Uploads
from monitor.flow.views import Views
from monitor.model.events import FlowOpened
from monitor.model.finding import Observation
from monitor.model.flow import Reach, Side, Transport
from monitor.model.opaque import HostName, Label
from monitor.model.stats import Stats
from monitor.privacy.expectations import Expectations
from monitor.privacy.labels import typed
from monitor.privacy.names import NameBook
from monitor.privacy.places import unmap

WAIT_NS = 10 * 10**9
"""A client says whom it wants within a round trip; ten seconds allow for lost segments and slow links."""
MAX_WAITING = 10_000
"""Flows of cameras that began within that time: a hundred cameras that try ten hosts a second; about 6 MB."""
WELL_KNOWN = 1_024
"""Ports below are those of services (RFC 6335 6)."""

_TRANSPORTS = {one: typed(one.word) for one in Transport}


class Contact:
    """A camera's flow that waits for a name."""

    __slots__ = ("attempt", "name", "opening", "originator", "protocol", "transport")

    def __init__(self, opening: Opening) -> None:
        self.opening = opening
        self.transport = Transport.UDP if opening.udp else Transport.TCP
        self.originator = _guess_originator(opening)
        self.protocol: Label = _TRANSPORTS[self.transport]
        """Its transport's name, until a protocol is recognized."""
        self.attempt = not opening.joined
        self.name: HostName | None = None
        """What the originator called the responder."""


class Contacts:
    """Every contact that is not told yet."""

    def __init__(
        self,
        views: Views,
        expectations: Expectations,
        names: NameBook,
        stats: Stats,
        observe: Callable[[Observation], object],
        *,
        uploads: Uploads,
    ) -> None:
        self.waiting: dict[int, Contact] = {}
        """By the number of their flow."""
        self._due: list[tuple[int, int]] = []
        """A heap of when to wait no longer and for which flow; those that are told already are still in it."""
        self.cameras = views.cameras
        self._views = views
        self._expectations = expectations
        self._names = names
        self._stats = stats
        self._uploads = uploads
        self._observe = observe

    def adopt(self, expectations: Expectations, observe: Callable[[Observation], object]) -> None:
        """Judge and tell from now on with these, what waits already included."""
        self._expectations.adopt(expectations)
        self._observe = observe

    def open(self, opening: Opening) -> None:
        """A flow of a camera has begun, now or some time ago."""
        if len(self.waiting) >= MAX_WAITING:
            self._stats.limits["flow.contacts"] += 1
            self._tell_next()
        self.waiting[opening.serial] = Contact(opening)
        heappush(self._due, (opening.at_ns + WAIT_NS, opening.serial))

    def join(self, opening: Opening) -> None:
        """More than an attempt is seen of a flow; one that was told as an attempt is told again, as of this packet."""
        self.expire(opening.at_ns)
        contact = self.waiting.get(opening.serial)
        if contact is None:
            self.open(opening)
        else:
            contact.attempt = False

    def recognize(self, serial: int, protocol: Label, at_ns: int) -> None:
        """The protocol of a flow is known; others may be due at that time."""
        self.expire(at_ns)
        contact = self.waiting.get(serial)
        if contact is not None:
            contact.protocol = protocol

    def call(self, serial: int, originator: int, name: HostName | None, at_ns: int) -> None:
        """The originator of a flow, the end with this number, said what it calls the responder, or will not say it."""
        self.expire(at_ns)
        contact = self.waiting.pop(serial, None)
        if contact is not None:
            contact.originator = originator
            contact.name = name
            self._tell(contact)

    def expire(self, at_ns: int) -> None:
        """Tell what waited long enough before trace time `at_ns`."""
        while self._due and self._due[0][0] < at_ns:
            self._tell_next()

    def finish(self) -> None:
        """Nothing more will be said: tell all."""
        while self._due:
            self._tell_next()

    def _tell_next(self) -> None:
        _, serial = heappop(self._due)
        contact = self.waiting.pop(serial, None)
        if contact is not None:
            self._tell(contact)

    def _tell(self, contact: Contact) -> None:
        """Judge a contact and pass it on. Between two cameras it is about the one that should not be in it."""
        opening = contact.opening
        first = contact.originator
        cameras = [end for end in (first, 1 - first) if self._is_camera(opening.addresses[end])]
        if not cameras:  # the broadcast address of cameras is watched like all of their network, and is none
            return
        device = next((end for end in cameras if not self._is_expected(contact, end)), cameras[0])
        expected = self._is_expected(contact, device)
        self._uploads.charge(opening, device, expected=expected)
        view = self._views.describe(
            contact.transport,
            opening.addresses,
            opening.ports,
            first,
            contact.protocol,
            camera=Side(device ^ first),
            called=next(iter(self._called(contact, device)), None),
        )
        event = FlowOpened(expected=expected, attempt=contact.attempt)
        self._observe(
            Observation(opening.at_ns, view, opening.serial, event, opening.capture, opening.frame, opening.vlan)
        )

    def _is_camera(self, address: bytes) -> bool:
        return self.cameras.know(address)

    def _is_expected(self, contact: Contact, device: int) -> bool:
        """Whether a camera, the end with this number, may talk to the other end.

        What the operator expects of its zone decides. Where nothing is stated, or the camera is in no zone, nobody has
        said which hosts of the house it needs, so only the internet is unexpected.
        """
        opening, other = contact.opening, 1 - device
        if not self._expectations.stated(opening.addresses[device]):
            return self._views.naming.endpoint(opening.addresses[other], 0).reach is not Reach.INTERNET
        return self._expectations.expected(
            opening.addresses[device],
            opening.addresses[other],
            opening.ports[other],
            contact.transport,
            self._called(contact, device),
            # Where nobody saw who opened it, the service may be at either end.
            device_port=0 if opening.opened_by == device else opening.ports[device],
        )

    def _called(self, contact: Contact, device: int) -> list[HostName]:
        """What a camera calls the other end: in this flow, and when it looked the address up."""
        opening = contact.opening
        other = unmap(opening.addresses[1 - device])
        version = 4 if len(other) == 4 else 6  # noqa: PLR2004 (bytes of an address)
        names = [
            contact.name if device == contact.originator else None,
            self._names.look_up(opening.addresses[device], int.from_bytes(other), version, opening.at_ns),
        ]
        return [name for name in names if name is not None]


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
