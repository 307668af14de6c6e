"""Two halves and two batches, in turn."""

from __future__ import annotations

from monitor.capture.bounds import HALF_BYTES
from monitor.capture.space import Space


def test_a_half_is_free_until_a_batch_in_it_is_handed_out() -> None:
    """The other one is free then, and the other batch is to be filled."""
    space = Space()
    first = space.frames
    assert [(0, HALF_BYTES)] * 2 == [space.free(), space.free()]
    assert first is space.hand_out()
    second = space.frames
    assert second is not first
    assert [(HALF_BYTES, 2 * HALF_BYTES)] * 2 == [space.free(), space.free()]
    assert [second, first] == [space.hand_out(), space.hand_out()]
    assert (0, HALF_BYTES) == space.free()


def test_both_batches_know_the_same_interfaces() -> None:
    """They lie in the same buffer."""
    space = Space()
    space.frames.linktypes.append(1)
    space.frames.captures.append(7)
    one, other = space.hand_out(), space.frames

    assert one.data is other.data is space.data
    assert ([1], [7]) == (other.linktypes.tolist(), other.captures.tolist())
    assert one.columns is not other.columns
