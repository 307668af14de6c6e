"""Passes what a client and a SOCKS proxy say to each other before a connection is the client's (SOCKS 4, RFC 1928).

What follows is a tunnel, as behind ``CONNECT``.
"""

from __future__ import annotations

from monitor.model.flow import Side

MORE, NONE = 0, -1
"""More bytes are needed; these are none of SOCKS."""
NAME_BYTES = 256
"""Of a user or a host; longer ones are none."""

_V4, _V5, _CONNECT, _GRANTED = 4, 5, 1, 90
_SIZES = {1: 4, 4: 16}
"""Of addresses, by their type (RFC 1928 section 5)."""
_HOST_NAME = 3
_MOST_METHODS = 16
_REPLY4_BYTES = 8


def opening_bytes(side: Side, data: bytes | bytearray) -> int:
    """How many bytes `side` says before the tunnel begins; `MORE`, or `NONE`."""
    if not data:
        return MORE
    try:
        return _of_client(data) if side is Side.ORIGINATOR else _of_proxy(data)
    except IndexError:
        return MORE


def _of_client(data: bytes | bytearray) -> int:
    if data[0] == _V4 and data[1] == _CONNECT:
        end = _behind_zero(data, 8)
        named = end > 0 and not any(data[4:7]) and data[7]
        return _behind_zero(data, end) if named else end
    if data[0] != _V5 or not 0 < data[1] <= _MOST_METHODS:
        return NONE
    at = 2 + data[1]
    if data[at] == 1:  # a user name and password (RFC 1929)
        at += 2 + data[at + 1]
        at += 1 + data[at]
    return _behind_address(data, at) if data[at] == _V5 and data[at + 1] == _CONNECT else NONE


def _of_proxy(data: bytes | bytearray) -> int:
    if data[0] == 0 and data[1] == _GRANTED:
        return _REPLY4_BYTES if len(data) >= _REPLY4_BYTES else MORE
    if data[0] != _V5 or data[1] not in (0, 2):
        return NONE
    at = 4 if data[1] else 2  # it took note of the password
    return _behind_address(data, at) if data[at] == _V5 and data[at + 1] == 0 else NONE


def _behind_address(data: bytes | bytearray, at: int) -> int:
    kind = data[at + 3]
    size = 1 + data[at + 4] if kind == _HOST_NAME else _SIZES.get(kind, 0)
    end = at + 4 + size + 2
    if not size:
        return NONE
    return end if len(data) >= end else MORE


def _behind_zero(data: bytes | bytearray, at: int) -> int:
    end = data.find(b"\0", at, at + NAME_BYTES)
    if end < 0:
        return MORE if len(data) < at + NAME_BYTES else NONE
    return end + 1
