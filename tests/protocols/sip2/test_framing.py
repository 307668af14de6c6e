"""Tests of `monitor.protocols.sip2.framing`."""

from __future__ import annotations

import pytest

from monitor.protocols.sip2.framing import FRAME_BYTES, LINE_FEEDS, Ending, Framer
from monitor.protocols.sip2.shapes import Dialect
from tests.protocols.sip2.samples import ANSWERS, REQUESTS

MESSAGE = REQUESTS["23"].encode()
ADDRESS = ANSWERS["64"].replace("Lane, ", "Lane\n12 ").encode("cp850")


def frames(*pieces: bytes, ending: Ending = Ending.UNKNOWN) -> list[bytes]:
    """The frames of one side, whose messages are taken to end as they do."""
    framer = Framer(Dialect().whole)
    framer.confirm(ending)
    found = []
    for piece in pieces:
        for frame in framer.frames(memoryview(piece)):
            found.append(frame.data)
            if Dialect().read(frame.data) is not None:
                framer.confirm(frame.ending)
    return found


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n", b"\r\r\n", b"\r\n\x00"])
def test_terminators(end: bytes) -> None:
    """CR, LF and both end a frame; what is left of a terminator begins no frame."""
    assert [MESSAGE, b"9900802.00"] == frames(MESSAGE + end, b"9900802.00" + end)


def test_line_feed_within_a_value() -> None:
    """Ahead of any other message, a line feed inside an address does not end the frame."""
    assert [ADDRESS, ADDRESS] == frames(ADDRESS + b"\r" + ADDRESS + b"\r")


def test_line_feed_within_a_value_that_looks_closed() -> None:
    """Once CR has ended a message, not even a delimiter ahead of a line feed ends the frame."""
    text = ADDRESS.replace(b"Lane\n12", b"Lane|\nx")
    assert [text] == frames(text + b"\r", ending=Ending.CR)


def test_short_messages_are_not_sought_in_values() -> None:
    """A line of a value that reads like the shortest messages stays where it is."""
    text = ADDRESS.replace(b"\n12 Nowhere", b"\n97")
    assert [text] == frames(text + b"\r", ending=Ending.CR)


def test_lines_without_delimiter_at_the_end() -> None:
    """A line that is not closed is parted from the next once that opens strictly like a message."""
    assert [MESSAGE[:-1], MESSAGE] == frames(MESSAGE[:-1] + b"\n", MESSAGE + b"\n")


def test_lines_that_are_no_messages() -> None:
    """Other lines end at LF, for they cannot hold a value."""
    assert [b"lpl-sc", b"1234", b"9900802.00"] == frames(b"lpl-sc\n1234\n", b"9900802.00\n")


def test_too_many_line_feeds() -> None:
    """A frame with more line feeds than any value waits for CR, instead of being looked at again and again."""
    text = MESSAGE[:-1] + b"\n" * LINE_FEEDS + b"x|\n"
    assert [] == frames(text)
    assert [text.rstrip(b"\n")] == frames(text, b"\r")


@pytest.mark.parametrize("step", [1, 1000, FRAME_BYTES, 10 * FRAME_BYTES])
def test_oversize(step: int) -> None:
    """A frame without end is given up at the limit, to the byte, and dropped to its terminator."""
    opening = MESSAGE + b"AF"
    stream = opening + b"x" * (3 * FRAME_BYTES) + b"\r\n" + MESSAGE + b"\r"
    pieces = [stream[at : at + step] for at in range(0, len(stream), step)]
    found = frames(*pieces)
    assert [(opening + b"x" * FRAME_BYTES)[:FRAME_BYTES], MESSAGE] == found


def test_the_longest_frame() -> None:
    """A frame of exactly the limit is whole."""
    text = (MESSAGE + b"AF").ljust(FRAME_BYTES, b"x")
    assert [text] == frames(text, b"\r")


def test_take_gives_up_what_is_pending() -> None:
    """What awaited a terminator is returned once."""
    framer = Framer(Dialect().whole)
    assert [] == list(framer.frames(memoryview(b"\n 2300")))
    assert b"2300" == framer.take()
    assert b"" == framer.take()


def test_settled() -> None:
    """Once CR is known to end frames, whenever nothing is under way."""
    framer = Framer(Dialect().whole)
    assert not framer.settled
    framer.confirm(Ending.CR)
    assert framer.settled
    assert [] == list(framer.frames(memoryview(b"2300")))
    assert not framer.settled
    assert ["2300"] == [frame.data.decode() for frame in framer.frames(memoryview(b"\r"))]
    assert framer.settled
    framer.confirm(Ending.LF)
    assert not framer.settled
