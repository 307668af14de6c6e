"""Flows of datagrams that are looked at: each datagram is fed by itself, as it comes.

Rule: this meets every UDP flow of the network, most of them for one datagram, so it makes nothing before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from monitor.flow.announcements import Announcements
from monitor.flow.devices import Devices
from monitor.flow.follower import MAX_HEAD_BYTES, Follower, Keeper
from monitor.flow.known import Known
from monitor.flow.lane import hear
from monitor.flow.picks import PICK_SIDE, Pick
from monitor.flow.shelf import Shelf
from monitor.flow.table import UDP_IDLE_NS, FlowTable
from monitor.model.contract import Head, ProtocolSpec
from monitor.model.data import DataClass
from monitor.model.finding import Moment
from monitor.model.flow import Close, Transport

MAX_HEAD_DATAGRAMS = 32
"""Kept of a flow before it is recognised; a probe that needs more of them has no idea."""
MAX_DATAGRAM_FLOWS = 50_000
"""Followed at a time: what 150 name look-ups a second leave behind until they are idle; about 40 MB."""

Glance = Callable[[ProtocolSpec, bytes, bytes, Moment], bool]
"""Takes a protocol, the sender's address, the first datagram of a flow of it, and when and where that was seen; says
whether it wants more of that sender's."""

MAX_SEEN_ENOUGH = 65_536
"""Addresses; when full all are forgotten, which costs time only. About 10 MB when full."""

_SILENT = Head(b"", from_start=False)
_UDP = Transport.UDP


class DatagramFollower(Follower):
    """Follows one UDP flow."""

    __slots__ = ("_kept", "_kept_bytes")

    def __init__(
        self, keeper: Keeper, candidates: Sequence[Known], addresses: tuple[bytes, bytes], ports: tuple[int, int]
    ) -> None:
        """Begin undecided; see `Follower`."""
        super().__init__(keeper, candidates, addresses, ports)
        self._kept: list[tuple[int, bytes]] | None = None
        self._kept_bytes = 0

    def expect(self, known: Known, originator: int, carries: DataClass | None) -> None:
        """Begin decided: another flow announced this one."""
        options = known.spec.options if carries is None else {**known.spec.options, "carries": carries}
        self._begin(known, originator, from_start=True, options=options)

    def take(self, end: int, payload: memoryview) -> None:
        """Take the next datagram of one end; `payload` is valid during the call only."""
        if self.parser is not None:
            hear(self, self.parser.feed, end, payload)
        elif self._kept is None:
            self._first(end, payload)
        else:
            self._kept.append((end, bytes(payload)))
            self._kept_bytes += len(payload)
            full = self._kept_bytes >= MAX_HEAD_BYTES or len(self._kept) >= MAX_HEAD_DATAGRAMS
            self._decide(self._kept, final=full)

    def close(self, how: Close) -> None:
        """Neither end will send more."""
        if self._kept:
            self._decide(self._kept, final=True)
        if self.parser is not None:
            hear(self, self.parser.finish, 0, how)
            hear(self, self.parser.finish, 1, how)

    def _first(self, end: int, payload: memoryview) -> None:
        """Most flows are decided here, with nothing kept."""
        data = bytes(payload)
        head = Head(data, from_start=True, datagrams=(data,))
        taken = self._ask((_SILENT, head) if end else (head, _SILENT), final=False)
        if taken is not None:
            known, verdict = taken
            parser = self._begin(known, verdict.originator, from_start=True, options=known.spec.options)
            if parser is not None:
                hear(self, parser.feed, end, payload)
        elif not self.done:
            self._kept = [(end, data)]
            self._kept_bytes = len(data)

    def _decide(self, kept: list[tuple[int, bytes]], *, final: bool) -> None:
        taken = self._ask((_head(kept, 0), _head(kept, 1)), final=final)
        if taken is not None:
            known, verdict = taken
            parser = self._begin(known, verdict.originator, from_start=True, options=known.spec.options)
            if parser is not None:
                for end, data in kept:
                    hear(self, parser.feed, end, memoryview(data))
        if taken is not None or self.done:
            self._kept = None


