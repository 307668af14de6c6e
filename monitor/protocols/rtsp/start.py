"""The first line of an RTSP message, and the frames that stand between messages (RFC 2326 6.1, 7.1, 10.12).

Recognition and parser look at the same patterns: what one calls RTSP, the other can read.
"""

from __future__ import annotations

from monitor.model.lazy import lazy
from monitor.protocols.rtsp.events import RtspMethod

DOLLAR = ord("$")
FRAME_HEADER_BYTES = 4
"""Dollar sign, channel, length in two bytes."""
LINE_BYTES = 2_048
"""Of a first line; addresses of streams with every option spelled out stay below a quarter of it."""
LINKED_FRAMES = 3
"""Frames one behind the other, each where the last one ended: no chance any more."""

METHODS = {one.name.encode(): one for one in RtspMethod if one is not RtspMethod.OTHER}
"""By the word on the wire; methods are case-sensitive."""

_SCHEME = rb"(?:rtsp|RTSP)[SsUu]?://"
_REQUEST = rb"[A-Z][A-Z_]{2,19} (?:%b|[^\s]{1,1500} RTSP/\d\.\d\r?\n)" % _SCHEME
_RESPONSE = rb"RTSP/\d\.\d \d{3}[ \r\n]"
REQUEST = lazy(_REQUEST)
"""As much of a request as is certain."""
RESPONSE = lazy(_RESPONSE)
"""As much of a response as is certain."""
RESPONSE_BYTES = 13
"""``RTSP/1.0 200`` and what stands behind it."""
_ANYWHERE = lazy(rb"(?:(?<=\n)|\A)(?:%b|%b)" % (_REQUEST, _RESPONSE))
_FRAME = lazy(rb"\$[\x00-\x1f][\x00-\xff]{2}[\x80-\xbf]")
"""A frame with a packet of RTP or RTCP in it (version 2, RFC 3550 5.1 and 6.4)."""


def find_message(data: bytes | bytearray) -> int:
    """Where the first line of a message begins, behind anything; -1 if none does."""
    if b"RTSP" not in data and b"rtsp" not in data:  # fifty times as fast, and so it is mostly
        return -1
    found = _ANYWHERE.search(data)
    return found.start() if found else -1


def find_frames(data: bytes | bytearray) -> int:
    """Where linked frames begin, behind anything; -1 if none do."""
    for found in _FRAME.finditer(data):
        at, size = found.start(), len(data)
        for _ in range(LINKED_FRAMES):
            if at + FRAME_HEADER_BYTES > size or data[at] != DOLLAR:
                break
            at += FRAME_HEADER_BYTES + (data[at + 2] << 8 | data[at + 3])
        else:
            return found.start()
    return -1
