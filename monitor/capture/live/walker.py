"""Walks one block of the kernel's packet ring: from its chain of packets to the columns of `Frames`. Compiled.

Rules: every read is bounds-checked, and nothing outside the block is taken for a part of it; integers are widened, so
that compiled and uncompiled code agree. An outer VLAN tag, which the kernel takes off and keeps beside the packet, is
put back where it was on the wire: in the room that `RESERVED_BYTES` asks for in front of each packet.
Source: linux/if_packet.h (tpacket_block_desc, tpacket3_hdr), Documentation/networking/packet_mmap.rst.
"""

from __future__ import annotations

import sys

import cython

from monitor.model.frames import NO_TIME, Frames

RESERVED_BYTES = 4
"""Room in front of each packet: one VLAN tag, IEEE 802.1Q."""
RACE_NS = 10_000_000
"""Packets that several processors receive are stamped before they queue for the ring: this much earlier is no news."""

_RESERVED = cython.declare(cython.longlong, RESERVED_BYTES)
_RACE_NS = cython.declare(cython.longlong, RACE_NS)
_NO_TIME = cython.declare(cython.longlong, NO_TIME)
_SECOND = cython.declare(cython.longlong, 10**9)
_BIG = cython.declare(cython.bint, sys.byteorder == "big")

_BLOCK_HEADER = cython.declare(cython.longlong, 48)
"""Bytes of tpacket_block_desc."""
_HEADER = cython.declare(cython.longlong, 68)
"""Bytes of tpacket3_hdr with the sockaddr_ll behind it."""
_ADDRESSES = cython.declare(cython.longlong, 12)
"""Bytes of an Ethernet header before its tags."""
_VLAN_VALID = cython.declare(cython.longlong, 1 << 4)
_VLAN_TPID_VALID = cython.declare(cython.longlong, 1 << 6)
_CUSTOMER_TAG = cython.declare(cython.longlong, 0x8100)


@cython.final
@cython.cclass
class RingWalker:
    """The ring and the columns of one `Frames`, and the sums of one interface."""

    data: cython.uchar[::1]
    offset: cython.int[::1]
    caplen: cython.int[::1]
    wirelen: cython.int[::1]
    ts_ns: cython.longlong[::1]
    interface: cython.int[::1]
    number: cython.longlong[::1]
    capacity: cython.int
    block_bytes: cython.longlong
    index: cython.int
    start: cython.longlong
    at: cython.longlong
    left: cython.longlong
    packets = cython.declare(cython.longlong, visibility="public")
    wire_bytes = cython.declare(cython.longlong, visibility="public")
    first_ns = cython.declare(cython.longlong, visibility="public")
    last_ns = cython.declare(cython.longlong, visibility="public")
    lost = cython.declare(cython.longlong, visibility="public")

    def __init__(self, frames: Frames, block_bytes: cython.longlong, index: cython.int) -> None:
        """`block_bytes`: size of a block of the ring that `frames` lies in. `index`: the interface of all packets."""
        self.data = frames.data
        self.offset = frames.offset
        self.caplen = frames.caplen
        self.wirelen = frames.wirelen
        self.ts_ns = frames.ts_ns
        self.interface = frames.interface
        self.number = frames.number
        self.capacity = frames.capacity
        self.block_bytes = block_bytes
        self.index = index
        self.start = 0
        self.at = 0
        self.left = 0
        self.packets = 0
        """Frames so far."""
        self.wire_bytes = 0
        self.first_ns = _NO_TIME
        """Earliest and latest stamp so far, or `NO_TIME`."""
        self.last_ns = _NO_TIME
        self.lost = 0
        """Packets so far that a block announced and did not hold."""

    @cython.cfunc
    @cython.inline
    def _short(self, at: cython.longlong) -> cython.longlong:
        one: cython.longlong = self.data[at]
        two: cython.longlong = self.data[at + 1]
        return (one << 8) | two if _BIG else one | (two << 8)

    @cython.cfunc
    @cython.inline
    def _word(self, at: cython.longlong) -> cython.longlong:
        """Read 32 bits without a sign, in the machine's own order."""
        if _BIG:
            return (self._short(at) << 16) | self._short(at + 2)
        return self._short(at) | (self._short(at + 2) << 16)

    def begin(self, start: cython.longlong) -> None:
        """Go to the block that starts at this place of the ring, and holds itself for the reader's."""
        self.start = start
        self.left = self._word(start + 12)
        self.at = start + self._word(start + 16)

    def walk(self) -> cython.int:
        """Take the next packets of the block; returns how many, 0 behind the last one."""
        count: cython.int = 0
        end: cython.longlong = self.start + self.block_bytes
        at: cython.longlong = self.at
        while self.left > 0 and count < self.capacity:
            if at < self.start + _BLOCK_HEADER or at + _HEADER > end:
                break
            mac: cython.longlong = self._short(at + 24)
            caplen: cython.longlong = self._word(at + 12)
            if mac < _HEADER or at + mac + caplen > end:
                break
            self._take(count, at, at + mac, caplen)
            count += 1
            self.left -= 1
            step: cython.longlong = self._word(at)
            at += step if step >= _HEADER else self.block_bytes  # a step that leads nowhere leads out of the block
        if self.left > 0 and count < self.capacity:
            self.lost += self.left
            self.left = 0
        self.at = at
        self.packets += count
        return count

    @cython.cfunc
    def _take(
        self, place: cython.int, at: cython.longlong, body: cython.longlong, caplen: cython.longlong
    ) -> cython.int:
        """Put one packet into the columns."""
        status: cython.longlong = self._word(at + 20)
        wirelen: cython.longlong = self._word(at + 16)
        if status & _VLAN_VALID and caplen >= _ADDRESSES and body - at >= _HEADER + _RESERVED:
            body -= _RESERVED
            caplen += _RESERVED
            wirelen += _RESERVED
            self._put_tag(body, self._word(at + 32), self._short(at + 36) if status & _VLAN_TPID_VALID else 0)
        stamp: cython.longlong = self._word(at + 4) * _SECOND + self._word(at + 8)
        if stamp < self.last_ns and self.last_ns - stamp <= _RACE_NS:
            stamp = self.last_ns
        self.last_ns = max(self.last_ns, stamp)
        if self.first_ns == _NO_TIME or stamp < self.first_ns:
            self.first_ns = stamp
        self.offset[place] = body
        self.caplen[place] = caplen
        self.wirelen[place] = min(wirelen, 0x7FFFFFFF)
        self.ts_ns[place] = stamp
        self.interface[place] = self.index
        self.number[place] = self.packets + place + 1
        self.wire_bytes += self.wirelen[place]
        return 0

    @cython.cfunc
    def _put_tag(self, body: cython.longlong, tci: cython.longlong, kind: cython.longlong) -> cython.int:
        """Move the addresses of an Ethernet frame to `body` and write the tag behind them."""
        i: cython.longlong
        for i in range(_ADDRESSES):
            self.data[body + i] = self.data[body + i + _RESERVED]
        if kind == 0:
            kind = _CUSTOMER_TAG
        self.data[body + 12] = kind >> 8
        self.data[body + 13] = kind & 0xFF
        self.data[body + 14] = (tci >> 8) & 0xFF
        self.data[body + 15] = tci & 0xFF
        return 0
