"""Walks pcap records and pcapng blocks: from bytes in a buffer to the columns of `Frames`. Compiled.

Rules: every read is bounds-checked; integers are widened, so that compiled and uncompiled code agree; a walk stops at
what it does not understand and says why (`bounds`). Sources: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
"""

from __future__ import annotations

import cython

if cython.compiled:
    from cython.cimports.monitor.model.prefetch import prefetch

from monitor.capture import bounds
from monitor.capture.sections import Interfaces, PcapForm
from monitor.model.frames import NO_TIME, Frames

_FULL = cython.declare(cython.int, bounds.FULL)
_MORE = cython.declare(cython.int, bounds.MORE)
_DAMAGED = cython.declare(cython.int, bounds.DAMAGED)
_DOUBTFUL = cython.declare(cython.int, bounds.DOUBTFUL)
_BLOCK = cython.declare(cython.int, bounds.BLOCK)
_SKIP = cython.declare(cython.int, bounds.SKIP)
_UNDESCRIBED = cython.declare(cython.int, bounds.UNDESCRIBED)
_MAX_CAPTURED = cython.declare(cython.longlong, bounds.MAX_CAPTURED_BYTES)
_MAX_BLOCK = cython.declare(cython.longlong, bounds.MAX_BLOCK_BYTES)
_MAX_SKIPPED = cython.declare(cython.longlong, bounds.MAX_SKIPPED_BLOCK_BYTES)
_WINDOW = cython.declare(cython.longlong, bounds.WINDOW_SECONDS)
_NO_TIME = cython.declare(cython.longlong, NO_TIME)
_SECOND = cython.declare(cython.longlong, 10**9)

_SECTION = cython.declare(cython.longlong, 0x0A0D0D0A)
_INTERFACE = cython.declare(cython.longlong, 1)
_PACKET = cython.declare(cython.longlong, 2)
_SIMPLE = cython.declare(cython.longlong, 3)
_ENHANCED = cython.declare(cython.longlong, 6)
_LAST_STANDARD = cython.declare(cython.longlong, 10)


