"""Whom watched devices meet: judges each of their flows, and tells it with what else is known of it.

Rule: a flow is told again when more is known, that it is an upload or a part of a scan, and while it goes on; what was
told before is never taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter

from monitor.flow.areas import Areas
from monitor.flow.devices import Devices
from monitor.flow.picks import Opening
from monitor.flow.scans import Scans
from monitor.flow.views import Views
from monitor.flow.volumes import Pair, Volumes
from monitor.model.data import Role
from monitor.model.events import Event, FlowOpened, Route, Trait
from monitor.model.finding import Observation
from monitor.model.flow import Endpoint, Reach, Side, Transport
from monitor.model.named import NamedTuple
from monitor.model.opaque import HostName, Label
from monitor.model.record import Record, field
from monitor.model.stats import Stats
from monitor.privacy.expectations import Expectations, Relation, Verdict
from monitor.privacy.names import NameBook
from monitor.privacy.places import unmap
from monitor.privacy.services import Services

WELL_KNOWN = 1_024
"""Ports below are those of services (RFC 6335 6)."""

_PAST_FIREWALLS = frozenset({Route.PEER, Route.RELAY})

Learner = Callable[[Observation, tuple[HostName, ...], Verdict], None]
"""Is told of every flow that is told, with what the device calls the other end."""


class Wishes(Record):
    """Whom to watch, and what to expect of them."""

    areas: Areas = field(default_factory=Areas)
    """Whom to watch and whom not to look at."""
    expectations: Expectations = field(default_factory=Expectations)
    """With whom watched devices may talk."""
    services: Services = field(default_factory=Services)
    """Hosts that are known for what they do."""
    learner: Learner | None = None
    """Is told of every flow of a watched device."""


class Told(NamedTuple):
    """A flow as far as it is known when it is told."""

    opening: Opening
    transport: Transport
    originator: int
    """Number of the end that opened it, or is taken for it."""
    protocol: Label
    """Its transport's name where no protocol was recognized."""
    route: Route
    """Which way that protocol goes, where the catalog of devices knows it."""
    attempt: bool
    name: HostName | None
    """What the originator called the responder."""


class _Judged(NamedTuple):
    """A flow as it concerns one of its ends; the least one is told."""

    verdict: Verdict
    is_no_camera: bool
    is_responder: bool
    device: int
    """Number of that end."""
    names: list[HostName]


