"""Proves a compiled filter before it is used: the kernel runs it over invented packets, each with a known answer.

A pair of sockets that lead to each other, and nowhere else, stands for the interface; its receiving end has the filter.
Rules: each border between areas is tried from both sides of it, in either direction, in all the shapes in turn that the
filter takes apart; what is to be dropped is said by `Exclusion`, and not by what compiled the filter.
"""

from __future__ import annotations

import socket
import struct
from array import array
from collections.abc import Iterator, Sequence
from itertools import cycle

from monitor.capture.conversation import IPV4 as IPV4_TYPE
from monitor.capture.conversation import IPV6 as IPV6_TYPE
from monitor.capture.live.filter import ETHERNET, Instruction, pack
from monitor.privacy.exclusion import IPV4, Exclusion, Treatment, excludes

SO_ATTACH_FILTER = 26
"""Of asm-generic/socket.h."""
_MARK = b"taken"
"""Between two packets: what no filter for addresses drops, because it is too short."""
_SHAPES = ("plain", "tagged", "tagged twice", "service tag", "SNAP", "fragment", "extended")
_TAGS = {"tagged": (0x8100,), "tagged twice": (0x88A8, 0x8100), "service tag": (0x9100,)}
_MORE_FRAGMENTS = 0x2000
_HOP_BY_HOP, _FRAGMENT, _UDP = 0, 44, 17


def is_proven(program: Sequence[Instruction], exclusion: Exclusion, linktype: int) -> bool:
    """Whether the kernel takes and drops what it should.

    Raises:
        OSError: the kernel refuses the program, or there are no such sockets.
    """
    sending, receiving = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with sending, receiving:
        attach(receiving, program)
        receiving.settimeout(0)
        return all(
            _is_taken(sending, receiving, packet) is not dropped for packet, dropped in _trials(exclusion, linktype)
        )


def attach(to: socket.socket, program: Sequence[Instruction]) -> None:
    """Have a socket receive only what a program takes; it replaces another one at once.

    Raises:
        OSError: the kernel refuses it.
    """
    code = array("B", pack(program))
    to.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(program), code.buffer_info()[0]))


def _is_taken(sending: socket.socket, receiving: socket.socket, packet: bytes) -> bool:
    sending.send(packet)
    sending.send(_MARK)
    first = receiving.recv(len(packet) + 1)
    if first == _MARK:
        return False
    receiving.recv(len(_MARK))
    return True


def _trials(exclusion: Exclusion, linktype: int) -> Iterator[tuple[bytes, bool]]:
    """Packets, and whether each is to be dropped."""
    shapes = cycle(_SHAPES if linktype == ETHERNET else ("plain", "fragment", "extended"))
    examples: dict[tuple[bool, Treatment], int] = {}
    firsts = [first for first, _ in exclusion.areas]
    places = sorted({*firsts, *(first - 1 for first in firsts if first), 2**128 - 1})
    for place in places:
        examples.setdefault((_is_v4(place), exclusion.treatment(place)), place)
    for place in places:
        for (v4, how), other in examples.items():
            if v4 is _is_v4(place):
                dropped = excludes(exclusion.treatment(place), how)
                yield _packet(place, other, next(shapes), linktype), dropped
                yield _packet(other, place, next(shapes), linktype), dropped


def _is_v4(address: int) -> bool:
    return IPV4[0] <= address < IPV4[1]


def _packet(source: int, target: int, shape: str, linktype: int) -> bytes:
    kind = IPV4_TYPE if _is_v4(source) else IPV6_TYPE
    body = _v4(source, target, shape) if kind == IPV4_TYPE else _v6(source, target, shape)
    if linktype != ETHERNET:
        return body
    tags = b"".join(tag.to_bytes(2) + b"\x00\x07" for tag in _TAGS.get(shape, ()))
    if shape == "SNAP":
        tags = (len(body) + 8).to_bytes(2) + b"\xaa\xaa\x03\x00\x00\x00"
    return bytes(12) + tags + kind.to_bytes(2) + body


def _v4(source: int, target: int, shape: str) -> bytes:
    options = b"\x01\x01\x01\x00" if shape == "extended" else b""
    word = _MORE_FRAGMENTS | 1 if shape == "fragment" else 0
    ends = (source & 0xFFFFFFFF).to_bytes(4) + (target & 0xFFFFFFFF).to_bytes(4)
    size = 20 + len(options) + 8
    head = bytes([0x45 + len(options) // 4, 0]) + size.to_bytes(2) + bytes(2) + word.to_bytes(2)
    return head + bytes([64, _UDP, 0, 0]) + ends + options + bytes(8)


def _v6(source: int, target: int, shape: str) -> bytes:
    following = {"fragment": _FRAGMENT, "extended": _HOP_BY_HOP}.get(shape)
    between = b"" if following is None else bytes([_UDP, 0, 0, 9 if following else 0]) + bytes(4)
    head = b"\x60\x00\x00\x00" + (len(between) + 8).to_bytes(2) + bytes([_UDP if following is None else following, 64])
    return head + source.to_bytes(16) + target.to_bytes(16) + between + bytes(8)
