"""From frames to observations: the header pass, the flow table, and the followers of the flows that are looked at.

Rule: what is observed does not depend on how the capture was cut into batches; a flow that nobody wants any more is
ignored from that packet on, although the table may have picked more of it in the same batch.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from monitor.decode.headers import Bars
from monitor.devices.book import DeviceBook
from monitor.devices.catalog import catalog
from monitor.flow.announcements import WAIT_NS, Announcement, Announcements
from monitor.flow.cameras import Cameras
from monitor.flow.datagrams import DatagramShelf
from monitor.flow.encounters import Wishes
from monitor.flow.encryption import EncryptedFlows, Endpoint
from monitor.flow.figures import Figures
from monitor.flow.fragments import Fragments
from monitor.flow.known import Known
from monitor.flow.lane import Follower, walk
from monitor.flow.picks import PICK_ENDED, PICK_IDLE
from monitor.flow.segments import StreamShelf
from monitor.flow.sessions import Sessions
from monitor.flow.shelf import Batch
from monitor.flow.signs import DEVICE_EVENTS, Signs
from monitor.flow.sweep import Sweep
from monitor.flow.table import FLOW_SLOTS, FlowTable
from monitor.flow.telling import Taker, Telling
from monitor.flow.views import Views
from monitor.flow.watch import Watch
from monitor.model.contract import ProtocolSpec
from monitor.model.events import Event, Expect
from monitor.model.finding import Moment, Observe
from monitor.model.flow import Close, Reach, Side, Transport
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.names import NameBook
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.presence import Presence
from monitor.privacy.tunnels import Tunnels

_NOTHING_MORE: Mapping[str, object] = {}
_DEVICE, _HOST = {"server": "device"}, {"server": "host"}
_LOCAL, _INTERNET, _TCP = Reach.LOCAL, Reach.INTERNET, Transport.TCP  # saves a look-up each time


class Tracker:
    """Follows every flow worth a look through batch after batch of frames."""

    def __init__(
        self,
        specs: Sequence[ProtocolSpec],
        naming: NamingPolicy,
        stats: Stats,
        observe: Observe,
        *,
        slots: int = FLOW_SLOTS,
        separate_vlans: bool = False,
        seed: int = 0,
        takers: Mapping[type[Event], Taker] | None = None,
        served: Mapping[str, Iterable[Endpoint]] | None = None,
        wishes: Wishes | None = None,
        names: NameBook | None = None,
        judged: Collection[type[Event]] | None = None,
        presence: Presence | None = None,
        tunnels: Tunnels | None = None,
        bars: Bars | None = None,
        apart: bool = False,
        book: DeviceBook | None = None,
    ) -> None:
        """Build the pass.

        Args:
            specs: the protocols to recognise.
            naming: what may be shown of a flow's ends.
            stats: takes all figures, at each `tick` and at `finish`.
            observe: takes each observation, in order.
            slots: see `FlowTable`.
            separate_vlans: see `FlowTable`.
            seed: see `FlowTable`.
            takers: who takes events of a type instead of `observe`: those that serve us, not the rules.
            served: see `EncryptedFlows`.
            wishes: whom to watch, with whom they may talk, and whom not to look at.
            names: how hosts are called, as far as somebody notes it.
            judged: the types of events that `observe` wants, if not all: describing the ends of a flow whose events
                nobody judges is a fifth of what a TLS flow costs.
            presence: who asks which ends still show.
            tunnels: between whom what belongs into encryption is to be encrypted.
            bars: see `HeaderPass`.
            apart: whether somebody asks for the client's port; then each flow has a view of its own.
            book: notes which devices there are; an empty one without it.
        """
        heard = None if judged is None else {*judged, *(takers or ())}
        known = [Known(spec, stats, heard=heard is None or _is_heard(spec, heard)) for spec in specs]
        self._known = {one.name: one for one in known}
        tcp = tuple(one for one in known if one.spec.transport is Transport.TCP)
        udp = tuple(one for one in known if one.spec.transport is Transport.UDP)
        self.stats = stats
        self._tunnels = Tunnels() if tunnels is None else tunnels
        tunneled = [one.label for one in known if one.spec.encrypted_by]
        self._views = Views(naming, Cameras(naming, stats), self._tunnels, tunneled)
        self._takers = takers or {}
        self._table = FlowTable(
            slots=slots, look_tcp=bool(tcp), look_udp=bool(udp), separate_vlans=separate_vlans, seed=seed
        )
        self._watch = Watch(
            specs,
            self._table,
            self._views,
            wishes=Wishes() if wishes is None else wishes,
            names=NameBook() if names is None else names,
            stats=stats,
            observe=observe,
        )
        self._contacts = self._watch.contacts
        self._book = DeviceBook(naming, catalog(), stats) if book is None else book
        self._signs = Signs(specs, self._book, catalog(), self._watch, self._table)
        self._encrypted = EncryptedFlows(known, stats, served or {}, self._tunnels)
        self._sessions = Sessions(known, self._encrypted, stats, naming.zone)
        self._telling = Telling(
            *(self._views, self._watch, self._contacts, observe),
            signs=self._signs,
            sessions=self._sessions,
            takers=self._takers,
            judged=judged,
            apart=apart,
        )
        self.observe, self.join = self._telling.observe, self._telling.join
        """See `monitor.flow.follower.Keeper`."""
        self._sweep = Sweep(self._table, slots, naming, Presence() if presence is None else presence)
        self._figures = Figures(self._table, stats)
        self._fragments = Fragments(self._table, stats, separate_vlans=separate_vlans, bars=bars)
        self._announcements = Announcements(stats)
        self._batch = Batch()
        self._streams = StreamShelf(self._table, self._batch, self, tcp)
        self._datagrams = DatagramShelf(
            *(self._table, self._batch, self, udp, self._announcements),
            devices=self._watch.devices,
            signs=self._signs,
        )

    def adopt(
        self,
        specs: Sequence[ProtocolSpec],
        observe: Observe,
        *,
        served: Mapping[str, Iterable[Endpoint]],
        wishes: Wishes,
        judged: Collection[type[Event]],
        tunnels: Tunnels,
        bars: Bars | None,
        apart: bool,
    ) -> None:
        """Take what the operator says now, between two batches, while flows go on. The naming policy has it already.

        Ends are described anew, and flows that are to be looked at no more are dropped with what waits of them. A
        parser at work keeps its options to the end of its flow, and a flow that nobody wanted stays merely counted.

        Args:
            specs: the same protocols, perhaps with other options.
            observe: as all others, see the constructor.
            served: likewise; what was served before still counts as such.
            wishes: likewise.
            judged: likewise.
            tunnels: likewise.
            bars: likewise.
            apart: likewise.
        """
        self._tunnels.adopt(tunnels)
        self._telling.adopt(observe, judged, apart=apart)
        for spec in specs:
            self._known[spec.name].adopt(spec, heard=_is_heard(spec, {*judged, *self._takers}))
        self._encrypted.adopt(served)
        forgotten = self._watch.adopt(wishes, observe)
        self._streams.review(forgotten)
        self._datagrams.review(forgotten)
        self._fragments.adopt(bars)
        self._forget_dropped()

    def take(self, frames: Frames) -> None:
        """Account a batch, whose headers are decoded, and follow what it holds of the flows that are looked at."""
        for part, first, behind in self._fragments.parts(frames):
            self._pass(part, first, behind)
        self._figures.note_linktypes(frames)

    def _pass(self, frames: Frames, first: int, behind: int) -> None:
        """Account and follow the packets from `first` up to `behind`."""
        picks = self._table.run(frames, first, behind)
        self._batch.turn(frames)
        self._streams.turn(frames)
        self._datagrams.turn(frames)
        self._signs.turn(frames)
        take = partial(self._take_flow, frames)
        try:
            straight_bytes = walk(frames, self._table, picks, self._streams, self._datagrams, take)
            self.stats.followed_bytes += straight_bytes  # to which the walk has added what went the long way
        finally:  # whoever reads may want to close what the batch lies in
            self._batch.leave()
            self._forget_dropped()

    def _take_flow(self, frames: Frames, data: memoryview, index: int) -> None:
        """Take a pick that is about a flow as a whole."""
        info = self._table.picked_info[index]
        if info & PICK_ENDED:
            self._end(self._table.picked_serial[index], Close.IDLE if info & PICK_IDLE else Close.EVICTED)
        else:
            self._watch.take(frames, data, index)

    def tick(self, at_ns: int) -> None:
        """Let trace time pass: what was waited for too long is given up, and the figures are brought up to date."""
        self._fragments.expire(at_ns)
        self._streams.expire(at_ns)
        self._datagrams.expire(at_ns)
        self._announcements.expire(at_ns)
        self._watch.tick(at_ns)
        self._signs.tick(at_ns)
        self._forget_dropped()
        self._sweep.tick()
        self._report()

    def finish(self) -> None:
        """The trace has ended: every flow does."""
        self._fragments.clear()
        for serial in sorted((*self._streams.flows, *self._datagrams.flows)):
            self._end(serial, Close.END)
        self._signs.look_at_shapes(self._table.now())
        self._watch.finish(self._table.now())
        self._report()
        self.stats.devices = tuple(self._book.devices())
        self.stats.services = tuple(self._encrypted.services(self._views.naming))

    def recognize(
        self, serial: int, known: Known, client: bytes, endpoint: Endpoint, at_ns: int
    ) -> tuple[Known, Event] | None:
        """Count a flow, and hold it against endpoints and contacts (`monitor.flow.follower.Keeper`)."""
        self._sessions.note(known, endpoint[0])
        if known.shows:
            self._signs.meet(known.spec, client, endpoint[0], at_ns)
        if self._contacts.waiting:
            self._contacts.recognize(serial, known.label, at_ns, may_name=known.may_name)
        return self._encrypted.note(known, client, endpoint, at_ns)

    def hears(
        self, serial: int, known: Known, client: bytes, server: bytes, first: tuple[bytes, Moment] | None
    ) -> Mapping[str, object] | None:
        """Say whether anybody listens (`monitor.flow.follower.Keeper`)."""
        spec = known.spec
        if not spec.names:
            return _NOTHING_MORE if known.heard else None
        where = self._views.naming.lies(server) if spec.shows_server else None
        if where is _LOCAL and self._signs.wonders(server):
            return _DEVICE
        if not known.heard and serial not in self._contacts.waiting:
            is_curious = spec.transport is _TCP and self._signs.curious(client)  # to open QUIC takes ten times as long
            if not is_curious or (first is not None and self._signs.glance(spec, client, *first)):
                return None
        return _HOST if where is _INTERNET else _NOTHING_MORE

    def announce(self, follower: Follower, expect: Expect) -> None:
        """Wait for a flow that was announced (`monitor.flow.follower.Keeper`)."""
        known = self._known.get(expect.protocol)
        ports = (expect.originator_port, expect.responder_port)
        if known is None or not any(ports):
            return
        placed = Side.ORIGINATOR if ports[0] else Side.RESPONDER
        end = placed ^ follower.originator
        self._announcements.add(
            (known.spec.transport, follower.addresses[end], ports[placed], follower.addresses[1 - end]),
            Announcement(
                known=known,
                opened_by_place=expect.opened_by is placed,
                carries=expect.carries,
                other_port=ports[placed.other],
                until_ns=follower.at_ns + WAIT_NS,
            ),
        )

    def _end(self, serial: int, how: Close) -> None:
        self._datagrams.end(serial, how)
        self._streams.end(serial, how)

    def _report(self) -> None:
        self._figures.report()
        self._telling.report()
        self._encrypted.report()
        self._sessions.report()
        self.stats.followed_flows = len(self._streams.flows) + len(self._datagrams.flows)

    def _forget_dropped(self) -> None:
        """What was picked has passed."""
        self._streams.forget_picks()
        self._datagrams.forget_picks()


def _is_heard(spec: ProtocolSpec, heard: Collection[type[Event]]) -> bool:
    tells = spec.devices or any(event in DEVICE_EVENTS for event in spec.events)
    return bool(spec.cameras or (tells and not spec.names)) or any(event in heard for event in spec.events)
