"""One flow that is being looked at: which protocol it speaks, and then its parser at work.

`StreamFollower` and `DatagramFollower` bring it the bytes. Rules: orientation is fixed before the first byte is fed; a
parser that fails is stopped and counted, never the run; ends are numbered 0 and 1 as the flow table does, sides only
once orientation is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from monitor.flow.known import Known
from monitor.model.contract import Answer, Head, Parser, Verdict
from monitor.model.events import Enough, Event, Expect, Output, SkipTo, Weird
from monitor.model.finding import Moment
from monitor.model.flow import FlowView, Side
from monitor.model.opaque import Sighting
from monitor.model.stats import Stats

MAX_HEAD_BYTES = 8_192
"""Kept of a flow before it is recognised: several messages of every protocol we know."""

_SIDES = (Side.ORIGINATOR, Side.RESPONDER)


class Keeper(Protocol):
    """Who keeps followers and takes what they find out."""

    stats: Stats

    def observe(self, follower: Follower, known: Known, event: Event, sightings: tuple[Sighting, ...]) -> None:
        """A parser reports a fact, and the patrons behind it."""
        ...

    def announce(self, follower: Follower, expect: Expect) -> None:
        """A parser says that another flow will come."""
        ...

    def recognize(
        self, serial: int, known: Known, client: bytes, endpoint: tuple[bytes, int], at_ns: int
    ) -> tuple[Known, Event] | None:
        """The protocol of a flow is known, from which address it comes, and to which address and port it leads.

        Returns:
            what there is to observe of that, and of which protocol it tells.
        """
        ...

    def hears(self, serial: int, known: Known, client: bytes, server: bytes) -> Mapping[str, object] | None:
        """Whether somebody wants to know what a flow of this protocol says, or at least how much.

        Args:
            serial: its number.
            known: the protocol.
            client: the address of the end that opened it.
            server: that of the other one.

        Returns:
            what its parser is told beside its options; None where nobody listens.
        """
        ...


class Follower:
    """Follows one flow from its first payload until its parser has enough, nobody wants it, or it ends."""

    __slots__ = (
        *("addresses", "done", "held_bytes", "keeper", "known", "moment", "opened_by", "originator", "parser"),
        *("ports", "serial", "slot", "view"),
        "_candidates",
    )

    moment: Moment
    """When and where the packet was seen that was last seen of it."""
    serial: int
    """Its number, and `slot` its place, in the flow table."""
    slot: int

    def __init__(
        self, keeper: Keeper, candidates: Sequence[Known], addresses: tuple[bytes, bytes], ports: tuple[int, int]
    ) -> None:
        """Begin undecided.

        Args:
            keeper: takes what is found out.
            candidates: the protocols of this transport.
            addresses: of the flow's two ends, in the order the flow table numbers them; 4 or 16 bytes.
            ports: of the two ends.
        """
        self.addresses = addresses
        self.ports = ports
        self.done = False
        """Nobody wants more of this flow: from here on it is only counted."""
        self.known: Known | None = None
        """The protocol it speaks; None until a parser took it."""
        self.view: FlowView | None = None
        """What rules may know of the flow; the keeper makes it when it is first needed."""
        self.originator = 0
        """The end that acts as the originator, once the protocol is known."""
        self.opened_by: int | None = None
        """The end that opened the flow, where a SYN told."""
        self.held_bytes = 0
        """Bytes that wait for what is missing before them, as the keeper last counted them."""
        self.keeper = keeper
        self._candidates = candidates
        self.parser: Parser | None = None
        """At work once the protocol is known."""

    @property
    def at_ns(self) -> int:
        """Trace time of the packet that was last seen of it."""
        return self.moment[0]

    def _ask(self, heads: tuple[Head, Head], *, final: bool) -> tuple[Known, Verdict] | None:
        """Ask every probe that is still undecided; with no hope left, the flow is done."""
        undecided = []
        taken: tuple[Known, Verdict] | None = None
        for known in self._candidates:
            try:
                verdict = known.spec.probe(heads, final)
            except Exception as error:  # noqa: BLE001 - a probe's bug must not end the run; it is counted
                self.keeper.stats.faults[f"{known.name}.{type(error).__name__}"] += 1
                continue
            if verdict.answer is Answer.YES:
                if taken is None:
                    taken = (known, verdict)
                else:
                    self.keeper.stats.weirds["flow.ambiguous"] += 1
            elif verdict.answer is Answer.MORE and not final:
                undecided.append(known)
        self._candidates = undecided
        if taken is None and not undecided:
            self.done = True
        return taken

    def _begin(
        self,
        known: Known,
        originator: int | None,
        *,
        from_start: bool,
        options: Mapping[str, object],
        more: Mapping[str, object] | None = None,
    ) -> Parser | None:
        """Fix the orientation and build the parser, if somebody listens; else the flow is done.

        `more` is what `Keeper.hears` said, where it was asked before.
        """
        self.originator = orient(known, originator, self.opened_by, self.ports)
        self.known = known
        known.counters["flows"] += 1
        client, server = self.addresses[self.originator], self.addresses[1 - self.originator]
        endpoint = server, self.ports[1 - self.originator]
        told = self.keeper.recognize(self.serial, known, client, endpoint, self.at_ns)
        if told is not None:
            self.tell(*told)
        if more is None:
            more = self.keeper.hears(self.serial, known, client, server)
        if more is None:
            self.done = True
            return None
        self.parser = known.spec.parser({**options, **more} if more else options, from_start)
        return self.parser

    def tell(self, known: Known, event: Event) -> None:
        """Have observed what is told of the flow as a whole, as a flow of this protocol."""
        self.keeper.observe(self, known, event, ())
        self.view = None

    def obey(self, output: Output) -> None:
        """Take an oddity, or a wish about the rest of the flow."""
        if isinstance(output, Weird):
            self.keeper.stats.weirds[f"{self.name}.{output.name.value}"] += 1
        elif isinstance(output, SkipTo):
            self._skip(int(output.side) ^ self.originator, output.size_bytes)
        elif isinstance(output, Expect):
            self.keeper.announce(self, output)
        elif isinstance(output, Enough):
            self.done = True

    def _skip(self, end: int, size_bytes: int) -> None:
        """The parser does not want the next bytes of an end; to a follower of datagrams that means nothing."""

    @property
    def name(self) -> str:
        """Of its protocol, in figures."""
        return self.known.name if self.known is not None else "flow"


def orient(known: Known, told: int | None, opened_by: int | None, ports: tuple[int, int]) -> int:
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
