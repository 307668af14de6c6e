"""Puts every picked TCP segment in its place in its flow, and gives up in time what is missing.

Rule: what waits out of order is bounded over all flows together, and told as of the last packet of its own flow,
whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.flow.follower import MAX_HEAD_BYTES, Keeper
from monitor.flow.known import Known
from monitor.flow.picks import PICK_FIN, PICK_ORIENTED, PICK_ORIGINATOR, PICK_RST, PICK_SIDE, PICK_START, Pick
from monitor.flow.shelf import Shelf
from monitor.flow.streams import StreamFollower
from monitor.model.contract import Answer, Head
from monitor.model.flow import Close

MAX_HELD_BYTES = 33_554_432
"""Out of order over all flows: over it, the flow that asks for more gives up what it waits for."""
_SILENT = Head(b"", from_start=False)


class StreamShelf(Shelf[StreamFollower]):
    """Every TCP flow that is followed."""

    def __init__(self, keeper: Keeper, candidates: Sequence[Known]) -> None:
        """See `Tracker`."""
        super().__init__()
        self._keeper = keeper
        self._candidates = candidates
        self._held_bytes = 0
        self._waiting: dict[int, StreamFollower] = {}
        """Flows that hold something out of order."""

    def take(self, pick: Pick) -> None:
        """Hand a segment to its follower."""
        flow = self.flows.get(pick.serial)
        if flow is None:
            if not pick.size_bytes:
                return
            if self._is_hopeless(pick):
                self._refuse(pick.serial, pick.slot)
                return
            flow = self.flows[pick.serial] = StreamFollower(self._keeper, self._candidates, *self._ends(pick))
            flow.serial = pick.serial
            flow.slot = pick.slot
        elif flow.held_bytes:
            self._give_up(flow, pick.at_ns)
        self._mark(flow, pick)
        if flow.known is not None and not flow.skipping and self._goes_straight(flow, pick):
            return
        if pick.info & PICK_ORIENTED:
            flow.opened_by = 1 if pick.info & PICK_ORIGINATOR else 0
        undecided = flow.known is None
        self._place(flow, pick)
        if flow.done or flow.closed():
            self._drop(flow)
        elif undecided and flow.known is not None:
            self.orders.follow(flow.slot, pick.serial)

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

    def _is_hopeless(self, pick: Pick) -> bool:
        """Whether the first payload of a flow tells that nobody wants it: most flows end here, at little cost."""
        known_start = bool(pick.info & PICK_START)
        if known_start and pick.start != pick.seq:
            return False
        head = Head(pick.payload[:MAX_HEAD_BYTES], known_start)
        heads = (_SILENT, head) if pick.info & PICK_SIDE else (head, _SILENT)
        final = False
        try:
            return all(known.spec.probe(heads, final).answer is Answer.NO for known in self._candidates)
        except Exception:  # noqa: BLE001 - the follower asks again, guards each probe and counts its fault
            return False

    def _goes_straight(self, flow: StreamFollower, pick: Pick) -> bool:
        """Feed a whole segment that is next in line, the usual case, with the same result as `_place`."""
        end = pick.info & PICK_SIDE
        size = pick.size_bytes
        stream = flow.streams[end]
        if (
            pick.info & (PICK_FIN | PICK_RST)
            or stream.held_bytes
            or pick.seq != stream.position
            or len(pick.payload) != size
        ):
            return False
        stream.position = (stream.position + size) & 0xFFFFFFFF
        flow.feed(end, memoryview(pick.payload))
        if flow.done:
            self._drop(flow)
        elif flow.skipping:
            self._arm(flow, end, stream.position)
        return True

    def _place(self, flow: StreamFollower, pick: Pick) -> None:
        """Put a segment in its place and hand on what is in order."""
        end = pick.info & PICK_SIDE
        stream = flow.streams[end]
        after = (pick.seq + pick.size_bytes) & 0xFFFFFFFF
        if stream.position is None and pick.info & PICK_START:
            stream.position = pick.start
            flow.started[end] = True
        flow.skip_unseen(end, pick.seq)
        if pick.size_bytes:
            flow.take(end, stream.add(pick.seq, memoryview(pick.payload), pick.size_bytes, flow.at_ns))
            self._account_held(flow)
        if pick.info & PICK_FIN:
            stream.end = after
            if stream.position is None:
                stream.position = after
        if pick.info & PICK_RST:
            self._flush(flow)
            flow.close(0, Close.RST)
            flow.close(1, Close.RST)
        elif stream.ended():
            flow.close(end, Close.FIN)
        self._arm(flow, end, after)

    def _arm(self, flow: StreamFollower, end: int, reached: int) -> None:
        """Have the table pick nothing that the parser wants to skip."""
        until = flow.arm_skip(end, reached)
        if until is not None:
            self.orders.skip(flow.slot, flow.serial, end, until)

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
