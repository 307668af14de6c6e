"""Notes of packets what tells whether a mirror mirrors: whose they are, which way they go, in which VLANs.

Rules: of a batch at most `LOOKED` packets are looked at, evenly spread, so that looking never makes the ring run over;
addresses are remembered to be held against the configuration, in memory only, and none is ever shown.
"""

from __future__ import annotations

from collections import Counter

from monitor.decode.headers import HeaderPass
from monitor.model.columns import Kind
from monitor.model.frames import Frames

LOOKED = 1_024
"""Packets of a batch: all of them up to 10,000 a second, and about a third of the time of one core far beyond that."""
MAX_PAIRS = 65_536
"""Connections told apart: more than the devices of a large consortium open while somebody waits."""
MAX_ADDRESSES = 65_536
"""Remembered; the same."""

_ETHERNET = 1
_MAC_BYTES = 6
_WITH_ADDRESSES = frozenset({Kind.TCP, Kind.UDP, Kind.OTHER_IP, Kind.FRAGMENT})
_SIDES = 3
"""Two bits: which ends of a connection spoke. Its packets are counted in the bits above."""
_ENOUGH_PACKETS = 3
"""Of one connection, to expect that its other end says something, too."""


class Tally:
    """What was noted so far."""

    def __init__(self, hardware: bytes, longest_bytes: int | None) -> None:
        """Begin.

        Args:
            hardware: the MAC address of this machine's interface; empty if it has none.
            longest_bytes: what a packet may have on the wire; None where that is not known.
        """
        self.looked = 0
        """Packets looked at, of which the following figures speak."""
        self.own = 0
        """Sent by this machine, or to it alone."""
        self.group = 0
        """To everybody or to a group, not sent by this machine."""
        self.giants = 0
        """Longer than they can have been on the wire."""
        self.vlans: Counter[int] = Counter()
        """By VLAN id, the innermost where there are several; -1 without a tag."""
        self.addresses: set[bytes] = set()
        """Of all ends, 4 or 16 bytes."""
        self.overflowed = False
        """Whether there were more connections or addresses than are told apart."""
        self._pairs: dict[bytes, int] = {}
        self._hardware = hardware
        self._longest_bytes = longest_bytes
        self._headers = HeaderPass()

    @property
    def others(self) -> int:
        """Packets between two other machines: what only a mirror shows."""
        return self.looked - self.own - self.group

    @property
    def connections(self) -> tuple[int, int]:
        """TCP connections of other machines with some packets: in how many both ends spoke, and how many there are."""
        judged = [value & _SIDES for value in self._pairs.values() if value >> 2 >= _ENOUGH_PACKETS]
        return judged.count(_SIDES), len(judged)

    def take(self, frames: Frames) -> None:
        """Look at some packets of a batch."""
        self._headers.run(frames)
        step = -(-frames.count // LOOKED) or 1
        for index in range(0, frames.count, step):
            self._note(frames, index)

    def _note(self, frames: Frames, index: int) -> None:
        self.looked += 1
        self.vlans[frames.columns.vlan[index]] += 1
        if self._longest_bytes is not None and frames.wirelen[index] > self._longest_bytes:
            self.giants += 1
        foreign = self._note_ends(frames, index)
        kind = frames.columns.kind[index]
        if kind in _WITH_ADDRESSES:
            size = 16 if frames.columns.v6[index] else 4
            at = frames.columns.address[index]
            source = bytes(frames.data[at : at + size])
            target = bytes(frames.data[at + size : at + 2 * size])
            self._remember(source, target)
            if foreign and kind == Kind.TCP:
                ports = frames.columns.ports[index]
                self._pair(source + (ports >> 16).to_bytes(2), target + (ports & 0xFFFF).to_bytes(2))

    def _note_ends(self, frames: Frames, index: int) -> bool:
        """Whose packet it is; returns whether it is between two other machines."""
        if frames.linktypes[frames.interface[index]] != _ETHERNET or frames.caplen[index] < 2 * _MAC_BYTES:
            return True
        at = frames.offset[index]
        target = frames.data[at : at + _MAC_BYTES]
        source = frames.data[at + _MAC_BYTES : at + 2 * _MAC_BYTES]
        if self._hardware and self._hardware in (source, target):
            self.own += 1
            return False
        if target[0] & 1:
            self.group += 1
            return False
        return True

    def _remember(self, *addresses: bytes) -> None:
        if len(self.addresses) < MAX_ADDRESSES:
            self.addresses.update(addresses)
        else:
            self.overflowed = True

    def _pair(self, source: bytes, target: bytes) -> None:
        first = source < target
        key = source + target if first else target + source
        before = self._pairs.get(key)
        if before is None and len(self._pairs) >= MAX_PAIRS:
            self.overflowed = True
            return
        self._pairs[key] = ((before or 0) | (1 if first else 2)) + 4