class Encounters:
    """Judges and tells flows of watched devices; knows everybody who has a say."""

    def __init__(
        self,
        devices: Devices,
        views: Views,
        wishes: Wishes,
        names: NameBook,
        stats: Stats,
        *,
        volumes: Volumes,
        observe: Callable[[Observation], object],
    ) -> None:
        self.devices = devices
        self.observe = observe
        """Takes what is told."""
        self.met: Callable[[bytes, HostName], None] = lambda _client, _name: None
        """Is told what a device calls whom it talks to."""
        self._views = views
        self._expectations, self._services, self._learner = wishes.expectations, wishes.services, wishes.learner
        self._names = names
        self._volumes = volumes
        self._scans = Scans(stats)

    def name_decides(self, told: Told) -> bool:
        """Whether it may depend on a name that is yet to come if a flow is expected."""
        return any(
            self._expectations.name_decides(self._relation(told, device))
            for device in (0, 1)
            if self.devices.watches(told.opening.addresses[device])
        )

    def tell(self, told: Told) -> None:
        """Judge a flow and pass it on: about the watched device that should not be in it, a camera first."""
        opening, first = told.opening, told.originator
        judged = [self._judge(told, device) for device in (0, 1) if self.devices.watches(opening.addresses[device])]
        if not judged:  # the broadcast address of cameras is watched like all of their network, and is none
            return
        one = min(judged, key=itemgetter(0, 1, 2))
        device, names, expected = one.device, one.names, one.verdict is Verdict.EXPECTED
        address = opening.addresses[device]
        for name in names:
            self.met(address, name)
        pair = None
        if self.devices.may_be_named(address):
            pair = self._volumes.charge(opening, device, expected=expected, camera=not one.is_no_camera)
        view = self._views.describe(
            told.transport,
            opening.addresses,
            opening.ports,
            first,
            told.protocol,
            device=Side(device ^ first),
            role=self.devices.role(address),
            called=names[0] if names else None,
            traffic=pair.traffic if pair else None,
        )
        traits = self._traits(told, one, pair, view.responder if device == first else view.originator)
        event = _event(expected=expected, attempt=told.attempt, traits=frozenset(traits))
        observation = Observation(
            opening.at_ns, view, opening.serial, event, opening.capture, opening.frame, opening.vlan
        )
        self.observe(observation)
        if self._learner is not None:
            self._learner(observation, tuple(names), one.verdict)
        if not expected:
            if pair is not None:
                self._volumes.tell(pair, observation, opening.slot)
            for before in self._scans.told(address, observation):
                self.observe(before._replace(event=_with(before.event, Trait.SCAN)))

    def review(self, at_ns: int, *, last: bool = False) -> None:
        """Tell again what has become an upload, and what goes on; see `Volumes.report`."""
        for pair, going_on in self._volumes.report(at_ns, last=last):
            if going_on is not None:
                self.observe(going_on)
                continue
            for index, (told, slot) in enumerate(pair.told):
                upload = told._replace(event=_with(told.event, Trait.UPLOAD))
                pair.told[index] = upload, slot
                self.observe(upload)

    def _judge(self, told: Told, device: int) -> _Judged:
        opening = told.opening
        names = self._called(told, device)
        verdict = self._expectations.judge(self._relation(told, device), names, opening.at_ns)
        is_no_camera = self.devices.role(opening.addresses[device]) is not Role.CAMERA
        return _Judged(verdict, is_no_camera, device != told.originator, device, names)

    def _traits(self, told: Told, judged: _Judged, pair: Pair | None, other: Endpoint) -> set[Trait]:
        """What is worth knowing of a flow beside whether it is expected."""
        opening, device = told.opening, judged.device
        address, port = opening.addresses[1 - device], opening.ports[1 - device]
        traits = {Trait.LAPSED} if judged.verdict is Verdict.LAPSED else set()
        if pair is not None and pair.uploading:
            traits.add(Trait.UPLOAD)
        if told.route is Route.MAPPING:
            traits.add(Trait.MAPPING)
        if other.reach is Reach.INTERNET:
            traits |= self._services.traits(address, port, told.transport, judged.names)
            if told.route in _PAST_FIREWALLS:
                traits.add(Trait.RELAY)
            if judged.is_responder:
                traits |= {Trait.INBOUND} if _is_sure(opening, device) else set()
            elif not judged.names and pair is not None:
                traits.add(Trait.UNNAMED)
        elif (
            judged.verdict is not Verdict.EXPECTED
            and not judged.is_responder
            and other.reach is Reach.LOCAL
            and self._scans.count(opening.addresses[device], (address, port), opening.at_ns)
        ):
            traits.add(Trait.SCAN)
        return traits

    def _relation(self, told: Told, device: int) -> Relation:
        """A watched device, the end with this number, and whom it talks to."""
        opening, other = told.opening, 1 - device
        return Relation(
            opening.addresses[device],
            self.devices.role(opening.addresses[device]),
            opening.addresses[other],
            opening.ports[other],
            told.transport,
            # Where nobody saw who opened it, the service may be at either end.
            device_port=0 if opening.opened_by == device else opening.ports[device],
        )

    def _called(self, told: Told, device: int) -> list[HostName]:
        """What a device calls the other end: in this flow, and when it looked the address up; never a patron's."""
        opening = told.opening
        if not self.devices.may_be_named(opening.addresses[device]):
            return []
        other = unmap(opening.addresses[1 - device])
        version = 4 if len(other) == 4 else 6  # noqa: PLR2004 (bytes of an address)
        names = [
            told.name if device == told.originator else None,
            self._names.look_up(opening.addresses[device], int.from_bytes(other), version, opening.at_ns),
        ]
        return [name for name in names if name is not None]


@lru_cache(maxsize=1_024)
def _event(*, expected: bool, attempt: bool, traits: frozenset[Trait]) -> FlowOpened:
    """The one event that says this."""
    return FlowOpened(expected=expected, attempt=attempt, traits=tuple(one for one in Trait if one in traits))


def _with(event: Event, trait: Trait) -> Event:
    """The same with one more trait."""
    if not isinstance(event, FlowOpened):
        return event
    return _event(expected=event.expected, attempt=event.attempt, traits=frozenset((*event.traits, trait)))


def _is_sure(opening: Opening, device: int) -> bool:
    """Whether it is certain that the other end opened a flow: by its SYN, or to the port of a service."""
    if opening.opened_by is not None:
        return opening.opened_by != device
    return opening.ports[device] < WELL_KNOWN <= opening.ports[1 - device]
