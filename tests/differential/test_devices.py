"""Real captures of devices, by what their names say that they are: a truth that was written before any was looked at.

The names of the captures say which device was recorded, and the tags of the collection what stands in them. Every
camera whose capture holds two independent signals is to be recognized; the others are unknown, with what was seen; and
nothing else is a camera: not what makes calls or holds meetings, nor any other thing in a house.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.analyze import Request, analyze
from monitor.model.data import Role
from monitor.model.finding import Finding
from monitor.model.stats import DeviceSeen, Stats

pytestmark = pytest.mark.e2e

CAMERAS = re.compile(r"/(?:D-LinkCam|D-LinkDayCam|EdimaxCam\d)__|/yi_camera_sample")
"""What is recorded is a camera that says so in mDNS, SSDP and DHCP, or registers with its cloud."""
UNTOLD = re.compile(r"/EdnetCam\d__|/e1_firmwareupgrade")
"""A camera, of which the capture holds one signal at most: an ordinary DHCP client, or one protocol of its maker."""
THINGS = {"iot", "camera", "camera-cloud", "camera-p2p", "camera-proprietary", "reolink-baichuan"}
CALLS = {"rtp", "rtcp", "sip", "stun", "dtls"}
"""Tags and protocols of telephone calls and meetings, in which there is video as well."""


class _Devices:
    """A sink that keeps the devices."""

    def __init__(self) -> None:
        self.devices: tuple[DeviceSeen, ...] = ()

    def receive(self, finding: Finding) -> None:
        """Findings do not matter."""

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Keep them."""
        self.devices = stats.devices


def _captures(repository: Path, words: set[str]) -> Iterator[str]:
    """Captures of the collection with one of these tags or protocols."""
    top = repository.parent / "shared" / "pcaps"
    if not (top / "manifest.tsv").is_file():
        pytest.skip("the collection of public captures is not beside this checkout")
    with (top / "manifest.tsv").open(encoding="utf-8") as listed:
        for row in csv.DictReader(listed, delimiter="\t"):
            if words & {*row["why"].split(), *row["protocols"].split()}:
                yield str(top / row["file"])


def _look(path: str) -> tuple[DeviceSeen, ...]:
    sink = _Devices()
    analyze(Request(paths=(path,), sinks=(sink,)))
    return sink.devices


def test_cameras_and_other_things(repository: Path) -> None:
    """Each camera is one, each camera that says too little is unknown with what it said, and nothing else is one."""
    wrong = []
    seen = 0
    for path in _captures(repository, THINGS):
        seen += 1
        devices = _look(path)
        cameras = [device for device in devices if device.role is Role.CAMERA]
        if len(cameras) != bool(CAMERAS.search(path)):
            wrong.append((path, "cameras", len(cameras)))
        if UNTOLD.search(path) and not any(device.role is None and device.signals for device in devices):
            wrong.append((path, "not even unknown", len(devices)))
        if any(len(device.signals) < 2 for device in cameras):
            wrong.append((path, "one signal", 1))
    assert seen
    assert [] == wrong


def test_calls_are_no_cameras(repository: Path) -> None:
    """Whoever telephones or meets sends video as cameras do, and is none."""
    paths = [path for path in _captures(repository, CALLS) if not CAMERAS.search(path)]
    assert paths
    assert [] == [path for path in paths for device in _look(path) if device.role in (Role.CAMERA, Role.RECORDER)]
