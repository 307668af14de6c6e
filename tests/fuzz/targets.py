"""What is fuzzed: the header pass with all behind it, the readers of captures, and the walk over the live ring.

Rule: a target takes its imports from where they were compiled for that, so only when it is made.
"""

from __future__ import annotations

import gzip
import lzma
import os
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

LONGEST_FRAME = 2_048
LONGEST_FILE = 2_048
TOGETHER = 8
"""Frames of one batch: as on a wire, they come together, and each costs less."""
BETWEEN_TICKS = 1_000
"""Frames; with their times a tenth of a millisecond apart, and many far from all others."""


class Frame:
    """A frame through the header pass, what puts fragments together, the flow table, and the parsers of its flow."""

    name, most, share, together = "frames", LONGEST_FRAME, 70, TOGETHER

    def __init__(self) -> None:
        from monitor.decode.headers import LINK_TYPES, HeaderPass
        from monitor.flow.tracker import Tracker
        from monitor.model.frames import Frames
        from monitor.model.stats import Stats
        from monitor.privacy.naming import NamingPolicy
        from monitor.protocols.registry import specs

        self.stats = Stats()
        self._links = sorted({*LINK_TYPES, 147})
        self._headers = HeaderPass(lambda _v6, _high, low, *_: low % 5 == 0)
        self._tracker = Tracker(specs(), NamingPolicy((), ()), self.stats, lambda *_: None, slots=1024)
        self._frames = Frames(data=bytearray(self.most * TOGETHER), capacity=TOGETHER)
        self._frames.linktypes.extend(self._links)
        self._frames.captures.extend([0] * len(self._links))
        self._number = 0

    def run(self, inputs: Sequence[bytes]) -> None:
        """The first bytes of each say the link type, how much was cut off, and how much time has passed."""
        frames = self._frames
        frames.count = len(inputs)
        for i, data in enumerate(inputs):
            head, body, at = data[:3].ljust(3, b"\0"), data[3:], i * self.most
            self._number += 1
            frames.data[at : at + len(body)] = body
            frames.offset[i], frames.caplen[i] = at, len(body)
            frames.wirelen[i] = len(body) + (head[1] if head[1] < 64 else 0)
            frames.interface[i], frames.number[i] = head[0] % len(self._links), self._number
            frames.ts_ns[i] = self._number * 10_000 + ((head[2] - 128) << 28 if head[2] != 128 else 0)
        self.stats.faults["decode.IndexError"] += self._headers.run(frames)
        self._tracker.take(frames)
        if not self._number % BETWEEN_TICKS:
            self._tracker.tick(frames.ts_ns[0])

    def seeds(self, captures: Sequence[Path]) -> Iterator[bytes]:
        """Frames of captures."""
        from monitor.capture.files import CaptureFiles
        from monitor.model.frames import Frames
        from monitor.model.stats import Stats

        for path in captures:
            taken = 0
            for item in CaptureFiles([str(path)], Stats()):
                if not isinstance(item, Frames):
                    continue
                for i in range(0, item.count, 1 + item.count // 20):
                    linktype = item.linktypes[item.interface[i]]
                    at = item.offset[i]
                    if linktype in self._links and item.caplen[i] < self.most:
                        head = bytes([self._links.index(linktype), 0, 128])
                        yield head + bytes(item.data[at : at + item.caplen[i]])
                taken += 1
                if taken > 2:
                    break


class File:
    """A capture through its reader, in a file that lies in memory: plain or packed, pcap or pcapng."""

    name, most, share, together = "files", LONGEST_FILE, 10, 1

    def __init__(self) -> None:
        from monitor.capture.files import CaptureFiles
        from monitor.capture.space import Space
        from monitor.decode.headers import HeaderPass
        from monitor.model.frames import Frames
        from monitor.model.stats import Stats

        self.stats = Stats()
        self._read, self._frames = CaptureFiles, Frames
        self._headers = HeaderPass()
        self._space: Any = Space.of_size(None)
        self._file = os.memfd_create("capture")
        self._path = f"/proc/self/fd/{self._file}"

    def run(self, inputs: Sequence[bytes]) -> None:
        """Read it, and decode what is in it.

        All are read to the same room, as those of one run are: to make it takes longer than to read them, and what the
        file before left there is no kinder than zeros.
        """
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, inputs[0], 0)
        self.stats.captures.clear()
        described = self._space.frames
        del described.linktypes[:], described.captures[:]
        reading = self._read([self._path], self.stats)
        reading._space = self._space
        for item in reading:
            if isinstance(item, self._frames):
                self.stats.faults["decode.IndexError"] += self._headers.run(item)

    def seeds(self, captures: Sequence[Path]) -> Iterator[bytes]:
        """The beginnings of captures; half of them packed first, or nothing would be new about them then."""
        import lz4.frame
        import zstandard

        packers = (gzip.compress, lzma.compress, lz4.frame.compress, zstandard.ZstdCompressor().compress)
        for number, path in enumerate(captures):
            with path.open("rb") as file:
                begin = file.read(self.most)
            if number % 2:
                yield packers[number // 2 % len(packers)](begin)[: self.most]
            yield begin


class Block:
    """A block of the live ring through its walker."""

    name, most, share, together = "ring blocks", 4_096, 20, 1

    def __init__(self) -> None:
        from monitor.capture.live.walker import RingWalker
        from monitor.model.frames import Frames
        from monitor.model.stats import Stats

        self.stats = Stats()
        self._frames = Frames(data=bytearray(self.most), capacity=16)
        self._walker = RingWalker(self._frames, self.most, 0)

    def run(self, inputs: Sequence[bytes]) -> None:
        """Walk it to its end."""
        self._frames.data[:] = inputs[0].ljust(self.most, b"\0")
        self._walker.begin(0)
        for _ in range(self.most):
            if not self._walker.walk():
                return
        raise AssertionError("a walk without an end")

    def seeds(self, _captures: Sequence[Path]) -> Iterator[bytes]:
        """A block of three packets."""
        head = struct.pack("=3I4xII", 1, 0, 1, 3, 48).ljust(48, b"\0")
        packet = struct.pack("=7I2H", 160, 1, 2, 60, 60, 0x50, 0, 7, 0x8100) + struct.pack("=2HI", 80, 94, 30)
        yield head + packet.ljust(160, b"\x45") * 3


TARGETS = (Block, File, Frame)
"""In turn: the last one takes what the shares of the others leave."""
