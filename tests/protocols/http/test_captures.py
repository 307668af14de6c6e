"""The HTTP parser against captures of other projects: as many requests as tshark counts, or a reason why not."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from monitor.capture.files import CaptureFiles
from monitor.decode.decoding import Decoding
from monitor.flow.tracker import Tracker
from monitor.model.finding import Observation
from monitor.model.frames import Frames
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.registry import specs

SHARE = 0.95
"""Captures in which both count the same."""
UNDECODED = ("fragment", "encapsulated", "other_ip", "unknown_linktype", "cut_header", "malformed")
REASONS = {
    "GET without a version": (
        "http-missing-protocol__input",
        "constructed",
        "http_methods",
        "mpls-in-vlan",
        "mixed-vlan-mpls",
    ),
    "a body of two lengths": ("http-multiple-cl__input", "te_obs_fold"),
    "tshark decides by the port, or lacks the method": (
        *("uricontent_detect-uricontent-02__input", "http_query-method", "tcp-http-with-padding"),
    ),
    "tshark waits for bytes that never come": (
        *("TPWhite-carved-out-7787-s1", "tcp-urgent-2byte-XY", "missing_packet", "http_putty-upload"),
    ),
    "a first line that the snap length cut": ("communityid",),
    "one connection on three VLANs": ("vlan-collisions",),
    "HTTP inside another connection": ("socks-http-example",),
    "a tunnel in UDP": ("vxlan-non-zero-reserved-fields__input", "false_positives", "ayiya3", "gre-over-udp-4754"),
}
"""Why counts differ although every packet was decoded, with parts of their names (see `docs/concepts/http.md`)."""


@pytest.fixture(scope="module")
def captures() -> Path:
    """The folder of the captures."""
    folder = Path(__file__).resolve().parents[4] / "shared" / "pcaps"
    if not folder.is_dir():
        pytest.skip("the collection of public captures is not beside the repository")
    return folder


def count(path: Path) -> Stats:
    """Read one capture through all rooms up to the parsers."""
    stats = Stats()
    seen: list[Observation] = []
    tracker = Tracker(specs(), NamingPolicy(), stats, seen.append)
    for item in Decoding(CaptureFiles((str(path),), stats), stats):
        if isinstance(item, Frames):
            tracker.take(item)
        else:
            tracker.tick(item.at_ns)
    tracker.finish()
    return stats


def truth(folder: Path, name: str) -> int:
    """Requests that tshark counts, TLS and SSDP aside; with segments put in order where that matters."""
    file = f"{name.replace('/', '__', 1)}.json"
    path = folder / "truth_ooo" / file
    known = json.loads((path if path.exists() else folder / "truth" / file).read_text("utf-8"))
    listed = known["http_requests"]
    beyond = known.get("http_requests_total", len(listed)) - len(listed)
    return beyond + sum(not one["in_tls"] and not one["ssdp"] for one in listed)


@pytest.mark.slow
def test_requests_of_public_captures(captures: Path) -> None:
    """The counts agree; where they do not, it is known why, and no part of the program failed."""
    with (captures / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        names = [row["file"] for row in csv.DictReader(lines, delimiter="\t") if "http-plaintext" in row["why"].split()]
    same, unexplained = 0, []
    for name in names:
        stats = count(captures / name)
        assert not stats.faults, name
        assert "flow.ambiguous" not in stats.weirds, name
        agrees = truth(captures, name) == stats.protocols["http"]["requests"]
        decoded = not any(stats.packets_by_kind[kind] for kind in UNDECODED)
        same += agrees
        if not agrees and decoded and not any(part in name for parts in REASONS.values() for part in parts):
            unexplained.append(name)
    assert [] == unexplained
    assert same >= SHARE * len(names)
