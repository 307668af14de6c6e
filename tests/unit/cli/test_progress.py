"""The progress line: late, rare, harmless, and gone in the end."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import dataclass

import pytest

from monitor.cli.progress import ProgressLine, show_progress


@dataclass
class Step:
    """How far a run has come, with the attributes that the capture room gives it."""

    path: str = "monday.pcap"
    done_bytes: int = 0
    total_bytes: int | None = 2_000_000_000
    packets: int = 0
    file_index: int = 0
    files_total: int = 1


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at rest."""
    return Clock()


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    return Terminal()


def frames(stream: io.StringIO) -> list[str]:
    """What was drawn, without escapes."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    return [line for line in plain.replace("\r", "\n").splitlines() if line.strip()]


def test_short_work_shows_nothing(stream: Terminal, clock: Clock) -> None:
    """Half a second passes without a line."""
    line = ProgressLine(stream, clock)
    for _ in range(49):
        line(Step())
        clock.now += 0.01
    line.close()

    assert "" == stream.getvalue()


def test_long_work_shows_a_line(stream: Terminal, clock: Clock) -> None:
    """Name, bytes, rate, packets and the time left, within the terminal."""
    line = ProgressLine(stream, clock)
    for step in range(1, 6):
        clock.now += 1
        line(Step(done_bytes=step * 200_000_000, packets=step * 1_500_000))
    line.close()
    last = [frame for frame in frames(stream) if "monday.pcap" in frame][-1]

    assert "1.0/2.0 GB" in last
    assert "200.0 MB/s" in last
    assert "7.5 M packets" in last
    assert "00:05" in last
    assert len(last) <= 80


def test_drawn_rarely(stream: Terminal, clock: Clock) -> None:
    """Ten lines a second at most, however often progress comes."""
    line = ProgressLine(stream, clock)
    clock.now += 1
    for _ in range(1_000):
        line(Step())
        clock.now += 0.001

    assert stream.getvalue().count("monday.pcap") <= 12
    line.close()


def test_next_file(stream: Terminal, clock: Clock) -> None:
    """A run over several files counts them."""
    line = ProgressLine(stream, clock)
    for index in range(3):
        clock.now += 1
        line(Step(path=f"folder/{index}.pcap", file_index=index, files_total=3, done_bytes=5))
    line.close()

    assert "1/3 0.pcap" in stream.getvalue()
    assert "3/3 2.pcap" in stream.getvalue()
    assert "3/3 2.pcap" in frames(stream)[-1]
    assert "1/3" not in frames(stream)[-1]


def test_unknown_size(stream: Terminal, clock: Clock) -> None:
    """A stream has no end that could be told."""
    line = ProgressLine(stream, clock)
    for step in range(3):
        clock.now += 1
        line(Step(path="-", total_bytes=None, done_bytes=step * 10**6))
    line.close()

    assert "2.0/? MB" in frames(stream)[-1]


@pytest.mark.parametrize("path", ["\x1b[2J\x07\udc80.pcap", "[red]x[/red].pcap", "x" * 400])
def test_hostile_names(path: str, stream: Terminal, clock: Clock) -> None:
    """A file's name is text of bounded length and nothing else."""
    line = ProgressLine(stream, clock)
    clock.now += 1
    line(Step(path=path))
    line.close()

    assert "\x1b[2J" not in stream.getvalue()
    assert not set(stream.getvalue()) & set("\x07\udc80")
    assert max(map(len, frames(stream))) <= 80


def test_line_is_taken_away(stream: Terminal, clock: Clock) -> None:
    """The cursor is shown again and nothing stays behind; closing twice is fine."""
    line = ProgressLine(stream, clock)
    clock.now += 1
    line(Step())
    line.close()
    line.close()

    assert stream.getvalue().rstrip("\r").endswith("\x1b[2K") or "\x1b[?25h" in stream.getvalue()


@pytest.mark.parametrize(
    ("wanted", "stream", "expected"),
    [(True, Terminal(), True), (False, Terminal(), False), (True, io.StringIO(), False), (True, None, False)],
)
def test_only_where_somebody_looks(
    wanted: bool,  # noqa: FBT001
    stream: io.StringIO | None,
    expected: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A log file or a pipe gets no progress."""
    monkeypatch.setattr(sys, "stderr", stream)

    with show_progress(wanted=wanted) as line:
        assert expected is (line is not None)
