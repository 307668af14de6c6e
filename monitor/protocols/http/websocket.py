"""The messages of a WebSocket (RFC 6455), packed ones included (RFC 7692): text is read, everything else is passed.

Rule: what was lost within a message costs that message; a loss anywhere else ends the reading of that side, because
nothing in the bytes says where a frame begins. What unpacks to more than the bound is not read on.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from itertools import cycle, islice

from monitor.model.events import Output, SkipTo, Weird
from monitor.model.flow import Side
from monitor.model.lazy import lazy
from monitor.protocols.http.bounds import MESSAGE_BYTES, UNPACKED_BYTES
from monitor.protocols.http.events import HttpWeird

_EXTENSIONS = lazy(rb"(?im)^sec-websocket-extensions:[ \t]*([^\r\n]*)")
_DEFLATE = b"permessage-deflate"
_CLIENT_FORGETS, _SERVER_FORGETS = b"client_no_context_takeover", b"server_no_context_takeover"
_TAIL = b"\x00\x00\xff\xff"
"""What a sender leaves out at the end of a packed message (RFC 7692 section 7.2.1)."""
_FIN, _PACKED, _MASKED = 0x80, 0x40, 0x80
_RESERVED = 0x30
_CONTINUED, _TEXT, _CONTROL = 0, 1, 8
_LENGTH_2, _LENGTH_8 = 126, 127
_MASK_SIZE = 4
_LARGE_BODY = Weird(name=HttpWeird.LARGE_BODY)
_UNREADABLE = Weird(name=HttpWeird.WEBSOCKET)

_FRAMING = lazy(rb"\A[0-9a-z:]{1,16}(?=[\[{])")
"""What libraries put ahead of a message in JSON: ``42[`` of Socket.IO, ``a[`` of SockJS."""

Tell = Callable[[bytes, list[Output]], None]
"""Takes a message."""


class _End:
    """What one side sends."""

    __slots__ = (
        *("control", "fin", "inflater", "keeps", "kept", "left", "lost", "mask", "message", "packed", "place"),
        *("reads", "text", "wanted"),
    )

    def __init__(self, *, packs: bool, keeps: bool) -> None:
        self.kept = bytearray()
        self.lost = False
        """Nothing more of it can be read."""
        self.left = 0
        """Bytes of a frame that are still to come."""
        self.mask = b""
        self.place = 0
        """Which byte of the mask is next."""
        self.fin = self.control = self.text = self.packed = False
        self.wanted = False
        """This frame's bytes are gathered."""
        self.reads = False
        """This message's bytes are gathered."""
        self.message = bytearray()
        self.keeps = packs and keeps
        """Each message is packed with the ones before in mind, so that all must be unpacked."""
        self.inflater = zlib.decompressobj(-zlib.MAX_WBITS) if packs else None


class WebSocket:
    """Both sides of one connection (`monitor.protocols.http.framing.Other`)."""

    def __init__(self, head: bytes, client: Side, tell: Tell) -> None:
        """Take the head of the response that agreed to it, who opened it, and who takes messages."""
        said = _EXTENSIONS.search(head)
        extensions = said[1].lower() if said is not None else b""
        packs = _DEFLATE in extensions
        forgets = (_CLIENT_FORGETS, _SERVER_FORGETS)
        self._ends = tuple(_End(packs=packs, keeps=forgets[side != client] not in extensions) for side in Side)
        self._tell = tell

    def feed(self, side: Side, data: bytes, outputs: list[Output]) -> None:
        """Take the next bytes of `side`."""
        end = self._ends[side]
        if not end.lost:
            end.kept += data
        while self._pass(end, outputs) if end.left else self._begin(side, end, outputs):
            pass

    def lose(self, side: Side, size_bytes: int, outputs: list[Output]) -> None:
        """Bytes of `side` were lost."""
        end = self._ends[side]
        if not 0 < size_bytes <= end.left or (end.keeps and not end.control):
            self._give_up(end, outputs)
            return
        end.left -= size_bytes
        end.wanted = False
        if not end.control:
            end.reads = False
            end.message.clear()
        if not end.left:
            self._end_frame(end, outputs)

    def end(self, side: Side, outputs: list[Output]) -> None:  # noqa: ARG002  # the protocol's
        """No more bytes of `side` will come; a message that is not whole says nothing."""
        self._ends[side].kept.clear()

    def _begin(self, side: Side, end: _End, outputs: list[Output]) -> bool:
        """Take the head of a frame (section 5.2); False if more bytes are needed, or none are read any more."""
        kept = end.kept
        if len(kept) < 2:  # noqa: PLR2004  # a head has two bytes at least
            return False
        first, second = kept[0], kept[1]
        size, at = second & 0x7F, 2
        if size >= _LENGTH_2:
            at += 2 if size == _LENGTH_2 else 8
            size = int.from_bytes(kept[2:at], "big")
        masked = second & _MASKED
        whole = at + (_MASK_SIZE if masked else 0)
        if len(kept) < whole:
            return False
        if first & _RESERVED or (first & _PACKED and end.inflater is None) or size >> 63:
            self._give_up(end, outputs)
            return False
        end.mask = bytes(kept[at:whole]) if masked else b""
        del kept[:whole]
        end.left, end.place = size, 0
        self._begin_frame(end, first, outputs)
        if not end.wanted:
            missing = size - len(kept)
            del kept[:size]
            end.left = 0
            if missing > 0:
                outputs.append(SkipTo(side=side, size_bytes=missing))
        if not end.left:
            self._end_frame(end, outputs)
        return True

    def _begin_frame(self, end: _End, first: int, outputs: list[Output]) -> None:
        kind = first & 0x0F
        end.control = kind >= _CONTROL
        if not end.control:
            end.fin = bool(first & _FIN)
            if kind != _CONTINUED:
                end.message.clear()
                end.text = kind == _TEXT
                end.packed = bool(first & _PACKED)
                end.reads = end.text or (end.packed and end.keeps)
        end.wanted = end.reads and not end.control
        if end.wanted and len(end.message) + end.left > MESSAGE_BYTES:
            self._leave_message(end, outputs)

    def _pass(self, end: _End, outputs: list[Output]) -> bool:
        """Take what is there of a frame."""
        here = min(end.left, len(end.kept))
        if not here:
            return False
        data = bytes(end.kept[:here])
        del end.kept[:here]
        end.left -= here
        if end.wanted:
            end.message += _unmasked(data, end.mask, end.place) if end.mask else data
        end.place += here
        if not end.left:
            self._end_frame(end, outputs)
        return True

    def _end_frame(self, end: _End, outputs: list[Output]) -> None:
        if end.control or not end.fin:
            return
        message = bytes(end.message)
        end.message.clear()
        if end.reads:
            end.reads = False
            if end.packed:
                message = self._unpacked(end, message, outputs)
            if end.text and message:
                self._tell(_FRAMING.sub(b"", message, count=1), outputs)

    def _unpacked(self, end: _End, message: bytes, outputs: list[Output]) -> bytes:
        if end.inflater is None or not end.keeps:
            end.inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            unpacked = end.inflater.decompress(message + _TAIL, UNPACKED_BYTES)
        except zlib.error:
            if end.keeps:
                self._give_up(end, outputs)
            return b""
        if end.inflater.unconsumed_tail:
            self._leave_message(end, outputs)
        return unpacked

    def _leave_message(self, end: _End, outputs: list[Output]) -> None:
        """A message is too large: it is not read, and neither are those that are packed with it in mind."""
        outputs.append(_LARGE_BODY)
        end.reads = end.wanted = False
        end.message.clear()
        if end.keeps and end.packed:
            self._give_up(end, outputs)

    @staticmethod
    def _give_up(end: _End, outputs: list[Output]) -> None:
        if not end.lost:
            outputs.append(_UNREADABLE)
        end.lost = True
        end.left = 0
        end.kept.clear()
        end.message.clear()


def _unmasked(data: bytes, mask: bytes, place: int) -> bytes:
    """Bytes as they were before a mask was laid over them (section 5.3)."""
    key = bytes(islice(cycle(mask), place % _MASK_SIZE, place % _MASK_SIZE + _MASK_SIZE))
    keys = (key * (len(data) // _MASK_SIZE + 1))[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(keys, "big")).to_bytes(len(data), "big")
