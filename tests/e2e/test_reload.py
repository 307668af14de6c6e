"""SIGHUP under full load: 200,000 packets, 50,000 a second, while the configuration is read again ten times."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wire import FAR, Observer, Sensor, analyzed, timeless, virtual_wire, wait_for

PACKETS = 200_000
PACKETS_PER_SECOND = 50_000
GOOD = """\
zones:
  - {name: cameras, audience: infrastructure, role: camera, networks: [10.40.0.0/24], expect: [{asset: recorder}]}
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
"""
OTHER = GOOD + "  - {name: spare, address: 10.250.0.1, role: other}\nsite: Main Library\n"
BAD = GOOD + "zoness: []\n"
USED = "the configuration was read again, and holds from now on"
NOT_USED = "the configuration is not used; what held before still holds"
CHANGES = [(OTHER, USED), (BAD, NOT_USED), (GOOD, USED), (BAD, NOT_USED), (OTHER, USED)]
CHANGES += [(BAD, NOT_USED), (GOOD, USED), (BAD, NOT_USED), (OTHER, USED), (BAD, NOT_USED)]

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def reread(sensor: Sensor, config: Path, text: str, said: str) -> None:
    """Let the sensor read another configuration, and wait for what it says of it."""
    before = sensor.stderr.count(said)
    config.write_text(text, "utf-8")
    sensor.process.send_signal(signal.SIGHUP)
    wait_for(lambda: sensor.stderr.count(said) > before)


@pytest.fixture(autouse=True)
def _wire() -> Iterator[None]:
    """All of this happens on a wire of its own."""
    with virtual_wire():
        yield


COUNTED = {"sip2-login-failures", "sip2-patron-harvesting", "sip2-pin-guessing", "sip2-shared-account"}
"""The rules that count over time and about which this traffic says something."""


def test_no_packet_is_lost(material: Path, tmp_path: Path) -> None:
    """Five good and five bad configurations cost no packet, and the findings are those of a run without."""
    capture = tmp_path / "library.pcap"
    writer = [sys.executable, str(material / "tools" / "libmix.py"), str(capture), "--packets", str(PACKETS)]
    subprocess.run(writer, check=True, capture_output=True)
    config = tmp_path / "library.yaml"
    config.write_text(GOOD, "utf-8")
    sender = [sys.executable, "-m", "tests.support.replay", FAR, str(capture), str(PACKETS_PER_SECOND)]
    with Observer() as observer, Sensor(tmp_path, "--config", str(config)) as sensor:
        with subprocess.Popen(sender, stdout=subprocess.PIPE, text=True) as replay:
            wait_for(lambda: observer.has_seen(1))
            for text, said in CHANGES:
                reread(sensor, config, text, said)
            assert replay.poll() is None, "the load ended before the last configuration was read"
            answer, _ = replay.communicate()
        sent = int(answer)
        wait_for(lambda: observer.has_seen(sent))
        status = sensor.end(signal.SIGTERM)
    config.write_text(GOOD, "utf-8")
    report = analyzed(capture, "--config", str(config))
    last = sensor.stderr.splitlines()[-1]

    assert 0 == status
    assert sent == report["coverage"]["packets"] >= PACKETS
    assert f" {sent:,} packets (" in last
    assert "), 0 dropped by the kernel; " in last
    assert f"; {report['coverage']['flows']:,} flows; " in last
    assert "; limits reached: none; faults: none" in last
    # What is counted over time begins anew with each good configuration (docs/concepts/counting.md).
    kept = [one for one in timeless(report["findings"]) if one["rule"] not in COUNTED]
    assert kept == [one for one in sensor.findings() if one["rule"] not in COUNTED]
