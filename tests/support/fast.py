"""A live source in fast time: frames when they are due, and time that passes in silence, too, as far as one likes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.capture.bounds import BATCH_FRAMES
from monitor.model.frames import Frames, Tick
from monitor.model.stats import CaptureStats, Stats
from tests.support.captures import Packet
from tests.support.frames import frames_of


class FastTime:
    """Ticks every so many seconds of trace time from the first packet to `end_ns`, with the packets before each."""

    def __init__(self, packets: Sequence[Packet], end_ns: int, stats: Stats, *, step_seconds: int = 10) -> None:
        """`packets` are in the order of their time."""
        self._packets = packets
        self._end_ns = end_ns
        self._step_ns = step_seconds * 10**9
        self._stats = stats
        self._capture = CaptureStats(path="fast0")
        stats.captures.append(self._capture)

    def __iter__(self) -> Iterator[Frames | Tick]:
        at_ns, sent = self._packets[0].at_ns, 0
        while at_ns <= self._end_ns:
            at_ns += self._step_ns
            due = sent
            while due < len(self._packets) and self._packets[due].at_ns <= at_ns:
                due += 1
            for start in range(sent, due, BATCH_FRAMES):
                yield self._frames(self._packets[start : min(start + BATCH_FRAMES, due)], start)
            sent = due
            self._stats.now_ns = at_ns
            yield Tick(at_ns=at_ns)

    def _frames(self, packets: Sequence[Packet], before: int) -> Frames:
        self._capture.packets += len(packets)
        self._capture.arrived += len(packets)
        self._capture.bytes += sum(packet.size for packet in packets)
        self._capture.last_ns = packets[-1].at_ns
        return frames_of(
            [packet.data for packet in packets],
            times_ns=[packet.at_ns for packet in packets],
            wirelens=[packet.size for packet in packets],
            first=before + 1,
        )
