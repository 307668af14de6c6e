"""The DNS parser against tshark, on every public capture in which tshark sees DNS."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.capture.files import CaptureFiles
from monitor.decode.decoding import Decoding
from monitor.flow.tracker import Tracker
from monitor.model.events import Output
from monitor.model.flow import Side
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.dns import SPEC
from monitor.protocols.dns.events import DnsAnswer
from monitor.protocols.dns.message import read_response
from monitor.protocols.dns.parser import DnsParser

RECOGNISED = 0.9
"""Of the responses that tshark counts: the others travel over TCP, in tunnels or fragments, are copies of one another,
or are malformed on purpose."""


def responses(capture: Path) -> list[bytes]:
    """Every response that reaches the parser."""
    heard: list[bytes] = []

    class Listening(DnsParser):
        """Keeps what it is fed."""

        def feed(self, side: Side, data: memoryview) -> Iterable[Output]:
            if len(data) > 2 and data[2] & 0x80:
                heard.append(bytes(data))
            return super().feed(side, data)

    stats = Stats()
    tracker = Tracker(
        [replace(SPEC, parser=Listening, watched_only=False)],
        NamingPolicy(),
        stats,
        lambda _: None,
    )
    for item in Decoding(CaptureFiles([str(capture)], stats), stats):
        if isinstance(item, Frames):
            tracker.take(item)
    tracker.finish()
    assert {} == dict(stats.faults)
    return heard


@pytest.mark.slow
def test_every_public_capture(material: Path) -> None:
    """Nearly all responses are recognised, on any port, and most of them are answers that name addresses."""
    expected_total = actual_total = told_total = 0
    for path in sorted((material / "pcaps" / "truth").glob("*.json")):
        truth = json.loads(path.read_text("utf-8"))
        expected = truth["dns"]["responses"]
        if not expected:
            continue
        heard = responses(material / "pcaps" / truth["file"])
        expected_total += expected
        actual_total += min(expected, len(heard))
        told_total += sum(any(isinstance(said, DnsAnswer) for said in read_response(data)) for data in heard)
    assert actual_total > RECOGNISED * expected_total
    assert told_total > actual_total // 3
