"""As many parts and batches as are in use at the same time, in turn."""

from __future__ import annotations

from monitor.capture.bounds import AHEAD, PART_BYTES
from monitor.capture.space import PARTS, Space


def part(number: int) -> tuple[int, int]:
    """Where a part lies."""
    return number * PART_BYTES, (number + 1) * PART_BYTES


def test_a_part_is_free_until_a_batch_in_it_is_handed_out() -> None:
    """The next one is free then, and the next batch is to be filled; both come again when all others were."""
    space = Space()
    batches = []
    for number in range(PARTS):
        assert [part(number)] * 2 == [space.free(), space.free()]
        batches.append(space.frames)
        assert batches[-1] is space.hand_out()
    assert part(0) == space.free()

    assert PARTS == len(set(map(id, batches)))
    assert batches == [space.hand_out() for _ in range(PARTS)]
    assert part(1) == space.free()


def test_what_was_handed_out_stays_while_others_are_made() -> None:
    """Neither its columns nor its part are written to."""
    space = Space()
    used = [(space.free(), space.hand_out()) for _ in range(3 * PARTS)]
    for at, (place, batch) in enumerate(used):
        for other_place, other in used[at + 1 : at + 1 + AHEAD]:
            assert place != other_place
            assert batch is not other


def test_all_batches_know_the_same_interfaces() -> None:
    """They lie in the same buffer."""
    space = Space()
    space.frames.linktypes.append(1)
    space.frames.captures.append(7)
    one, other = space.hand_out(), space.frames

    assert one.data is other.data is space.data
    assert ([1], [7]) == (other.linktypes.tolist(), other.captures.tolist())
    assert one.columns is not other.columns
