"""Finds the next record behind damage. Compiled, because it may have to look at every byte.

Rules: a place is taken if the records in a row from there prove it, or if there are a few and no proven row begins
inside of them: a payload may hold a piece of a capture, which must not become packets. Nothing is taken that
contradicts itself; every row that is followed has a bound, so that hostile bytes cost time only.
"""
# mypy: ignore-errors
# Cython checks the types of what it compiles; its pure mode annotations are no types to mypy.

from __future__ import annotations

import cython

from monitor.capture import bounds
from monitor.capture.sections import PcapForm
from monitor.model.frames import Buffer

_MAX_CAPTURED = cython.declare(cython.longlong, bounds.MAX_CAPTURED_BYTES)
_MAX_BLOCK = cython.declare(cython.longlong, bounds.MAX_BLOCK_BYTES)
_SETTLED = cython.declare(cython.longlong, bounds.SETTLED_BYTES)
_WINDOW = cython.declare(cython.longlong, bounds.WINDOW_SECONDS)
_FAR = cython.declare(cython.int, bounds.FAR_RECORDS)
_FIRST = cython.declare(cython.longlong, bounds.FIRST_SECONDS)
_PAIR = cython.declare(cython.int, 2)
"""One record alone proves nothing, however long it is."""
_PROVEN = cython.declare(cython.int, bounds.CHAIN_RECORDS)
_CHAIN_BYTES = cython.declare(cython.longlong, bounds.CHAIN_BYTES)
_WITNESSES = cython.declare(cython.int, 3)
"""Odd records in a row that vouch for an odd one: some writers make every record odd in the same way."""

# Block types.
_SECTION = cython.declare(cython.longlong, 0x0A0D0D0A)
_LITTLE = cython.declare(cython.longlong, 0x1A2B3C4D)
_BIG = cython.declare(cython.longlong, 0x4D3C2B1A)
_INTERFACE = cython.declare(cython.longlong, 1)
_PACKET = cython.declare(cython.longlong, 2)
_SIMPLE = cython.declare(cython.longlong, 3)
_ENHANCED = cython.declare(cython.longlong, 6)
_BARE = cython.declare(cython.longlong, 12)  # an empty block: its kind, and its length twice


