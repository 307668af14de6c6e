"""Puts the fragments of IP packets together, so that a packet that came in pieces is read like any other.

Rules: what waits is bounded in number, bytes, pieces and trace time, and whatever is given up is counted. Of fragments
that overlap, none is believed: the packet is dropped with all that still comes of it, as RFC 5722 demands of IPv6 and
hosts do with IPv4, too; only an exact copy is no overlap, since a two-port mirror makes those. Packets between ends
that are not to be looked at are not even kept. The hot loop knows nothing of this: a batch without fragments costs a
search for one byte.
Sources: RFC 791 section 3.2, RFC 8200 section 4.5, RFC 5722, RFC 8900.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from monitor.decode.fragment import MAX_PACKET_BYTES, Fragment, read_cut, read_fragment
from monitor.decode.headers import Bars, HeaderPass
from monitor.flow.picks import (
    TOTAL_BYTES,
    TOTAL_DUPLICATES,
    TOTAL_EXCLUDED,
    TOTAL_KINDS,
    TOTAL_PACKETS,
    TOTAL_TRUNCATED,
)
from monitor.flow.pieces import Pieces
from monitor.flow.table import DUPLICATE_WINDOW_NS, FlowTable
from monitor.model.columns import Kind
from monitor.model.frames import NO_TIME, NO_VLAN, Frames
from monitor.model.stats import Stats

WAIT_NS = 60 * 10**9
"""RFC 8200 section 4.5; RFC 791 leaves it between 15 s and what the time to live says."""
MAX_PACKETS = 1_024
"""Packets of which something waits. Pieces of one come within milliseconds: the oldest is the least likely to end."""
MAX_HELD_BYTES = 8_388_608
"""A hundred of the longest packets there can be, and two thousand of those that NFS or a camera sends."""
MAX_PIECES = 128
"""A packet of 64 kB over links of 576 bytes, the smallest that IPv4 is sure of, has 119."""
MAX_PER_SECOND = 10_000
"""Fragments looked at in one second of trace time: 100 Mbit/s of them and more, and a third of a core."""
_PIECE_BYTES = 256
"""Charged for each piece beside its bytes, so that a flood of tiny ones is bounded, too."""
_MAX_NESTED = 5
"""A fragmented packet in each tunnel that the header pass opens, and one in the innermost."""
_RAW_IP = 101
_MARK = bytes([Kind.FRAGMENT])
_READ = (Kind.TCP, Kind.UDP)

_OF_FRAMES = (
    *(TOTAL_PACKETS, TOTAL_BYTES, TOTAL_TRUNCATED, TOTAL_DUPLICATES, TOTAL_EXCLUDED),
    *range(TOTAL_KINDS, TOTAL_KINDS + len(Kind)),
)
"""Figures of frames: those of a packet that was put together are in them already."""

_Key = tuple[bytes, int, int, int]


class Fragments:
    """What waits of all packets that come in fragments, the oldest first."""

    def __init__(
        self, table: FlowTable, stats: Stats, *, separate_vlans: bool = False, bars: Bars | None = None
    ) -> None:
        """See `FlowTable` and `HeaderPass`; `stats` gets what was put together and what was given up."""
        self._table = table
        self._stats = stats
        self._separate_vlans = separate_vlans
        self._packets: dict[_Key, Pieces] = {}
        self._held_bytes = 0
        self._second = 0
        self._in_second = 0
        self._bars = bars
        self._headers: HeaderPass | None = None
        self._made = Frames(data=bytearray(), capacity=1)

    def parts(self, frames: Frames) -> Iterator[tuple[Frames, int, int]]:
        """Take the fragments of a batch that the table has not counted yet.

        Yields:
            what the table is to count before the next is asked for: packets of which batch, from where up to where.
            Behind each fragment that completes a packet comes that packet, decoded, in a batch of its own; it has the
            frame number of that fragment, no time of its own, and the bytes on the wire of all of them. It counts to
            its flow only.
        """
        first = 0
        for packet, made in self._complete(frames):
            yield frames, first, packet + 1
            first = packet + 1
            before = self._table.total[:]
            yield made, 0, 1
            for figure in _OF_FRAMES:
                self._table.total[figure] = before[figure]
        yield frames, first, frames.count

    def _complete(self, frames: Frames) -> Iterator[tuple[int, Frames]]:
        """Yield the index of each fragment that completes a packet, and the packet."""
        kinds = frames.columns.kind.tobytes()
        packet = kinds.find(_MARK, 0, frames.count)
        if packet < 0:
            return
        now_ns, reached = self._table.now(), 0
        while packet >= 0:
            now_ns = max(now_ns, *frames.ts_ns[reached : packet + 1])
            reached = packet + 1
            made = self._take(frames, packet, now_ns)
            if made is not None:
                yield packet, made
            packet = kinds.find(_MARK, reached, frames.count)

    def expire(self, at_ns: int) -> None:
        """Give up what was waited for too long at trace time `at_ns`."""
        while self._packets:
            key, oldest = next(iter(self._packets.items()))
            if at_ns - oldest.begun_ns < WAIT_NS:
                return
            self._forget(key, unfinished=True)

    def adopt(self, bars: Bars | None) -> None:
        """Give up everything: somebody may not be looked at any more."""
        self.clear()
        self._bars, self._headers = bars, None

    def clear(self) -> None:
        """Give up everything: the trace has ended."""
        for key in list(self._packets):
            self._forget(key, unfinished=True)

    def _take(self, frames: Frames, packet: int, at_ns: int) -> Frames | None:
        """Keep a fragment; if that makes a packet whole, and it holds TCP or UDP, return that."""
        for _ in range(_MAX_NESTED):
            made = None if self._table.bars(frames, packet) else self._keep(frames, packet, at_ns)
            if made is None or made.columns.kind[0] in _READ:
                return made
            if made.columns.kind[0] != Kind.FRAGMENT:
                return None
            frames, packet = made, 0
        return None

    def _keep(self, frames: Frames, packet: int, at_ns: int) -> Frames | None:
        self.expire(at_ns)
        if at_ns // 10**9 != self._second:
            self._second, self._in_second = at_ns // 10**9, 0
        self._in_second += 1
        if self._in_second > MAX_PER_SECOND:
            self._stats.limits["flow.fragment_rate"] += 1
            return None
        piece = read_fragment(frames, packet)
        if piece is None:
            self._stats.weirds["flow.fragment_cut"] += 1
            data = read_cut(frames, packet)
            return None if data is None else self._make(data, frames.wirelen[packet], frames, packet)
        key = (*piece.key, frames.columns.vlan[packet] if self._separate_vlans else NO_VLAN)
        known = self._packets.get(key)
        if known is not None and known.whole and at_ns - known.latest_ns > DUPLICATE_WINDOW_NS:
            self._forget(key)  # the number is used again
            known = None
        if known is None:
            known = self._begin(key, at_ns)
        if known.has(piece) or known.whole:
            self._table.total[TOTAL_DUPLICATES] += 1
            return None
        if known.over or not self._is_sound(known, piece):
            return None
        known.add(piece)
        known.latest_ns = at_ns
        known.wire_bytes += frames.wirelen[packet]
        self._charge(known, len(piece.payload) + _PIECE_BYTES)
        if known.size is not None and known.size == sum(map(len, known.pieces.values())):
            return self._finish(known, frames, packet)
        while self._held_bytes > MAX_HELD_BYTES:
            self._evict()
        return None

    def _is_sound(self, known: Pieces, piece: Fragment) -> bool:
        """Whether a piece can be kept; if not, its packet is given up, and why is counted."""
        size = len(piece.payload)
        if not size or (size % 8 and not piece.final) or piece.offset_bytes + size > MAX_PACKET_BYTES:
            self._stats.weirds["flow.fragment_malformed"] += 1
        elif known.overlaps(piece):
            self._stats.weirds["flow.fragment_overlap"] += 1
        elif len(known.pieces) == MAX_PIECES:
            self._stats.limits["flow.fragment_pieces"] += 1
        else:
            return True
        self._close(known)
        return False

    def _begin(self, key: _Key, at_ns: int) -> Pieces:
        if len(self._packets) >= MAX_PACKETS:
            self._evict()
        begun = self._packets[key] = Pieces(at_ns)
        return begun

    def _finish(self, known: Pieces, frames: Frames, packet: int) -> Frames | None:
        """Make a batch of a packet that is whole."""
        data = known.join()
        wire_bytes = known.wire_bytes
        self._close(known)
        if data is None:
            self._stats.weirds["flow.fragment_malformed"] += 1
            return None
        known.whole = True
        self._stats.coverage.reassembled_packets += 1
        return self._make(data, wire_bytes, frames, packet)

    def _make(self, data: bytes, wire_bytes: int, frames: Frames, packet: int) -> Frames:
        """A batch of one packet, which came in a packet of another batch."""
        if self._headers is None:
            self._headers = HeaderPass(self._bars)
        made, number, vlan = self._made, frames.number[packet], frames.columns.vlan[packet]
        made.interface[0] = frames.interface[packet]
        made.data = bytearray(data)
        made.count, made.offset[0], made.caplen[0], made.wirelen[0] = 1, 0, len(data), max(len(data), wire_bytes)
        made.ts_ns[0], made.number[0] = NO_TIME, number
        made.captures = frames.captures
        made.linktypes = array("i", [_RAW_IP]) * len(frames.linktypes)
        faults = self._headers.run(made)
        if faults:
            self._stats.faults["decode.IndexError"] += faults
        if made.columns.vlan[0] == NO_VLAN:
            made.columns.vlan[0] = vlan
        return made

    def _charge(self, known: Pieces, size_bytes: int) -> None:
        known.charged_bytes += size_bytes
        self._held_bytes += size_bytes

    def _close(self, known: Pieces) -> None:
        """Let go of the bytes, and remember that there was such a packet."""
        self._charge(known, -known.charged_bytes)
        known.over = True
        known.pieces.clear()
        known.starts.clear()

    def _evict(self) -> None:
        key, oldest = next(iter(self._packets.items()))
        if not oldest.over:
            self._stats.limits["flow.fragments"] += 1
        self._forget(key)

    def _forget(self, key: _Key, *, unfinished: bool = False) -> None:
        known = self._packets.pop(key)
        if unfinished and not known.over:
            self._stats.weirds["flow.fragment_unfinished"] += 1
        self._close(known)
