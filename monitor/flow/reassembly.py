"""TCP reassembly of one side of one flow: segments in, ordered bytes and gaps out.

Policy where copies of the same bytes differ: what was delivered stays; of bytes still held, the copy in the segment
that begins first stays, and of segments that begin together the one that came first.
Rules: no clock (the caller says the time of each packet); bytes held out of order are bounded in number, size and time;
whatever is given up is delivered as a gap of known size. Sequence arithmetic is modulo 2^32 (RFC 9293 section 3.4).
Compiled; uncompiled it does the same.
"""

from __future__ import annotations

import cython

from monitor.model.contract import Snapped
from monitor.model.named import NamedTuple

MAX_HELD_BYTES = 262_144
"""Out of order on one side: four full windows without scaling."""
MAX_HELD_SEGMENTS = 256
_SEGMENT_BYTES = 200
"""Memory that each held segment takes beside its bytes, of which there may be none."""
MAX_WAIT_NS = 3 * 10**9
"""A sender repeats a lost segment after one second, and after two more (RFC 6298 section 2); then our copy is lost."""
MAX_BACK_BYTES = 4_194_304
"""A segment further back than any repeat says that our place is wrong: begin anew there."""

UNKNOWN = -1
"""A sequence number of which nobody knows yet."""

_UNKNOWN = cython.declare(cython.longlong, UNKNOWN)
_HALF = cython.declare(cython.longlong, 1 << 31)
_MASK = cython.declare(cython.longlong, (1 << 32) - 1)


class Piece(NamedTuple):
    """The next bytes of a side, after `gap_bytes` that were never seen."""

    gap_bytes: int
    data: memoryview


_NOTHING = memoryview(b"")


