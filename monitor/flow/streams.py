"""TCP flows that are looked at: segments put in their place, and pieces of each stream handed on in order.

Undecided, a follower keeps what each end sent (bounded); decided, it replays that into the parser, then feeds it what
comes, gaps included, and leaves out what the parser wants to skip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from monitor.flow.follower import MAX_HEAD_BYTES, Follower, Keeper
from monitor.flow.known import Known
from monitor.flow.lane import hear
from monitor.flow.reassembly import MAX_HELD_BYTES, Piece, Stream
from monitor.model.contract import Head, Parser, Snapped, Verdict
from monitor.model.flow import Close

MAX_HEAD_PIECES = 512
"""A sender of single bytes gets this many probes, no more."""
_PIECE_BYTES = 200
"""Memory that each kept piece takes beside its bytes, which are there twice: by end, and in the order they came."""
MAX_SKIP_BYTES = 1 << 30
"""Skipped at a time, well inside half the sequence space; a longer skip goes on from there."""


class StreamFollower(Follower):
    """Follows one TCP flow."""

    __slots__ = (
        "_closed",
        "_fed",
        "_from_start",
        "_heads",
        "_how",
        "_kept",
        "_skip_bytes",
        "is_asked",
        "kept_bytes",
        "skipping",
        "started",
        "steady",
        "streams",
    )

    def __init__(
        self, keeper: Keeper, candidates: Sequence[Known], addresses: tuple[bytes, bytes], ports: tuple[int, int]
    ) -> None:
        """Begin undecided; see `Follower`."""
        super().__init__(keeper, candidates, addresses, ports)
        self.streams = (Stream(), Stream())
        self.started = [False, False]
        """Ends whose first byte was seen."""
        self.skipping = False
        """The parser does not want the next bytes of an end."""
        self.steady = False
        """A parser wants what is next, whichever it is, and nothing waits for what is missing before it."""
        self._skip_bytes = [0, 0]
        self._heads = (bytearray(), bytearray())
        self._kept: list[tuple[int, int, bytes]] = []
        self.is_asked = False
        """Every candidate was asked what it makes of the first segment, and wants to hear more."""
        self.kept_bytes = 0
        """Memory that is taken by what it said before its protocol was known."""
        self._fed = [False, False]
        self._from_start = False
        self._closed = [False, False]
        self._how = [Close.END, Close.END]

    def take(self, end: int, pieces: Iterable[Piece]) -> None:
        """Take the next bytes and gaps of one end."""
        for piece in pieces:
            if self.done:
                return
            wanted = self._skip_over(end, piece) if self._skip_bytes[end] else piece
            if wanted.gap_bytes:
                self.keeper.stats.coverage.gap_bytes += wanted.gap_bytes
                self.keeper.stats.lost_bytes += min(wanted.gap_bytes, MAX_HELD_BYTES)
            self.keeper.stats.followed_bytes += len(wanted.data)
            if self.parser is not None:
                self._feed(self.parser, end, wanted.gap_bytes, wanted.data)
            else:
                self._keep(end, wanted)

    def close(self, end: int, how: Close) -> None:
        """One end will send no more."""
        if self.done or self._closed[end]:
            return
        self._closed[end] = True
        self._how[end] = how
        if self.parser is not None:
            hear(self, self.parser.finish, end, how)
        elif self.closed():
            self._decide(final=True)

    def note_steady(self) -> None:
        """See whether it is steady now."""
        self.steady = self.parser is not None and not self.skipping and not self.held_bytes

    def closed(self) -> bool:
        """True when neither end will send more."""
        return all(self._closed)

    def skip_unseen(self, end: int, seq: int) -> None:
        """Do not wait for bytes before `seq` that the parser does not want anyway."""
        if self._skip_bytes[end]:
            unseen = min(max(self.streams[end].ahead(seq), 0), self._skip_bytes[end])
            if unseen:
                self.streams[end].skip(unseen)
            self._skip_bytes[end] -= unseen
            self.skipping = any(self._skip_bytes)

    def arm_skip(self, end: int, reached: int) -> int | None:
        """The sequence number up to which no segment is wanted, once all up to `reached` was taken; None if all are."""
        stream = self.streams[end]
        if not self._skip_bytes[end] or stream.held_bytes or stream.ahead(reached) < 0:
            return None
        size = min(self._skip_bytes[end], MAX_SKIP_BYTES)
        self._skip_bytes[end] -= size
        self.skipping = any(self._skip_bytes)
        return stream.skip(size)

    def _skip(self, end: int, size_bytes: int) -> None:
        self._skip_bytes[end] = size_bytes
        self.skipping = any(self._skip_bytes)

    def _skip_over(self, end: int, piece: Piece) -> Piece:
        """Take what the parser does not want off a piece; bytes lost there are no loss."""
        if not self._skip_bytes[end]:
            return piece
        in_gap = min(self._skip_bytes[end], piece.gap_bytes)
        in_data = min(self._skip_bytes[end] - in_gap, len(piece.data))
        self._skip_bytes[end] -= in_gap + in_data
        self.skipping = any(self._skip_bytes)
        return Piece(piece.gap_bytes - in_gap, piece.data[in_data:])

    def _keep(self, end: int, piece: Piece) -> None:
        head = self._heads[end]
        if piece.gap_bytes:
            self.started[end] = self.started[end] and isinstance(piece.gap_bytes, Snapped)
            head.clear()
        head += piece.data
        self._kept.append((end, piece.gap_bytes, bytes(piece.data)))
        self.kept_bytes += 2 * len(piece.data) + _PIECE_BYTES
        full = len(self._heads[0]) + len(self._heads[1]) >= MAX_HEAD_BYTES or len(self._kept) >= MAX_HEAD_PIECES
        if self.is_asked and not full:
            self.is_asked = False
            return
        self._decide(final=full)

    def _decide(self, *, final: bool) -> None:
        heads = (Head(bytes(self._heads[0]), self.started[0]), Head(bytes(self._heads[1]), self.started[1]))
        taken = self._ask(heads, final=final)
        if taken is not None:
            self._replay(*taken)
        elif self.done:
            self._kept.clear()

    def begin(
        self, known: Known, originator: int | None, *, from_start: bool, more: Mapping[str, object] | None
    ) -> None:
        """Be decided at once; see `_begin`."""
        self._from_start = from_start
        self._begin(known, originator, from_start=from_start, options=known.spec.options, more=more)

    def _replay(self, known: Known, verdict: Verdict) -> None:
        """Begin with what was kept."""
        from_start = all(self.started[end] for end in (0, 1) if self._heads[end])
        parser = self._begin(known, verdict.originator, from_start=from_start, options=known.spec.options)
        self._from_start = from_start
        kept, self._kept = self._kept, []
        if parser is None:
            return
        for end, gap_bytes, data in kept:
            if not self.done:
                wanted = self._skip_over(end, Piece(gap_bytes, memoryview(data)))
                self._feed(parser, end, wanted.gap_bytes, wanted.data)
        for end in (0, 1):
            if self._closed[end]:
                hear(self, parser.finish, end, self._how[end])

    def _feed(self, parser: Parser, end: int, gap_bytes: int, data: memoryview) -> None:
        if not self._fed[end]:
            self._fed[end] = True
            if self._from_start and not self.started[end] and not gap_bytes:
                hear(self, parser.gap, end, 0)
        if gap_bytes:
            hear(self, parser.gap, end, gap_bytes)
        if data:
            hear(self, parser.feed, end, data)
