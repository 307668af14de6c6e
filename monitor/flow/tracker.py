"""From frames to observations: the header pass, the flow table, and the followers of the flows that are looked at.

Rule: what is observed does not depend on how the capture was cut into batches; a flow that nobody wants any more is
ignored from that packet on, although the table may have picked more of it in the same batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue

from monitor.decode.columns import Columns, Kind
from monitor.decode.headers import HeaderPass
from monitor.flow.announcements import WAIT_NS, Announcement, Announcements
from monitor.flow.datagrams import DatagramShelf
from monitor.flow.figures import Figures
from monitor.flow.follower import Follower
from monitor.flow.known import Known
from monitor.flow.orders import Batch, Orders
from monitor.flow.picks import PICK_ENDED, PICK_IDLE, Pick
from monitor.flow.segments import StreamShelf
from monitor.flow.table import FLOW_SLOTS, FlowTable
from monitor.model.contract import ProtocolSpec
from monitor.model.events import Event, Expect
from monitor.model.finding import Observation
from monitor.model.flow import Close, FlowView, Side, Transport
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy

BATCHES = 2
"""One is followed while the next is counted; more would only delay what the followers ask of the table."""
_SYN = 2

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
        seed: int = 0,
        takers: Mapping[type[Event], Taker] | None = None,
    ) -> None:
        """Build the pass.

        Args:
            specs: the protocols to recognise.
            naming: what may be shown of a flow's ends.
            stats: takes all figures, at each `tick` and at `finish`.
            observe: takes each observation, in order.
            capacity: the most frames a batch may hold.
            slots: see `FlowTable`.
            seed: see `FlowTable`.
            takers: who takes events of a type instead of `observe`: those that serve us, not the rules.
        """
        known = [Known(spec, stats) for spec in specs]
        self._known = {one.name: one for one in known}
        tcp = tuple(one for one in known if one.spec.transport is Transport.TCP)
        udp = tuple(one for one in known if one.spec.transport is Transport.UDP)
        self.stats = stats
        self._naming = naming
        self._observe = observe
        self._takers = takers or {}
        self._columns = Columns(capacity)
        self._headers = HeaderPass(self._columns)
        self._table = FlowTable(self._columns, slots=slots, look_tcp=bool(tcp), look_udp=bool(udp), seed=seed)
        self._figures = Figures(self._table, self._columns, stats)
        self._announcements = Announcements(stats)
        self._streams = StreamShelf(self, tcp)
        self._datagrams = DatagramShelf(self, udp, self._announcements)
        self._between = self._streams.orders = self._datagrams.orders = Orders()
        """Orders given between batches, by ticks."""
        self._spare: SimpleQueue[Batch] = SimpleQueue()
        for _ in range(BATCHES):
            self._spare.put(Batch())

    def count(self, frames: Frames) -> Batch:
        """Account a batch of frames and copy what is to be looked at; `frames` may change afterwards.

        May run in another thread than the other methods, one batch ahead of `follow`; it waits for longer leads.
        """
        batch = self._spare.get()
        batch.orders.carry_out(self._table)
        faults = self._headers.run(frames)
        if faults:
            self.stats.faults["decode.IndexError"] += faults
        picked = self._table.run(frames)
        self._figures.note_linktypes(frames)
        batch.picks = self._copy(frames, picked)
        return batch

    def follow(self, batch: Batch) -> None:
        """Follow what was picked of a batch, and give the batch back."""
        streams, datagrams = self._streams, self._datagrams
        batch.orders.take_over(self._between)
        streams.orders = datagrams.orders = batch.orders
        for pick in batch.picks:
            if pick.info & PICK_ENDED:
                self._end(pick.serial, Close.IDLE if pick.info & PICK_IDLE else Close.EVICTED)
                continue
            shelf = datagrams if pick.udp else streams
            if shelf.wants(pick.serial):
                shelf.take(pick)
        streams.turn()
        datagrams.turn()
        batch.picks = []
        streams.orders = datagrams.orders = self._between
        self._spare.put(batch)

    def take(self, frames: Frames) -> None:
        """Count a batch and follow it at once."""
        self.follow(self.count(frames))

    def _copy(self, frames: Frames, picked: int) -> list[Pick]:
        """What was picked, apart from the buffers it lies in."""
        table, columns = self._table, self._columns
        data = memoryview(frames.data)
        picks = []
        for index in range(picked):
            packet = table.picked_packet[index]
            serial = table.picked_serial[index]
            info = table.picked_info[index]
            slot = table.picked_slot[index]
            if info & PICK_ENDED:
                picks.append(Pick(serial, slot, info, False, 0, 0, 0, b"", b"", 0, 0, 0, 0, -1))  # noqa: FBT003 - a row
                continue
            at = columns.payload[packet]
            ends = columns.address[packet]
            seq = columns.seq[packet]
            if columns.flags[packet] & _SYN:  # RFC 7413: data may ride on a SYN, which takes one number itself
                seq = (seq + 1) & 0xFFFFFFFF
            picks.append(
                Pick(
                    serial,
                    slot,
                    info,
                    columns.kind[packet] == Kind.UDP,
                    table.picked_start[index],
                    seq,
                    columns.segment_bytes[packet],
                    bytes(data[at : at + columns.payload_bytes[packet]]),
                    bytes(data[ends : ends + (32 if columns.v6[packet] else 8)]),
                    columns.ports[packet],
                    columns.at_ns[packet],
                    frames.captures[frames.interface[packet]],
                    frames.number[packet],
                    columns.vlan[packet],
                )
            )
        return picks

    def tick(self, at_ns: int) -> None:
        """Let trace time pass: what was waited for too long is given up, and the figures are brought up to date."""
        self._streams.expire(at_ns)
        self._datagrams.expire(at_ns)
        self._announcements.expire(at_ns)
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
