"""Cameras of an invented library, as its writer counted them: every unexpected flow is told, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.analyze import Request, analyze
from monitor.config.loading import load_config
from monitor.model.contract import Sink
from monitor.model.finding import Finding
from monitor.model.stats import Stats
from tests.support.sixth import rewrite, sixth

CONFIG = """\
zones:
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24, "fd00:10::a28:0/120"]
    expect: [{asset: recorder}]
assets:
  - {name: recorder, address: [10.40.0.250, "fd00:10::a28:fa"], role: recorder}
"""
OUTSIDE = "198.51.100.77"
PACKETS = {"camera": "8000", "mixed": "20000"}


class Kept(Sink):
    """The findings as they stand at the end."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}
        self.stats = Stats()

    def receive(self, finding: Finding) -> None:
        """Keep the latest state."""
        self.findings[finding.id] = finding

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Keep the figures."""
        self.stats = stats


@pytest.mark.parametrize("is_ipv6", [False, True], ids=["ipv4", "ipv6"])
@pytest.mark.parametrize("options", [(), ("--vlan",)], ids=["plain", "vlan"])
@pytest.mark.parametrize("profile", ["camera", "mixed"])
def test_every_unexpected_flow_and_no_other(
    profile: str, options: tuple[str, ...], material: Path, tmp_path: Path, *, is_ipv6: bool
) -> None:
    """One finding for each camera and destination, with all that the camera sent there."""
    capture = tmp_path / "cameras.pcap"
    writer = [sys.executable, str(material / "tools" / "libmix.py"), str(capture), "--packets", PACKETS[profile]]
    made = subprocess.run([*writer, "--profile", profile, *options], check=True, capture_output=True, text=True)
    truth = json.loads(made.stdout)
    if is_ipv6:
        rewrite(capture, tmp_path / "sixth.pcap")
        capture = tmp_path / "sixth.pcap"
    (tmp_path / "library.yaml").write_text(CONFIG, "utf-8")
    kept = Kept()
    analyze(Request(paths=(str(capture),), sinks=(kept,), config=load_config(tmp_path / "library.yaml")))
    found = [one for one in kept.findings.values() if one.about.kind.value == "device" and one.count]

    assert truth["camera_unexpected_flows"] == sum(one.count for one in found) > 0
    assert {"camera-unexpected-internet"} == {str(one.rule) for one in found}
    assert {sixth(OUTSIDE) if is_ipv6 else OUTSIDE} == {str(peer.address) for one in found for peer in one.peers}
    assert len(found) == len({one.about.address for one in found})
    assert ({40} if options else set()) == {vlan for one in found for vlan in one.vlan}
    sent = {(zone, expected): size for (zone, expected), size in kept.stats.camera_upload_bytes.items()}
    assert sent["cameras", False] == sum(one.volume.sent_bytes for one in found if one.volume is not None) > 0
    assert {} == kept.stats.faults
