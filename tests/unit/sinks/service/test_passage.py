"""Whether packets come through: what is a reason to worry, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.sinks.service.passage import LEAST_PACKETS, PATIENCE_NS, Passage, received_packets

COUNTERS = """\
Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop
    lo: 5130612   13127    0    0    0     0          0         0  5130612   13127    0    0
  eth1:   10148      66    0    0    0     0          0         0        0       0    0    0
"""
"""With fewer columns than the kernel's."""


@pytest.mark.parametrize(("interface", "expected"), [("eth1", 66), ("lo", 13_127), ("eth", None), ("packets", None)])
def test_the_kernels_count(interface: str, expected: int | None, tmp_path: Path) -> None:
    """It is found by the whole name."""
    path = tmp_path / "dev"
    path.write_text(COUNTERS, "ascii")
    assert expected == received_packets(interface, path)


def test_nobody_counts(tmp_path: Path) -> None:
    """Another system, or one that hides it, has no such file."""
    assert received_packets("eth1", tmp_path / "nothing") is None


def told(*steps: tuple[int, int | None, int]) -> list[bool]:
    """Whether it is open at each step: patience that has passed, packets that arrived, packets that came through."""
    passage = Passage()
    return [passage.is_open(round(patience * PATIENCE_NS), arrived, through) for patience, arrived, through in steps]


MANY = LEAST_PACKETS


def test_packets_that_come_through() -> None:
    """Late, and not all, is through."""
    assert [True] * 4 == told((0, 0, 0), (1, MANY, 1), (2, 2 * MANY, 2), (3, 9 * MANY, 3))


def test_silence() -> None:
    """Where nothing arrives, nothing comes through, however long."""
    assert [True] * 3 == told((0, MANY, 7), (5, MANY, 7), (500, MANY, 7))


def test_a_few_packets_of_its_own() -> None:
    """A card that answers something itself is no reason to worry."""
    assert [True] * 3 == told((0, 0, 7), (5, 9, 7), (500, MANY - 1, 7))


def test_none_come_through() -> None:
    """Neither at once nor for ever: from then on, and until one does."""
    steps = [(0, 0, 7), (0.5, MANY, 7), (1, MANY, 7), (2, 2 * MANY, 7), (3, 2 * MANY, 8), (3.5, 4 * MANY, 8)]
    assert [True, True, False, False, True, True] == told(*steps)


def test_an_interface_that_was_away() -> None:
    """Its counters begin anew, and so does the watch."""
    steps = [(0, 9 * MANY, 7), (2, None, 7), (2.9, None, 7), (3, 3, 7), (3.5, 3 * MANY, 7), (4, 3 * MANY, 7)]
    assert [True] * 5 + [False] == told(*steps)
    assert [True, True] == told((0, 9 * MANY, 7), (2, 3, 7))
