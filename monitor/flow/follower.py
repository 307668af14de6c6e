"""One flow that is being looked at: its first bytes, then its parser.

Undecided, it keeps what each end sent (bounded) and asks every probe; decided, it replays that into the parser. Rules:
orientation is fixed before the first byte is fed; a parser that fails is stopped and counted, never the run; ends are
numbered 0 and 1 as the flow table does, sides only once orientation is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from monitor.flow.reassembly import Piece, Stream
from monitor.model.contract import Answer, Head, Parser, ProtocolSpec, Verdict
from monitor.model.events import Enough, Event, Output, SkipTo, Weird
from monitor.model.flow import Close, Endpoint, FlowView, Side, Transport
from monitor.model.stats import Stats
from monitor.privacy.labels import typed

MAX_HEAD_BYTES = 8_192
"""Kept of a flow before it is recognised: several messages of every protocol we know."""
MAX_HEAD_PIECES = 512
"""A sender of single bytes gets this many probes, no more."""
MAX_SKIP_BYTES = 1 << 30
"""Skipped at a time, well inside half the sequence space; a longer skip goes on from there."""


class Follower:
    """Follows one flow from its first payload until its parser has enough, nobody wants it, or it ends."""

    def __init__(
        self,
        *,
        candidates: Sequence[ProtocolSpec],
        transport: Transport,
        ports: tuple[int, int],
        name_ends: Callable[[], tuple[Endpoint, Endpoint]],
        stats: Stats,
        emit: Callable[[Event], None],
    ) -> None:
        """Begin undecided.

        Args:
            candidates: the protocols of this transport.
            transport: TCP or UDP.
            ports: of the flow's two ends, in the order the flow table numbers them.
            name_ends: says how the ends may be named, once somebody wants to know.
            stats: where oddities and faults are counted.
            emit: takes each event.
        """
        self.streams = (Stream(), Stream())
        self.done = False
        """Nobody wants more of this flow: from here on it is only counted."""
        self.view: FlowView | None = None
        """What rules may know of the flow; None until a parser took it."""
        self.opened_by: int | None = None
        """The end that opened the flow, where a SYN told."""
        self.started = [False, False]
        """Ends whose first byte was seen."""
        self._skip_bytes = [0, 0]
        self._candidates = list(candidates)
        self._transport = transport
        self._ports = ports
        self._name_ends = name_ends
        self._stats = stats
        self._emit = emit
        self._parser: Parser | None = None
        self._prefix = ""
        self._counters: dict[type[Event], str] = {}
        self._counted: Counter[str] = Counter()
        self._originator = 0
        self._sides = (Side.ORIGINATOR, Side.RESPONDER)
        self._from_start = False
        self._heads = (bytearray(), bytearray())
        self._kept: list[tuple[int, int, bytes]] = []
        self._fed = [False, False]
        self._closed = [False, False]
        self._how = [Close.END, Close.END]

    def take(self, end: int, pieces: Iterable[Piece]) -> None:
        """Take the next bytes and gaps of one end."""
        for piece in pieces:
            if self.done:
                return
            wanted = self._skip_over(end, piece) if self._skip_bytes[end] else piece
            if wanted.gap_bytes:
                self._stats.coverage.gap_bytes += wanted.gap_bytes
            parser = self._parser
            if parser is not None:
                self._feed(parser, end, wanted.gap_bytes, wanted.data)
            else:
                self._keep(end, wanted)

    def close(self, end: int, how: Close) -> None:
        """One end will send no more."""
        if self.done or self._closed[end]:
            return
        self._closed[end] = True
        self._how[end] = how
        if self._parser is not None:
            self._finish(end)
        elif all(self._closed):
            self._decide(final=True)

    def skip_unseen(self, end: int, seq: int) -> None:
        """Do not wait for bytes before `seq` that the parser does not want anyway."""
        if self._skip_bytes[end]:
            unseen = min(max(self.streams[end].ahead(seq), 0), self._skip_bytes[end])
            if unseen:
                self.streams[end].skip(unseen)
            self._skip_bytes[end] -= unseen

    def arm_skip(self, end: int, reached: int) -> int | None:
        """The sequence number up to which no segment is wanted, once all up to `reached` was taken; None if all are."""
        stream = self.streams[end]
        if not self._skip_bytes[end] or stream.held_bytes or stream.ahead(reached) < 0:
            return None
        size = min(self._skip_bytes[end], MAX_SKIP_BYTES)
        self._skip_bytes[end] -= size
        return stream.skip(size)

    def closed(self) -> bool:
        """True when neither end will send more."""
        return all(self._closed)

    def _skip_over(self, end: int, piece: Piece) -> Piece:
        """Take what the parser does not want off a piece; bytes lost there are no loss."""
        in_gap = min(self._skip_bytes[end], piece.gap_bytes)
        in_data = min(self._skip_bytes[end] - in_gap, len(piece.data))
        self._skip_bytes[end] -= in_gap + in_data
        return Piece(piece.gap_bytes - in_gap, piece.data[in_data:])

    def _keep(self, end: int, piece: Piece) -> None:
        head = self._heads[end]
        if piece.gap_bytes:
            self.started[end] = False
            head.clear()
        head += piece.data
        self._kept.append((end, piece.gap_bytes, bytes(piece.data)))
        full = len(self._heads[0]) + len(self._heads[1]) >= MAX_HEAD_BYTES or len(self._kept) >= MAX_HEAD_PIECES
        self._decide(final=full)

    def _decide(self, *, final: bool) -> None:
        heads = (
            Head(bytes(self._heads[0]), self.started[0]),
            Head(bytes(self._heads[1]), self.started[1]),
        )
        undecided = []
        taken: tuple[ProtocolSpec, Verdict] | None = None
        for spec in self._candidates:
            try:
                verdict = spec.probe(heads, final)
            except Exception as error:  # noqa: BLE001 - a probe's bug must not end the run; it is counted
                self._stats.faults[f"{spec.name}.{type(error).__name__}"] += 1
                continue
            if verdict.answer is Answer.YES:
                if taken is None:
                    taken = (spec, verdict)
                else:
                    self._stats.weirds["flow.ambiguous"] += 1
            elif verdict.answer is Answer.MORE and not final:
                undecided.append(spec)
        self._candidates = undecided
        if taken is not None:
            self._begin(*taken)
        elif not undecided:
            self.done = True
            self._kept.clear()

    def _begin(self, spec: ProtocolSpec, verdict: Verdict) -> None:
        self._originator = self._orient(spec, verdict)
        self._prefix = spec.name
        ends = self._name_ends()
        self.view = FlowView(
            transport=self._transport,
            originator=ends[self._originator],
            responder=ends[1 - self._originator],
            protocol=typed(spec.name),
        )
        self._sides = (Side.RESPONDER, Side.ORIGINATOR) if self._originator else (Side.ORIGINATOR, Side.RESPONDER)
        self._counted = self._stats.protocol(spec.name)
        self._counted["flows"] += 1
        self._counters = {event: name for name, event in spec.report.items()}
        self._from_start = all(self.started[end] for end in (0, 1) if self._heads[end])
        self._parser = spec.parser(spec.options, self._from_start)
        kept = self._kept
        self._kept = []
        for end, gap_bytes, data in kept:
            if not self.done:
                wanted = self._skip_over(end, Piece(gap_bytes, memoryview(data)))
                self._feed(self._parser, end, wanted.gap_bytes, wanted.data)
        for end in (0, 1):
            if self._closed[end]:
                self._finish(end)

    def _orient(self, spec: ProtocolSpec, verdict: Verdict) -> int:
        """The end that opened the flow: by its SYN, else as the probe tells, else by the ports."""
        if self.opened_by is not None:
            return self.opened_by
        if verdict.originator is not None:
            return verdict.originator
        low, high = self._ports
        if (low in spec.ports) != (high in spec.ports):
            return 1 if low in spec.ports else 0
        return 1 if low < high else 0

    def _finish(self, end: int) -> None:
        parser = self._parser
        if parser is not None and not self.done:
            try:
                self._drain(parser.finish(self._sides[end], self._how[end]))
            except Exception as error:  # noqa: BLE001 - see `_fail`
                self._fail(error)

    def _feed(self, parser: Parser, end: int, gap_bytes: int, data: memoryview) -> None:
        side = self._sides[end]
        try:
            if not self._fed[end]:
                self._fed[end] = True
                if self._from_start and not self.started[end] and not gap_bytes:
                    self._drain(parser.gap(side, 0))
            if gap_bytes:
                self._drain(parser.gap(side, gap_bytes))
            if data and not self.done:
                self._drain(parser.feed(side, data))
        except Exception as error:  # noqa: BLE001 - see `_fail`
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """A parser that raises loses its flow and nothing else; only the type is told, for the text may quote bytes."""
        self._stats.faults[f"{self._prefix}.{type(error).__name__}"] += 1
        self.done = True

    def _drain(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            if isinstance(output, Event):
                counter = self._counters.get(type(output))
                if counter:
                    self._counted[counter] += 1
                self._emit(output)
            elif isinstance(output, Weird):
                self._stats.weirds[f"{self._prefix}.{output.name.value}"] += 1
            elif isinstance(output, SkipTo):
                self._skip_bytes[self._sides.index(output.side)] = output.size_bytes
            elif isinstance(output, Enough):
                self.done = True
            if self.done:
                return
