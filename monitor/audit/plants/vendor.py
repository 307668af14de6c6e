"""Openings of makers' protocols over TCP, with marks behind them."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.audit.marks import Marks, Script
from monitor.model.flow import Side

CLIENT, DEVICE = Side.ORIGINATOR, Side.RESPONDER
BAICHUAN = bytes.fromhex("f0debc0a 01000000 2c070000 00000001 12dc1464")
DHIP = bytes.fromhex("20000000 44484950 00000000 00000000 20000000 00000000")
XIONGMAI = bytes.fromhex("ff000000 00000000 00000000 0000e803 64000000")
RTMP = b"\x03" + bytes(8) + bytes(range(256)) * 6


def vendor(marks: Marks) -> Iterator[Script]:
    """Marks as passwords, texts and pictures."""
    said = marks.mark("said") * 4
    answered = marks.mark("answered") * 4
    for opening in (BAICHUAN, DHIP, XIONGMAI, RTMP):
        yield [(CLIENT, opening + said), (DEVICE, opening + answered), (CLIENT, said)]
    yield [(CLIENT, said), (DEVICE, answered)]
