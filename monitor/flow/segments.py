"""Puts every picked TCP segment in its place in its flow, and gives up in time what is missing.

Rule: what waits out of order is bounded over all flows together, and told as of the last packet of its own flow,
whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence

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
MAX_HELD_BYTES = 16_777_216
"""Out of order over all flows: over it, the flow that asks for more gives up what it waits for. A second of all that
a hundred self-checks and logins say at a time."""
_SYN = 2
_MASK = (1 << 32) - 1
_LAST = PICK_FIN | PICK_RST
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
        self._held_bytes = 0
        self._straight_bytes = 0
        """Fed at once of the batch at hand."""
        self._skipping: set[int] = set()
        """Flows of which the table may have picked what is to be skipped, because it was told so within the batch."""
        self._waiting: dict[int, StreamFollower] = {}
        """Flows that hold something out of order."""

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
        """Hand the segment of one pick to its follower.

        A whole segment that is next in line, the usual case, is fed at once, with the same result as `_place`.
        """
        index, packet, info, serial = pick
        if serial in self._skipping and self._table.is_passed(index):
            return
        flow = self.flows.get(serial)
        if flow is not None and flow.steady and not info & _LAST:
            end = info & PICK_SIDE
            stream = flow.streams[end]
            size = self._segment_bytes[packet]
            if self._seq[packet] == stream.position and size == self._payload_bytes[packet]:
                stream.position = (stream.position + size) & _MASK
                self._straight_bytes += size
                self._mark(flow, packet)
                at = self._payload[packet]
                flow.feed(end, data[at : at + size])
                if flow.done:
                    self._drop(flow)
                elif flow.skipping:
                    self._arm(flow, end, stream.position)
                    flow.note_steady()
                return
        flow = flow or self._meet(data, pick)
        if flow is not None:
            self._take(flow, data, pick)

    def _take(self, flow: StreamFollower, data: memoryview, pick: Pick) -> None:
        """Hand any segment to its follower."""
        index, packet, info, serial = pick
        if flow.held_bytes:
            self._give_up(flow, self._columns.at_ns[packet])
        self._mark(flow, packet)
        undecided = flow.known is None
        if undecided and info & PICK_ORIENTED:
            flow.opened_by = 1 if info & PICK_ORIGINATOR else 0
        self._place(flow, data, index)
        flow.note_steady()
        if flow.done or flow.closed():
            self._drop(flow)
        elif undecided and flow.known is not None:
            self._table.follow(flow.slot, serial)

    def forget_picks(self) -> None:
        """What was picked of flows has passed."""
        super().forget_picks()
        self._keeper.stats.followed_bytes += self._straight_bytes
        self._straight_bytes = 0
        self._skipping.clear()

    def expire(self, at_ns: int) -> None:
        """Give up everywhere what has been missing for too long at trace time `at_ns`."""
        for flow in sorted(self._waiting.values(), key=lambda flow: flow.serial):
            self._give_up(flow, at_ns)

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
        flow.serial = serial
        flow.slot = slot
        if verdict is not None:
            self._mark(flow, packet)
            flow.opened_by = opened_by
            flow.begin(known, verdict.originator, from_start=bool(info & PICK_START), more=more)
            self._table.follow(slot, serial)
        return flow

    def _make_room(self) -> None:
        """Give up the flows that are worth least: those of which nothing is known yet, and the longest silent.

        A flow that has told something goes last, so that a flood of new ones does not push it out.
        """
        worst = sorted(
            self.flows.values(), key=lambda flow: (flow.view is not None, flow.known is not None, flow.moment.at_ns)
        )
        for flow in worst[:_GIVEN_UP_AT_ONCE]:
            self._keeper.stats.limits["flow.stream_flows"] += 1
            self.end(flow.serial, Close.EVICTED)

    def _pass_by(self, slot: int, serial: int) -> None:
        """Only count a flow that was never followed."""
        self.dropped.add(serial)
        self._table.stop(slot, serial)

    def _hopeful(self, data: memoryview, pick: Pick) -> tuple[Sequence[Known], Verdict | None]:
        """The protocols that the first payload of a flow does not rule out.

        One of whose own ports is used is asked first, and not doubted if it is sure.

        Returns:
            them, and the verdict where there is one protocol and it is sure.
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
            if likely is not None:
                verdict = likely.spec.probe(heads, False)  # noqa: FBT003  # the contract's signature
                if verdict.answer is _YES:
                    return (likely,), verdict
            verdicts = [(known, known.spec.probe(heads, False)) for known in self._candidates]  # noqa: FBT003  # the same
        except Exception:  # noqa: BLE001 - the follower asks again, guards each probe and counts its fault
            return self._candidates, None
        open_to = [(known, verdict) for known, verdict in verdicts if verdict.answer is not _NO]
        if len(open_to) == 1 and open_to[0][1].answer is _YES:
            return (open_to[0][0],), open_to[0][1]
        return [known for known, _ in open_to] if size <= MAX_HEAD_BYTES or not open_to else self._candidates, None

    def _arm(self, flow: StreamFollower, end: int, reached: int) -> None:
        """Have the table pick nothing that the parser wants to skip."""
        until = flow.arm_skip(end, reached)
        if until is not None:
            self._table.skip(flow.slot, flow.serial, end, until)
            self._skipping.add(flow.serial)

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
            flow.take(end, stream.add(seq, payload, wire_bytes, flow.moment.at_ns))
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
        held = flow.streams[0].held_bytes + flow.streams[1].held_bytes
        if held == flow.held_bytes:
            return
        self._held_bytes += held - flow.held_bytes
        flow.held_bytes = held
        if held:
            self._waiting[flow.serial] = flow
        else:
            del self._waiting[flow.serial]
        if self._held_bytes > MAX_HELD_BYTES:
            self._keeper.stats.limits["flow.held_bytes"] += 1
            self._flush(flow)

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
        if flow.done or flow.closed():
            self._drop(flow)

    def _drop(self, flow: StreamFollower) -> None:
        self._held_bytes -= flow.held_bytes
        flow.held_bytes = 0
        self._waiting.pop(flow.serial, None)
        super()._drop(flow)
