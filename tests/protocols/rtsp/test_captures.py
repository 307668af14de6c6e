"""The RTSP parser on public captures, none of which has RTSP in it: nothing else may be called so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.capture.files import CaptureFiles
from monitor.decode.decoding import Decoding
from monitor.flow.tracker import Tracker
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.rtsp import SPEC
from tests.support.shards import in_shards, part


@pytest.mark.slow
@in_shards
def test_every_public_capture(material: Path, shard: int) -> None:
    """As many requests as tshark sees."""
    wrong = []
    for path in part(sorted((material / "pcaps" / "truth").glob("*.json")), shard):
        truth = json.loads(path.read_text("utf-8"))
        if "tcp" not in truth["protocols"]:
            continue
        stats = Stats()
        tracker = Tracker([SPEC], NamingPolicy(), stats, lambda _: None)
        for item in Decoding(CaptureFiles([str(material / "pcaps" / truth["file"])], stats), stats):
            if isinstance(item, Frames):
                tracker.take(item)
        tracker.finish()
        requests = len(truth["rtsp_requests"])
        if stats.faults or (requests, bool(requests)) != (
            stats.protocols["rtsp"]["requests"],
            bool(stats.protocols["rtsp"]["flows"]),
        ):
            wrong.append(truth["file"])
    assert [] == wrong
