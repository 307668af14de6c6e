"""Captures of the same time are read side by side: what two interfaces recorded is one story."""

from __future__ import annotations

import gzip
import io
import json
import random
from pathlib import Path

import pytest

from monitor.analyze import Request, analyze
from monitor.capture import bounds, files
from monitor.capture.conversation import Conversation, Host, Packet
from monitor.capture.files import CaptureFiles
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.sinks.report.json import JsonReport
from tests.support.captures import SECOND, START, Pcap, collect, packets, pcapng, read_paths


def write(path: Path, content: bytes) -> str:
    """A file, as the operator would name it."""
    path.write_bytes(content)
    return str(path)


def dealt(story: list[Packet], folder: Path, rng: random.Random, count: int) -> list[str]:
    """A recording by several interfaces, in several formats, each rotated now and then."""
    hands: list[list[Packet]] = [[] for _ in range(count)]
    for packet in story:
        rng.choice(hands).append(packet)
    paths = []
    for number, hand in enumerate(hands):
        cut = rng.randrange(1, len(hand) - 1)
        for part, some in enumerate((hand[:cut], hand[cut:])):
            content = pcapng(some) if number % 2 else Pcap(nano=True).file(some)
            packed = gzip.compress(content) if rng.randrange(3) == 0 else content
            paths.append(write(folder / f"{rng.randrange(10**6)}-{number}-{part}", packed))
    return paths


@pytest.mark.parametrize("seed", range(4))
def test_packet_by_packet(seed: int, tmp_path: Path) -> None:
    """Whatever was recorded where: together it is what one recording would have been."""
    rng = random.Random(seed)
    story = [Packet(START * SECOND + 1_000 * n, n.to_bytes(4) + bytes(rng.randrange(60))) for n in range(5_000)]
    result = read_paths(*dealt(story, tmp_path, rng, 3))

    assert [one.data for one in story] == [one.data for one in result.seen]
    assert [one.at_ns for one in story] == [one.at_ns for one in result.seen]
    assert ([], []) == (result.source.notes, result.source.troubles)
    for number, figures in enumerate(result.stats.captures):
        own = [one.number for one in result.seen if one.capture == number]
        assert list(range(1, figures.packets + 1)) == own


def test_a_conversation_recorded_one_side_each(tmp_path: Path) -> None:
    """A tap gives either direction on an interface of its own; what is found is what one recording shows."""
    talk = Conversation(Host("10.30.0.11", 49152), Host("10.1.0.10", 6001)).open()
    for number in range(40):
        talk.originator(b"6300020261122    120000Y         AObench|AA2199900000%04d|AC|AD4711|\r" % number)
        talk.responder(b"64              00020261122    120001000000000001000000000000AObench|AEZo Q|BLY|\r")
    talk.close()
    whole = write(tmp_path / "whole.pcap", Pcap(nano=True).file(talk.packets))
    sides = [[one for one in talk.packets if (one.data[26:30] == talk.near.packed) is near] for near in (True, False)]
    paths = [write(tmp_path / f"{n}.pcap", Pcap(nano=True).file(side)) for n, side in enumerate(sides)]

    assert findings(whole) == findings(*paths) == findings(*paths[::-1])
    assert findings(whole) != findings(paths[0])


def findings(*paths: str) -> list[dict[str, object]]:
    """What is found, evidence aside, which names capture and frame."""
    written = io.StringIO()
    analyze(Request(paths=paths, sinks=(JsonReport(written),)))
    found = json.loads(written.getvalue())["findings"]
    return [{key: one[key] for key in one if key != "evidence"} for one in found]


def test_no_more_than_can_be_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the limit, what is left waits until another one ends, and that is counted."""
    monkeypatch.setattr(files, "MAX_TOGETHER", 2)
    paths = [write(tmp_path / str(n), Pcap().file(packets(50))) for n in range(4)]
    before = len(list(Path("/proc/self/fd").iterdir()))
    stats = Stats()
    most = 0
    source = CaptureFiles(paths, stats)
    seen = 0
    for item in source:
        most = max(most, len(list(Path("/proc/self/fd").iterdir())) - before)
        seen += item.count if isinstance(item, Frames) else 0

    assert 200 == seen
    assert most <= 2 * 2 + 1, "each is read by two descriptors"
    assert stats.limits["capture.together"]


def test_small_captures_take_little(tmp_path: Path) -> None:
    """Room is made for what there is to read, and no more."""
    path = write(tmp_path / "x", Pcap().file(packets(10)))
    (batch,) = [item for item in CaptureFiles([path], Stats()) if isinstance(item, Frames)]

    assert len(batch.data) < bounds.PART_BYTES
    assert batch.capacity < bounds.BATCH_FRAMES
    assert 10 == len(collect(CaptureFiles([path], Stats())))
