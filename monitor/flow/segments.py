"""Puts every picked TCP segment in its place in its flow, and gives up in time what is missing.

Rule: what waits out of order is bounded over all flows together, and told as of the last packet of its own flow,
whoever asks. What is next in line comes here only to begin and to end (`monitor.flow.lane`). Compiled; uncompiled it
does the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import cython

from monitor.flow.backlog import MAX_HELD_BYTES, MAX_KEPT_BYTES, Backlog
from monitor.flow.follower import MAX_HEAD_BYTES, Keeper
from monitor.flow.known import Known
from monitor.flow.lane import StreamFollower, Tie, orient
from monitor.flow.picks import PICK_FIN, PICK_ORIENTED, PICK_ORIGINATOR, PICK_RST, PICK_SIDE, PICK_START
from monitor.flow.prospects import Prospects
from monitor.flow.shelf import Batch, Shelf
from monitor.flow.table import FlowTable
from monitor.model.flow import Close
from monitor.model.frames import Frames

MAX_FLOWS = 20_000
"""Followed at a time, at 3 kB each: all self-checks, logins and cameras of a consortium; what is encrypted is not."""
_GIVEN_UP_AT_ONCE = MAX_FLOWS // 16
"""To find those that are worth least means to look at all."""
_SYN = cython.declare(cython.int, 2)
_START = cython.declare(cython.int, PICK_START)
_FIN = cython.declare(cython.int, PICK_FIN)
_RST = cython.declare(cython.int, PICK_RST)
_END = cython.declare(cython.int, PICK_SIDE)
_ORIENTED = cython.declare(cython.int, PICK_ORIENTED)
_ORIGINATOR = cython.declare(cython.int, PICK_ORIGINATOR)
_MASK = cython.declare(cython.longlong, (1 << 32) - 1)
_FINISHED = Close.FIN  # saves a look-up each time


@cython.final
@cython.cclass
class StreamShelf:
    """Every TCP flow that is followed."""

    flows = cython.declare(dict, visibility="readonly")
    """See `Shelf`, as of `dropped`."""
    dropped = cython.declare(set, visibility="readonly")
    _shelf: object
    _batch: object
    _table: object
    _keeper: object
    _candidates: object
    _prospects: object
    _waiting: object
    """Flows that hold something out of order, the one that began to wait first in front."""
    _undecided: object
    """Flows whose protocol is not known yet, the longest silent in front."""
    _picked_slot: cython.const[cython.int][::1]
    _picked_start: cython.const[cython.uint][::1]
    _ports: cython.const[cython.uint][::1]
    _flags: cython.const[cython.uchar][::1]
    _seq: cython.const[cython.uint][::1]
    _payload: cython.const[cython.int][::1]
    _payload_bytes: cython.const[cython.int][::1]
    _segment_bytes: cython.const[cython.int][::1]

    def __init__(self, table: FlowTable, batch: Batch, keeper: Keeper, candidates: Sequence[Known]) -> None:
        """See `Tracker`."""
        self._shelf, self._batch = Shelf(table), batch
        self.flows, self.dropped = self._shelf.flows, self._shelf.dropped
        self._table = table
        self._keeper = keeper
        self._candidates = candidates
        self._prospects = Prospects(candidates)
        self._waiting = Backlog(MAX_HELD_BYTES)
        self._undecided = Backlog(MAX_KEPT_BYTES)

    def turn(self, frames: Frames) -> None:
        """Go over to the next batch, which the table has counted."""
        columns, table = frames.columns, self._table
        self._picked_slot, self._picked_start = table.picked_slot, table.picked_start
        self._ports, self._flags, self._seq = columns.ports, columns.flags, columns.seq
        self._payload, self._payload_bytes = columns.payload, columns.payload_bytes
        self._segment_bytes = columns.segment_bytes

    def forget_picks(self) -> None:
        """What was picked has passed."""
        self.dropped.clear()

    def review(self, forgotten: Iterable[int]) -> None:
        """Drop flows unheard, by their numbers, and describe all others anew when they are next heard."""
        for flow in self._shelf.review(forgotten):
            self.drop(flow)

    def meet(self, packet: cython.int, index: cython.int, info: cython.int, serial: object) -> StreamFollower | None:
        """Begin to follow a flow at its first payload, if there is any hope; most flows end here, at little cost.

        Args:
            packet: its place in the batch.
            index: number of the pick.
            info: of the pick.
            serial: number of the flow.
        """
        if not self._segment_bytes[packet]:
            return None
        slot = self._picked_slot[index]
        candidates, verdict = self._candidates, None
        if not info & _START or self._picked_start[index] == self._seq[packet]:  # else the first it said is missing
            data = self._batch.payload(packet, MAX_HEAD_BYTES + 1)
            candidates, verdict = self._prospects.ask(info & _END, data, info & _START != 0, self._ports[packet])
        if not candidates:
            self._shelf.pass_by(slot, serial)
            return None
        ends, moment = self._batch.ends(packet, info & _END), self._batch.moment(packet)
        opened_by = (1 if info & _ORIGINATOR else 0) if info & _ORIENTED else None
        tie: Tie | None = None
        more: Mapping[str, object] | None = None
        if verdict is not None:
            known, (addresses, ports) = candidates[0], ends
            originator: cython.int = orient(known, verdict.originator, opened_by, ports)
            client, server, port = addresses[originator], addresses[1 - originator], ports[1 - originator]
            tie = self._keeper.join(known, client, server, port)
            if tie is None:
                known.counters["flows"] += 1
                told = self._keeper.recognize(serial, known, client, (server, port), moment[0])
                if told is not None:
                    passing = StreamFollower(self._keeper, candidates, ends, serial, slot, moment)
                    passing.originator = originator
                    passing.tell(*told)
                more = self._keeper.hears(serial, known, client, server, (data, moment))
                if more is None:
                    self._shelf.pass_by(slot, serial)
                    return None
        if len(self.flows) >= MAX_FLOWS:
            self._make_room()
        flow = self.flows[serial] = StreamFollower(self._keeper, candidates, ends, serial, slot, moment)
        if verdict is None:
            flow.is_asked = candidates is not self._candidates
        else:
            flow.begin_at(known, originator, info & _START != 0, more, tie)
            self._table.follow(slot, serial)
        return flow

    def take(
        self, flow: StreamFollower, data: memoryview, index: cython.int, packet: cython.int, info: cython.int
    ) -> None:
        """Hand any segment to its follower; `data` are the bytes of the batch, the rest is as for `meet`."""
        moment = self._batch.moment(packet)
        if flow.held_bytes:
            self._give_up(flow, moment[0])
        flow.moment = moment
        if flow.known is None:
            self._undecided.move_behind(flow.serial)
            if info & _ORIENTED:
                flow.opened_by = 1 if info & _ORIGINATOR else 0
        self._place(flow, data, index, packet, info)
        self._settle(flow)

    def expire(self, at_ns: int) -> None:
        """Give up everywhere what has been missing for too long at trace time `at_ns`."""
        for serial in sorted(self._waiting):
            if serial in self.flows:
                self._give_up(self.flows[serial], at_ns)

    def end(self, serial: int, how: Close) -> None:
        """A flow ended, if it is one that is followed."""
        flow = self.flows.get(serial)
        if flow is not None:
            self._flush(flow)
            flow.close(0, how)
            flow.close(1, how)
            self.drop(flow)

    def _make_room(self) -> None:
        """Give up what is worth least: the longest silent of what is not known yet; last, what has told something."""
        silent = self._undecided.first()
        by_worth = sorted(self.flows, key=self._worth)[:_GIVEN_UP_AT_ONCE] if silent is None else [silent]
        for serial in by_worth:
            self._evict(serial, "flow.stream_flows")

    def _worth(self, serial: int) -> tuple[bool, bool, int]:
        flow = self.flows[serial]
        return flow.told, flow.known is not None, flow.at_ns

    def _evict(self, serial: int, limit: str) -> None:
        self._keeper.stats.limits[limit] += 1
        self.end(serial, Close.EVICTED)

    @cython.cfunc
    def _arm(self, flow: StreamFollower, end: cython.int, reached: cython.longlong) -> cython.int:
        """Have the table pick nothing that the parser wants to skip."""
        until: cython.longlong = flow.arm_skip(end, reached)
        if until >= 0:
            self._table.skip(flow.slot, flow.serial, end, until)
        return 0

    @cython.cfunc
    def _place(
        self, flow: StreamFollower, data: memoryview, index: cython.int, packet: cython.int, info: cython.int
    ) -> cython.int:
        """Put a segment in its place and hand on what is in order."""
        end: cython.int = info & _END
        stream = flow.far if end else flow.near
        wire_bytes: cython.longlong = self._segment_bytes[packet]
        seq: cython.longlong = self._seq[packet]
        at: cython.Py_ssize_t = self._payload[packet]
        if self._flags[packet] & _SYN:  # RFC 7413: data may ride on a SYN, which takes one number itself
            seq = (seq + 1) & _MASK
        if info & _START and stream.position < 0:
            flow.start(end, self._picked_start[index])
        flow.skip_unseen(end, seq)
        if wire_bytes:
            payload = data[at : at + self._payload_bytes[packet]]
            flow.take(end, stream.add(seq, payload, wire_bytes, flow.at_ns))
            self._account_held(flow)
        if info & _FIN:
            stream.end = (seq + wire_bytes) & _MASK
            if stream.position < 0:
                stream.position = stream.end
        if info & _RST:
            self._flush(flow)
            flow.close(0, Close.RST)
            flow.close(1, Close.RST)
        elif stream.ended():
            flow.close(end, _FINISHED)
        self._arm(flow, end, (seq + wire_bytes) & _MASK)
        return 0

    @cython.cfunc
    def _account_held(self, flow: StreamFollower) -> cython.int:
        """Keep the sum of what is held out of order, and its bound."""
        held = flow.near.taken_bytes + flow.far.taken_bytes
        if held == flow.held_bytes:
            return 0
        flow.held_bytes = held
        self._waiting.note(flow.serial, held) if held else self._waiting.forget(flow.serial)
        for serial in self._waiting.excess():
            self._keeper.stats.limits["flow.held_bytes"] += 1
            longest = self.flows[serial]
            self._flush(longest)
            if longest is not flow:
                self._settle(longest)
        return 0

    @cython.cfunc
    def _settle(self, flow: StreamFollower) -> cython.int:
        """Let go of a flow that is over, and keep the bound of those whose protocol is not known yet."""
        serial = flow.serial
        if flow.is_over():
            self.drop(flow)
        elif flow.known is None:
            self._undecided.note(serial, flow.kept_bytes)
            for silent in self._undecided.excess():
                self._evict(silent, "flow.kept_bytes")
        elif serial in self._undecided:
            self._undecided.forget(serial)
            self._table.follow(flow.slot, serial)
        return 0

    @cython.cfunc
    def _flush(self, flow: StreamFollower) -> cython.int:
        flow.take(0, flow.near.flush())
        flow.take(1, flow.far.flush())
        self._account_held(flow)
        return 0

    @cython.cfunc
    def _give_up(self, flow: StreamFollower, at_ns: cython.longlong) -> cython.int:
        """Give up what one flow has missed for too long."""
        end: cython.int
        for end in range(2):
            stream = flow.far if end else flow.near
            flow.take(end, stream.expire(at_ns))
            if stream.ended():
                flow.close(end, _FINISHED)
        self._account_held(flow)
        self._settle(flow)
        return 0

    @cython.ccall
    def drop(self, flow: StreamFollower) -> cython.int:
        """Only count a flow from here on."""
        flow.held_bytes = 0
        self._waiting.forget(flow.serial)
        self._undecided.forget(flow.serial)
        self._shelf.drop(flow)
        return 0
