"""From frames to observations: the header pass, the flow table, and the followers of the flows that are looked at.

Rule: what is observed does not depend on how the capture was cut into batches; a flow that nobody wants any more is
ignored from that packet on, although the table may have picked more of it in the same batch.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence

from monitor.decode.columns import Columns, Kind
from monitor.decode.headers import HeaderPass
from monitor.flow.announcements import WAIT_NS, Announcement, Announcements
from monitor.flow.datagrams import DatagramShelf
from monitor.flow.figures import Figures
from monitor.flow.follower import Follower
from monitor.flow.known import Known
from monitor.flow.picks import PICK_ENDED, PICK_IDLE
from monitor.flow.segments import StreamShelf
from monitor.flow.table import FLOW_SLOTS, FlowTable
from monitor.model.contract import ProtocolSpec
from monitor.model.events import Event, Expect
from monitor.model.finding import Observation
from monitor.model.flow import Close, FlowView, Side, Transport
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy

Taker = Callable[[bytes, Event, int], None]
"""Takes the originator's address (4 or 16 bytes), a fact, and its trace time in nanoseconds since 1970 UTC."""


class Tracker:
    """Follows every flow worth a look through batch after batch of frames."""

    def __init__(
        self,
        specs: Sequence[ProtocolSpec],
        naming: NamingPolicy,
        stats: Stats,
        observe: Callable[[Observation], None],
        *,
        capacity: int,
        slots: int = FLOW_SLOTS,
        separate_vlans: bool = False,
        seed: int = 0,
        takers: Mapping[type[Event], Taker] | None = None,
        judged: Container[type[Event]] | None = None,
    ) -> None:
        """Build the pass.

        Args:
            specs: the protocols to recognise.
            naming: what may be shown of a flow's ends.
            stats: takes all figures, at each `tick` and at `finish`.
            observe: takes each observation, in order.
            capacity: the most frames a batch may hold.
            slots: see `FlowTable`.
            separate_vlans: see `FlowTable`.
            seed: see `FlowTable`.
            takers: who takes events of a type instead of `observe`: those that serve us, not the rules.
            judged: the types of events that `observe` wants, if not all: describing the ends of a flow whose events
                nobody judges is a fifth of what a TLS flow costs.
        """
        known = [Known(spec, stats) for spec in specs]
        self._known = {one.name: one for one in known}
        tcp = tuple(one for one in known if one.spec.transport is Transport.TCP)
        udp = tuple(one for one in known if one.spec.transport is Transport.UDP)
        self.stats = stats
        self._naming = naming
        self._observe = observe
        self._takers = takers or {}
        self._judged = judged
        self._columns = Columns(capacity)
        self._headers = HeaderPass(self._columns)
        self._table = FlowTable(
            self._columns,
            slots=slots,
            look_tcp=bool(tcp),
            look_udp=bool(udp),
            separate_vlans=separate_vlans,
            seed=seed,
        )
        self._figures = Figures(self._table, self._columns, stats)
        self._announcements = Announcements(stats)
        self._streams = StreamShelf(self._table, self._columns, self, tcp)
        self._datagrams = DatagramShelf(self._table, self._columns, self, udp, self._announcements)

    def take(self, frames: Frames) -> None:
        """Account a batch and follow what it holds of the flows that are looked at."""
        faults = self._headers.run(frames)
        if faults:
            self.stats.faults["decode.IndexError"] += faults
        table, streams, datagrams = self._table, self._streams, self._datagrams
        picks = table.run(frames)
        serials, infos, packets = table.picked_serial, table.picked_info, table.picked_packet
        kinds, udp = self._columns.kind, int(Kind.UDP)
        data = memoryview(frames.data)
        for index in range(picks):
            info = infos[index]
            if info & PICK_ENDED:
                self._end(serials[index], Close.IDLE if info & PICK_IDLE else Close.EVICTED)
                continue
            shelf = datagrams if kinds[packets[index]] == udp else streams
            if serials[index] not in shelf.dropped:
                shelf.take(frames, data, index)
        self._forget_dropped()
        self._figures.note_linktypes(frames)

    def tick(self, at_ns: int) -> None:
        """Let trace time pass: what was waited for too long is given up, and the figures are brought up to date."""
        self._streams.expire(at_ns)
        self._datagrams.expire(at_ns)
        self._announcements.expire(at_ns)
        self._forget_dropped()
        self._figures.report()

    def finish(self) -> None:
        """The trace has ended: every flow does."""
        for serial in sorted((*self._streams.flows, *self._datagrams.flows)):
            self._end(serial, Close.END)
        self._figures.report()

    def observe(self, follower: Follower, known: Known, event: Event) -> None:
        """Put time and place to a fact (`monitor.flow.follower.Keeper`)."""
        taker = self._takers.get(type(event))
        if taker is not None:
            taker(follower.addresses[follower.originator], event, follower.at_ns)
            return
        if self._judged is not None and type(event) not in self._judged:
            return
        view = follower.view
        if view is None:
            view = follower.view = self._describe(follower, known)
        self._observe(
            Observation(follower.at_ns, view, follower.serial, event, follower.capture, follower.frame, follower.vlan)
        )

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

    def _describe(self, follower: Follower, known: Known) -> FlowView:
        """What rules may know of a flow."""
        first, second = follower.originator, 1 - follower.originator
        return FlowView(
            transport=known.spec.transport,
            originator=self._naming.endpoint(follower.addresses[first], follower.ports[first]),
            responder=self._naming.endpoint(follower.addresses[second], follower.ports[second]),
            protocol=known.label,
        )

    def _end(self, serial: int, how: Close) -> None:
        self._datagrams.end(serial, how)
        self._streams.end(serial, how)

    def _forget_dropped(self) -> None:
        """What was picked of flows that are dropped has passed."""
        self._streams.dropped.clear()
        self._datagrams.dropped.clear()
