"""The same capture gives the same bytes, however it is cut; and what is found does not depend on what clocks say."""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from monitor.analyze import Request, analyze
from monitor.capture import space
from monitor.sinks.report.json import JsonReport
from tests.support.captures import Packet, Pcap, read_paths
from tests.support.wire import timeless

HOUR_NS = 3_600 * 10**9
STEPS_NS = {"two hours ahead": 2 * HOUR_NS, "years ahead": 30_000 * HOUR_NS, "an hour back": -HOUR_NS, "to 1970": None}
OTHER_DAYS = {"years ahead"}
"""Steps ahead over midnight: patrons are told apart within a day only, so those of another day count again."""


def report(*paths: str) -> str:
    """The JSON of one run."""
    stream = StringIO()
    analyze(Request(paths=paths, sinks=(JsonReport(stream),)))
    return stream.getvalue()


@pytest.fixture
def demo(repository: Path) -> Path:
    """A capture with everything in it."""
    return repository / "demo" / "maple-street-library.pcapng"


@pytest.mark.slow
@pytest.mark.parametrize("frames", [64, 1_000])
def test_batches_change_no_byte(frames: int, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of some frames and of many give the same document, byte for byte."""
    whole = report(str(demo))
    monkeypatch.setattr(space, "BATCH_FRAMES", frames)
    assert whole == report(str(demo))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_pipe_that_drips_changes_no_byte(seed: int, demo: Path, tmp_path: Path) -> None:
    """Read from a FIFO into which some bytes are written at a time, it is the same document but for the name."""
    fifo = tmp_path / demo.name
    os.mkfifo(fifo)
    chance, data = random.Random(seed), demo.read_bytes()

    def drip() -> None:
        at = 0
        with fifo.open("wb", buffering=0) as pipe:
            while at < len(data):
                at += pipe.write(data[at : at + chance.choice((1, 7, 60, 1_500, 9_000))]) or 0

    writer = threading.Thread(target=drip)
    writer.start()
    dripped = report(str(fifo))
    writer.join()
    assert report(str(demo)).replace(str(demo), str(fifo)) == dripped


def shifted(frames: list[Packet], first: int, step_ns: int | None) -> list[Packet]:
    """The frames from `first` on, with clocks that were set by so much."""
    if step_ns is None:
        step_ns = -frames[first].at_ns
    return [Packet(one.at_ns + step_ns, one.data) for one in frames[first:]]


def one_file(folder: Path, *parts: list[Packet]) -> list[str]:
    """All in one."""
    path = folder / "all.pcap"
    path.write_bytes(Pcap(nano=True).file([one for part in parts for one in part]))
    return [str(path)]


def two_files(folder: Path, *parts: list[Packet]) -> list[str]:
    """One after the other in a pipe each, so that nobody can tell their times before."""
    paths = []
    for name, part in zip("ab", parts, strict=True):
        path = folder / f"{name}.pcap"
        os.mkfifo(path)
        threading.Thread(target=path.write_bytes, args=(Pcap(nano=True).file(part),), daemon=True).start()
        paths.append(str(path))
    return paths


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS_NS)
@pytest.mark.parametrize("laid_out", [one_file, two_files])
def test_clocks_change_no_finding(laid_out: Callable[..., list[str]], step: str, demo: Path, tmp_path: Path) -> None:
    """A jump or a step back, in the middle of a capture or between two, changes no finding but its times."""
    frames = [Packet(one.at_ns, one.data) for one in read_paths(str(demo)).seen]
    middle = len(frames) // 2
    stepped = report(*laid_out(tmp_path, frames[:middle], shifted(frames, middle, STEPS_NS[step])))
    straight, found = (timeless(json.loads(text)["findings"]) for text in (report(str(demo)), stepped))
    for one in (*straight, *found) if step in OTHER_DAYS else ():
        del one["subjects"]
    assert straight == found
