"""Live equals offline, at the size and the speed of a busy library: 200,000 packets, 50,000 a second."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wire import Observer, Sensor, analyzed, replay, timeless, virtual_wire, wait_for

PACKETS = 200_000
PACKETS_PER_SECOND = 50_000
CONFIG = """\
zones:
  - {name: cameras, audience: infrastructure, role: camera, networks: [10.40.0.0/24], expect: [{asset: recorder}]}
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
"""

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _wire() -> Iterator[None]:
    """All of this happens on a wire of its own."""
    with virtual_wire():
        yield


@pytest.mark.parametrize("options", [(), ("--vlan",)], ids=["plain", "vlan"])
def test_live_equals_offline(options: tuple[str, ...], material: Path, tmp_path: Path) -> None:
    """The same frames over a virtual wire give the same findings, times aside, the same figures, and no drops."""
    capture = tmp_path / "library.pcap"
    writer = [sys.executable, str(material / "tools" / "libmix.py"), str(capture), "--packets", str(PACKETS), *options]
    subprocess.run(writer, check=True, capture_output=True)
    config = tmp_path / "library.yaml"
    config.write_text(CONFIG, "utf-8")
    with Observer() as observer, Sensor(tmp_path, "--config", str(config)) as sensor:
        sent = replay(capture, PACKETS_PER_SECOND)
        wait_for(lambda: observer.has_seen(sent))
        status = sensor.end(signal.SIGTERM)
    report = analyzed(capture, "--config", str(config))
    coverage = report["coverage"]
    last = sensor.stderr.splitlines()[-1]

    assert 0 == status
    assert sent == coverage["packets"] >= PACKETS
    assert f" {sent:,} packets (" in last
    assert "), 0 dropped by the kernel; " in last
    assert f"; {coverage['flows']:,} flows; " in last
    assert re.search(rf"; sip2 \d+ flows, {report['protocols']['sip2']['messages']:,} messages; ", last)
    assert "; limits reached: none; faults: none" in last
    assert {"sip2", "http", "camera"} <= {one["rule"].partition("-")[0] for one in report["findings"]}
    assert timeless(report["findings"]) == sensor.findings()
    assert {10, 30, 40} == {vlan for one in sensor.findings() for vlan in one["vlan"]} or not options


@pytest.mark.parametrize("again", [False, True], ids=["never", "late"])
def test_a_reader_who_stands_still(again: bool, repository: Path, tmp_path: Path) -> None:  # noqa: FBT001 (a parameter)
    """Whoever reads stdout stops: a file beside it gets everything, the run ends when it is asked to, and says so."""
    demo = repository / "demo" / "maple-street-library.pcapng"
    config = tmp_path / "library.yaml"
    config.write_text(f'sinks: [{{kind: lines, path: "-"}}, {{kind: eve, path: {tmp_path}/eve.json}}]', "utf-8")
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4_096)
    with Observer() as observer, Sensor(tmp_path, "--config", str(config), stdout=write) as sensor:
        os.close(write)
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        wait_for(lambda: {one["id"] for one in analyzed(demo)["findings"]} <= told(tmp_path / "eve.json"))
        if again:
            reader = subprocess.Popen(["cat"], stdin=read, stdout=subprocess.DEVNULL)
        status = sensor.end(signal.SIGTERM)
    os.close(read)
    if again:
        reader.wait(30)

    assert 0 == status
    assert again != ("lines: " in sensor.stderr)
    assert again or re.search(r"lines: \d+ findings were not delivered before the end", sensor.stderr)


def told(path: Path) -> set[str]:
    """Ids of the findings in a file of EVE lines, of which the last one may not be whole."""
    lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
    return {one["privacy"]["id"] for one in map(json.loads, lines) if one["event_type"] == "alert"}
