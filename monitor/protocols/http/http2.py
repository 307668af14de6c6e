"""HTTP/2 without encryption (RFC 9113): every stream becomes one exchange of HTTP/1, which is read as any other.

`hyperframe` takes frames apart and `hpack` their fields. Rules: only what the tables of both ends need is unpacked, and
nothing of a body that nobody looks at is even asked for. After a loss the next head is searched for; what it says by
numbers of a table that nobody saw is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hpack.exceptions import HPACKError
from hyperframe.exceptions import HyperframeError
from hyperframe.frame import ContinuationFrame, Frame, HeadersFrame, PushPromiseFrame, RstStreamFrame

from monitor.model.events import Output, SkipTo, Weird
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.protocols.http.bounds import FRAME_BYTES
from monitor.protocols.http.events import HttpWeird
from monitor.protocols.http.framing import HEAD_BYTES
from monitor.protocols.http.streams import Streams
from monitor.protocols.http.tables import open_table
from monitor.protocols.http.translation import Headers, request_head, response_head
from monitor.protocols.http.upgrades import Exchange

_PREFACE_END = b"SM\r\n\r\n"
"""What stands behind the blank line of the preface (section 3.4)."""
_HEAD_SIZE = 9
_DATA, _HEADERS, _RST_STREAM, _PUSH_PROMISE, _CONTINUATION = 0, 1, 3, 5, 9
_READ = frozenset((_HEADERS, _RST_STREAM, _PUSH_PROMISE, _CONTINUATION))
_NEXT_HEAD = lazy(rb"\x00[\x00-\x3f].\x01[\x04\x05\x0c\x0d\x24\x25\x2c\x2d]\x00[\x00-\x0f].[\x01-\xff]", re.DOTALL)
"""How a frame begins that holds a whole head: up to 16 KiB, of one of the first million streams."""
_PADDED, _END_STREAM = 8, 1
_NUMBER = 0x7FFFFFFF
"""The bits of a stream's number."""
_BAD_HEAD = Weird(name=HttpWeird.BAD_HEAD)
_LOST = Weird(name=HttpWeird.HTTP2)


class _End:
    """What one side sends."""

    __slots__ = ("block", "closes", "decoder", "kept", "left", "lost", "pad", "preface", "promised", "stream")

    def __init__(self, *, preface: bool) -> None:
        self.kept = bytearray()
        self.preface = preface
        """The end of the preface is due."""
        self.lost = False
        """Its next head is searched for."""
        self.left = 0
        """Bytes of a frame that is passed or handed on as it comes."""
        self.pad: int | None = 0
        """How many of them, at their end, are padding; None if the next one says it."""
        self.stream = 0
        """Whose they are."""
        self.closes = False
        """The frame, or the block of fields, ends its stream."""
        self.block: bytearray | None = None
        """Fields whose rest is in further frames."""
        self.promised = False
        """They belong to a request that nobody sent."""
        self.decoder = open_table()


