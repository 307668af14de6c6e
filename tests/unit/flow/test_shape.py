"""Whether traffic looks like video."""

from __future__ import annotations

import pytest

from monitor.flow.shape import Load, looks_like_video

SECOND = 10**9


def load(sent: int, *, packets: int = 0, received: int = 0, seconds: float = 10) -> Load:
    """One flow; packets of 1,000 bytes unless told otherwise."""
    return Load(b"\x0a\x28\x00\x07", sent, packets or sent // 1_000, received, int(seconds * SECOND))


@pytest.mark.parametrize("bits", [150_000, 2_000_000, 20_000_000])
def test_video(bits: int) -> None:
    """From a small picture to several large ones."""
    assert looks_like_video(load(bits * 10 // 8, received=1_000))


@pytest.mark.parametrize(
    "one",
    [
        load(20_000),
        load(100_000_000),
        load(2_500_000, received=1_000_000),
        load(2_500_000, packets=20_000),
        load(500_000, seconds=1),
        load(0),
    ],
    ids=["a trickle", "a copy", "a call", "small packets", "a moment", "nothing"],
)
def test_no_video(one: Load) -> None:
    """Too little, too much, both ways, in crumbs, or over at once."""
    assert not looks_like_video(one)
