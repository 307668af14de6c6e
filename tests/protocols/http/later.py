"""Writes what follows HTTP/1 on a connection, as clients and servers do: HTTP/2, and the messages of a WebSocket."""

from __future__ import annotations

import zlib

from hpack import Encoder
from hyperframe.frame import ContinuationFrame, DataFrame, Frame, HeadersFrame, SettingsFrame

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = SettingsFrame(0, settings={3: 100, 4: 65_535}).serialize()
KEY = b"\x01\x7f\x00\xfe"


class Speaker:
    """One end of a connection of HTTP/2, with the table of the fields that it sent."""

    def __init__(self) -> None:
        self._encoder = Encoder()

    def fields(self, stream: int, headers: dict[str, str], *, last: bool = False, parts: int = 1) -> bytes:
        """A head, or what stands behind a body, in as many frames as `parts`; `last` ends the stream."""
        block = self._encoder.encode(list(headers.items()))
        size = -(-len(block) // parts)
        pieces = [block[at : at + size] for at in range(0, len(block), size)]
        frames: list[Frame] = [HeadersFrame(stream, pieces[0])]
        frames += [ContinuationFrame(stream, piece) for piece in pieces[1:]]
        frames[-1].flags.add("END_HEADERS")
        if last:
            frames[0].flags.add("END_STREAM")
        return b"".join(frame.serialize() for frame in frames)

    def ask(self, stream: int, line: str, *, body: bytes = b"", **fields: str) -> bytes:
        """A request, whole."""
        method, path = line.split(" ", 1)
        named = {name.lower().replace("_", "-"): value for name, value in fields.items()}
        headers = {":method": method, ":scheme": "http", ":authority": "catalog.example.org", ":path": path, **named}
        return self.fields(stream, headers, last=not body) + (data(stream, body) if body else b"")

    def answer(self, stream: int, status: int = 200, *, body: bytes = b"", **fields: str) -> bytes:
        """A response, whole."""
        named = {name.lower().replace("_", "-"): value for name, value in fields.items()}
        head = self.fields(stream, {":status": str(status), **named}, last=not body)
        return head + (data(stream, body) if body else b"")


def data(stream: int, body: bytes, *, last: bool = True, pad: int = 0) -> bytes:
    """Bytes of a body."""
    frame = DataFrame(stream, body, pad_length=pad)
    if last:
        frame.flags.add("END_STREAM")
    if pad:
        frame.flags.add("PADDED")
    return frame.serialize()


def frame(payload: bytes, *, kind: int = 1, fin: bool = True, packed: bool = False, key: bytes = b"") -> bytes:
    """A frame of a WebSocket; with a key it is masked."""
    first = kind | (0x80 if fin else 0) | (0x40 if packed else 0)
    mask = 0x80 if key else 0
    size = len(payload)
    if size < 126:
        head = bytes((first, mask | size))
    elif size < 65_536:
        head = bytes((first, mask | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, mask | 127)) + size.to_bytes(8, "big")
    if key:
        payload = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))
    return head + key + payload


class Packer:
    """Packs messages of a WebSocket, each with the ones before in mind."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(wbits=-15)

    def pack(self, message: bytes) -> bytes:
        """One message."""
        packed = self._packer.compress(message) + self._packer.flush(zlib.Z_SYNC_FLUSH)
        return packed.removesuffix(b"\x00\x00\xff\xff")
