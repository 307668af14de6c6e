"""Standard output: whoever closes it wants no more, and a full disk cuts one line and not two."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from monitor.errors import DeliveryError
from monitor.sinks.destinations import stream as room
from monitor.sinks.destinations.stream import Stream


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe's ends: to read, and to write."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:  # the test has closed it
            continue


def test_a_line(pipe: tuple[int, int]) -> None:
    """It arrives at once, whole."""
    stream = Stream(pipe[1], "standard output", list)
    stream.check()
    assert stream.send(b"one\n")
    stream.close()
    assert stream.send(b"two\n")

    assert b"one\ntwo\n" == os.read(pipe[0], 100)


def test_nobody_reads(pipe: tuple[int, int]) -> None:
    """It is told once, and nothing is written any more."""
    told: list[int] = []
    stream = Stream(pipe[1], "standard output", lambda: told.append(1))
    os.close(pipe[0])

    assert [False, False] == [stream.send(b"one\n"), stream.send(b"two\n")]
    assert [1] == told


def test_a_line_that_was_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a line is written, then the disk is full: the next line begins behind a line break."""
    written, room_left = bytearray(), [3]

    def write(_descriptor: int, data: memoryview) -> int:
        if not room_left[0]:
            raise OSError(28, "29990000112345")
        size = min(room_left[0], len(data))
        written.extend(data[:size])
        room_left[0] -= size
        return size

    monkeypatch.setattr(room.os, "write", write)
    stream = Stream(1, "standard output", list)
    for _ in range(2):
        with pytest.raises(DeliveryError, match=r"^standard output: No space left on device$"):
            stream.send(b"first\n")
    room_left[0] = 1_000
    assert stream.send(b"first\n")
    assert stream.send(b"second\n")

    assert b"fir\nfirst\nsecond\n" == written