@cython.cclass
class Walker:
    """The buffer and the columns of one `Frames`, and the sums of one capture."""

    data: cython.uchar[::1]
    offset: cython.int[::1]
    caplen: cython.int[::1]
    wirelen: cython.int[::1]
    ts_ns: cython.longlong[::1]
    interface: cython.int[::1]
    number: cython.longlong[::1]
    capacity: cython.int
    big: cython.bint
    size_before: cython.size_t
    size_long_before: cython.size_t
    position = cython.declare(cython.Py_ssize_t, visibility="public")
    count = cython.declare(cython.int, visibility="public")
    packets = cython.declare(cython.longlong, visibility="public")
    wire_bytes = cython.declare(cython.longlong, visibility="public")
    first_ns = cython.declare(cython.longlong, visibility="public")
    last_ns = cython.declare(cython.longlong, visibility="public")

    def __init__(self, frames: Frames, big: cython.bint) -> None:
        """`big`: numbers are stored most significant byte first."""
        self.use(frames)
        self.big = big
        self.size_before = self.size_long_before = 0
        self.position = 0
        """Where the last walk stopped: the start of the first record it did not take."""
        self.count = 0
        """Frames the last walk put into the columns."""
        self.packets = 0
        """Frames of the capture so far."""
        self.wire_bytes = 0
        self.first_ns = _NO_TIME
        """Earliest and latest stamp so far, or `NO_TIME`."""
        self.last_ns = _NO_TIME

    def use(self, frames: Frames) -> None:
        """Fill this batch from here on, which lies in the same buffer."""
        self.data, self.capacity = frames.data, frames.capacity
        self.offset, self.caplen, self.wirelen = frames.offset, frames.caplen, frames.wirelen
        self.ts_ns, self.interface, self.number = frames.ts_ns, frames.interface, frames.number
        if self.capacity > min(
            len(self.offset),
            len(self.caplen),
            len(self.wirelen),
            len(self.ts_ns),
            len(self.interface),
            len(self.number),
        ):
            raise IndexError

    def walk(self, start: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
        """Take what lies in ``data[start:end]``, from the beginning of a record or block on; returns why it stopped."""
        stop: cython.int
        self.count = 0
        with cython.nogil:
            stop = self._take(start, end)
            self._add_up()
        return stop

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _take(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
        """Take what is whole, up to and without `position`; returns why that stopped."""
        raise NotImplementedError

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _hold(self, at: cython.Py_ssize_t, size: cython.Py_ssize_t) -> cython.int:
        """Hold a stretch against the buffer: one check for all that `_in32` reads there."""
        if at < 0 or at + size > len(self.data):
            raise IndexError
        return 0

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _in32(self, at: cython.Py_ssize_t) -> cython.longlong:
        """32 bits without a sign."""
        first: cython.p_const_uchar
        if not cython.compiled:
            return int.from_bytes(self.data[at : at + 4], "big" if self.big else "little")
        first = cython.address(self.data[at])  # one instruction reads all four from here, and not from four places
        if self.big:
            return (
                (cython.cast(cython.uint, first[0]) << 24)
                | (cython.cast(cython.uint, first[1]) << 16)
                | (cython.cast(cython.uint, first[2]) << 8)
                | first[3]
            )
        return (
            first[0]
            | (cython.cast(cython.uint, first[1]) << 8)
            | (cython.cast(cython.uint, first[2]) << 16)
            | (cython.cast(cython.uint, first[3]) << 24)
        )

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    def _word(self, at: cython.Py_ssize_t) -> cython.longlong:
        """Read 32 bits without a sign."""
        self._hold(at, 4)
        return self._in32(at)

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _put(
        self,
        body: cython.Py_ssize_t,
        caplen: cython.longlong,
        wirelen: cython.longlong,
        stamp: cython.longlong,
        index: cython.int,
    ) -> cython.int:
        """Put one frame into the columns, which have room for it: `use` has held them against each other."""
        place: cython.int = self.count
        if place < 0 or place >= self.capacity:
            raise IndexError
        self.offset[place] = body
        self.caplen[place] = caplen
        self.wirelen[place] = min(wirelen, 0x7FFFFFFF)
        self.ts_ns[place] = stamp
        self.interface[place] = index
        self.count = place + 1
        return _FULL

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _expect(self, at: cython.Py_ssize_t, size: cython.size_t) -> cython.void:
        """Have what may be the heads of the next records fetched, since memory is slower than the walk.

        A guess: there is one of the last three sizes in front of `at`, or some more of the last.

        Args:
            at: where the next one begins.
            size: of the last one, in bytes.
        """
        if cython.compiled:
            place: cython.size_t = cython.cast(cython.size_t, cython.address(self.data[0])) + at
            prefetch(place + size)
            prefetch(place + 2 * size)
            prefetch(place + 3 * size)
            prefetch(place + self.size_before)
            prefetch(place + self.size_long_before)
            self.size_long_before = self.size_before
            self.size_before = size

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    @cython.boundscheck(False)  # noqa: FBT003 (Cython's own signature)
    def _add_up(self) -> cython.int:
        """End a walk: number its frames and add them up."""
        first: cython.longlong = self.first_ns
        last: cython.longlong = self.last_ns
        wire_bytes: cython.longlong = 0
        place: cython.int
        if self.count > self.capacity:
            raise IndexError
        for place in range(self.count):
            self.number[place] = self.packets + place + 1
            wire_bytes += self.wirelen[place]
            stamp: cython.longlong = self.ts_ns[place]
            last = max(last, stamp)
            if stamp != _NO_TIME and (stamp < first or first == _NO_TIME):
                first = stamp
        self.wire_bytes += wire_bytes
        self.last_ns = last
        self.packets += self.count
        self.first_ns = first
        return 0

    @cython.final
    @cython.cfunc
    @cython.nogil
    @cython.inline
    @cython.exceptval(check=False)
    def _stop(self, at: cython.Py_ssize_t, why: cython.int) -> cython.int:
        self.position = at
        return why


@cython.final
@cython.cclass
class PcapWalker(Walker):
    """Walks the records of one pcap capture."""

    header: cython.Py_ssize_t
    resolution: cython.longlong
    index: cython.int
    seconds = cython.declare(cython.longlong, visibility="public")
    vouched = cython.declare(cython.bint, visibility="public")

    def __init__(self, frames: Frames, form: PcapForm, index: cython.int) -> None:
        """`index`: the interface of all packets."""
        Walker.__init__(self, frames, form.big)
        self.header = form.record_bytes
        self.resolution = form.resolution
        self.index = index
        self.seconds = -1
        """Time of the last record taken, or -1."""
        self.vouched = False
        """The next record is not to be doubted."""

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _take(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
        last: cython.longlong = self.seconds
        scale: cython.longlong = _SECOND // self.resolution
        while self.count < self.capacity:
            if end - at < self.header:
                return self._stop(at, _MORE)
            self._hold(at, 16)
            seconds: cython.longlong = self._in32(at)
            fraction: cython.longlong = self._in32(at + 4)
            caplen: cython.longlong = self._in32(at + 8)
            wirelen: cython.longlong = self._in32(at + 12)
            if caplen > _MAX_CAPTURED:
                return self._stop(at, _DAMAGED)
            if not self.vouched and (
                wirelen < caplen
                or wirelen == 0
                or wirelen > _MAX_CAPTURED
                or fraction >= self.resolution
                or last < 0
                or seconds - last > _WINDOW
                or last - seconds > _WINDOW
            ):
                return self._stop(at, _DOUBTFUL)
            if end - at - self.header < caplen:
                return self._stop(at, _MORE)
            self.vouched = False
            last = self.seconds = seconds
            self._put(at + self.header, caplen, wirelen, seconds * _SECOND + fraction * scale, self.index)
            at += self.header + caplen
            self._expect(at, self.header + caplen)
        return self._stop(at, _FULL)


@cython.final
@cython.cclass
class PcapngWalker(Walker):
    """Walks the blocks of one pcapng capture; sections and interfaces are described to it from outside."""

    index: cython.int[::1]
    factor: cython.longlong[::1]
    base_ns: cython.longlong[::1]
    top: cython.longlong[::1]
    interfaces: Interfaces
    described: cython.longlong
    snaplen: cython.longlong
    unknown_index = cython.declare(cython.int, visibility="public")
    undescribed = cython.declare(cython.longlong, visibility="public")
    unknown_blocks = cython.declare(cython.longlong, visibility="public")

    def __init__(self, frames: Frames, interfaces: Interfaces) -> None:
        """Begin the first section."""
        Walker.__init__(self, frames, interfaces.big)
        self.unknown_index = -1
        """Index for packets of interfaces nobody described, or -1 as long as none came."""
        self.undescribed = 0
        """Packets of such interfaces so far."""
        self.unknown_blocks = 0
        """Blocks so far of a type that no standard names."""
        self.learn(interfaces)

    def learn(self, interfaces: Interfaces) -> None:
        """Take over what is known of the section, each time it has changed."""
        self.interfaces = interfaces
        self.big = interfaces.big
        self.described = interfaces.count
        self.snaplen = interfaces.snaplen
        self.index = interfaces.index
        self.factor = interfaces.factor
        self.base_ns = interfaces.base_ns
        self.top = interfaces.top

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _take(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t) -> cython.int:
        stop: cython.int = _FULL
        while stop == _FULL and self.count < self.capacity:
            stop = _MORE
            if end - at < 12:
                break
            kind: cython.longlong = self._word(at)
            size: cython.longlong = self._word(at + 4)
            if kind in (_SECTION, _INTERFACE):
                stop = _BLOCK
            elif size < 12 or size > (_MAX_SKIPPED if kind in (4, 5, 9, 10, 0xBAD, 0x40000BAD) else _MAX_BLOCK):
                stop = _DAMAGED
            elif size > _MAX_BLOCK:
                stop = _SKIP
            elif end - at >= size:
                stop = self._block(at, kind, size)
                if stop == _FULL:
                    at += size
                    self._expect(at, size)
        return self._stop(at, stop)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _block(self, at: cython.Py_ssize_t, kind: cython.longlong, size: cython.longlong) -> cython.int:
        """Take one whole block; the two kinds of packets with a time differ in the width of the interface only."""
        if self._word(at + size - 4) != size:
            return _DAMAGED
        if kind in (_ENHANCED, _PACKET):
            interface: cython.longlong = self._word(at + 8)
            if kind == _PACKET:  # 16 bits, before 16 bits that count drops
                interface = interface >> 16 if self.big else interface & 0xFFFF
            return self._packet(at, size - 32, interface)
        if kind == _SIMPLE:
            return self._simple(at, size - 16)
        if kind > _LAST_STANDARD and kind not in (0xBAD, 0x40000BAD):  # custom blocks
            self.unknown_blocks += 1
        return _FULL

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _packet(self, at: cython.Py_ssize_t, room: cython.longlong, interface: cython.longlong) -> cython.int:
        """Take a packet block that has `room` bytes for the packet, its padding and options."""
        if room < 0 or self._word(at + 20) > min(room, _MAX_CAPTURED):
            return _DAMAGED
        index: cython.int = self.unknown_index
        stamp: cython.longlong = _NO_TIME
        if interface < self.described:
            index = self.index[interface]
            high: cython.longlong = self._word(at + 12)
            low: cython.longlong = self._word(at + 16)
            if high <= self.top[interface]:
                stamp = ((high << 32) | low) * self.factor[interface] + self.base_ns[interface]
            else:
                with cython.gil:
                    stamp = self.interfaces.stamp(interface, high, low)
        elif index < 0:
            return _UNDESCRIBED
        else:
            self.undescribed += 1
        return self._put(at + 28, self._word(at + 20), self._word(at + 24), stamp, index)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(-1, check=True)
    def _simple(self, at: cython.Py_ssize_t, room: cython.longlong) -> cython.int:
        """Take a block without time; it is always of the first interface, whose snapshot length cuts it."""
        wirelen: cython.longlong = self._word(at + 8)
        caplen: cython.longlong = min(wirelen, room, self.snaplen if self.snaplen > 0 else room)
        index: cython.int = self.index[0] if self.described > 0 else self.unknown_index
        if room < 0 or caplen > _MAX_CAPTURED:
            return _DAMAGED
        if index < 0:
            return _UNDESCRIBED
        if self.described == 0:
            self.undescribed += 1
        return self._put(at + 12, caplen, wirelen, _NO_TIME, index)
