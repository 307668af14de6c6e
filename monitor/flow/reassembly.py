"""TCP reassembly of one side of one flow: segments in, ordered bytes and gaps out.

Policy where copies of the same bytes differ: what was delivered stays; of bytes still held, the copy in the segment
that begins first stays, and of segments that begin together the one that came first.
Rules: no clock (the caller says the time of each packet); bytes held out of order are bounded in number, size and time;
whatever is given up is delivered as a gap of known size. Sequence arithmetic is modulo 2^32 (RFC 9293 section 3.4).
"""

from __future__ import annotations

from bisect import bisect
from typing import NamedTuple

from monitor.model.contract import Snapped

MAX_HELD_BYTES = 262_144
"""Out of order on one side: four full windows without scaling."""
MAX_HELD_SEGMENTS = 256
_SEGMENT_BYTES = 200
"""Memory that each held segment takes beside its bytes, of which there may be none."""
MAX_WAIT_NS = 3 * 10**9
"""A sender repeats a lost segment after one second, and after two more (RFC 6298 section 2); then our copy is lost."""
MAX_BACK_BYTES = 4_194_304
"""A segment further back than any repeat says that our place is wrong: begin anew there."""

_HALF = 1 << 31
_MASK = (1 << 32) - 1


class Piece(NamedTuple):
    """The next bytes of a side, after `gap_bytes` that were never seen."""

    gap_bytes: int
    data: memoryview


_NOTHING = memoryview(b"")


class Stream:
    """One side of a TCP flow."""

    __slots__ = ("_held", "_since_ns", "_skipped", "end", "held_bytes", "position")

    def __init__(self) -> None:
        self.position: int | None = None
        """Sequence number of the next byte to deliver; None before the first segment."""
        self.end: int | None = None
        """Sequence number after the last byte, once the FIN was seen."""
        self.held_bytes = 0
        """Bytes waiting for what is missing before them."""
        self._held: list[tuple[int, bytes, int]] = []
        self._since_ns = 0
        self._skipped = 0

    def add(self, seq: int, payload: memoryview, wire_bytes: int, at_ns: int) -> list[Piece]:
        """Take a segment.

        Args:
            seq: sequence number of its first byte.
            payload: the bytes that were captured; valid during the call only.
            wire_bytes: how many it had on the wire, at least ``len(payload)``.
            at_ns: trace time of the packet.

        Returns:
            What can be delivered now, in order; valid until the payload is.
        """
        position = self.position
        if position is None:
            position = self.position = seq
        if seq == position and not self._held:
            self.position = (seq + wire_bytes) & _MASK
            missing = wire_bytes - len(payload)
            return [Piece(0, payload), Piece(Snapped(missing), _NOTHING)] if missing else [Piece(0, payload)]
        pieces = self.expire(at_ns)
        ahead = self.ahead(seq)
        if ahead < -MAX_BACK_BYTES - self._skipped:
            pieces += self.flush()
            self.position = seq
            ahead = 0
            pieces.append(Piece(0, _NOTHING))
        if ahead + wire_bytes <= 0:
            return pieces
        if ahead > 0:
            self._hold(ahead, payload, wire_bytes, at_ns)
            if self.held_bytes > MAX_HELD_BYTES or len(self._held) > MAX_HELD_SEGMENTS:
                pieces += self._release(skip=True)
            return pieces
        pieces += self._deliver(-ahead, payload, wire_bytes)
        pieces += self._release(skip=False)
        return pieces

    def expire(self, at_ns: int) -> list[Piece]:
        """Give up waiting for what has been missing for too long at trace time `at_ns`."""
        if self._held and at_ns - self._since_ns > MAX_WAIT_NS:
            return self.flush()
        return []

    def flush(self) -> list[Piece]:
        """Deliver everything that is held, with the gaps between, and the one ahead of the FIN."""
        pieces: list[Piece] = []
        while self._held:
            pieces += self._release(skip=True)
        if self.end is not None and self.position is not None and self.ahead(self.end) > 0:
            pieces.append(Piece(self.ahead(self.end), _NOTHING))
            self.position = self.end
        return pieces

    def skip(self, size_bytes: int) -> int:
        """Move `size_bytes` ahead without delivering; returns the sequence number to skip to (at most 2^30 ahead)."""
        position = ((self.position or 0) + size_bytes) & _MASK
        self.position = position
        self._skipped = size_bytes
        return position

    @property
    def taken_bytes(self) -> int:
        """Memory that is taken by what is held."""
        return self.held_bytes + len(self._held) * _SEGMENT_BYTES

    def ended(self) -> bool:
        """True when every byte up to the FIN was delivered or given up."""
        return self.end is not None and self.position is not None and self.ahead(self.end) <= 0 and not self._held

    def ahead(self, seq: int) -> int:
        """How far `seq` lies ahead of `position` (negative: behind), in bytes."""
        return ((seq - (self.position or 0) + _HALF) & _MASK) - _HALF

    def _deliver(self, known: int, payload: memoryview, wire_bytes: int) -> list[Piece]:
        """Deliver a segment whose first `known` bytes were delivered before."""
        self.position = ((self.position or 0) + wire_bytes - known) & _MASK
        fresh = payload[known:]
        missing = wire_bytes - max(known, len(payload))
        pieces = [Piece(0, fresh)] if len(fresh) else []
        if missing:
            pieces.append(Piece(Snapped(missing), _NOTHING))
        return pieces

    def _hold(self, ahead: int, payload: memoryview, wire_bytes: int, at_ns: int) -> None:
        if not self._held:
            self._since_ns = at_ns
        seq = ((self.position or 0) + ahead) & _MASK
        if not self._held or self.ahead(self._held[-1][0]) < ahead:  # as usual: one is missing, and the rest comes
            self._held.append((seq, bytes(payload), wire_bytes))
        else:
            place = bisect(self._held, ahead, key=lambda held: self.ahead(held[0]))
            if self._has(seq, wire_bytes, place):
                return
            self._held.insert(place, (seq, bytes(payload), wire_bytes))
        self.held_bytes += len(payload)

    def _has(self, seq: int, wire_bytes: int, behind: int) -> bool:
        """Whether as much is held already of what begins at `seq`, up to a place."""
        while behind and self._held[behind - 1][0] == seq:
            behind -= 1
            if self._held[behind][2] >= wire_bytes:
                return True
        return False

    def _release(self, *, skip: bool) -> list[Piece]:
        """Deliver held segments that join up; with `skip`, first give up what is missing before the nearest."""
        pieces: list[Piece] = []
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
