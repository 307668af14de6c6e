"""Asks the kernel about a network interface. None of it needs rights.

Rule: what can be asked of the kernel directly is; `/sys` may show another network namespace than this process is in, so
what only stands there is taken if it is about the same interface.
Source: netdevice(7), linux/sockios.h, linux/ethtool.h, Documentation/ABI/testing/sysfs-class-net, proc_pid_net(5).
"""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from array import array
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from monitor.model.record import Record
from monitor.privacy.places import Address

_SYS = Path("/sys/class/net")
_IPV6 = Path("/proc/net/if_inet6")
_COUNTERS = Path("/proc/net/dev")
_GET_FLAGS, _GET_ADDRESS, _GET_MTU, _GET_HARDWARE, _ETHTOOL = 0x8913, 0x8915, 0x8921, 0x8927, 0x8946
_GET_GRO, _GET_FEATURES, _LRO = 0x2B, 0x25, 1 << 15
_UP, _LOOPBACK, _RUNNING, _PROMISCUOUS = 0x1, 0x8, 0x40, 0x100
_NAME_BYTES, _IFREQ_BYTES = 16, 40
_MAC_BYTES = 6
_LOST_COLUMNS = (2, 3, 4, 5)
"""Of the figures behind a name in ``/proc/net/dev``: errors, dropped, too fast (fifo), damaged (frame)."""


class Device(Record):
    """What an interface is; None where the system does not say."""

    name: str
    is_up: bool = True
    is_connected: bool = True
    is_loopback: bool = False
    is_wireless: bool = False
    addresses: tuple[Address, ...] = ()
    speed_mbits: int | None = None
    is_half_duplex: bool = False
    gro: bool | None = None
    lro: bool | None = None


def known_devices() -> list[str] | None:
    """Names of all interfaces; None where the system does not list them."""
    try:
        return sorted(name for _, name in socket.if_nameindex())
    except (OSError, AttributeError):
        return None


def describe_device(name: str) -> Device:
    """Everything about an interface that is there."""
    flags = _flags(name)
    speed = _read(name, "speed")
    return Device(
        name=name,
        is_up=flags is None or bool(flags & _UP),
        is_connected=flags is None or bool(flags & _RUNNING),
        is_loopback=flags is not None and bool(flags & _LOOPBACK),
        is_wireless=any((_SYS / name / mark).exists() for mark in ("wireless", "phy80211") if _is_same(name)),
        addresses=(*_ipv4(name), *_ipv6(name)),
        speed_mbits=int(speed) if speed.isdecimal() and int(speed) else None,
        is_half_duplex=_read(name, "duplex") == "half",
        gro=_feature(name, _GET_GRO, 1),
        lro=_feature(name, _GET_FEATURES, _LRO),
    )


def is_promiscuous(name: str) -> bool | None:
    """Whether it hands over frames for others, now; None where the system does not say."""
    try:
        return bool(int(_read(name, "flags"), 16) & _PROMISCUOUS)
    except ValueError:
        return None


def hardware_address(name: str) -> bytes:
    """Its MAC address; empty where it has none."""
    answer = _ask(name, _GET_HARDWARE)
    address = answer[_NAME_BYTES + 2 : _NAME_BYTES + 2 + _MAC_BYTES]
    return address if any(address) else b""


def longest_packet(name: str) -> int | None:
    """Bytes that a packet without its Ethernet header may have (MTU); None where the system does not say."""
    answer = _ask(name, _GET_MTU)
    return int(struct.unpack_from("=i", answer, _NAME_BYTES)[0]) if answer else None


def losses(name: str, counters: Path = _COUNTERS) -> int | None:
    """Packets so far that the network card or its driver had to drop; None where the system does not say."""
    try:
        for line in counters.read_text("ascii", errors="replace").splitlines():
            found, colon, figures = line.strip().partition(":")
            if colon and found == name:
                columns = figures.split()
                return sum(int(columns[column]) for column in _LOST_COLUMNS)
    except (OSError, ValueError, IndexError):
        return None
    return None


def _flags(name: str) -> int | None:
    answer = _ask(name, _GET_FLAGS)
    return int(struct.unpack_from("=H", answer, _NAME_BYTES)[0]) if answer else None


def _ipv4(name: str) -> list[Address]:
    """The first IPv4 address, which is what can be asked for without netlink."""
    answer = _ask(name, _GET_ADDRESS)
    return [IPv4Address(answer[_NAME_BYTES + 4 : _NAME_BYTES + 8])] if answer else []


def _ipv6(name: str) -> list[Address]:
    with contextlib.suppress(OSError, ValueError):
        rows = [line.split() for line in _IPV6.read_text("ascii", errors="replace").splitlines()]
        return [IPv6Address(bytes.fromhex(row[0])) for row in rows if row and row[-1] == name]
    return []


def _feature(name: str, question: int, bit: int) -> bool | None:
    """One setting of ethtool (struct ethtool_value)."""
    value = array("B", struct.pack("=II", question, 0))
    if not _ask(name, _ETHTOOL, struct.pack("P", value.buffer_info()[0])):
        return None
    return bool(struct.unpack("=II", value)[1] & bit)


def _ask(name: str, question: int, argument: bytes = b"") -> bytes:
    """The answer to an ioctl on struct ifreq, the name included; empty where there is none."""
    if sys.platform != "linux":
        return b""
    import fcntl  # noqa: PLC0415  (only Unix has it)

    encoded = name.encode(errors="surrogateescape")
    if not encoded or len(encoded) >= _NAME_BYTES:
        return b""
    request = (encoded.ljust(_NAME_BYTES, b"\0") + argument).ljust(_IFREQ_BYTES, b"\0")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            return fcntl.ioctl(any_socket.fileno(), question, request)
    except OSError:
        return b""


def _is_same(name: str) -> bool:
    """Whether the interface of that name in `/sys` is the one that this process would listen to."""
    try:
        return int((_SYS / name / "ifindex").read_text("ascii")) == socket.if_nametoindex(name)
    except (OSError, ValueError, AttributeError):
        return False


def _read(name: str, what: str) -> str:
    """A small file about it; empty where it cannot be read: some cannot while an interface is down."""
    if "/" in name or not _is_same(name):
        return ""
    try:
        return (_SYS / name / what).read_text("ascii", errors="replace").strip()
    except OSError:
        return ""