@cython.final
@cython.cclass
class Stream:
    """One side of a TCP flow."""

    position = cython.declare(cython.longlong, visibility="public")
    """Sequence number of the next byte to deliver; `UNKNOWN` before the first segment."""
    end = cython.declare(cython.longlong, visibility="public")
    """Sequence number after the last byte, once the FIN was seen; `UNKNOWN` until then."""
    held_bytes = cython.declare(cython.longlong, visibility="readonly")
    """Bytes waiting for what is missing before them."""
    _held: list
    """Of each segment: its sequence number, what was captured of it, and how long it was on the wire."""
    _since_ns: cython.longlong
    _skipped: cython.longlong

    def __init__(self) -> None:
        self.position = _UNKNOWN
        self.end = _UNKNOWN
        self.held_bytes = 0
        self._held = []
        self._since_ns = 0
        self._skipped = 0

    @cython.ccall
    def add(
        self, seq: cython.longlong, payload: object, wire_bytes: cython.longlong, at_ns: cython.longlong
    ) -> list[Piece]:
        """Take a segment.

        Args:
            seq: sequence number of its first byte.
            payload: the bytes that were captured; valid during the call only.
            wire_bytes: how many it had on the wire, at least ``len(payload)``.
            at_ns: trace time of the packet.

        Returns:
            What can be delivered now, in order; valid until the payload is.
        """
        if self.position < 0:
            self.position = seq
        if seq == self.position and not self._held:
            self.position = (seq + wire_bytes) & _MASK
            missing: cython.longlong = wire_bytes - len(payload)
            return [Piece(0, payload), Piece(Snapped(missing), _NOTHING)] if missing else [Piece(0, payload)]
        pieces = self.expire(at_ns)
        ahead: cython.longlong = self.ahead(seq)
        if ahead < -MAX_BACK_BYTES - self._skipped:
            pieces += self.flush()
            self.position = seq
            ahead = 0
            pieces.append(Piece(0, _NOTHING))
        if ahead + wire_bytes <= 0:
            return pieces
        if ahead > 0:
            self._hold(ahead, bytes(payload), wire_bytes, at_ns)
            if self.held_bytes > MAX_HELD_BYTES or len(self._held) > MAX_HELD_SEGMENTS:
                pieces += self._release(skip=True)
            return pieces
        pieces += self._deliver(-ahead, payload, wire_bytes)
        pieces += self._release(skip=False)
        return pieces

    @cython.ccall
    def expire(self, at_ns: cython.longlong) -> list[Piece]:
        """Give up waiting for what has been missing for too long at trace time `at_ns`."""
        if self._held and at_ns - self._since_ns > MAX_WAIT_NS:
            return self.flush()
        return []

    @cython.ccall
    def flush(self) -> list[Piece]:
        """Deliver everything that is held, with the gaps between, and the one ahead of the FIN."""
        pieces: list[Piece] = []
        while self._held:
            pieces += self._release(skip=True)
        if self.end >= 0 and self.position >= 0 and self.ahead(self.end) > 0:
            pieces.append(Piece(self.ahead(self.end), _NOTHING))
            self.position = self.end
        return pieces

    @cython.ccall
    def skip(self, size_bytes: cython.longlong) -> cython.longlong:
        """Move `size_bytes` ahead without delivering; returns the sequence number to skip to (at most 2^30 ahead)."""
        self.position = (max(self.position, 0) + size_bytes) & _MASK
        self._skipped = size_bytes
        return self.position

    @cython.ccall
    def go_on(self, position: cython.longlong, end: cython.longlong, skipped: cython.longlong) -> cython.int:
        """Others led it on up to here, with nothing held; `end` and what they skipped last are as far as they know."""
        self.position, self.end, self._skipped = position, end, skipped
        return 0

    @property
    def taken_bytes(self) -> int:
        """Memory that is taken by what is held."""
        return self.held_bytes + len(self._held) * _SEGMENT_BYTES

    @cython.ccall
    def ended(self) -> cython.bint:
        """True when every byte up to the FIN was delivered or given up."""
        return self.end >= 0 and self.position >= 0 and self.ahead(self.end) <= 0 and not self._held

    @cython.ccall
    def ahead(self, seq: cython.longlong) -> cython.longlong:
        """How far `seq` lies ahead of `position` (negative: behind), in bytes."""
        return ((seq - max(self.position, 0) + _HALF) & _MASK) - _HALF

    @cython.cfunc
    def _deliver(self, known: cython.longlong, payload: object, wire_bytes: cython.longlong) -> list[Piece]:
        """Deliver a segment whose first `known` bytes were delivered before."""
        self.position = (max(self.position, 0) + wire_bytes - known) & _MASK
        fresh = payload[known:]
        missing: cython.longlong = wire_bytes - max(known, len(payload))
        pieces = [Piece(0, fresh)] if len(fresh) else []
        if missing:
            pieces.append(Piece(Snapped(missing), _NOTHING))
        return pieces

    @cython.cfunc
    def _hold(
        self, ahead: cython.longlong, payload: bytes, wire_bytes: cython.longlong, at_ns: cython.longlong
    ) -> cython.int:
        """Keep a segment for later."""
        place: cython.Py_ssize_t = len(self._held)
        first: cython.Py_ssize_t = 0
        middle: cython.Py_ssize_t
        if place == 0:
            self._since_ns = at_ns
        elif self.ahead(self._held[place - 1][0]) >= ahead:  # not as usual: one is missing, and the rest comes
            while first < place:
                middle = (first + place) // 2
                if self.ahead(self._held[middle][0]) > ahead:
                    place = middle
                else:
                    first = middle + 1
        seq: cython.longlong = (max(self.position, 0) + ahead) & _MASK
        if self._has(seq, wire_bytes, place):
            return 0
        self._held.insert(place, (seq, payload, wire_bytes))
        self.held_bytes += len(payload)
        return 0

    @cython.cfunc
    def _has(self, seq: cython.longlong, wire_bytes: cython.longlong, behind: cython.Py_ssize_t) -> cython.bint:
        """Whether as much is held already of what begins at `seq`, up to a place."""
        while behind > 0 and self._held[behind - 1][0] == seq:
            behind -= 1
            if self._held[behind][2] >= wire_bytes:
                return True
        return False

    @cython.cfunc
    def _release(self, skip: cython.bint) -> list[Piece]:
        """Deliver held segments that join up; with `skip`, first give up what is missing before the nearest."""
        pieces: list[Piece] = []
        seq: cython.longlong
        wire_bytes: cython.longlong
        ahead: cython.longlong
        while self._held:
            seq, data, wire_bytes = self._held[0]
            ahead = self.ahead(seq)
            if ahead > 0:
                if not skip:
                    break
                pieces.append(Piece(ahead, _NOTHING))
                self.position = seq
                ahead = 0
                skip = False
            del self._held[0]
            self.held_bytes -= len(data)
            if ahead + wire_bytes > 0:
                pieces += self._deliver(-ahead, memoryview(data), wire_bytes)
        return pieces
