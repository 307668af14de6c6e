"""A recording in one file, and the same one rotated: the same answer, in whatever order the files are named."""

from __future__ import annotations

import json
import random
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from monitor.analyze import Request, analyze
from monitor.sinks.report.json import JsonReport
from tests.support.captures import Packet, Pcap, read_paths


def report(*paths: str) -> str:
    """The JSON of one run."""
    stream = StringIO()
    analyze(Request(paths=paths, sinks=(JsonReport(stream),)))
    return stream.getvalue()


def without_places(text: str) -> tuple[dict[str, Any], list[list[int]]]:
    """A report without what depends on files, and its evidence by the number of the frame in all of them."""
    document = json.loads(text)
    begins = [0]
    for capture in document.pop("captures"):
        begins.append(begins[-1] + capture["packets"])
    places = [
        [begins[place["capture"]] + place["frame"] for place in finding.pop("evidence")]
        for finding in document["findings"]
    ]
    return document, places


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_rotation_changes_nothing(seed: int, tmp_path: Path, repository: Path) -> None:
    """Cut anywhere, connections and all: the same findings and figures, and evidence in the same frames."""
    chance = random.Random(seed)
    demo = repository / "demo" / "maple-street-library.pcapng"
    frames = [Packet(one.at_ns, one.data) for one in read_paths(str(demo)).seen]
    # files are told apart by their first time, as a recorder that rotates makes them
    cuts = sorted(chance.sample([n for n in range(1, len(frames)) if frames[n - 1].at_ns < frames[n].at_ns], 6))
    names = chance.sample("abcdefg", 7)
    files = []
    for name, first, behind in zip(names, [0, *cuts], [*cuts, len(frames)], strict=True):
        path = tmp_path / f"{name}.pcap"
        path.write_bytes(Pcap(nano=True).file(frames[first:behind]))
        files.append(str(path))
    rotated = report(*files)

    assert without_places(report(str(demo))) == without_places(rotated)
    for given in (files[::-1], chance.sample(files, len(files)), [str(tmp_path)]):
        assert rotated == report(*given)
