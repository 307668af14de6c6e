"""A small line protocol, to test the rooms around parsers without any real one.

A client's first line is ``TOY``; the commands ``SKIP n``, ``BYE`` and ``BOOM`` ask for a skip, an end, and a bug.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.model.closed import Enum
from monitor.model.contract import Answer, Head, ProtocolSpec, Verdict
from monitor.model.events import Enough, Event, Output, SkipTo, Weird
from monitor.model.flow import Close, Side, Transport


class ToyWeird(Enum):
    """Oddities of the toy."""

    LOST = "lost"


class ToyLine(Event):
    """A whole line was said."""

    side: Side
    size_bytes: int


class ToyEnd(Event):
    """A side ended."""

    side: Side
    how: Close


class ToyParser:
    """Splits both sides at line feeds."""

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001 - the contract's
        self._open = [bytearray(), bytearray()]
        self._synced = [from_start, from_start]

    def feed(self, side: Side, data: memoryview) -> Iterable[Output]:
        """Take bytes."""
        rest = self._open[side]
        rest += data
        while b"\n" in rest:
            line, _, after = bytes(rest).partition(b"\n")
            rest[:] = after
            if not self._synced[side]:
                self._synced[side] = True
                continue
            yield ToyLine(side=side, size_bytes=len(line))
            if line.startswith(b"SKIP"):
                size = int(line[5:])
                here = min(size, len(rest))
                del rest[:here]
                if size > here:
                    yield SkipTo(side=side, size_bytes=size - here)
            elif line == b"BYE":
                yield Enough()
            elif line == b"BOOM":
                raise ZeroDivisionError

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:  # noqa: ARG002 - the contract's
        """Start again at the next line."""
        self._open[side].clear()
        self._synced[side] = False
        yield Weird(name=ToyWeird.LOST)

    def finish(self, side: Side, how: Close) -> Iterable[Output]:
        """Tell how a side ended."""
        yield ToyEnd(side=side, how=how)


def probe(heads: tuple[Head, Head], final: bool) -> Verdict:  # noqa: FBT001 - the contract's
    """Look for the client's first word, or wait for it."""
    for index, head in enumerate(heads):
        if head.data.startswith(b"TOY"):
            return Verdict(Answer.YES, index)
    if final or any(not b"TOY".startswith(head.data) for head in heads):
        return Verdict(Answer.NO)
    return Verdict(Answer.MORE)


TOY = ProtocolSpec(
    name="toy",
    transport=Transport.TCP,
    ports=(7777,),
    probe=probe,
    parser=ToyParser,
    events=(ToyLine, ToyEnd),
    limits={},
    report={"lines": ToyLine},
)
