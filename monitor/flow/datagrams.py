"""Flows of datagrams that are looked at: each datagram is fed by itself, as it comes.

Rule: this meets every UDP flow of the network, most of them for one datagram, so it makes nothing before it is needed.
Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cython

from monitor.flow.announcements import Announcements
from monitor.flow.devices import Devices
from monitor.flow.follower import MAX_HEAD_BYTES, Keeper
from monitor.flow.known import Known
from monitor.flow.lane import Follower
from monitor.flow.picks import PICK_SIDE
from monitor.flow.shelf import Batch, Ends, Shelf
from monitor.flow.signs import Signs
from monitor.flow.table import UDP_IDLE_NS, FlowTable
from monitor.model.contract import Head
from monitor.model.data import DataClass
from monitor.model.finding import Moment
from monitor.model.flow import Close, Transport
from monitor.model.frames import Frames

MAX_HEAD_DATAGRAMS = 32
"""Kept of a flow before it is recognised; a probe that needs more of them has no idea."""
MAX_DATAGRAM_FLOWS = 50_000
"""Followed at a time: what 150 name look-ups a second leave behind until they are idle; about 40 MB."""

MAX_SEEN_ENOUGH = 65_536
"""Addresses; when full all are forgotten, which costs time only. About 6 MB when full."""
MAX_ASKED = 65_536
"""Addresses, likewise; as many as `monitor.flow.devices` keeps."""

_END = cython.declare(cython.int, PICK_SIDE)
_ALL = cython.declare(cython.int, 1 << 16)

_SILENT = Head(b"", from_start=False)
_UDP = Transport.UDP


class DatagramFollower(Follower):
    """Follows one UDP flow."""

    __slots__ = ("_kept", "_kept_bytes")

    def __init__(
        self, keeper: Keeper, candidates: Sequence[Known], ends: Ends, serial: int, slot: int, moment: Moment
    ) -> None:
        """Begin undecided; see `Follower`."""
        super().__init__(keeper, candidates, ends, serial, slot, moment)
        self._kept: list[tuple[int, bytes]] | None = None
        self._kept_bytes = 0

    def expect(self, known: Known, originator: int, carries: DataClass | None) -> None:
        """Begin decided: another flow announced this one."""
        options = known.spec.options if carries is None else {**known.spec.options, "carries": carries}
        self.begin(known, originator, True, options)  # noqa: FBT003  # the contract's

    def take(self, end: int, data: bytes) -> None:
        """Take the next datagram of one end while nobody knows yet what it is."""
        if self.parser is not None:
            self.hear(self.parser.feed, end, data)
        elif self._kept is None:
            self._first(end, data)
        else:
            self._kept.append((end, data))
            self._kept_bytes += len(data)
            full = self._kept_bytes >= MAX_HEAD_BYTES or len(self._kept) >= MAX_HEAD_DATAGRAMS
            self._decide(self._kept, final=full)

    def close(self, how: Close) -> None:
        """Neither end will send more."""
        if self._kept:
            self._decide(self._kept, final=True)
        if self.parser is not None:
            self.hear(self.parser.finish, 0, how)
            self.hear(self.parser.finish, 1, how)

    def _first(self, end: int, data: bytes) -> None:
        """Most flows are decided here, with nothing kept."""
        head = Head(data, from_start=True, datagrams=(data,))
        taken = self.ask((_SILENT, head) if end else (head, _SILENT), False)  # noqa: FBT003  # the contract's
        if taken is not None:
            known, verdict = taken
            parser = self.begin(known, verdict.originator, True, known.spec.options)  # noqa: FBT003  # the same
            if parser is not None:
                self.hear(parser.feed, end, data)
        elif not self.done:
            self._kept = [(end, data)]
            self._kept_bytes = len(data)

    def _decide(self, kept: list[tuple[int, bytes]], *, final: bool) -> None:
        taken = self.ask((_head(kept, 0), _head(kept, 1)), final)
        if taken is not None:
            known, verdict = taken
            parser = self.begin(known, verdict.originator, True, known.spec.options)  # noqa: FBT003  # the same
            if parser is not None:
                for end, data in kept:
                    self.hear(parser.feed, end, data)
        if taken is not None or self.done:
            self._kept = None


def _head(kept: list[tuple[int, bytes]], end: int) -> Head:
    sent = tuple([data for sender, data in kept if sender == end])
    return Head(sent[0], from_start=True, datagrams=sent) if sent else _SILENT


@cython.final
@cython.cclass
class DatagramShelf:
    """Every UDP flow that is followed, the longest silent one first."""

    flows = cython.declare(dict, visibility="readonly")
    """See `Shelf`, as of `dropped`."""
    dropped = cython.declare(set, visibility="readonly")
    _shelf: object
    _batch: object
    _table: object
    _keeper: object
    _candidates: object
    _announcements: object
    _devices: object
    _cameras: object
    _signs: object
    _curious: object
    _private_ports: dict
    _private: cython.uchar[::1]
    """Of each port, whether it is one of these."""
    _seen_enough: set
    """Addresses of whose questions no more are to be looked at."""
    _asked: dict
    """Whether what an address asks is read, as long as the cameras are those of this version; None of any."""
    _version: object
    _are_devices: cython.bint
    _ports: cython.const[cython.uint][::1]
    _picked_slot: cython.const[cython.int][::1]

    def __init__(
        self,
        table: FlowTable,
        batch: Batch,
        keeper: Keeper,
        candidates: Sequence[Known],
        announcements: Announcements,
        *,
        devices: Devices,
        signs: Signs,
    ) -> None:
        """See `Tracker`."""
        self._shelf, self._batch = Shelf(table), batch
        self.flows, self.dropped = self._shelf.flows, self._shelf.dropped
        self._table = table
        self._keeper = keeper
        self._candidates = candidates
        self._announcements = announcements
        self._devices, self._cameras = devices, devices.cameras
        self._signs, self._curious = signs, signs.curious
        self._private_ports = {
            port: known for known in candidates if known.spec.watched_only for port in known.spec.ports
        }
        private = bytearray(_ALL)
        for port in self._private_ports:
            private[port] = 1
        self._private = private
        self._seen_enough = set()
        self._asked = {}
        self._version = None
        self._are_devices = False

    def turn(self, frames: Frames) -> None:
        """Go over to the next batch, which the table has counted."""
        self._ports, self._picked_slot = frames.columns.ports, self._table.picked_slot

    def forget_picks(self) -> None:
        """What was picked has passed."""
        self.dropped.clear()

    def review(self, forgotten: Iterable[int]) -> None:
        """Drop flows unheard, by their numbers; whose questions are of interest may have changed."""
        for flow in self._shelf.review(forgotten):
            self.drop(flow)
        self._seen_enough.clear()
        self._version = None

    def take(self, index: cython.int, packet: cython.int, info: cython.int, serial: object) -> None:
        """Take a datagram of a flow whose protocol is not known yet.

        Args:
            index: number of the pick.
            packet: its place in the batch.
            info: of the pick.
            serial: number of the flow.
        """
        end: cython.int = info & _END
        ports: cython.uint = self._ports[packet]
        flow = self.flows.pop(serial, None) if self.flows else None
        if flow is not None:
            flow.moment = self._batch.moment(packet)
        elif (self._private[ports & 0xFFFF] or self._private[ports >> 16]) and not self._is_read(packet):
            if self._private[ports & 0xFFFF]:
                self._look(packet, self._private_ports[ports & 0xFFFF])
            self._shelf.pass_by(self._picked_slot[index], serial)
            return
        else:
            flow = self._open(packet, index, end, serial)
        undecided = flow.known is None
        flow.take(end, self._batch.payload(packet, _ALL))
        if flow.done:
            self.drop(flow)
            return
        self.flows[serial] = flow  # behind all that were silent for longer
        if undecided and flow.known is not None:
            self._table.follow(flow.slot, serial)

    def expire(self, at_ns: int) -> None:
        """Let go of flows that are idle at trace time `at_ns`: what comes after that belongs to a new one."""
        while self.flows:
            oldest = next(iter(self.flows.values()))
            if at_ns - oldest.at_ns <= UDP_IDLE_NS:
                return
            self.end(oldest.serial, Close.IDLE)

    def end(self, serial: int, how: Close) -> None:
        """A flow ended, if it is one that is followed."""
        flow = self.flows.get(serial)
        if flow is not None:
            flow.close(how)
            self.drop(flow)

    @cython.ccall
    def drop(self, flow: Follower) -> cython.int:
        """Only count a flow from here on."""
        self._shelf.drop(flow)
        return 0

    @cython.cfunc
    def _is_read(self, packet: cython.int) -> cython.bint:
        """Whether an end of a packet is a watched device of which one may know what it asks."""
        version = self._cameras.version
        if version != self._version:
            self._version = version
            self._are_devices = bool(self._devices)
            self._asked.clear()
        if not self._are_devices:
            return False
        return self._asks(self._batch.sender(packet)) or self._asks(self._batch.receiver(packet))

    @cython.cfunc
    def _asks(self, address: bytes) -> cython.bint:
        """Whether what an address of 4 or 16 bytes asks is read."""
        known = self._asked.get(address)
        if known is None:
            if len(self._asked) >= MAX_ASKED:
                self._asked.clear()
            known = self._asked[address] = bool(self._devices.listens_to(address))
        return known is True

    @cython.cfunc
    def _look(self, packet: cython.int, known: Known) -> cython.int:
        """Have looked at a question in passing."""
        sender = self._batch.sender(packet)
        if sender in self._seen_enough:
            return 0
        glance = known.spec.glance
        if glance is None or not self._curious(sender):
            if len(self._seen_enough) >= MAX_SEEN_ENOUGH:
                self._seen_enough.clear()
            self._seen_enough.add(sender)
            return 0
        signals = glance(self._batch.payload(packet, _ALL))
        if signals:
            self._signs.show(sender, signals, self._batch.moment(packet))
        return 0

    @cython.cfunc
    def _open(self, packet: cython.int, index: cython.int, end: cython.int, serial: object) -> DatagramFollower:
        """Begin to follow a flow at its first payload."""
        if len(self.flows) >= MAX_DATAGRAM_FLOWS:
            self._keeper.stats.limits["flow.datagram_flows"] += 1
            self.end(next(iter(self.flows)), Close.EVICTED)
        ends = self._batch.ends(packet, end)
        moment = self._batch.moment(packet)
        flow = DatagramFollower(self._keeper, self._candidates, ends, serial, self._picked_slot[index], moment)
        if self._announcements:
            claimed = self._announcements.claim(_UDP, *ends, moment[0])
            if claimed is not None:
                announcement, originator = claimed
                flow.expect(announcement.known, originator, announcement.carries)
                self._table.follow(flow.slot, serial)
        return flow