class Http2:
    """Both sides of one connection (`monitor.protocols.http.framing.Other`)."""

    def __init__(self, client: Side, exchange: Callable[[], Exchange], first: Exchange | None = None) -> None:
        """Begin.

        Args:
            client: who sends requests.
            exchange: makes a reader for one more stream.
            first: has read the request of stream 1, which was sent before the upgrade.
        """
        self._client = client
        self._ends = tuple(_End(preface=side == client) for side in Side)
        self._streams = Streams(exchange, client, first)

    def feed(self, side: Side, data: bytes, outputs: list[Output]) -> None:
        """Take the next bytes of `side`."""
        end = self._ends[side]
        end.kept += data
        while self._step(side, end, outputs):
            pass

    def lose(self, side: Side, size_bytes: int, outputs: list[Output]) -> None:
        """Bytes of `side` were lost; within a body, only that body is lost."""
        end = self._ends[side]
        if 0 < size_bytes <= end.left:
            end.left -= size_bytes
            self._streams.cut(side, end.stream, outputs)
            end.stream = 0
        else:
            self._give_up(end, outputs)
            end.preface = False
            end.kept.clear()
            self._streams.cut_all(side, outputs)

    def end(self, side: Side, outputs: list[Output]) -> None:
        """No more bytes of `side` will come."""
        self._streams.cut_all(side, outputs)

    def _step(self, side: Side, end: _End, outputs: list[Output]) -> bool:
        """Take one frame, or what is there of one; False if more bytes are needed."""
        if end.left:
            return self._pass(side, end, outputs)
        if end.lost and not self._resume(side, end):
            return False
        return self._pass_preface(end, outputs) if end.preface else self._next(side, end, outputs)

    def _next(self, side: Side, end: _End, outputs: list[Output]) -> bool:
        """Take the head of a frame, or all of it; False if more bytes are needed."""
        kept = end.kept
        if len(kept) < _HEAD_SIZE:
            return False
        size, kind = int.from_bytes(kept[:3], "big"), kept[3]
        if kind not in _READ:
            end.stream = int.from_bytes(kept[5:_HEAD_SIZE], "big") & _NUMBER if kind == _DATA else 0
            self._begin(side, end, size, kept[4] if end.stream else 0, outputs)
            return True
        if size > FRAME_BYTES:
            self._give_up(end, outputs)
        elif len(kept) < _HEAD_SIZE + size:
            return False
        else:
            self._take_frame(side, end, _HEAD_SIZE + size, outputs)
        return True

    def _pass_preface(self, end: _End, outputs: list[Output]) -> bool:
        """Pass the end of the preface; False if more bytes are needed."""
        if len(end.kept) < len(_PREFACE_END):
            return False
        end.preface = False
        if end.kept.startswith(_PREFACE_END):
            del end.kept[: len(_PREFACE_END)]
        else:
            self._give_up(end, outputs)
        return True

    def _take_frame(self, side: Side, end: _End, size: int, outputs: list[Output]) -> None:
        """Take a frame that is there as a whole."""
        whole = memoryview(bytes(end.kept[:size]))
        del end.kept[:size]
        try:
            frame, _ = Frame.parse_frame_header(whole[:_HEAD_SIZE])
            frame.parse_body(whole[_HEAD_SIZE:])
        except HyperframeError:
            self._give_up(end, outputs)
        else:
            self._take(side, end, frame, outputs)

    def _begin(self, side: Side, end: _End, size: int, flags: int, outputs: list[Output]) -> None:
        """Begin a frame that is not taken as a whole: data, or something that does not matter."""
        del end.kept[:_HEAD_SIZE]
        end.left = size
        end.pad = None if flags & _PADDED and size else 0
        end.closes = bool(flags & _END_STREAM)
        if not self._streams.reads(side, end.stream):
            missing = size - len(end.kept)
            del end.kept[:size]
            end.left = 0
            if missing > 0:
                outputs.append(SkipTo(side=side, size_bytes=missing))
        if not end.left:
            self._end_frame(side, end, outputs)

    def _pass(self, side: Side, end: _End, outputs: list[Output]) -> bool:
        """Hand on what is there of a body; padding is left out."""
        kept = end.kept
        if not kept:
            return False
        if end.pad is None:
            end.pad = kept[0]
            end.left -= 1
            del kept[:1]
        here = min(end.left, len(kept))
        body = bytes(kept[: max(min(here, end.left - end.pad), 0)])
        del kept[:here]
        end.left -= here
        self._streams.take_body(side, end.stream, body, outputs)
        if not end.left:
            self._end_frame(side, end, outputs)
        return True

    def _end_frame(self, side: Side, end: _End, outputs: list[Output]) -> None:
        if end.closes:
            self._streams.end(side, end.stream, outputs)
        end.closes = False

    def _take(self, side: Side, end: _End, frame: Frame, outputs: list[Output]) -> None:
        """Take a whole frame."""
        if isinstance(frame, RstStreamFrame):
            self._streams.reset(frame.stream_id, outputs)
        elif isinstance(frame, HeadersFrame | PushPromiseFrame):
            end.block = bytearray(frame.data)
            end.stream = frame.stream_id
            end.promised = isinstance(frame, PushPromiseFrame)
            end.closes = "END_STREAM" in frame.flags
        elif isinstance(frame, ContinuationFrame) and end.block is not None:
            end.block += frame.data
        if end.block is None:
            return
        if len(end.block) > HEAD_BYTES:
            self._give_up(end, outputs)
        elif "END_HEADERS" in frame.flags:
            self._take_block(side, end, bytes(end.block), outputs)
            end.block = None
            end.closes = False

    def _take_block(self, side: Side, end: _End, block: bytes, outputs: list[Output]) -> None:
        """Take a whole block of fields: a head, or what stands behind a body."""
        try:
            headers: Headers = [(bytes(one[0]), bytes(one[1])) for one in end.decoder.decode(block, raw=True)]
        except (HPACKError, UnicodeError):
            self._give_up(end, outputs)
            return
        if end.promised:
            return
        translate = request_head if side == self._client else response_head
        head = translate(headers, body=not end.closes)
        if head is not None:
            self._streams.take_head(side, end.stream, head, outputs)
        elif any(name[:1] == b":" for name, _ in headers):
            outputs.append(_BAD_HEAD)
        if end.closes:
            self._streams.end(side, end.stream, outputs)

    @staticmethod
    def _give_up(end: _End, outputs: list[Output]) -> None:
        """Search for the next head; who gives up within a frame has passed its first bytes."""
        if not end.lost:
            outputs.append(_LOST)
        end.lost = True
        end.left = 0
        end.block = None

    def _resume(self, side: Side, end: _End) -> bool:
        """Find the next head of a request or response; False if more bytes are needed."""
        kept, at = end.kept, 0
        while found := _NEXT_HEAD.search(kept, at):
            at = found.start()
            whole = at + _HEAD_SIZE + int.from_bytes(kept[at : at + 3], "big")
            if whole > len(kept):
                del kept[:at]
                return False
            if self._is_head(side, bytes(kept[at:whole])):
                del kept[:at]
                end.lost = False
                end.decoder = open_table(halfway=True)
                return True
            at += 1
        del kept[: max(len(kept) - _HEAD_SIZE + 1, at)]
        return False

    def _is_head(self, side: Side, data: bytes) -> bool:
        try:
            frame, _ = Frame.parse_frame_header(memoryview(data)[:_HEAD_SIZE])
            frame.parse_body(memoryview(data)[_HEAD_SIZE:])
            block = frame.data if isinstance(frame, HeadersFrame) else b""
            headers = list(open_table(halfway=True).decode(block, raw=True))
        except (HyperframeError, HPACKError):
            return False
        translate = request_head if side == self._client else response_head
        return translate([(bytes(one[0]), bytes(one[1])) for one in headers], body=False) is not None
