"""Captures of other projects: as many packets as tshark counts, wherever tshark can read them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.capture.files import CaptureFiles
from monitor.model.stats import Stats

SAMPLE = 53
"""Every so manieth ordinary capture is read here; the odd ones all are."""
NOT_PACKETS = "custom blocks, which tshark counts as packets"
DIFFERENT = {
    "google__gopacket/test017.pcapng": NOT_PACKETS,
    "google__gopacket/test017~1.pcapng": NOT_PACKETS,
    "google__gopacket/test102.pcapng": NOT_PACKETS,
    "google__gopacket/test102~1.pcapng": NOT_PACKETS,
    "seladb__PcapPlusPlus/solaris.snoop": "another format",
    "the-tcpdump-group__tcpdump/pim_header_asan-2.pcap": "three records of which two contradict themselves",
}
"""Why we count otherwise than tshark."""


def is_odd(truth: dict[str, object]) -> bool:
    """Big-endian, nanoseconds, several sections or interfaces, unusual blocks, something wrong with the file."""
    header = truth["header"]
    assert isinstance(header, dict)
    return (
        header.get("byteorder") == "be"
        or header.get("resolution") not in ("us", None)
        or header.get("sections", 1) > 1
        or len(header.get("linktypes", ())) > 1
        or not {"0xa0d0d0a", "0x1", "0x4", "0x5", "0x6"}.issuperset(header.get("blocks", ()))
        or "file_problem" in header
        or truth["tshark_rc"] != 0
    )


@pytest.mark.slow
def test_as_many_packets_as_tshark_counts(material: Path) -> None:
    """Counts, bytes on the wire and packets cut by the snapshot length; no trouble where tshark has none."""
    read, wrong = 0, []
    for number, path in enumerate(sorted((material / "pcaps" / "truth").glob("*.json"))):
        truth = json.loads(path.read_text("utf-8"))
        name = truth["file"]
        if name in DIFFERENT or not (is_odd(truth) or number % SAMPLE == 0):
            continue
        stats = Stats()
        source = CaptureFiles([str(material / "pcaps" / name)], stats)
        for _ in source:
            pass
        read += 1
        if truth["tshark_rc"]:
            continue  # tshark gave up; that we end is enough
        figures = stats.captures[0]
        if (figures.packets, [], {}) != (truth["packets"], source.troubles, stats.limits):
            wrong.append(name)
    assert [] == wrong
    assert read > 50
