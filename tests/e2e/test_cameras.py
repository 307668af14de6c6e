"""A camera of real software, in a house of real network stacks: whom it may send video to, and whom not."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.house import OUTSIDE, Room, cameras
from tests.support.wire import Sensor, virtual_wire, wait_for

CONFIG = """\
zones:
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24]
    expect: [{asset: recorder}, {name: "*.updates.example", ports: [443/tcp]}]
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
"""
PORT = 8_554
SECONDS = 8
"""Of video."""
SOON_SECONDS = 2.0
"""From the first packet to the wrong host to the line that tells of it."""
TOLERANCE = 0.02
"""Of volumes: what the kernel counts has the ARP of the room in it."""

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def rooms() -> Iterator[dict[str, Room]]:
    """A camera, its recorder, and somebody on the internet who is reached without a router."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("the command ffmpeg, which plays camera and recorder, is not here")
    with virtual_wire(), cameras() as made:
        yield made


@contextmanager
def server(room: Room, carriage: str) -> Iterator[None]:
    """Somebody in a room who takes video: over RTSP, or as it comes over TCP."""
    target = ["-rtsp_flags", "listen", "-i", f"rtsp://0.0.0.0:{PORT}/live"]
    if carriage == "tcp":
        target = ["-f", "mpegts", "-i", f"tcp://0.0.0.0:{PORT}?listen=1"]
    process = room.run("ffmpeg", "-loglevel", "quiet", "-y", *target, "-c", "copy", "-f", "null", "/dev/null")
    try:
        wait_for(lambda: room.listens(PORT) or process.poll() is not None)
        yield
    finally:
        process.kill()
        process.wait()


def send(camera: Room, address: str, carriage: str) -> subprocess.Popen[bytes]:
    """The camera sends some seconds of moving pictures in real time."""
    pictures = ["-re", "-f", "lavfi", "-i", "testsrc2=size=640x480:rate=25", "-t", str(SECONDS)]
    encoded = [*pictures, "-c:v", "mpeg4", "-b:v", "1500k"]
    target = ["-f", "rtsp", "-rtsp_transport", "tcp", f"rtsp://{address}:{PORT}/live"]
    if carriage == "tcp":
        target = ["-f", "mpegts", f"tcp://{address}:{PORT}"]
    return camera.run("ffmpeg", "-loglevel", "quiet", *encoded, *target)


def told(sensor: Sensor) -> list[dict[str, Any]]:
    """The lines so far, but for one that is not whole."""
    return [json.loads(line) for line in sensor.stdout.splitlines(keepends=True) if line.endswith("\n")]


@pytest.mark.parametrize(
    ("carriage", "rule"), [("rtsp", "camera-rtsp-internet"), ("tcp", "camera-unexpected-internet")]
)
def test_only_the_wrong_host_is_told(carriage: str, rule: str, rooms: dict[str, Room], tmp_path: Path) -> None:
    """One finding within two seconds of its first packet, with what the kernel counted; none for the recorder."""
    config = tmp_path / "library.yaml"
    config.write_text(CONFIG, "utf-8")
    camera, recorder, outside = rooms["camera"], rooms["recorder"], rooms["outside"]
    with Sensor(tmp_path, "--config", str(config)) as sensor:
        with server(recorder, carriage):
            assert send(camera, "10.40.0.250", carriage).wait(60) == 0
        assert recorder.counted()[0] > SECONDS * 100_000
        before = told(sensor)
        with server(outside, carriage):
            received, sent = outside.counted()
            process = send(camera, OUTSIDE, carriage)
            wait_for(lambda: bool(told(sensor)))
            seen_at = time.time()
            assert process.wait(60) == 0
            received_after, sent_after = outside.counted()
        assert 0 == sensor.end(signal.SIGTERM)
    lines = told(sensor)
    standing = [one for one in {one["id"]: one for one in lines}.values() if one["count"]]

    assert [] == before
    assert [rule] == [one["rule"] for one in standing]
    (finding,) = standing
    assert ("10.40.0.7", [OUTSIDE]) == (finding["about"]["address"], [one["address"] for one in finding["peers"]])
    first_packet = datetime.fromisoformat(finding["volume"]["since"]).timestamp()
    assert seen_at - first_packet < SOON_SECONDS
    volume = finding["volume"]
    assert pytest.approx(received_after - received, rel=TOLERANCE) == volume["sent_bytes"]
    assert pytest.approx(sent_after - sent, rel=TOLERANCE) == volume["received_bytes"]
