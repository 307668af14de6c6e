"""Flows that are looked at, and the straight lane: what is next in line goes to its parser, what that says to others.

Undecided, a follower of a stream keeps what each end sent (bounded); decided, it replays that into the parser, then
feeds it what comes, gaps included, and leaves out what the parser wants to skip. Nearly everything is next in line, and
goes down the lane; what is not, or not whole, is put in its place by the shelves first, with the same result.

Rules: orientation is fixed before the first byte is fed; a parser that fails loses its flow and nothing else, and is
counted; ends are numbered 0 and 1 as the flow table does, sides only once orientation is known. Compiled; uncompiled it
does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import cython

from monitor.flow.follower import MAX_HEAD_BYTES, Keeper
from monitor.flow.known import Known
from monitor.flow.picks import PICK_ENDED, PICK_FIN, PICK_JOINED, PICK_OPENED, PICK_RST, PICK_SIDE, PICK_START
from monitor.flow.reassembly import MAX_HELD_BYTES, UNKNOWN, Piece, Stream
from monitor.model.columns import Kind
from monitor.model.contract import OPENING_BYTES, Answer, Head, Parser, Snapped, Verdict
from monitor.model.events import Enough, Event, Expect, Output, Sighted, SkipTo, Weird
from monitor.model.finding import Again, Moment
from monitor.model.flow import Close, Side

if TYPE_CHECKING:
    from monitor.flow.datagrams import DatagramShelf
    from monitor.flow.segments import StreamShelf
    from monitor.flow.table import FlowTable
    from monitor.model.frames import Frames

MAX_HEAD_PIECES = 512
"""A sender of single bytes gets this many probes, no more."""
MAX_PASSED = cython.declare(cython.int, 65_536)
"""Segments of a flow met in the middle that are passed over until one begins as a message does: 95 MB of a download."""
MAX_SKIP_BYTES = cython.declare(cython.longlong, 1 << 30)
"""Skipped at a time, well inside half the sequence space; a longer skip goes on from there."""
_FOR_EVER = 1 << 62
"""No flow has as many bytes."""
_PIECE_BYTES = cython.declare(cython.longlong, 200)
"""Memory that each kept piece takes beside its bytes, which are there twice: by end, and in the order they came."""

_SIDES = (Side.ORIGINATOR, Side.RESPONDER)
_YES, _MORE, _FINISHED = Answer.YES, Answer.MORE, Close.FIN  # saves a look-up each time
_OF_FLOWS = cython.declare(cython.int, PICK_ENDED | PICK_OPENED | PICK_JOINED)
"""Picks that are about a flow and not about what a packet carries."""
_FIN = cython.declare(cython.int, PICK_FIN)
_RST = cython.declare(cython.int, PICK_RST)
_ENDS = cython.declare(cython.int, PICK_FIN | PICK_RST)
_END = cython.declare(cython.int, PICK_SIDE)
_START = cython.declare(cython.int, PICK_START)
_OPENING = cython.declare(cython.int, OPENING_BYTES)
_SYN = cython.declare(cython.int, 2)
_UDP = cython.declare(cython.int, Kind.UDP)
_UNKNOWN = cython.declare(cython.longlong, UNKNOWN)
_HALF = cython.declare(cython.longlong, 1 << 31)
_FAR_BEHIND = cython.declare(cython.longlong, 1 << 30)
_MASK = cython.declare(cython.longlong, (1 << 32) - 1)

_EVENTS = cython.declare(dict, {})
"""Of each type of output that was met, whether it is an event: to ask its class takes longer."""


@cython.final
@cython.cclass
class Told:
    """An event that came up before."""

    event: Event
    """It is known by its identity, so it is kept alive."""
    again: Again
    """What to tell instead of judging it."""
    counters: dict
    """Whose figures count it, and as what."""
    count: str | None
    times: cython.longlong
    """How often it came up since it was counted."""

    def __init__(self, event: Event, again: Again, counters: dict[str, int], count: str | None) -> None:
        self.event = event
        self.again = again
        self.counters = counters
        self.count = count
        self.times = 0


@cython.final
@cython.cclass
class Tie:
    """All flows from one client to one service: their view, how many they are, and what came up in them before."""

    view = cython.declare(object, visibility="readonly")
    """What rules may know of them (`FlowView`), with the client's port of the first."""
    session = cython.declare(object, visibility="readonly")
    """As what they count (`Sessions`), where nobody asks more of them; None where somebody does."""
    flows: cython.longlong
    """Those that joined since they were counted."""
    _told: dict[int, Told]
    _waiting: object
    _uncounted: list

    def __init__(self, view: object, session: object, waiting: object, uncounted: list[Told]) -> None:
        """Know of nothing that came up.

        Args:
            view: see above.
            session: likewise.
            waiting: while there are any such flows, facts are of interest to others than the rules.
            uncounted: gets what `count_all` is to count.
        """
        self.view = view
        self.session = session
        self.flows = 0
        self._told = {}
        self._waiting = waiting
        self._uncounted = uncounted

    def __len__(self) -> int:
        """Events that are known."""
        return len(self._told)

    def join(self) -> bool:
        """There is one more flow; True if it is the first since they were counted."""
        self.flows += 1
        return self.flows == 1

    def count(self) -> int:
        """How many joined since this was last asked."""
        flows, self.flows = self.flows, 0
        return flows

    def find(self, event: Event) -> Again | None:
        """What to tell of an event instead of judging it."""
        told: Told | None = self._told.get(_identity(event))
        return None if told is None else told.again

    def note(self, event: Event, again: Again, counters: dict[str, int], count: str | None) -> None:
        """Know what to tell of an event, and what counts it."""
        self._told[_identity(event)] = Told(event, again, counters, count)

    def clear(self) -> None:
        """Know of nothing that came up."""
        self._told.clear()

    @cython.ccall
    def tell(self, event: object, moment: Moment, serial: object, sightings: tuple) -> cython.bint:  # type: ignore[type-arg]
        """Tell of an event, if it is known; the arguments are those of `Again`."""
        if self._waiting:
            return False
        told: Told | None = self._told.get(_identity(event))
        if told is None:
            return False
        if not told.times and told.count is not None:
            self._uncounted.append(told)
        told.times += 1
        told.again(moment, serial, sightings)
        return True


