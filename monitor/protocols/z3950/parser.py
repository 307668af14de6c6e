"""The Z39.50 parser: requests in, logins and searches out.

Rule: what the server sends is never looked at: records of a catalog, which say nothing of a patron.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from monitor.model.contract import Octets
from monitor.model.events import Event, Exposed, Output, SkipTo, Weird
from monitor.model.flow import Close, Side
from monitor.model.lazy import lazy
from monitor.protocols.z3950.ber import NEED_MORE, Extent, Node, read_head
from monitor.protocols.z3950.bounds import MESSAGE_BYTES, SEARCHED_BYTES
from monitor.protocols.z3950.events import Z3950Weird
from monitor.protocols.z3950.message import REQUESTS, is_sound, read_request

MAX_EVENTS = 256
"""Kept to be said again; they differ in the number of terms only."""
_REST_BYTES = 1 << 62
"""More than any connection carries."""

_START = lazy(rb"[\xb4\xb6]")
"""How requests begin that are told from chance by themselves: to begin a session, to search."""
_NOT_A_MESSAGE = Weird(name=Z3950Weird.NOT_A_MESSAGE)
_OVERSIZE_MESSAGE = Weird(name=Z3950Weird.OVERSIZE_MESSAGE)
_CUT_MESSAGE = Weird(name=Z3950Weird.CUT_MESSAGE)
_LOST_BYTES = Weird(name=Z3950Weird.LOST_BYTES)


class Z3950Parser:
    """Both sides of one flow (`monitor.model.contract.Parser`)."""

    __slots__ = ("_extent", "_kept", "_placed", "_told")

    def __init__(self, options: Mapping[str, object], from_start: bool) -> None:  # noqa: ARG002, FBT001  # the contract's
        self._kept = bytearray()
        self._extent = Extent(0)
        """Of the request that `_kept` begins with."""
        self._placed = from_start
        self._told = False

    def feed(self, side: Side, data: Octets) -> Iterable[Output]:
        """Take the next bytes of `side`."""
        if side is Side.RESPONDER:
            told, self._told = self._told, True
            return () if told else (SkipTo(side=side, size_bytes=_REST_BYTES),)
        outputs: list[Output] = []
        self._kept += data
        while self._kept and self._step(outputs):
            pass
        return outputs

    def gap(self, side: Side, size_bytes: int) -> Iterable[Output]:
        """Bytes of `side` were lost (none, if it was merely met halfway)."""
        if side is Side.RESPONDER:
            return ()
        outputs: list[Output] = [_LOST_BYTES] if size_bytes else []
        self._give_up(outputs)
        return outputs

    def finish(self, side: Side, how: Close) -> Iterable[Output]:  # noqa: ARG002  # the contract's
        """`side` ended."""
        outputs: list[Output] = []
        if side is Side.ORIGINATOR:
            self._give_up(outputs)
        return outputs

    def _give_up(self, outputs: list[Output]) -> None:
        if self._placed and self._kept:
            outputs.append(_CUT_MESSAGE)
        self._placed = False
        self._drop(len(self._kept))

    def _drop(self, size_bytes: int) -> None:
        del self._kept[:size_bytes]
        self._extent = Extent(0)

    def _step(self, outputs: list[Output]) -> bool:
        """Take one request, or pass over something else; False if more bytes are needed."""
        if not self._placed and not self._find():
            return False
        node, end = read_head(self._kept, 0), self._extent.find(self._kept)
        if node == NEED_MORE:
            return False
        if not isinstance(node, Node) or node.tag not in REQUESTS or end is None:
            return self._search(1, _NOT_A_MESSAGE, outputs)
        if node.end > MESSAGE_BYTES:
            return self._pass_over(node.end, outputs)
        if (end if isinstance(end, int) else len(self._kept)) > MESSAGE_BYTES:
            return self._search(MESSAGE_BYTES, _OVERSIZE_MESSAGE, outputs)
        if isinstance(end, int):
            said = read_request(self._kept, node)
            if said is not None:
                outputs.append(_event(type(said), said.exposed))
            self._drop(end)
        return isinstance(end, int)

    def _search(self, size_bytes: int, why: Weird, outputs: list[Output]) -> bool:
        outputs.append(why)
        self._placed = False
        self._drop(size_bytes)
        return True

    def _pass_over(self, size_bytes: int, outputs: list[Output]) -> bool:
        outputs.append(_OVERSIZE_MESSAGE)
        missing = size_bytes - len(self._kept)
        self._drop(size_bytes)
        if missing > 0:
            outputs.append(SkipTo(side=Side.ORIGINATOR, size_bytes=missing))
        return missing < 0

    def _find(self) -> bool:
        """Search for a request that is beyond doubt, and drop what stands before it."""
        at = 0
        while (found := _START.search(self._kept, at)) is not None:
            at = found.start()
            node = read_head(self._kept, at)
            if isinstance(node, Node) and 0 <= node.end - at <= SEARCHED_BYTES:
                if node.end > len(self._kept):
                    break
                if is_sound(self._kept, node):
                    self._drop(at)
                    self._placed = True
                    return True
            elif node == NEED_MORE:
                break
            at += 1
        else:
            at = len(self._kept)
        self._drop(at)
        return False


@lru_cache(maxsize=MAX_EVENTS)
def _event(kind: type[Event], exposed: tuple[Exposed, ...]) -> Event:
    """The one event that says this."""
    return kind(exposed=exposed)
