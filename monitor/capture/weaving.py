"""Puts packets of several batches into one, in the order of their times. Compiled.

Rules: the order does not depend on how the batches were cut; packets of one batch keep their order, whatever their
stamps say, and one without time follows the one before it; of packets with the same time, those of the first lane go
first. Every access is bounds-checked.
"""

from __future__ import annotations

import cython

from monitor.model.frames import NO_TIME, Frames

_NO_TIME = cython.declare(cython.longlong, NO_TIME)


@cython.final
@cython.cclass
class Lane:
    """One source of packets, as far as it has been read."""

    data: cython.const[cython.uchar][::1]
    offset: cython.const[cython.int][::1]
    caplen: cython.const[cython.int][::1]
    wirelen: cython.const[cython.int][::1]
    ts_ns: cython.const[cython.longlong][::1]
    interface: cython.const[cython.int][::1]
    number: cython.const[cython.longlong][::1]
    at: cython.int
    count: cython.int
    reached_ns: cython.longlong

    def __init__(self) -> None:
        self.at = self.count = 0
        self.reached_ns = _NO_TIME

    def load(self, frames: Frames) -> None:
        """Go on with the next batch, which stays as it is until all of it was taken."""
        self.data, self.offset, self.caplen, self.wirelen = frames.data, frames.offset, frames.caplen, frames.wirelen
        self.ts_ns, self.interface, self.number = frames.ts_ns, frames.interface, frames.number
        self.at = 0
        self.count = frames.count

    @property
    def is_empty(self) -> bool:
        """Whether everything was taken."""
        return bool(self.at == self.count)

    @property
    def reached(self) -> int:
        """Latest time of what was taken, or `NO_TIME`."""
        return int(self.reached_ns)

    def next_ns(self) -> int:
        """When the next packet passed; there must be one."""
        return int(self.peek())

    @cython.cfunc
    @cython.inline
    @cython.exceptval(-2, check=True)
    def peek(self) -> cython.longlong:
        """When the next packet passed; there must be one."""
        stamp: cython.longlong = self.ts_ns[self.at]
        return max(stamp, self.reached_ns)


@cython.final
@cython.cclass
class Weaver:
    """Fills batches from lanes."""

    lanes: list[Lane]
    data: cython.uchar[::1]
    offset: cython.int[::1]
    caplen: cython.int[::1]
    wirelen: cython.int[::1]
    ts_ns: cython.longlong[::1]
    interface: cython.int[::1]
    number: cython.longlong[::1]
    capacity: cython.int
    count: cython.int
    place: cython.Py_ssize_t
    end: cython.Py_ssize_t

    def __init__(self) -> None:
        self.lanes = []
        self.count = 0
        self.place = 0

    def weave(self, frames: Frames, span: tuple[int, int], lanes: list[Lane], until_ns: int) -> int:
        """Take packets up to a time, until a lane is empty or the batch is full.

        Args:
            frames: the batch to fill.
            span: where in its buffer there is room; for one packet of any size at least.
            lanes: at least one, none of them empty.
            until_ns: of the last packet to take.

        Returns:
            how many packets the batch has now.
        """
        self.lanes = lanes
        self.data, self.offset, self.caplen, self.wirelen = frames.data, frames.offset, frames.caplen, frames.wirelen
        self.ts_ns, self.interface, self.number = frames.ts_ns, frames.interface, frames.number
        self.capacity = frames.capacity
        self.place, self.end = span
        self.count = 0
        until: cython.longlong = until_ns
        while self._take(until):
            pass
        frames.count = self.count
        return int(self.count)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def _take(self, until: cython.longlong) -> cython.int:
        """Take what the lane that is behind the others has before they are in turn; 0 when nothing more is to be."""
        i: cython.Py_ssize_t
        lane: Lane
        at: cython.longlong
        chosen: cython.Py_ssize_t = -1
        chosen_ns: cython.longlong = 0
        limit: cython.longlong = until
        for i in range(len(self.lanes)):
            lane = self.lanes[i]
            at = lane.peek()
            if chosen < 0 or at < chosen_ns:
                chosen, chosen_ns = i, at
        for i in range(len(self.lanes)):
            if i != chosen:
                lane = self.lanes[i]
                at = lane.peek()
                limit = min(limit, at if chosen < i else at - 1)
        return self._copy(self.lanes[chosen], limit)

    @cython.cfunc
    @cython.exceptval(-1, check=True)
    def _copy(self, lane: Lane, limit: cython.longlong) -> cython.int:
        """Copy the packets of a lane up to a time; 1 if others are to be asked then."""
        size: cython.int
        stamp: cython.longlong
        taken: cython.int = 0
        with cython.nogil:
            while lane.at < lane.count and self.count < self.capacity:
                stamp = lane.ts_ns[lane.at]
                if max(stamp, lane.reached_ns) > limit:
                    break
                size = lane.caplen[lane.at]
                if size > self.end - self.place:
                    return 0
                self._move(lane, lane.offset[lane.at], size)
                self.offset[self.count] = cython.cast(cython.int, self.place)
                self.caplen[self.count] = size
                self.wirelen[self.count] = lane.wirelen[lane.at]
                self.ts_ns[self.count] = stamp
                self.interface[self.count] = lane.interface[lane.at]
                self.number[self.count] = lane.number[lane.at]
                lane.reached_ns = max(lane.reached_ns, stamp)
                self.place += size
                self.count += 1
                lane.at += 1
                taken += 1
        return 1 if taken > 0 and lane.at < lane.count and self.count < self.capacity else 0

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _move(self, lane: Lane, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.int:
        """Copy bytes; both ends are checked once, which lets the compiler move many at a time."""
        place: cython.Py_ssize_t = self.place
        i: cython.Py_ssize_t
        if at < 0 or size < 0 or at + size > len(lane.data) or place < 0 or place + size > len(self.data):
            raise IndexError
        for i in range(size):
            self.data[place + i] = lane.data[at + i]
        return 0