def count_all(uncounted: list[Told]) -> None:
    """Bring the figures up to date."""
    told: Told
    for told in uncounted:
        told.counters[told.count] += told.times
        told.times = 0
    uncounted.clear()


@cython.cclass
class Follower:
    """Follows one flow from its first payload until its parser has enough, nobody wants it, or it ends."""

    keeper = cython.declare(object, visibility="readonly")
    """Takes what is found out, see `Keeper`."""
    addresses = cython.declare(object, visibility="readonly")
    """Of the flow's two ends, in the order the flow table numbers them; 4 or 16 bytes."""
    ports = cython.declare(object, visibility="readonly")
    """Of the two ends."""
    serial = cython.declare(object, visibility="readonly")
    """Its number, and `slot` its place, in the flow table."""
    slot = cython.declare(object, visibility="readonly")
    moment = cython.declare(object, visibility="public")
    """When and where the packet was seen that was last seen of it (`Moment`)."""
    done = cython.declare(cython.bint, visibility="public")
    """Nobody wants more of this flow: from here on it is only counted."""
    known = cython.declare(object, visibility="public")
    """The protocol it speaks (`Known`); None until a parser took it."""
    tie = cython.declare(Tie, visibility="public")
    """What it shares with flows between the same ends; the keeper finds it when it is first needed, None until then."""
    told = cython.declare(cython.bint, visibility="public")
    """It said something that is judged."""
    originator = cython.declare(cython.int, visibility="public")
    """The end that acts as the originator, once the protocol is known."""
    opened_by = cython.declare(object, visibility="public")
    """The end that opened the flow; None where no SYN told."""
    parser = cython.declare(object, visibility="readonly")
    """At work once the protocol is known; None before."""
    feed = cython.declare(object, visibility="readonly")
    """Its own, which is looked up but once."""
    _candidates: object

    def __init__(
        self,
        keeper: Keeper,
        candidates: Sequence[Known],
        ends: tuple[tuple[bytes, bytes], tuple[int, int]],
        serial: int,
        slot: int,
        moment: tuple[int, int, int, int],
    ) -> None:
        """Begin undecided.

        Args:
            keeper: takes what is found out.
            candidates: the protocols of this transport.
            ends: addresses and ports of the two ends.
            serial: its number in the flow table.
            slot: its place there.
            moment: when and where its first payload was seen.
        """
        self._set_up(keeper, candidates, ends, serial, slot, moment)

    @cython.cfunc
    def _set_up(
        self, keeper: object, candidates: object, ends: object, serial: object, slot: object, moment: object
    ) -> cython.int:
        """Begin; calling the base's own constructor takes twice as long."""
        self.keeper = keeper
        self._candidates = candidates
        self.addresses, self.ports = ends
        self.serial = serial
        self.slot = slot
        self.moment = moment
        self.done = False
        self.known = None
        self.tie = None
        self.told = False
        self.originator = 0
        self.opened_by = None
        self.parser = None
        self.feed = None
        return 0

    @property
    def at_ns(self) -> int:
        """Trace time of the packet that was last seen of it."""
        return self.moment[0]

    @property
    def name(self) -> str:
        """Of its protocol, in figures."""
        return self.known.name if self.known is not None else "flow"

    def ask(self, heads: tuple[Head, Head], final: bool) -> tuple[Known, Verdict] | None:  # noqa: FBT001  # as a probe
        """Ask every probe that is still undecided; with no hope left, the flow is done."""
        undecided = []
        taken = None
        for known in self._candidates:
            try:
                verdict = known.spec.probe(heads, final)
            except Exception as error:  # noqa: BLE001 - a probe's bug must not end the run; it is counted
                self.keeper.stats.faults[f"{known.name}.{type(error).__name__}"] += 1
                continue
            if verdict.answer is _YES:
                if taken is None:
                    taken = (known, verdict)
                else:
                    self.keeper.stats.weirds["flow.ambiguous"] += 1
            elif verdict.answer is _MORE and not final:
                undecided.append(known)
        self._candidates = undecided
        if taken is None and not undecided:
            self.done = True
        return taken

    @cython.ccall
    def begin(
        self,
        known: Known,
        originator: object,
        from_start: cython.bint,
        options: Mapping[str, object],
    ) -> Parser | None:
        """Fix the orientation and build the parser, if somebody listens; else the flow is done.

        Args:
            known: the protocol.
            originator: the end that acts as the originator, as far as the probe can tell.
            from_start: see `ProtocolSpec.parser`.
            options: of the parser.
        """
        self.originator = orient(known, originator, self.opened_by, self.ports)
        self.known = known
        known.counters["flows"] += 1
        client, server = self.addresses[self.originator], self.addresses[1 - self.originator]
        endpoint = (server, self.ports[1 - self.originator])
        told = self.keeper.recognize(self.serial, known, client, endpoint, self.moment[0])
        if told is not None:
            self.tell(*told)
        more = self.keeper.hears(self.serial, known, client, server, None)
        if more is None:
            self.done = True
            return None
        return self._build(known, from_start, options, more)

    @cython.cfunc
    def _build(
        self, known: Known, from_start: cython.bint, options: Mapping[str, object], more: Mapping[str, object] | None
    ) -> Parser:
        """Build the parser; it is told `more` beside its options."""
        self.parser = known.spec.parser({**options, **more} if more else options, from_start)
        self.feed = self.parser.feed
        return self.parser

    def tell(self, known: Known, event: Event) -> None:
        """Have observed what is told of the flow as a whole, as a flow of this protocol."""
        self.keeper.observe(self, known, event, ())
        self.tie = None

    @cython.ccall
    def hear(
        self, say: Callable[..., Iterable[Output]], end: cython.int, argument: bytes | memoryview | int | Close
    ) -> cython.int:
        """Take what the parser says; one that raises loses this flow and nothing else.

        Args:
            say: what to ask the parser.
            end: of the flow, 0 or 1.
            argument: what to tell it of that end.
        """
        known = self.known
        if self.done or known is None:
            return 0
        try:
            for output in say(_SIDES[end ^ self.originator], argument):
                kind = type(output)
                if kind is Sighted:
                    event, sightings = cython.cast(tuple, output)
                    self._take(event, sightings)
                    continue
                is_event = _EVENTS.get(kind)
                if is_event is None:
                    is_event = _is_event(kind)
                if is_event:
                    self._take(output, ())
                else:
                    self._obey(output)
                    if self.done:
                        return 0
        except Exception as error:  # noqa: BLE001 - a bug must not end the run; only its type is told, never its text
            self.keeper.stats.faults[f"{self.name}.{type(error).__name__}"] += 1
            self.done = True
        return 0

    @cython.cfunc
    def _take(self, event: object, sightings: tuple) -> cython.int:  # type: ignore[type-arg]
        """Have a fact told, or judged if it did not come up yet."""
        if self.tie is not None and self.tie.tell(event, self.moment, self.serial, sightings):
            self.told = True
        else:
            self.keeper.observe(self, self.known, event, sightings)
        return 0

    @cython.cfunc
    def _obey(self, output: Output) -> cython.int:
        """Take an oddity, or a wish about the rest of the flow."""
        kind = type(output)  # to ask for a class of records takes long
        if kind is Enough:
            self.done = True
        elif kind is Weird:
            self.keeper.stats.weirds[f"{self.name}.{output.name.value}"] += 1
        elif kind is SkipTo:
            side: cython.int = output.side
            self._skip(side ^ self.originator, output.size_bytes)
        elif kind is Expect:
            self.keeper.announce(self, output)
        return 0

    @cython.cfunc
    def _skip(self, end: cython.int, size_bytes: object) -> cython.int:  # noqa: ARG002  # followers of streams do
        """The parser does not want the next bytes of an end; to a follower of datagrams that means nothing."""
        return 0


