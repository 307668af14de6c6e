"""Tests of `monitor.protocols.rtsp.lane`."""

from __future__ import annotations

import pytest

from monitor.protocols.rtsp.bounds import HEAD_BYTES, SEARCH_BYTES
from monitor.protocols.rtsp.lane import Body, Frame, HeadText, Item, Lane, Skip, Trouble
from tests.protocols.rtsp.samples import frame, request, response

PLAY = request("PLAY", 1)


def items(*pieces: bytes, placed: bool = True, bodies: tuple[tuple[int, int], ...] = ()) -> list[Item]:
    """What a lane makes of these pieces, less what it skips.

    `bodies` tells for each head its body's size and what is wanted of it.
    """
    lane = Lane(placed=placed)
    expected = iter(bodies)
    found = []
    skip = 0
    for piece in pieces:
        rest = memoryview(piece)[skip:]
        skip = max(0, skip - len(piece))
        for item in lane.feed(rest):
            found.append(item)
            if isinstance(item, HeadText):
                lane.expect_body(*next(expected, (0, 0)))
            elif isinstance(item, Skip):
                skip = item.size_bytes
    return found


@pytest.mark.parametrize("size", [1, 3, 1 << 20])
def test_heads_and_frames(size: int) -> None:
    """Messages and frames in turn, with empty lines between, however they are cut."""
    whole = PLAY + frame(1, size=20) + b"\r\n\r\n" + response(1) + frame(2, 3, size=12)
    found = items(*[whole[at : at + size] for at in range(0, len(whole), size)])
    kept = [item for item in found if not isinstance(item, Skip)]
    assert [HeadText, Frame, HeadText, Frame] == [type(item) for item in kept]
    assert HeadText(PLAY[:-4]) == kept[0]
    assert Frame(3, frame(2, size=12)[4:], 12) == kept[3]


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\n\r\n"])
def test_any_empty_line_ends_a_head(end: bytes) -> None:
    """Some senders forget the carriage return."""
    assert [HeadText(b"PLAY rtsp://x/ RTSP/1.0")] == items(b"PLAY rtsp://x/ RTSP/1.0" + end)


def test_bodies() -> None:
    """What is wanted is given, the rest is stepped over, here and beyond."""
    head = HeadText(PLAY[:-4])
    assert [head, Body(b"abc"), head] == items(PLAY + b"abcde" + PLAY, bodies=((5, 3),))
    assert [head, Body(b"abc"), Skip(9)] == items(PLAY + b"ab", b"c", b"d", bodies=((13, 3),))[:3]
    assert [head, head] == items(PLAY + b"abcde" + PLAY, bodies=((5, 0),))


def test_a_frame_without_content() -> None:
    """It is one all the same."""
    assert [Frame(0, b"", 0), HeadText(PLAY[:-4])] == items(b"$\x00\x00\x00" + PLAY)


def test_a_frame_beyond_the_piece() -> None:
    """Its rest is skipped, from the byte that was seen."""
    assert [Frame(0, frame(1)[4:16], 500), Skip(400)] == items(frame(1)[:104])
    assert [] == items(frame(1)[:15])


def test_the_place_is_found_again() -> None:
    """By a request, a response, or three frames in line."""
    head = HeadText(PLAY[:-4])
    assert [head] == items(b"tail\r\n" + PLAY, placed=False)
    assert [head] == items(PLAY, placed=False)
    assert [HeadText(response(1)[:-4])] == items(b"x\n", response(1), placed=False)
    assert 3 == len(items(b"$\x00$" + b"".join(frame(number, size=40) for number in range(3)), placed=False))
    assert [] == items(frame(1, size=40) + b"x" + frame(2, size=40), placed=False)
    assert [] == items(b"say PLAY rtsp://x/ RTSP/1.0\r\n\r\n", placed=False)


def test_searching_is_bounded() -> None:
    """Noise is dropped, and what comes at its end is found."""
    lane = Lane(placed=False)
    for _ in range(4):
        assert [] == list(lane.feed(memoryview(b"\x00" * SEARCH_BYTES)))
    assert [HeadText(PLAY[:-4])] == list(lane.feed(memoryview(b"\n" + PLAY)))
    assert not Lane(placed=False).inside


@pytest.mark.parametrize("size", [1000, 1 << 20])
def test_a_head_without_end(size: int) -> None:
    """It is given up at the limit, and the next message is found."""
    whole = b"PLAY rtsp://x/ RTSP/1.0\r\n" + b"X: y\r\n" * (HEAD_BYTES // 6) + b"\r\n\r\n" + PLAY
    found = items(*[whole[at : at + size] for at in range(0, len(whole), size)])
    assert [Trouble.OVERSIZE, HeadText(PLAY[:-4])] == found


def test_where_no_message_begins() -> None:
    """Anything but a capital letter or a dollar sign."""
    assert [Trouble.LOST, HeadText(PLAY[:-4])] == items(b"\x80junk\n" + PLAY)


def test_inside() -> None:
    """In the middle of a head or of a body that is wanted, and nowhere else."""
    lane = Lane(placed=True)
    assert not lane.inside
    assert [] == list(lane.feed(memoryview(PLAY[:9])))
    assert lane.inside
    for _ in lane.feed(memoryview(PLAY[9:])):
        lane.expect_body(4, 4)
    assert lane.inside
    assert [Body(b"abcd")] == list(lane.feed(memoryview(b"abcd")))
    assert not lane.inside
    assert [] == list(lane.feed(memoryview(PLAY[:9])))
    lane.lose_place()
    assert not lane.inside
