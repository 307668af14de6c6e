"""Reads DHCP for IPv4 (RFC 2131): what kind of device asks for an address, and which one it is given.

Rule: of the name that a device calls itself by, its class and its parameter list only the signals leave that they fit.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.devices.catalog import catalog
from monitor.devices.signal import Channel
from monitor.model.events import DeviceLease, Event
from monitor.model.flow import Side

HEADER_BYTES = 236
MAX_OPTIONS = 64
"""Nobody sends half as many; bounds the work for one datagram."""

_COOKIE = b"\x63\x82\x53\x63"
_ETHERNET = 1
_HARDWARE_BYTES = 6
_PAD, _HOST_NAME, _TYPE, _PARAMETERS, _CLASS, _FULL_NAME, _END = 0, 12, 53, 55, 60, 81, 255
_NAME_AT = 3
"""Behind flags and two codes (RFC 4702 2)."""
_ACK = b"\x05"


def is_dhcp(data: bytes) -> bool:
    """Whether a datagram is a message of DHCP between Ethernet devices and servers."""
    return (
        len(data) > HEADER_BYTES + len(_COOKIE)
        and data[0] in (1, 2)
        and data[1] == _ETHERNET
        and data[2] == _HARDWARE_BYTES
        and data.startswith(_COOKIE, HEADER_BYTES)
    )


def read_dhcp(_side: Side, data: bytes) -> Event | None:
    """What a message says of a device; None where it says nothing of one."""
    options = dict(_options(data))
    hardware = int.from_bytes(data[28:34])
    if data[0] == 1:
        known = catalog()
        said = [
            *known.said(Channel.DHCP, options.get(_CLASS, b"")),
            *known.said(Channel.DHCP, options.get(_HOST_NAME, b"")),
            *known.said(Channel.DHCP, options.get(_FULL_NAME, b"")[_NAME_AT:]),
            *known.parameters(options.get(_PARAMETERS, b"")),
        ]
        return DeviceLease(hardware=hardware, address=int.from_bytes(data[12:16]), signals=tuple(dict.fromkeys(said)))
    if options.get(_TYPE) == _ACK:
        return DeviceLease(hardware=hardware, address=int.from_bytes(data[16:20]))
    return None


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The options of a message, as far as they are whole (RFC 2132 2)."""
    at, size = HEADER_BYTES + len(_COOKIE), len(data)
    for _ in range(MAX_OPTIONS):
        while at < size and data[at] == _PAD:
            at += 1
        if at + 1 >= size or data[at] == _END:
            return
        behind = at + 2 + data[at + 1]
        if behind > size:
            return
        yield data[at], data[at + 2 : behind]
        at = behind