@cython.final
@cython.cclass
class StreamFollower(Follower):
    """Follows one TCP flow. Of what there is for either end, end 0 has the first bit, end 1 the second."""

    held_bytes = cython.declare(cython.longlong, visibility="public")
    """Memory of what waits for what is missing before it, as the shelf last counted it."""
    skipping = cython.declare(cython.bint, visibility="readonly")
    """The parser does not want the next bytes of an end."""
    is_asked = cython.declare(cython.bint, visibility="public")
    """Every candidate was asked what it makes of the first segment, and wants to hear more."""
    kept_bytes = cython.declare(cython.longlong, visibility="readonly")
    """Memory that is taken by what it said before its protocol was known."""
    _near: object
    _far: object
    straight: cython.int
    """Ends that the lane leads on by itself: in the numbers that follow, and not in a stream; most never need one."""
    near_at: cython.longlong
    far_at: cython.longlong
    near_end: cython.longlong
    far_end: cython.longlong
    _near_skip: cython.longlong
    _far_skip: cython.longlong
    """What of the next bytes the parser does not want; then what was skipped last, and up to which number."""
    _near_skipped: cython.longlong
    _far_skipped: cython.longlong
    _near_until: cython.longlong
    _far_until: cython.longlong
    openings = cython.declare(object, visibility="readonly")
    """How a message may begin that is waited for (`ProtocolSpec.openings`); None as long as none is."""
    _passed: cython.int
    """Segments that began otherwise."""
    started: cython.int
    """Ends whose first byte was seen."""
    _snapped: cython.int
    """Ends of which not all was recorded that was kept of them."""
    fed: cython.int
    closed: cython.int
    _from_start: cython.bint
    _heads: object
    _kept: object
    """Pieces with their ends, in the order they came; this and the heads are made when the first is kept."""
    _how: object

    def __init__(
        self,
        keeper: Keeper,
        candidates: Sequence[Known],
        ends: tuple[tuple[bytes, bytes], tuple[int, int]],
        serial: int,
        slot: int,
        moment: tuple[int, int, int, int],
    ) -> None:
        """Begin undecided; see `Follower`."""
        self._set_up(keeper, candidates, ends, serial, slot, moment)
        self._near = None
        self._far = None
        self.straight = 3
        self.near_at = self.far_at = self.near_end = self.far_end = _UNKNOWN
        self.held_bytes = 0
        self.skipping = False
        self.is_asked = False
        self.kept_bytes = 0
        self._near_skip = self._far_skip = self._near_skipped = self._far_skipped = 0
        self._near_until = self._far_until = _UNKNOWN
        self.openings = None
        self._passed = 0
        self.started = 0
        self._snapped = 0
        self.fed = 0
        self.closed = 0
        self._from_start = False
        self._heads = None
        self._kept = None
        self._how = None

    @property
    def near(self) -> Stream:
        """The stream of end 0."""
        self._go_round(0)
        return self._near

    @property
    def far(self) -> Stream:
        """The stream of end 1."""
        self._go_round(1)
        return self._far

    @cython.cfunc
    @cython.inline
    def find_position(self, end: cython.int) -> cython.longlong:
        """Where the stream of an end is; the lane leads it on from there."""
        if not self.straight >> end & 1:
            self._go_straight(end)
        return self.far_at if end else self.near_at

    @cython.cfunc
    def _go_straight(self, end: cython.int) -> cython.int:
        if end:
            self.far_at, self.far_end = self._far.position, self._far.end
        else:
            self.near_at, self.near_end = self._near.position, self._near.end
        self.straight |= 1 << end
        return 0

    @cython.cfunc
    def _go_round(self, end: cython.int) -> cython.int:
        """Tell the stream of an end where it is; it may then be led on by others."""
        if self.straight >> end & 1:
            if end:
                self._far = self._far or Stream()
                self._far.go_on(self.far_at, self.far_end, self._far_skipped)
            else:
                self._near = self._near or Stream()
                self._near.go_on(self.near_at, self.near_end, self._near_skipped)
            self.straight &= ~(1 << end)
        return 0

    @cython.ccall
    def begin_at(
        self,
        known: Known,
        originator: cython.int,
        from_start: cython.bint,
        more: Mapping[str, object] | None,
        tie: Tie | None,
    ) -> Parser:
        """Be decided at once, with nothing kept, and recognized by whoever asks for it; see `begin`."""
        self.known, self.originator, self._from_start, self.tie = known, originator, from_start, tie
        return self._build(known, from_start, known.spec.options, more)

    @cython.ccall
    def start(self, end: cython.int, position: cython.longlong) -> cython.int:
        """The number of an end's first byte is known."""
        (self.far if end else self.near).position = position
        self.started |= 1 << end
        return 0

    @cython.ccall
    def take(self, end: cython.int, pieces: Iterable[Piece]) -> cython.int:
        """Take the next bytes and gaps of one end."""
        for piece in pieces:
            if self.done:
                return 0
            gap_bytes, data = self._skip_over(end, piece)
            if gap_bytes:
                self.keeper.stats.coverage.gap_bytes += gap_bytes
                self.keeper.stats.lost_bytes += min(gap_bytes, MAX_HELD_BYTES)
            self.keeper.stats.followed_bytes += len(data)
            if self.parser is not None:
                self.feed_next(end, gap_bytes, data)
            else:
                self._keep(end, gap_bytes, data)
        return 0

    @cython.ccall
    def close(self, end: cython.int, how: Close) -> cython.int:
        """One end will send no more."""
        if self.done or self.closed >> end & 1:
            return 0
        self.closed |= 1 << end
        if self.parser is not None:
            self.hear(self.parser.finish, end, how)
            return 0
        self._how = {end: how} if self._how is None else {**self._how, end: how}
        if self.closed == 3:
            self._decide(final=True)
        return 0

    @cython.ccall
    def is_over(self) -> cython.bint:
        """Whether nothing more is to come of it that anybody wants."""
        return self.done or self.closed == 3

    @cython.ccall
    def skip_unseen(self, end: cython.int, seq: cython.longlong) -> cython.int:
        """Do not wait for bytes before `seq` that the parser does not want anyway."""
        left: cython.longlong = self._far_skip if end else self._near_skip
        if left:
            stream = self.far if end else self.near
            unseen: cython.longlong = min(max(stream.ahead(seq), 0), left)
            if unseen:
                stream.skip(unseen)
            self._left_to_skip(end, left - unseen)
        return 0

    @cython.ccall
    def arm_skip(self, end: cython.int, reached: cython.longlong) -> cython.longlong:
        """The number up to which no segment is wanted, once all up to `reached` was taken; `UNKNOWN` if all are."""
        left: cython.longlong = self._far_skip if end else self._near_skip
        if not left:
            return _UNKNOWN
        size: cython.longlong = min(left, MAX_SKIP_BYTES)
        until: cython.longlong
        if self.straight >> end & 1:  # nothing is held there, and all was taken
            until = (reached + size) & _MASK
            if end:
                self.far_at = until
            else:
                self.near_at = until
        else:
            stream = self._far if end else self._near
            if stream.held_bytes or stream.ahead(reached) < 0:
                return _UNKNOWN
            until = stream.skip(size)
        if end:
            self._far_until, self._far_skipped = until, size
        else:
            self._near_until, self._near_skipped = until, size
        self._left_to_skip(end, left - size)
        return until

    @cython.cfunc
    @cython.inline
    def is_passed(self, end: cython.int, behind: cython.longlong) -> cython.bint:
        """Whether what an end sent up to number `behind` is to be skipped; it was picked before that was known."""
        until: cython.longlong = self._far_until if end else self._near_until
        if until < 0:
            return False
        if (until - behind) & _MASK <= _HALF:
            return True
        if (behind - until) & _MASK > _FAR_BEHIND:  # or the numbers after 2^31 would count as before it
            if end:
                self._far_until = _UNKNOWN
            else:
                self._near_until = _UNKNOWN
        return False

    @cython.cfunc
    def _skip(self, end: cython.int, size_bytes: object) -> cython.int:
        self._left_to_skip(end, min(size_bytes, _FOR_EVER))
        return 0

    @cython.cfunc
    @cython.inline
    def _left_to_skip(self, end: cython.int, size_bytes: cython.longlong) -> cython.int:
        if end:
            self._far_skip = size_bytes
        else:
            self._near_skip = size_bytes
        self.skipping = (self._near_skip | self._far_skip) != 0
        return 0

    @cython.cfunc
    def _skip_over(self, end: cython.int, piece: Piece) -> Piece:
        """Take what the parser does not want off a piece; bytes lost there are no loss."""
        left: cython.longlong = self._far_skip if end else self._near_skip
        if not left:
            return piece
        gap_bytes, data = piece
        in_gap: cython.longlong = min(left, gap_bytes)
        in_data: cython.longlong = min(left - in_gap, len(data))
        self._left_to_skip(end, left - in_gap - in_data)
        return Piece(gap_bytes - in_gap, data[in_data:])

    @cython.cfunc
    def _keep(self, end: cython.int, gap_bytes: object, data: object) -> cython.int:
        if self._heads is None:
            self._heads, self._kept = (bytearray(), bytearray()), []
        head = self._heads[end]
        if gap_bytes:
            if isinstance(gap_bytes, Snapped):
                self._snapped |= 1 << end
            else:
                self.started &= ~(1 << end)
            head.clear()
        head += data
        self._kept.append((end, gap_bytes, bytes(data)))
        self.kept_bytes += 2 * len(data) + _PIECE_BYTES
        full = len(self._heads[0]) + len(self._heads[1]) >= MAX_HEAD_BYTES or len(self._kept) >= MAX_HEAD_PIECES
        if self.is_asked and not full:
            self.is_asked = False
            return 0
        candidates = self._candidates
        self._decide(final=full)
        if full and self.known is None and self.opened_by is None:
            self._wait_for(candidates)
        return 0

    @cython.cfunc
    def _wait_for(self, candidates: Sequence[Known]) -> cython.int:
        """Go on undecided until a message of a protocol that may well be begins with a segment; nothing is kept."""
        self._candidates = [known for known in candidates if known.spec.openings]
        self.done = not self._candidates
        if not self.done:
            self.openings = frozenset().union(*[known.spec.openings for known in self._candidates])
            self._near, self._far = Stream(), Stream()
            self.straight = 0
            self.kept_bytes = 0
            self._heads = self._kept = None
        return 0

    @cython.ccall
    def passes(self, start: bytes) -> cython.bint:
        """Whether a segment that starts so is not the one that is waited for; after too many, the flow is done."""
        if start in self.openings:
            self.openings = None
            return False
        self._passed += 1
        self.done = self._passed >= MAX_PASSED
        return True

    @cython.cfunc
    def _decide(self, final: cython.bint) -> cython.int:
        near, far = self._heads or (b"", b"")
        near_started: cython.bint = self.started & 1 != 0
        far_started: cython.bint = self.started & 2 != 0
        whole: cython.int = self.started & ~self._snapped
        taken = self.ask((Head(bytes(near), whole & 1 != 0), Head(bytes(far), whole & 2 != 0)), final)
        if taken is not None:
            known, verdict = taken
            self._replay(known, verdict.originator, (near_started or not near) and (far_started or not far))
        elif self.done:
            self._kept = None
        return 0

    @cython.cfunc
    def _replay(self, known: Known, originator: object, from_start: cython.bint) -> cython.int:
        """Begin with what was kept."""
        parser = self.begin(known, originator, from_start, known.spec.options)
        self._from_start = from_start
        kept, self._kept = self._kept or (), None
        if parser is None:
            return 0
        end: cython.int
        for end, gap_bytes, data in kept:
            if not self.done:
                wanted = self._skip_over(end, Piece(gap_bytes, memoryview(data)))
                self.feed_next(end, wanted[0], wanted[1])
        for end in range(2):
            if self.closed >> end & 1:
                self.hear(parser.finish, end, self._how[end])
        return 0

    @cython.cfunc
    def feed_next(self, end: cython.int, gap_bytes: object, data: object) -> cython.int:
        """Tell the parser of a gap in what an end sent, if there is one, and of what followed it."""
        if not self.fed >> end & 1:
            self.fed |= 1 << end
            if self._from_start and not self.started >> end & 1 and not gap_bytes:
                self.hear(self.parser.gap, end, 0)
        if gap_bytes:
            self.hear(self.parser.gap, end, gap_bytes)
        if data:
            self.hear(self.feed, end, data)
        return 0