@cython.cclass
class Search:
    """What both formats share; `_measure` is each format's own."""

    data: cython.const[cython.uchar][::1]
    end: cython.Py_ssize_t
    final: cython.bint
    order: cython.bint
    linked: cython.bint
    clock: cython.longlong
    reach: cython.Py_ssize_t
    least: cython.int
    big = cython.declare(cython.bint, visibility="public")
    seconds = cython.declare(cython.longlong, visibility="public")
    scanned = cython.declare(cython.Py_ssize_t, visibility="public")

    def __init__(self, data: Buffer, big: cython.bint, least: cython.int) -> None:
        """`least`: records in a row that do where nothing speaks against them."""
        self.data = data
        self.end = 0
        self.final = False
        self.clock = _FIRST
        self.reach = 0
        self.linked = False
        self.least = least
        self.big = big
        """Numbers are stored most significant byte first."""
        self.order = big
        self.seconds = -1
        """Time of the last good record, or -1."""
        self.scanned = 0
        """Where to go on after a search that found nothing."""

    @cython.final
    @cython.cfunc
    @cython.inline
    def _word(self, at: cython.size_t) -> cython.longlong:
        """Read 32 bits without a sign."""
        one: cython.longlong = self.data[at]
        two: cython.longlong = self.data[at + 1]
        three: cython.longlong = self.data[at + 2]
        four: cython.longlong = self.data[at + 3]
        if self.order:
            return (one << 24) | (two << 16) | (three << 8) | four
        return one | (two << 8) | (three << 16) | (four << 24)

    @cython.cfunc
    def _measure(self, at: cython.Py_ssize_t) -> cython.longlong:
        """Bytes of the record at `at`, headers included, or 0 if none can begin there."""
        return 0 * at

    @cython.final
    @cython.cfunc
    def _is_near(self, seconds: cython.longlong) -> cython.bint:
        return seconds < 0 or abs(self.clock - seconds) <= _WINDOW

    @cython.final
    @cython.cfunc
    def _ends(self, at: cython.Py_ssize_t) -> cython.bint:
        return self.final and at == self.end

    @cython.final
    @cython.cfunc
    def _chain(self, at: cython.Py_ssize_t) -> cython.int:
        """Count the records in a row from `at`; `_PROVEN` if they leave no doubt."""
        records: cython.int = 0
        self.reach = at
        while records < _PAIR or (records < _PROVEN and self.reach - at <= _CHAIN_BYTES):
            before: cython.longlong = self.clock
            self.linked = records > 0
            size: cython.longlong = self._measure(self.reach)
            self.linked = False
            if records > 0 and self._ends(self.reach):
                break
            if size == 0 or (records > 0 and self.clock < _FIRST and not self._is_near(before)):
                return records
            records += 1
            self.reach += size
        return _PROVEN

    def find(
        self, start: cython.Py_ssize_t, damaged: cython.Py_ssize_t, end: cython.Py_ssize_t, final: cython.bint
    ) -> cython.Py_ssize_t:
        """Where in ``data[start:end]`` the next record begins, or -1.

        Before `damaged`, which was refused, only a proven row counts, behind it a few records do. `final`: the capture
        ends at `end`; else places too close to it are left for the next search (`scanned`).
        """
        at: cython.Py_ssize_t = start
        self.end = end
        self.final = final
        last: cython.Py_ssize_t = end if final else end - _SETTLED
        while at < last:
            self.order = self.big
            if at != damaged and self._measure(at) > 0:
                near: cython.bint = self._is_near(self.seconds)
                known: cython.bint = self.seconds >= 0 and near
                if known or self.clock >= _FIRST:
                    records: cython.int = self._chain(at)
                    if records == _PROVEN:
                        return at
                    if at > damaged and records >= (self.least if near else _FAR):
                        return self._rival(at)
            at += 1
        self.scanned = at
        return -1

    @cython.final
    @cython.cfunc
    def _rival(self, at: cython.Py_ssize_t) -> cython.Py_ssize_t:
        """Where a proven row begins inside the short one at `at`, or `at` itself."""
        place: cython.Py_ssize_t
        reach: cython.Py_ssize_t = min(self.reach, self.end)
        for place in range(at + 1, reach):
            self.order = self.big
            if self._measure(place) > 0 and self._chain(place) == _PROVEN:
                return place
        return at


@cython.final
@cython.cclass
class PcapSearch(Search):
    """Finds the records of a pcap capture."""

    header: cython.Py_ssize_t
    resolution: cython.longlong

    def __init__(self, data: Buffer, form: PcapForm) -> None:
        """`form`: how the records are written."""
        Search.__init__(self, data, form.big, 2)
        self.header = form.record_bytes
        self.resolution = form.resolution

    @cython.cfunc
    def _measure(self, at: cython.Py_ssize_t) -> cython.longlong:
        if self.end - at < self.header:
            return 0
        caplen: cython.longlong = self._word(at + 8)
        if caplen < 1 or caplen > _MAX_CAPTURED:
            return 0
        wirelen: cython.longlong = self._word(at + 12)
        if wirelen < caplen or wirelen > _MAX_CAPTURED or self._word(at + 4) >= self.resolution:
            return 0
        self.clock = self._word(at)
        return self.header + caplen

    def hint(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t, final: cython.bint) -> cython.Py_ssize_t:
        """Where the record behind the damaged one at `at` begins, if only its captured length is damaged; else -1."""
        self.end = end
        self.final = final
        if end - at < self.header:
            return -1
        wirelen: cython.longlong = self._word(at + 12)
        place: cython.Py_ssize_t = at + self.header + wirelen
        if wirelen < 1 or wirelen > _MAX_CAPTURED:
            return -1
        if self._ends(place) or (self._measure(place) > 0 and self._is_near(self.seconds)):
            return place
        return -1

    def stands(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t, final: cython.bint) -> cython.bint:
        """Whether the first record, at `at`, is real though nothing vouches for it: it is not odd and hides none."""
        self.end = end
        caplen: cython.longlong = self._word(at + 8)
        wirelen: cython.longlong = self._word(at + 12)
        if wirelen < max(caplen, 1) or wirelen > _MAX_CAPTURED or self._word(at + 4) >= self.resolution:
            return False
        place: cython.Py_ssize_t = self.find(at + 1, end, end, final)
        return place < 0 or place >= at + self.header + caplen

    @cython.cfunc
    def _testifies(self, at: cython.Py_ssize_t) -> cython.bint:
        """Whether a good record is at `at`. Read four bytes late, a good header shows a length as the fraction too."""
        return self._measure(at) > 0 and self._word(at + 4) != self._word(at + 8)

    def vouch(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t, final: cython.bint) -> cython.int:
        """Whether what follows the doubtful record at `at` shows it to be real: 1 yes, 0 no, -1 needs more data."""
        self.end = end
        self.final = final
        own: cython.longlong = self._word(at)
        place: cython.Py_ssize_t = at + self.header + self._word(at + 8)
        self.clock = own
        sound: cython.bint = self._word(at + 8) > 0 or self._is_near(self.seconds)
        near: cython.bint = self._testifies(place)
        if sound and near and (self._is_near(own) or (self.seconds >= 0 and self._is_near(self.seconds))):
            return 1
        witness: cython.int
        for witness in range(_WITNESSES):
            if self._ends(place) or (sound and final and place < end < place + self.header):
                return 1
            if end - place < self.header:
                return 0 if final and witness > 0 else -1
            caplen: cython.longlong = self._word(place + 8)
            wirelen: cython.longlong = self._word(place + 12)
            self.clock = self._word(place)
            if caplen > _MAX_CAPTURED or (caplen == 0 and wirelen == 0 and self.clock == 0):
                return 0
            usual: cython.bint = self._is_near(self.seconds if self.seconds >= 0 else own)
            sound = sound and caplen > 0 and wirelen > 0 and (usual or self._testifies(place))
            place += self.header + caplen
        return sound or self._ends(place)


