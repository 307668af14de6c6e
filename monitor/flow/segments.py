"""Puts every picked TCP segment in its place in its flow, and gives up in time what is missing.

Rule: what waits out of order is bounded over all flows together, and told as of the last packet of its own flow,
whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.flow.backlog import MAX_HELD_BYTES, MAX_KEPT_BYTES, Backlog
from monitor.flow.follower import MAX_HEAD_BYTES, Keeper, orient
from monitor.flow.known import Known
from monitor.flow.picks import PICK_FIN, PICK_ORIENTED, PICK_ORIGINATOR, PICK_RST, PICK_SIDE, PICK_START, Pick
from monitor.flow.shelf import Shelf
from monitor.flow.streams import StreamFollower
from monitor.flow.table import FlowTable
from monitor.model.contract import Answer, Head, Verdict
from monitor.model.flow import Close
from monitor.model.frames import Frames

MAX_FLOWS = 20_000
"""Followed at a time, at 3 kB each: all self-checks, logins and cameras of a consortium; what is encrypted is not."""
_GIVEN_UP_AT_ONCE = MAX_FLOWS // 16
"""To find those that are worth least means to look at all."""
_SYN = 2
_MASK = (1 << 32) - 1
_YES, _NO = Answer.YES, Answer.NO  # taking a member from its class is slow in Python 3.11
_SILENT = Head(b"", from_start=False)


class StreamShelf(Shelf[StreamFollower]):
    """Every TCP flow that is followed."""

    def __init__(self, table: FlowTable, keeper: Keeper, candidates: Sequence[Known]) -> None:
        """See `Tracker`."""
        super().__init__(table)
        self._keeper = keeper
        self._candidates = candidates
        self._by_port = {port: known for known in reversed(candidates) for port in known.spec.ports}
        self.skipping: set[int] = set()
        """Flows of which the table may have picked what is to be skipped, because it was told so within the batch."""
        self._waiting = Backlog(MAX_HELD_BYTES)
        """Flows that hold something out of order, the one that began to wait first in front."""
        self._undecided = Backlog(MAX_KEPT_BYTES)
        """Flows whose protocol is not known yet, the longest silent in front."""

    def turn(self, frames: Frames) -> None:
        """Go over to the next batch, which the table has counted."""
        super().turn(frames)
        columns = frames.columns
        self._picked_start = self._table.picked_start
        self._seq = columns.seq
        self._payload = columns.payload
        self._payload_bytes = columns.payload_bytes
        self._segment_bytes = columns.segment_bytes

    def take(self, data: memoryview, pick: Pick) -> None:
        """Hand the segment of one pick to its follower."""
        flow = self.flows.get(pick[3]) or self._meet(data, pick)
        if flow is not None:
            self._take(flow, data, pick)

    def leave_lane(self, flow: StreamFollower, end: int) -> None:
        """Its parser wants to skip what comes next, or nothing more, after a segment that went down the lane."""
        position = flow.streams[end].position
        if flow.done:
            self._drop(flow)
        elif position is not None:
            self._arm(flow, end, position)
            flow.note_steady()

    def _take(self, flow: StreamFollower, data: memoryview, pick: Pick) -> None:
        """Hand any segment to its follower."""
        index, packet, info, serial = pick
        if flow.held_bytes:
            self._give_up(flow, self._columns.at_ns[packet])
        self._mark(flow, packet)
        if flow.known is None:
            self._undecided.move_behind(serial)
            if info & PICK_ORIENTED:
                flow.opened_by = 1 if info & PICK_ORIGINATOR else 0
        self._place(flow, data, index)
        flow.note_steady()
        self._settle(flow)

    def forget_picks(self) -> None:
        """What was picked of flows has passed."""
        super().forget_picks()
        self.skipping.clear()

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
            self._drop(flow)

    def _meet(self, data: memoryview, pick: Pick) -> StreamFollower | None:
        """Begin to follow a flow at its first payload, if there is any hope; most flows end here, at little cost."""
        index, packet, info, serial = pick
        if not self._segment_bytes[packet]:
            return None
        slot = self._picked_slot[index]
        candidates, verdict = self._hopeful(data, pick)
        if not candidates:
            self._pass_by(slot, serial)
            return None
        addresses, ports = self._ends(data, packet, info & PICK_SIDE)
        opened_by = None
        if info & PICK_ORIENTED:
            opened_by = 1 if info & PICK_ORIGINATOR else 0
        known = candidates[0]
        originator = 0 if verdict is None else orient(known, verdict.originator, opened_by, ports)
        client, server = addresses[originator], addresses[1 - originator]
        more = None if verdict is None else self._keeper.hears(serial, known, client, server)
        if verdict is not None and more is None:
            known.counters["flows"] += 1
            endpoint = server, ports[1 - originator]
            at_ns = self._columns.at_ns[packet]
            told = self._keeper.recognize(serial, known, client, endpoint, at_ns)
            if told is not None:
                passing = StreamFollower(self._keeper, candidates, addresses, ports)
                passing.serial, passing.slot, passing.originator = serial, slot, originator
                self._mark(passing, packet)
                passing.tell(*told)
            self._pass_by(slot, serial)
            return None
        if len(self.flows) >= MAX_FLOWS:
            self._make_room()
        flow = self.flows[serial] = StreamFollower(self._keeper, candidates, addresses, ports)
        flow.serial, flow.slot = serial, slot
        flow.is_asked = candidates is not self._candidates
        if verdict is not None:
            self._mark(flow, packet)
            flow.opened_by = opened_by
            flow.begin(known, verdict.originator, from_start=bool(info & PICK_START), more=more)
            self._table.follow(slot, serial)
        return flow

    def _make_room(self) -> None:
        """Give up what is worth least: the longest silent of what is not known yet; last, what has told something."""
        silent = self._undecided.first()
        by_worth = sorted(self.flows, key=self._worth)[:_GIVEN_UP_AT_ONCE] if silent is None else [silent]
        for serial in by_worth:
            self._evict(serial, "flow.stream_flows")

    def _worth(self, serial: int) -> tuple[bool, bool, int]:
        flow = self.flows[serial]
        return flow.view is not None, flow.known is not None, flow.at_ns

    def _evict(self, serial: int, limit: str) -> None:
        self._keeper.stats.limits[limit] += 1
        self.end(serial, Close.EVICTED)

    def _pass_by(self, slot: int, serial: int) -> None:
        """Only count a flow that was never followed."""
        self.dropped.add(serial)
        self._table.stop(slot, serial)

    def _hopeful(self, data: memoryview, pick: Pick) -> tuple[Sequence[Known], Verdict | None]:
        """The protocols that the first payload of a flow leaves open, or all; a verdict where one of them is sure.

        One of whose own ports is used is asked first, and not doubted if it is sure.
        """
        index, packet, info, _ = pick
        known_start = bool(info & PICK_START)
        if known_start and self._picked_start[index] != self._seq[packet]:
            return self._candidates, None
        at = self._payload[packet]
        size = self._payload_bytes[packet]
        head = Head(bytes(data[at : at + min(size, MAX_HEAD_BYTES)]), known_start)
        heads = (_SILENT, head) if info & PICK_SIDE else (head, _SILENT)
        ports = self._columns.ports[packet]
        likely = self._by_port.get(ports & 0xFFFF) or self._by_port.get(ports >> 16)
        try:
            answers = {} if likely is None else {likely: likely.spec.probe(heads, False)}  # noqa: FBT003  # the contract's
            if likely is not None and answers[likely].answer is _YES:
                return (likely,), answers[likely]
            others = [known for known in self._candidates if known is not likely]
            answers |= {known: known.spec.probe(heads, False) for known in others}  # noqa: FBT003  # the same
        except Exception:  # noqa: BLE001 - the follower asks again, guards each probe and counts its fault
            return self._candidates, None
        open_to = [known for known in self._candidates if answers[known].answer is not _NO]
        if len(open_to) == 1 and answers[open_to[0]].answer is _YES:
            return open_to, answers[open_to[0]]
        is_sure = any(answers[known].answer is _YES for known in open_to)
        return self._candidates if open_to and (is_sure or size > MAX_HEAD_BYTES) else open_to, None

    def _arm(self, flow: StreamFollower, end: int, reached: int) -> None:
        """Have the table pick nothing that the parser wants to skip."""
        until = flow.arm_skip(end, reached)
        if until is not None:
            self._table.skip(flow.slot, flow.serial, end, until)
            self.skipping.add(flow.serial)

    def _place(self, flow: StreamFollower, data: memoryview, index: int) -> None:
        """Put a segment in its place and hand on what is in order."""
        columns = self._columns
        packet = self._picked_packet[index]
        info = self._picked_info[index]
        end = info & PICK_SIDE
        stream = flow.streams[end]
        wire_bytes = columns.segment_bytes[packet]
        seq = columns.seq[packet]
        if columns.flags[packet] & _SYN:  # RFC 7413: data may ride on a SYN, which takes one number itself
            seq = (seq + 1) & _MASK
        if stream.position is None and info & PICK_START:
            stream.position = self._picked_start[index]
            flow.started[end] = True
        flow.skip_unseen(end, seq)
        if wire_bytes:
            at = columns.payload[packet]
            payload = data[at : at + columns.payload_bytes[packet]]
            flow.take(end, stream.add(seq, payload, wire_bytes, flow.at_ns))
            self._account_held(flow)
        if info & PICK_FIN:
            stream.end = (seq + wire_bytes) & _MASK
            if stream.position is None:
                stream.position = stream.end
        if info & PICK_RST:
            self._flush(flow)
            flow.close(0, Close.RST)
            flow.close(1, Close.RST)
        elif stream.ended():
            flow.close(end, Close.FIN)
        self._arm(flow, end, (seq + wire_bytes) & _MASK)

    def _account_held(self, flow: StreamFollower) -> None:
        """Keep the sum of what is held out of order, and its bound."""
        held = flow.streams[0].taken_bytes + flow.streams[1].taken_bytes
        if held == flow.held_bytes:
            return
        flow.held_bytes = held
        self._waiting.note(flow.serial, held) if held else self._waiting.forget(flow.serial)
        for serial in self._waiting.excess():
            self._keeper.stats.limits["flow.held_bytes"] += 1
            longest = self.flows[serial]
            self._flush(longest)
            if longest is not flow:
                self._settle(longest)

    def _settle(self, flow: StreamFollower) -> None:
        """Let go of a flow that is over, and keep the bound of those whose protocol is not known yet."""
        serial = flow.serial
        if flow.done or flow.closed():
            self._drop(flow)
        elif flow.known is None:
            self._undecided.note(serial, flow.kept_bytes)
            for silent in self._undecided.excess():
                self._evict(silent, "flow.kept_bytes")
        elif serial in self._undecided:
            self._undecided.forget(serial)
            self._table.follow(flow.slot, serial)

    def _flush(self, flow: StreamFollower) -> None:
        for end in (0, 1):
            flow.take(end, flow.streams[end].flush())
        self._account_held(flow)

    def _give_up(self, flow: StreamFollower, at_ns: int) -> None:
        """Give up what one flow has missed for too long."""
        for end in (0, 1):
            stream = flow.streams[end]
            flow.take(end, stream.expire(at_ns))
            if stream.ended():
                flow.close(end, Close.FIN)
        self._account_held(flow)
        self._settle(flow)

    def _drop(self, flow: StreamFollower) -> None:
        flow.held_bytes = 0
        self._waiting.forget(flow.serial)
        self._undecided.forget(flow.serial)
        super()._drop(flow)