@cython.cfunc
@cython.inline
def _identity(one: object) -> object:
    """What `id` says, without a call in Python."""
    if cython.compiled:
        return cython.cast(cython.size_t, cython.cast(cython.p_void, one))
    return id(one)


def _is_event(kind: type[Output]) -> bool:
    """Whether outputs of a type are events."""
    found = _EVENTS[kind] = issubclass(kind, Event)
    return found


@cython.ccall
def orient(known: Known, told: object, opened_by: object, ports: tuple[int, int]) -> cython.int:
    """The end that opened a flow: by its SYN, else as the probe tells, else by the ports."""
    if opened_by is not None:
        return opened_by
    if told is not None:
        return told
    low, high = ports
    hints = known.spec.ports
    if (low in hints) != (high in hints):
        return 1 if low in hints else 0
    return 1 if low < high else 0


def walk(
    frames: Frames,
    table: FlowTable,
    picks: cython.int,
    streams: StreamShelf,
    datagrams: DatagramShelf,
    take: Callable[[memoryview, int], None],
) -> int:
    """Bring what the table picked of a batch to whom it concerns.

    Args:
        frames: the batch.
        table: what has counted it.
        picks: how many there are.
        streams: follows what TCP carries.
        datagrams: follows what UDP carries.
        take: takes the bytes of the batch and the number of a pick that is about a flow as a whole.

    Returns:
        how many bytes of streams went down the lane.
    """
    columns = frames.columns
    kinds: cython.const[cython.uchar][::1] = columns.kind
    seq: cython.const[cython.uint][::1] = columns.seq
    flags: cython.const[cython.uchar][::1] = columns.flags
    payload: cython.const[cython.int][::1] = columns.payload
    payload_bytes: cython.const[cython.int][::1] = columns.payload_bytes
    segment_bytes: cython.const[cython.int][::1] = columns.segment_bytes
    packets: cython.const[cython.int][::1] = table.picked_packet
    infos: cython.const[cython.int][::1] = table.picked_info
    serials: cython.const[cython.longlong][::1] = table.picked_serial
    starts: cython.const[cython.uint][::1] = table.picked_start
    at_ns: cython.const[cython.longlong][::1] = columns.at_ns
    interfaces: cython.const[cython.int][::1] = frames.interface
    numbers: cython.const[cython.longlong][::1] = frames.number
    vlans: cython.const[cython.int][::1] = columns.vlan
    captures = frames.captures
    octets: cython.const[cython.uchar][::1] = frames.data
    data = memoryview(frames.data)
    room: cython.Py_ssize_t = len(data)
    flows: dict = streams.flows
    passed: set = streams.dropped
    heard: dict = datagrams.flows
    unheard: set = datagrams.dropped
    listener: Follower
    flow: StreamFollower
    straight: cython.longlong = 0
    position: cython.longlong
    until: cython.longlong
    passed_last: cython.longlong = 0  # of downloads that nobody wants, thousands of segments come in a row
    followed_last: cython.longlong = 0  # `flow`, as long as it is followed
    index: cython.int
    packet: cython.int
    info: cython.int
    end: cython.int
    at: cython.int
    size: cython.int
    is_inside: cython.bint
    is_first: cython.bint
    passes: cython.bint
    for index in range(picks):
        info = infos[index]
        packet = packets[index]
        if info & _OF_FLOWS:
            followed_last = 0
            take(data, index)
            continue
        if serials[index] == passed_last:
            continue
        end = info & _END
        at = payload[packet]
        size = payload_bytes[packet]
        is_inside = at >= 0 and size >= 0 and size <= room - at
        if kinds[packet] == _UDP:
            serial = serials[index]
            if unheard and serial in unheard:
                passed_last = serials[index]
                continue
            listener = heard.get(serial)
            if listener is None or listener.parser is None or not is_inside:
                datagrams.take(index, packet, info, serial)
                continue
            del heard[serial]
            heard[serial] = listener  # behind all that were silent for longer
            listener.moment = (at_ns[packet], captures[interfaces[packet]], numbers[packet], vlans[packet])
            if cython.compiled:  # a third of the time that a view and a copy of it take
                said = cython.cast(cython.p_char, cython.address(octets[0]) + at)[:size]
            else:
                said = bytes(data[at : at + size])
            listener.hear(listener.feed, end, said)
            if listener.done:
                datagrams.drop(listener)
            continue
        if serials[index] != followed_last:
            serial = serials[index]
            if passed and serial in passed:
                passed_last = serials[index]
                continue
            flow = flows.get(serial)
            if flow is None:
                followed_last = 0
                flow = streams.meet(packet, index, info, serial)
                if flow is None:
                    continue
            followed_last = serials[index]
        if not info & (_FIN | _RST) and flow.is_passed(end, seq[packet] + segment_bytes[packet]):
            continue
        if (
            flow.parser is None
            or flow.held_bytes
            or flow.skipping
            or info & _RST
            or segment_bytes[packet] != size
            or not is_inside
        ):
            followed_last = 0
            if flow.openings is None or info & _ENDS:
                passes = False
            elif cython.compiled and is_inside:
                passes = flow.passes(cython.cast(cython.p_char, cython.address(octets[0]) + at)[: min(size, _OPENING)])
            else:
                passes = flow.passes(bytes(data[at : at + min(size, _OPENING)]))
            if not passes:
                streams.take(flow, data, index, packet, info)
            elif flow.done:
                streams.drop(flow)
            continue
        position = flow.find_position(end)
        is_first = position < 0
        if is_first:
            position = starts[index] if info & _START else seq[packet]
        if position != seq[packet] or (flags[packet] & _SYN and (is_first or info & _FIN)):
            followed_last = 0
            streams.take(flow, data, index, packet, info)
            continue
        if is_first and info & _START:
            flow.started |= 1 << end
        position = (cython.cast(cython.longlong, seq[packet]) + size) & _MASK
        if end:
            flow.far_at = position
        else:
            flow.near_at = position
        flow.moment = (at_ns[packet], captures[interfaces[packet]], numbers[packet], vlans[packet])
        if size:
            straight += size
            if cython.compiled:
                said = cython.cast(cython.p_char, cython.address(octets[0]) + at)[:size]
            else:
                said = bytes(data[at : at + size])
            flow.feed_next(end, 0, said)
        if info & _FIN:
            if end:
                flow.far_end = position
            else:
                flow.near_end = position
            flow.close(end, _FINISHED)
        if flow.skipping and not flow.done:
            until = flow.arm_skip(end, position)
            if until >= 0:
                table.skip(flow.slot, flow.serial, end, until)
        if flow.done or flow.closed == 3:
            followed_last = 0
            streams.drop(flow)
    return straight