@cython.final
@cython.cclass
class PcapngSearch(Search):
    """Finds the blocks of a pcapng capture."""

    def __init__(self, data: Buffer) -> None:
        """The length at both ends of a block is so much proof that one block does."""
        Search.__init__(self, data, False, 1)  # noqa: FBT003 - compiled code has no names for these

    @cython.cfunc
    def _measure(self, at: cython.Py_ssize_t) -> cython.longlong:
        if self.end - at < _BARE:
            return 0
        kind: cython.longlong = self._word(at)
        if kind == _SECTION and self._word(at + 8) == _BIG:
            self.order = not self.order
        size: cython.longlong = self._word(at + 4)
        if size < self._least(at, kind) or size > _MAX_BLOCK or size & 3:
            return 0
        if size > self.end - at or self._word(at + size - 4) != size:
            return 0
        if kind in (_PACKET, _ENHANCED) and self._word(at + 20) > min(size - 32, _MAX_CAPTURED):
            return 0
        return size

    @cython.cfunc
    def _least(self, at: cython.Py_ssize_t, kind: cython.longlong) -> cython.longlong:
        """Bytes of the shortest block of a kind; more than any has if nobody knows it and nothing leads to it."""
        if kind == _SECTION:
            return 28 if self._word(at + 8) == _LITTLE else _MAX_BLOCK + 1
        if kind == _INTERFACE:
            return 20
        if kind in (_PACKET, _ENHANCED):
            return 32
        if kind == _SIMPLE:
            return 16
        return _BARE if self.linked or kind in (4, 5, 9, 10, 0xBAD, 0x40000BAD) else _MAX_BLOCK + 1

    def hint(self, at: cython.Py_ssize_t, end: cython.Py_ssize_t, final: cython.bint) -> cython.Py_ssize_t:
        """Where the block behind the damaged one at `at` begins, if one of its two lengths survived; else -1."""
        self.end = end
        self.final = final
        place: cython.Py_ssize_t = at + _BARE
        while place <= min(end, at + _MAX_BLOCK):
            self.order = self.big
            if self._word(place - 4) == place - at and (self._ends(place) or self._measure(place) > 0):
                return place
            place += 4
        if end - at < _BARE:
            return -1
        self.order = self.big
        size: cython.longlong = self._word(at + 4)
        if _BARE <= size <= end - at and (self._ends(at + size) or self._measure(at + size) > 0):
            return at + size
        return -1
