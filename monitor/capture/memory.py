"""The source of packets that were made in memory, as a run of batches and ticks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.capture.bounds import BATCH_FRAMES
from monitor.capture.conversation import Packet
from monitor.model.frames import Frames, Tick
from monitor.model.stats import CaptureStats, Stats

ETHERNET = 1
"""LINKTYPE_ETHERNET."""


class MemoryCapture:
    """Plays packets in the order of their times, as fast as they are taken."""

    def __init__(self, name: str, packets: Sequence[Packet], stats: Stats) -> None:
        """Prepare to play.

        Args:
            name: stands where the path of a capture would.
            packets: earliest first, Ethernet.
            stats: gets one `CaptureStats`.
        """
        self._packets = packets
        self._figures = CaptureStats(path=name)
        self._index = len(stats.captures)
        stats.captures.append(self._figures)

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Yield batches, each followed by the time of its last packet."""
        for start in range(0, len(self._packets), BATCH_FRAMES):
            portion = self._packets[start : start + BATCH_FRAMES]
            self._count(portion)
            yield self._lay_out(portion, start)
            yield Tick(at_ns=portion[-1].at_ns)

    def _lay_out(self, portion: Sequence[Packet], start: int) -> Frames:
        frames = Frames(data=bytearray().join(packet.data for packet in portion), capacity=BATCH_FRAMES)
        frames.linktypes.append(ETHERNET)
        frames.captures.append(self._index)
        frames.count = len(portion)
        offset = 0
        for index, packet in enumerate(portion):
            frames.offset[index] = offset
            frames.caplen[index] = len(packet.data)
            frames.wirelen[index] = packet.size
            frames.ts_ns[index] = packet.at_ns
            frames.number[index] = start + index + 1
            offset += len(packet.data)
        return frames

    def _count(self, portion: Sequence[Packet]) -> None:
        figures = self._figures
        figures.packets += len(portion)
        figures.bytes += sum(packet.size for packet in portion)
        figures.first_ns = portion[0].at_ns if figures.first_ns is None else figures.first_ns
        figures.last_ns = portion[-1].at_ns
