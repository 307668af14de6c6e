"""Which messages of HTTP/1 tshark lists, by what the parser says of them; stands around the parser to hear it.

tshark lists a message once its last byte came, and not at all if a byte of it is missing, if it is not framed as its
head says, or if it begins as only browsers bear with. The sensor skips bodies by sequence number and never learns
whether every byte of them came; nobody's data is the worse for that. Here the bytes that the parser does not want
(`SkipTo`) are counted instead of being skipped, so that both can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.model.contract import Snapped
from monitor.model.events import Output, Sighted, SkipTo, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.http.events import HttpFragment, HttpRequest, HttpResponse, HttpWeird, Method
from monitor.protocols.http.framing import FOR_EVER
from monitor.protocols.http.heads import BODY, CHUNK, HEAD, REST
from monitor.protocols.http.parser import HttpParser

WITHIN = (BODY, CHUNK, REST)
"""Where a lane stands inside a message; behind the last chunk nothing of it is missing."""
ENDLESS = FOR_EVER // 2
ODD = (HttpWeird.ODD_START, HttpWeird.NOT_A_MESSAGE)
"""Said ahead of a message that does not begin as the standard has it."""
CHUNKED = re.compile(rb"(?i)[^\s][ \t]*(?:\r\n|[\r\n])transfer-encoding:[ \t]*chunked")
"""How tshark wants a head to say so."""


class Message:
    """One message that was counted."""

    def __init__(self, event: HttpRequest | HttpResponse) -> None:
        self.event = event
        self.listed = True

    def leave_out(self) -> None:
        """It is not whole; nobody waits for the body of RPC over HTTP, which has no end."""
        self.listed = isinstance(self.event, HttpRequest) and self.event.method is Method.OTHER


class Wholeness:
    """Stands around one parser (`monitor.model.contract.Parser`), and notes its messages."""

    def __init__(self, parser: HttpParser, messages: list[Message], *, reorders: bool) -> None:
        """Take where to note messages, and whether tshark was told to put segments in order.

        Then it waits for what is missing as long as the flow lasts, and lists nothing of that side any more.
        """
        self._parser = parser
        self._messages = messages
        self._reorders = reorders
        self._stalled = [False, False]
        self._last: list[Message | None] = [None, None]
        self._left_bytes = [0, 0]
        """Of bodies that the parser does not want."""
        self._odd = [False, False]
        """Something stands ahead of the next message."""
        self._plain = [False, False]
        """A head in the last bytes says in plain words that chunks follow."""

    def feed(self, side: Side, data: memoryview) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        passed = min(self._left_bytes[side], len(data))
        self._left_bytes[side] -= passed
        if passed == len(data):
            return []
        last = self._last[side]
        if passed and last is not None and not last.listed:
            self._odd[side] = True  # tshark gives up the whole segment
        lane = self._parser._lanes[side]
        if lane._state == HEAD and not lane._kept and bytes(data[passed : passed + 1]) in {b"\r", b"\n"}:
            self._odd[side] = True
        self._plain[side] = CHUNKED.search(data) is not None
        return self._note(side, self._parser.feed(side, data[passed:]))

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost, or not recorded: then tshark lists what there is."""
        if isinstance(size_bytes, Snapped):
            self._left_bytes[side] -= min(self._left_bytes[side], size_bytes)
            return self._note(side, self._parser.gap(side, size_bytes))
        self._stalled[side] = self._stalled[side] or (self._reorders and size_bytes > 0)
        passed = min(self._left_bytes[side], size_bytes)
        self._left_bytes[side] -= passed
        if passed:
            self._cut(side)
            if passed == size_bytes:
                return []
        within = self._is_within(side)
        return self._break(side, self._parser.gap(side, size_bytes - passed), within=within)

    def finish(self, side: Side, how: Close) -> Iterable[Output]:
        """`side` ended."""
        endless = self._left_bytes[side] > ENDLESS or self._parser._lanes[side]._left > ENDLESS
        within = (self._left_bytes[side] > 0 or self._is_within(side)) and not (endless and how is Close.FIN)
        return self._break(side, self._parser.finish(side, how), within=within)

    def _is_within(self, side: Side) -> bool:
        return self._parser._lanes[side]._state in WITHIN

    def _break(self, side: Side, outputs: Iterable[Output], *, within: bool) -> list[Output]:
        """Take what is said where a message ends early, if it stood `within` one."""
        before = len(self._messages)
        said = self._note(side, outputs)
        if within:
            self._cut(side)
        for message in self._messages[before:]:
            message.leave_out()
        return said

    def _cut(self, side: Side) -> None:
        last = self._last[side]
        if last is not None:
            last.leave_out()

    def _note(self, side: Side, outputs: Iterable[Output]) -> list[Output]:
        said: list[Output] = []
        for output in outputs:
            if isinstance(output, SkipTo):
                self._left_bytes[output.side] = output.size_bytes
                continue
            event = output.event if isinstance(output, Sighted) else output
            if isinstance(event, Weird):
                self._odd[side] = self._odd[side] or event.name in ODD
                if event.name is HttpWeird.NOT_CHUNKED and self._plain[side]:
                    self._cut(side)
            if isinstance(event, HttpRequest | HttpResponse) and not isinstance(event, HttpFragment):
                message = self._last[side] = Message(event)
                message.listed = not (self._stalled[side] or (self._odd[side] and isinstance(event, HttpResponse)))
                self._odd[side] = False
                self._messages.append(message)
            said.append(output)
        return said
