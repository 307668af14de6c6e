"""The exchanges of one connection of HTTP/2, each read as one of HTTP/1, as far as there is room for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from monitor.model.events import Enough, Output, SkipTo, Weird
from monitor.model.flow import Close, Side
from monitor.protocols.http.bounds import STREAM_BYTES, STREAMS
from monitor.protocols.http.events import HttpWeird
from monitor.protocols.http.upgrades import Exchange

_LARGE_BODY = Weird(name=HttpWeird.LARGE_BODY)
_UNANSWERED = Weird(name=HttpWeird.UNANSWERED)


class _Stream:
    """One exchange."""

    __slots__ = ("ended", "held_bytes", "parser")

    def __init__(self, parser: Exchange) -> None:
        self.parser = parser
        self.ended = [False, False]
        self.held_bytes = 0


class Streams:
    """All that are open, by their numbers. What is sent on one that is not, or not any more, is passed over."""

    __slots__ = ("_exchange", "_held_bytes", "_open")

    def __init__(self, exchange: Callable[[], Exchange], client: Side, first: Exchange | None) -> None:
        """Begin; `first` has read the request of stream 1, which `client` sent before the upgrade."""
        self._exchange = exchange
        self._open: dict[int, _Stream] = {}
        self._held_bytes = 0
        if first is not None:
            self._open[1] = _Stream(first)
            self._open[1].ended[client] = True

    def reads(self, side: Side, number: int) -> bool:
        """Whether the body that `side` sends is looked at."""
        stream = self._open.get(number)
        return stream is not None and not stream.ended[side] and stream.parser.reads(side)

    def take_head(self, side: Side, number: int, head: bytes, outputs: list[Output]) -> None:
        """Take a head as HTTP/1 writes it; with the first one of a number a stream begins."""
        stream = self._open.get(number)
        if stream is None:
            if len(self._open) >= STREAMS:
                outputs.append(_UNANSWERED)
                self.reset(next(iter(self._open)), outputs)
            stream = self._open[number] = _Stream(self._exchange())
        if not stream.ended[side]:
            _hand(side, stream, head, outputs)

    def take_body(self, side: Side, number: int, body: bytes, outputs: list[Output]) -> None:
        """Take some bytes of a body."""
        stream = self._open.get(number)
        if stream is None or stream.ended[side] or not body:
            return
        stream.held_bytes += len(body)
        self._held_bytes += len(body)
        if self._held_bytes > STREAM_BYTES:
            outputs.append(_LARGE_BODY)
            self.cut(side, number, outputs)
        else:
            _hand(side, stream, b"%x\r\n%b\r\n" % (len(body), body), outputs)

    def end(self, side: Side, number: int, outputs: list[Output]) -> None:
        """A side has sent all of its message."""
        if self.reads(side, number):
            _hand(side, self._open[number], b"0\r\n\r\n", outputs)
        self._end(side, number)

    def cut(self, side: Side, number: int, outputs: list[Output]) -> None:
        """A side's message ends before its time."""
        stream = self._open.get(number)
        if stream is not None and not stream.ended[side]:
            outputs += _plain(stream.parser.finish(side, Close.FIN))
            self._end(side, number)

    def cut_all(self, side: Side, outputs: list[Output]) -> None:
        """All that a side has begun to say ends before its time."""
        for number in list(self._open):
            self.cut(side, number, outputs)

    def reset(self, number: int, outputs: list[Output]) -> None:
        """Both sides of a stream end before their time."""
        for side in Side:
            self.cut(side, number, outputs)

    def _end(self, side: Side, number: int) -> None:
        stream = self._open.get(number)
        if stream is not None:
            stream.ended[side] = True
            if all(stream.ended):
                self._held_bytes -= stream.held_bytes
                del self._open[number]


def _hand(side: Side, stream: _Stream, data: bytes, outputs: list[Output]) -> None:
    outputs += _plain(stream.parser.feed(side, memoryview(data)))


def _plain(outputs: Iterable[Output]) -> list[Output]:
    """What a stream's reader says that holds for the connection."""
    return [one for one in outputs if not isinstance(one, SkipTo | Enough)]
