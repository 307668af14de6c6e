"""From frames to observations: the header pass, the flow table, and the followers of the flows that are looked at.

Rule: what is observed does not depend on how the capture was cut into batches; a flow that nobody wants any more is
ignored from that packet on, although the table may have picked more of it in the same batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from monitor.decode.columns import Columns, Kind
from monitor.decode.headers import HeaderPass
from monitor.flow.figures import Figures
from monitor.flow.follower import Follower
from monitor.flow.picks import (
    PICK_ENDED,
    PICK_FIN,
    PICK_IDLE,
    PICK_ORIENTED,
    PICK_ORIGINATOR,
    PICK_RST,
    PICK_SIDE,
    PICK_START,
)
from monitor.flow.reassembly import Piece
from monitor.flow.table import FLOW_SLOTS, FlowTable
from monitor.model.contract import ProtocolSpec
from monitor.model.events import Event
from monitor.model.finding import Observation
from monitor.model.flow import Close, Transport
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy

MAX_HELD_BYTES = 33_554_432
"""Out of order over all flows: over it, the flow that asks for more gives up what it waits for."""
_SYN = 2


class _Followed:
    """A follower with its place in the table and the packet that was last seen of it."""

    __slots__ = ("at_ns", "capture", "follower", "frame", "held_bytes", "serial", "slot", "vlan")

    follower: Follower

    def __init__(self, serial: int, slot: int) -> None:
        self.serial = serial
        self.slot = slot
        self.at_ns = 0
        self.capture = 0
        self.frame = 0
        self.vlan = -1
        self.held_bytes = 0


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
        """
        self._tcp = tuple(spec for spec in specs if spec.transport is Transport.TCP)
        self._udp = tuple(spec for spec in specs if spec.transport is Transport.UDP)
        self._columns = Columns(capacity)
        self._headers = HeaderPass(self._columns)
        self._table = FlowTable(
            self._columns, slots=slots, look_tcp=bool(self._tcp), look_udp=bool(self._udp), seed=seed
        )
        self._figures = Figures(self._table, self._columns, stats)
        self._naming = naming
        self._stats = stats
        self._observe = observe
        self._flows: dict[int, _Followed] = {}
        self._dropped: set[int] = set()
        self._held_bytes = 0
        for spec in specs:
            stats.protocol(spec.name).update(dict.fromkeys(("flows", *spec.report), 0))

    def take(self, frames: Frames) -> None:
        """Account a batch and follow what it holds of the flows that are looked at."""
        faults = self._headers.run(frames)
        if faults:
            self._stats.faults["decode.IndexError"] += faults
        picks = self._table.run(frames)
        table = self._table
        columns = self._columns
        data = memoryview(frames.data)
        for index in range(picks):
            serial = table.picked_serial[index]
            if serial in self._dropped:
                continue
            info = table.picked_info[index]
            flow = self._flows.get(serial)
            if info & PICK_ENDED:
                if flow is not None:
                    self._finish(flow, Close.IDLE if info & PICK_IDLE else Close.EVICTED)
                continue
            packet = table.picked_packet[index]
            if flow is None:
                if not columns.segment_bytes[packet]:
                    continue
                flow = self._open(data, packet, serial, table.picked_slot[index], info & PICK_SIDE)
            elif flow.held_bytes:
                self._expire(flow, columns.at_ns[packet])
            flow.at_ns = columns.at_ns[packet]
            flow.capture = frames.captures[frames.interface[packet]]
            flow.frame = frames.number[packet]
            flow.vlan = columns.vlan[packet]
            if info & PICK_ORIENTED:
                flow.follower.opened_by = 1 if info & PICK_ORIGINATOR else 0
            self._packet(flow, data, index)
        self._dropped.clear()
        self._figures.note_linktypes(frames)

    def tick(self, at_ns: int) -> None:
        """Let trace time pass: what was waited for too long is given up, and the figures are brought up to date."""
        for flow in [flow for flow in self._flows.values() if flow.held_bytes]:
            self._expire(flow, at_ns)
        self._dropped.clear()
        self._figures.report()

    def finish(self) -> None:
        """The trace has ended: every flow does."""
        for flow in list(self._flows.values()):
            self._finish(flow, Close.END)
        self._figures.report()

    def _open(self, data: memoryview, packet: int, serial: int, slot: int, side: int) -> _Followed:
        """Begin to follow a flow at its first payload, seen in a packet sent by `side`."""
        columns = self._columns
        size = 16 if columns.v6[packet] else 4
        at = columns.address[packet]
        addresses = (bytes(data[at : at + size]), bytes(data[at + size : at + 2 * size]))
        ports = (columns.ports[packet] >> 16, columns.ports[packet] & 0xFFFF)
        if side:
            addresses = (addresses[1], addresses[0])
            ports = (ports[1], ports[0])
        udp = columns.kind[packet] == Kind.UDP
        flow = _Followed(serial, slot)
        flow.follower = Follower(
            candidates=self._udp if udp else self._tcp,
            transport=Transport.UDP if udp else Transport.TCP,
            ports=ports,
            name_ends=lambda: (
                self._naming.endpoint(addresses[0], ports[0]),
                self._naming.endpoint(addresses[1], ports[1]),
            ),
            stats=self._stats,
            emit=partial(self._emit, flow),
        )
        self._flows[serial] = flow
        return flow

    def _packet(self, flow: _Followed, data: memoryview, index: int) -> None:
        """Hand the packet of one pick to its follower."""
        columns = self._columns
        follower = flow.follower
        packet = self._table.picked_packet[index]
        end = self._table.picked_info[index] & PICK_SIDE
        at = columns.payload[packet]
        payload = data[at : at + columns.payload_bytes[packet]]
        undecided = follower.view is None
        if columns.kind[packet] == Kind.UDP:
            follower.started[end] = True
            follower.take(end, (Piece(0, payload),))
        else:
            self._segment(flow, end, payload, index)
        if follower.done or follower.closed():
            self._drop(flow)
        elif undecided and follower.view is not None:
            self._table.follow(flow.slot, flow.serial)

    def _segment(self, flow: _Followed, end: int, payload: memoryview, index: int) -> None:
        """Put a segment in its place and hand on what is in order."""
        columns = self._columns
        follower = flow.follower
        stream = follower.streams[end]
        packet = self._table.picked_packet[index]
        info = self._table.picked_info[index]
        wire_bytes = columns.segment_bytes[packet]
        seq = columns.seq[packet]
        if columns.flags[packet] & _SYN:  # RFC 7413: data may ride on a SYN, which takes one number itself
            seq = (seq + 1) & 0xFFFFFFFF
        if stream.position is None and info & PICK_START:
            stream.position = self._table.picked_start[index]
            follower.started[end] = True
        follower.skip_unseen(end, seq)
        if wire_bytes:
            follower.take(end, stream.add(seq, payload, wire_bytes, flow.at_ns))
            self._account_held(flow)
        if info & PICK_FIN:
            stream.end = (seq + wire_bytes) & 0xFFFFFFFF
            if stream.position is None:
                stream.position = stream.end
        if info & PICK_RST:
            self._flush(flow)
            follower.close(0, Close.RST)
            follower.close(1, Close.RST)
        elif stream.ended():
            follower.close(end, Close.FIN)
        until = follower.arm_skip(end, (seq + wire_bytes) & 0xFFFFFFFF)
        if until is not None:
            self._table.skip(flow.slot, flow.serial, end, until)

    def _account_held(self, flow: _Followed) -> None:
        """Keep the sum of what is held out of order, and its bound."""
        held = flow.follower.streams[0].held_bytes + flow.follower.streams[1].held_bytes
        if held == flow.held_bytes:
            return
        self._held_bytes += held - flow.held_bytes
        flow.held_bytes = held
        if self._held_bytes > MAX_HELD_BYTES:
            self._stats.limits["flow.held_bytes"] += 1
            self._flush(flow)

    def _flush(self, flow: _Followed) -> None:
        for end in (0, 1):
            flow.follower.take(end, flow.follower.streams[end].flush())
        self._account_held(flow)

    def _expire(self, flow: _Followed, at_ns: int) -> None:
        """Give up what has been missing for too long; told as of the flow's last packet, whoever asks."""
        for end in (0, 1):
            stream = flow.follower.streams[end]
            flow.follower.take(end, stream.expire(at_ns))
            if stream.ended():
                flow.follower.close(end, Close.FIN)
        self._account_held(flow)
        if flow.follower.done or flow.follower.closed():
            self._drop(flow)

    def _finish(self, flow: _Followed, how: Close) -> None:
        self._flush(flow)
        flow.follower.close(0, how)
        flow.follower.close(1, how)
        self._drop(flow)

    def _drop(self, flow: _Followed) -> None:
        self._held_bytes -= flow.held_bytes
        flow.held_bytes = 0
        self._flows.pop(flow.serial, None)
        self._dropped.add(flow.serial)
        self._table.stop(flow.slot, flow.serial)

    def _emit(self, flow: _Followed, event: Event) -> None:
        view = flow.follower.view
        if view is not None:
            self._observe(
                Observation(flow.at_ns, view, flow.serial, event, flow.capture, flow.frame, flow.vlan),
            )
