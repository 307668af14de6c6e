"""Memory by the size of the machine, and who is served first."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from monitor.capture.live.readiness import PRECEDENCE, ring_blocks, take_precedence

GIGABYTE = 1 << 30


@pytest.fixture
def priority() -> Iterator[None]:
    """Gives this thread the priority of others, and its own back."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    if os.geteuid():
        pytest.skip("changing a priority back takes the rights of root")
    os.setpriority(os.PRIO_PROCESS, 0, 0)
    yield
    os.setpriority(os.PRIO_PROCESS, 0, before)


@pytest.mark.parametrize(
    ("interfaces", "memory", "blocks"),
    [
        (1, GIGABYTE // 2, 64),
        (1, 2 * GIGABYTE, 128),
        (1, 64 * GIGABYTE, 256),
        (2, 64 * GIGABYTE, 128),
        (8, GIGABYTE, 16),
    ],
)
def test_rings_are_as_large_as_the_machine_can_bear(interfaces: int, memory: int, blocks: int) -> None:
    """A small machine gives 64 MB, a large one 256; several interfaces share it, and none goes without."""
    assert blocks == ring_blocks(interfaces, memory)


def test_this_machine_has_memory() -> None:
    """Without a number, the machine is asked."""
    assert 64 <= ring_blocks(1) <= 256


@pytest.mark.usefixtures("priority")
def test_the_sensor_goes_first() -> None:
    """Nobody chose a priority: the sensor is served before others."""
    take_precedence()
    assert PRECEDENCE == os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.usefixtures("priority")
def test_a_chosen_priority_stays() -> None:
    """Who starts it with nice means it."""
    os.setpriority(os.PRIO_PROCESS, 0, 5)
    take_precedence()
    assert 5 == os.getpriority(os.PRIO_PROCESS, 0)
