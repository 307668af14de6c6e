"""The RTP parser on public captures: telephone calls, a camera's stream, and everything else that is none."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from monitor.capture.files import CaptureFiles
from monitor.decode.decoding import Decoding
from monitor.flow.tracker import Tracker
from monitor.model.finding import Observation
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.rtp import SPEC
from monitor.protocols.rtp.events import MediaKind, RtpStream
from tests.support.shards import in_shards, part

AUDIO, VIDEO, UNKNOWN = MediaKind.AUDIO, MediaKind.VIDEO, MediaKind.UNKNOWN
STREAMS = {
    "arkime__arkime/gtp-iphone.pcap": {UNKNOWN: 1},
    "ntop__nDPI/false_positives.pcapng": {AUDIO: 2, UNKNOWN: 2},
    "ntop__nDPI/rtp.pcapng": {VIDEO: 1},
    "ntop__nDPI/sip.pcap": {AUDIO: 1},
    "odedshimon__BruteShark/h223-over-rtp.cap": {UNKNOWN: 1},
    "odedshimon__BruteShark/h263-over-rtp.pcap": {VIDEO: 1},
    "odedshimon__BruteShark/sip-rtp-dvi4.pcap": {AUDIO: 2},
    "odedshimon__BruteShark/sip-rtp-g711.pcap": {AUDIO: 2},
    "odedshimon__BruteShark/sip-rtp-g726.pcap": {UNKNOWN: 8},
    "odedshimon__BruteShark/sip-rtp-gsm.pcap": {AUDIO: 1},
    "odedshimon__BruteShark/sip-rtp-lpc.pcap": {AUDIO: 1},
    "odedshimon__BruteShark/sip-rtp-opus.pcap": {UNKNOWN: 1},
    "vzvca__rtp-pcap-replay/h264.pcap": {UNKNOWN: 1},
}
"""Every stream of the collection, each looked at: some lie in captures where tshark, told of no call, sees none."""
UNSEEN = {
    "ntop__nDPI/stun.pcap",  # behind STUN in the same flow, and so encrypted
}
"""Captures in which tshark sees RTP and the parser none."""


def streams(capture: Path) -> dict[MediaKind, int]:
    """What flows, and how often."""
    seen: list[Observation] = []
    stats = Stats()
    tracker = Tracker([SPEC], NamingPolicy(), stats, seen.append)
    for item in Decoding(CaptureFiles([str(capture)], stats), stats):
        if isinstance(item, Frames):
            tracker.take(item)
    tracker.finish()
    assert {} == dict(stats.faults)
    return dict(Counter(one.event.kind for one in seen if isinstance(one.event, RtpStream)))


@pytest.mark.slow
@in_shards
def test_every_public_capture(material: Path, shard: int) -> None:
    """Nothing is called RTP but what is, wherever there is UDP at all."""
    found, expected = {}, {}
    by_tshark = set()
    for path in part(sorted((material / "pcaps" / "truth").glob("*.json")), shard):
        truth = json.loads(path.read_text("utf-8"))
        if truth["file"] in STREAMS:
            expected[truth["file"]] = STREAMS[truth["file"]]
        if "udp" in truth["protocols"]:
            kinds = streams(material / "pcaps" / truth["file"])
            if kinds:
                found[truth["file"]] = kinds
            if "rtp" in truth["protocols"]:
                by_tshark.add(truth["file"])
    assert expected == found
    assert by_tshark - set(found) <= UNSEEN
