"""Half an hour at 50,000 packets a second: nothing is dropped, and the sensor grows no larger.

``SOAK_MINUTES`` and ``SOAK_PACKETS_PER_SECOND`` choose otherwise. What was seen is printed as it goes.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from urllib.request import urlopen

import pytest

from tests.support.replay import read, send
from tests.support.wire import FAR, Observer, Sensor, ip, virtual_wire, wait_for

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
PACKETS_PER_SECOND = int(os.environ.get("SOAK_PACKETS_PER_SECOND", "50000"))
SEEDS = (3, 5, 7, 11)
"""Each another ten seconds of the same library, with connections of its own."""
PACKETS = 500_000
SAMPLE_SECONDS = 10.0
CONFIG = """\
zones:
  - {name: cameras, audience: infrastructure, role: camera, networks: [10.40.0.0/24], expect: [{asset: recorder}]}
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
metrics: {}
"""

pytestmark = [pytest.mark.soak, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _wire() -> Iterator[None]:
    """All of this happens on a wire, and with a loopback interface, of its own."""
    with virtual_wire():
        ip("link", "set", "lo", "up").check_returncode()
        yield


def resident_mib(process: int) -> float:
    """What a process occupies."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def processor_seconds(process: int) -> float:
    """What a process has computed until now."""
    user, system = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def figure(name: str) -> float:
    """The sum of a metric over its labels."""
    with urlopen("http://127.0.0.1:9477/metrics", timeout=10) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if re.match(rf"privacy_monitor_{name}[ {{]", line))


def tell(line: str) -> None:
    """Print at once: whoever waits for half an hour wants to see it going."""
    print(line, flush=True)  # noqa: T201 (its purpose)


def test_half_an_hour(material: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many packets as were sent are counted, none dropped; the last third takes no more memory than the second."""
    frames: list[list[bytes]] = []
    for seed in SEEDS:
        capture = tmp_path / f"{seed}.pcap"
        writer = [sys.executable, str(material / "tools" / "libmix.py"), str(capture), "--seed", str(seed)]
        subprocess.run([*writer, "--packets", str(PACKETS)], check=True, capture_output=True)
        frames.append(read(str(capture)))
        capture.unlink()
    total = round(MINUTES * 60 * PACKETS_PER_SECOND)
    config = tmp_path / "library.yaml"
    config.write_text(CONFIG, "utf-8")
    over = Event()
    sizes: list[float] = []

    def endless() -> Iterator[bytes]:
        while True:
            for one in frames:
                yield from one

    def sample(process: int) -> None:
        with capsys.disabled():
            tell("\nminute  packets       dropped  MiB    processor")
            before, waited = processor_seconds(process), 0.0
            while not over.wait(SAMPLE_SECONDS):
                waited += SAMPLE_SECONDS
                sizes.append(resident_mib(process))
                if waited % 60 < SAMPLE_SECONDS:
                    now = processor_seconds(process)
                    seen, dropped = figure("capture_packets_total"), figure("capture_drops_total")
                    share = (now - before) / 60
                    tell(f"{waited / 60:<7.0f} {seen:<13,.0f} {dropped:<8,.0f} {sizes[-1]:<6.1f} {share:.0%}")
                    before = now

    with Observer() as observer, Sensor(tmp_path, "--config", str(config), "--store", str(tmp_path / "db")) as sensor:
        watcher = Thread(target=sample, args=(sensor.process.pid,))
        watcher.start()
        try:
            endlessly = endless()
            sent = send(FAR, (next(endlessly) for _ in range(total)), PACKETS_PER_SECOND)
            wait_for(lambda: observer.has_seen(sent))
        finally:
            over.set()
            watcher.join()
        status = sensor.end(signal.SIGTERM)
    last = sensor.stderr.splitlines()[-1]
    third = len(sizes) // 3

    assert 0 == status
    assert total == sent
    assert f" {sent:,} packets (" in last
    assert "), 0 dropped by the kernel; " in last
    assert "; faults: none" in last
    assert sensor.findings()
    assert max(sizes[2 * third :]) <= 1.02 * max(sizes[third : 2 * third]), json.dumps(sizes)
