"""Packets of several batches in one order, compiled and not alike."""

from __future__ import annotations

import random
from collections.abc import Sequence
from types import ModuleType

import pytest

import monitor.capture.weaving as built
from monitor.model.frames import NO_TIME, Frames
from tests.support.frames import frames_of
from tests.support.uncompiled import load_source

source = load_source("monitor.capture.weaving")


def woven(module: ModuleType, lanes: Sequence[Sequence[int]], cut: int, capacity: int = 7) -> list[tuple[int, bytes]]:
    """All packets, given as times, of lanes that are read `cut` at a time."""
    weaver, out = module.Weaver(), Frames(data=bytearray(40), capacity=capacity)
    left = [list(times) for times in lanes]
    running = [module.Lane() for _ in lanes]
    seen = []
    while True:
        for number, (lane, times) in enumerate(zip(running, left, strict=True)):
            if lane.is_empty and times:
                now, times[:] = times[:cut], times[cut:]
                count = len(lanes[number]) - len(times) - len(now)
                packets = [bytes([number, count + place]) for place in range(len(now))]
                lane.load(frames_of(packets, times_ns=now))
        full = [lane for lane in running if not lane.is_empty]
        if not full:
            return seen
        count = weaver.weave(out, (3, 40), full, 2**63 - 1)
        assert count
        for i in range(count):
            at = out.offset[i]
            seen.append((out.ts_ns[i], bytes(out.data[at : at + out.caplen[i]])))


@pytest.mark.parametrize("module", [built, source], ids=["compiled", "source"])
def test_the_order_of_time(module: ModuleType) -> None:
    """Of equal times the first lane goes first; a step back, and a packet without time, stay behind those before."""
    lanes = [[10, 20, 20, 50], [20, 5, NO_TIME, 60], [NO_TIME, 1]]
    expected = [(2, 0), (2, 1), (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]

    assert [bytes(one) for one in expected] == [data for _, data in woven(module, lanes, 9)]


@pytest.mark.parametrize("seed", range(20))
def test_cutting_into_batches_changes_nothing(seed: int) -> None:
    """Nor does the size of the batches that are filled, nor the compiler."""
    rng = random.Random(seed)
    lanes = [
        [NO_TIME if not rng.randrange(9) else rng.randrange(50) + 2 * n for n in range(rng.randrange(1, 40))]
        for _ in range(rng.randrange(1, 5))
    ]
    once = woven(built, lanes, 99)

    assert sum(map(len, lanes)) == len(once)
    assert once == woven(built, lanes, 1) == woven(built, lanes, 3, 1) == woven(source, lanes, 4)


def test_up_to_a_time_and_no_further() -> None:
    """What is later waits."""
    lane, out = built.Lane(), Frames(data=bytearray(10), capacity=5)
    lane.load(frames_of([b"a", b"b", b"c"], times_ns=[1, 2, 3]))

    assert 2 == built.Weaver().weave(out, (0, 10), [lane], 2)
    assert (3, 2) == (lane.next_ns(), lane.reached)


def test_what_lies_outside_its_buffer_is_refused() -> None:
    """A column that lies raises; nothing is read or written beyond a buffer."""
    lane, out = built.Lane(), Frames(data=bytearray(10), capacity=5)
    frames = frames_of([b"abc"])
    frames.offset[0] = 1
    lane.load(frames)
    with pytest.raises(IndexError):
        built.Weaver().weave(out, (0, 10), [lane], 2**63 - 1)