def _head(kept: list[tuple[int, bytes]], end: int) -> Head:
    sent = tuple([data for sender, data in kept if sender == end])
    return Head(sent[0], from_start=True, datagrams=sent) if sent else _SILENT


class DatagramShelf(Shelf[DatagramFollower]):
    """Every UDP flow that is followed, the longest silent one first."""

    def __init__(
        self,
        table: FlowTable,
        keeper: Keeper,
        candidates: Sequence[Known],
        announcements: Announcements,
        *,
        devices: Devices,
        glance: Glance,
    ) -> None:
        """See `Tracker`."""
        super().__init__(table)
        self._keeper = keeper
        self._candidates = candidates
        self._announcements = announcements
        self._devices = devices
        self._look = glance
        self._seen_enough: set[tuple[int, int]] = set()
        """Addresses, as the columns have them, of whose questions no more are to be looked at."""
        self._private_ports = {
            port: known for known in candidates if known.spec.watched_only for port in known.spec.ports
        }

    def take(self, data: memoryview, pick: Pick) -> None:
        """Hand the datagram of one pick to its follower."""
        columns = self._columns
        index, packet, info, serial = pick
        end = info & PICK_SIDE
        flow = self.flows.pop(serial, None)
        if flow is None:
            if self._is_private(data, packet, end):
                self._glance(data, packet, end)
                self.dropped.add(serial)
                self._table.stop(self._picked_slot[index], serial)
                return
            flow = self._open(data, index)
        else:
            self._mark(flow, packet)
        undecided = flow.known is None
        at = columns.payload[packet]
        flow.take(end, data[at : at + columns.payload_bytes[packet]])
        if flow.done:
            self._drop(flow)
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

    def review(self, forgotten: Iterable[int]) -> None:
        """See `Shelf`; and whose questions are of interest may have changed."""
        super().review(forgotten)
        self._seen_enough.clear()

    def end(self, serial: int, how: Close) -> None:
        """A flow ended, if it is one that is followed."""
        flow = self.flows.get(serial)
        if flow is not None:
            flow.close(how)
            self._drop(flow)

    def _is_private(self, data: memoryview, packet: int, end: int) -> bool:
        """Whether a new flow is over a port at which only watched devices are of interest, and has none of them."""
        ports = self._columns.ports[packet]
        if ports & 0xFFFF not in self._private_ports and ports >> 16 not in self._private_ports:
            return False
        if not self._devices:
            return True
        addresses, _ = self._ends(data, packet, end)
        return not any(map(self._devices.listens_to, addresses))

    def _glance(self, data: memoryview, packet: int, end: int) -> None:
        """Have looked at a question in passing, when it is one: it goes to the port of the protocol."""
        columns = self._columns
        known = self._private_ports.get(columns.ports[packet] & 0xFFFF)
        if known is None:
            return
        sender = columns.ends[4 * packet], columns.ends[4 * packet + 1]
        if sender in self._seen_enough:
            return
        addresses, _ = self._ends(data, packet, end)
        at = columns.payload[packet]
        payload = bytes(data[at : at + columns.payload_bytes[packet]])
        if not self._look(known.spec, addresses[end], payload, self._moment(packet)):
            if len(self._seen_enough) >= MAX_SEEN_ENOUGH:
                self._seen_enough.clear()
            self._seen_enough.add(sender)

    def _open(self, data: memoryview, index: int) -> DatagramFollower:
        """Begin to follow a flow at its first payload."""
        if len(self.flows) >= MAX_DATAGRAM_FLOWS:
            self._keeper.stats.limits["flow.datagram_flows"] += 1
            self.end(next(iter(self.flows)), Close.EVICTED)
        packet = self._picked_packet[index]
        addresses, ports = self._ends(data, packet, self._picked_info[index] & PICK_SIDE)
        flow = DatagramFollower(self._keeper, self._candidates, addresses, ports)
        flow.serial = self._picked_serial[index]
        flow.slot = self._picked_slot[index]
        self._mark(flow, packet)
        if self._announcements:
            claimed = self._announcements.claim(_UDP, addresses, ports, self._columns.at_ns[packet])
            if claimed is not None:
                announcement, originator = claimed
                flow.expect(announcement.known, originator, announcement.carries)
                self._table.follow(flow.slot, flow.serial)
        return flow
