"""Packets made in memory come out as they went in, in batches and with their time."""

from __future__ import annotations

import pytest

from monitor.capture import memory as room
from monitor.capture.memory import MemoryCapture
from monitor.model.frames import Frames, Tick
from monitor.model.stats import CaptureStats, Stats
from tests.support.captures import Packet, copy, packets


def test_what_goes_in_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven packets in batches of three, each batch followed by its time."""
    monkeypatch.setattr(room, "BATCH_FRAMES", 3)
    stats = Stats(captures=[CaptureStats(path="another")])
    made = packets(7)
    items = list(MemoryCapture("invented", made, stats))
    seen = [one for item in items if isinstance(item, Frames) for one in copy(item)]
    assert [(packet.data, packet.at_ns) for packet in made] == [(one.data, one.at_ns) for one in seen]
    assert ([1, 2, 3, 4, 5, 6, 7], {1}, {1}) == (
        [one.number for one in seen],
        {one.linktype for one in seen},
        {one.capture for one in seen},
    )
    assert [made[2].at_ns, made[5].at_ns, made[6].at_ns] == [item.at_ns for item in items if isinstance(item, Tick)]
    figures = stats.captures[1]
    assert (7, made[0].at_ns, made[6].at_ns) == (figures.packets, figures.first_ns, figures.last_ns)
    assert sum(packet.size for packet in made) == figures.bytes


def test_cut_packets_and_none() -> None:
    """What was longer on the wire is told; no packets are no trouble."""
    (frames, _) = MemoryCapture("cut", [Packet(5, b"abc", 90)], Stats())
    assert isinstance(frames, Frames)
    assert (3, 90) == (frames.caplen[0], frames.wirelen[0])
    assert [] == list(MemoryCapture("none", [], Stats()))
