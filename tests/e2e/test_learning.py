"""A camera of real network stacks is learned from: what is right is proposed, what is wrong is named, nothing holds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.config.loading import load_config
from tests.support.house import OUTSIDE, Room, cameras
from tests.support.wire import DEADLINE_SECONDS, NEAR, virtual_wire, wait_for

CONFIG = f"""\
zones:
  - {{name: cameras, audience: infrastructure, role: camera, networks: [10.40.0.0/24]}}
assets:
  - {{name: recorder, address: 10.40.0.250, role: recorder}}
sensor: {{interfaces: [{NEAR}]}}
"""
SERVE = "import socket,sys;s=socket.create_server(('0.0.0.0',int(sys.argv[1])));exec('while 1:s.accept()[0].recv(99)')"
CALL = "import socket,sys;socket.create_connection((sys.argv[1],int(sys.argv[2]))).sendall(bytes(9))"
PUNCH = (
    "import socket,sys;s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM);"
    "s.sendto(bytes.fromhex('000100002112a442000102030405060708090a0b'),(sys.argv[1],3478))"
)
AS_HERE = {"PYTHONPATH": str(Path(__file__).parents[2])}

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def rooms() -> Iterator[dict[str, Room]]:
    """A camera, its recorder, and somebody on the internet who is reached without a router."""
    with virtual_wire(), cameras() as made:
        yield made


@contextmanager
def server(room: Room, port: int) -> Iterator[None]:
    """Somebody in a room who takes connections."""
    process = room.run(sys.executable, "-c", SERVE, str(port))
    try:
        wait_for(lambda: room.listens(port) or process.poll() is not None)
        yield
    finally:
        process.kill()
        process.wait()


def day(rooms: dict[str, Room]) -> None:
    """What the camera does: its recorder, a host without a name, a way past the firewall."""
    with server(rooms["recorder"], 554), server(rooms["outside"], 443):
        for program, *arguments in (
            (CALL, "10.40.0.250", "554"),
            (CALL, OUTSIDE, "443"),
            (PUNCH, OUTSIDE),
        ):
            assert 0 == rooms["camera"].run(sys.executable, "-c", program, *arguments).wait(DEADLINE_SECONDS)


@pytest.mark.parametrize(("duration", "number"), [("15s", None), ("14d", signal.SIGINT)], ids=["for", "ctrl-c"])
def test_nothing_is_approved(duration: str, number: int | None, rooms: dict[str, Room], tmp_path: Path) -> None:
    """The recorder alone is proposed, in YAML and MUD; the configuration is as it was, and says what it said."""
    config = tmp_path / "library.yaml"
    config.write_text(CONFIG, "utf-8")
    command = [sys.executable, "-m", "monitor", "learn", "--config", str(config), "--live", "--for", duration]
    remarks = tmp_path / "remarks"
    with remarks.open("wb") as stderr:
        process = subprocess.Popen(command, cwd=tmp_path, env=os.environ | AS_HERE, stderr=stderr)
    try:
        wait_for(lambda: b"listening to" in remarks.read_bytes() or process.poll() is not None)
        day(rooms)
        if number is not None:
            process.send_signal(number)
        status = process.wait(DEADLINE_SECONDS)
    finally:
        process.kill()
        process.wait()
    learned = tmp_path / "learned"
    text = (learned / "expectations.yaml").read_text("utf-8")
    (zone,) = load_config(learned / "expectations.yaml").zones
    mud = json.loads((learned / "zone-cameras.mud.json").read_text("utf-8"))

    assert 0 == status
    assert CONFIG == config.read_text("utf-8")
    assert {"expectations.yaml", "zone-cameras.mud.json"} == {path.name for path in learned.iterdir()}
    assert ["recorder"] == [one.asset for one in zone.expect or ()]
    refused = [line for line in text.splitlines() if line.startswith("      # not proposed: ")]
    assert 2 == len(refused)
    assert [True] == ["a relay" in line for line in refused if "relay" in line]
    assert [True] == ["no name was seen" in line for line in refused if "name" in line]
    assert OUTSIDE not in json.dumps(mud)
    assert "10.40.0.250/32" in json.dumps(mud)
