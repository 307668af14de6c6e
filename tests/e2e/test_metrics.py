"""A real Prometheus scrapes a real run, over TLS and with a password, and every figure moves as it should."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.replay import read
from tests.support.scrape import Prometheus, prometheus
from tests.support.wire import NEAR, Observer, Sensor, analyzed, ip, replay, send, virtual_wire, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SECRET = "correct horse"  # noqa: S105 (invented)
BURST = 250_000
"""Frames of 1,400 bytes: more than the largest ring holds while nobody reads it."""


@pytest.fixture(autouse=True)
def _wire() -> Iterator[None]:
    """All of this happens on a wire, and with a loopback interface, of its own."""
    for tool in ("prometheus", "promtool", "openssl"):
        if shutil.which(tool) is None:
            pytest.skip(f"the command {tool} is not here")
    with virtual_wire():
        ip("link", "set", "lo", "up").check_returncode()
        yield


def configuration(folder: Path, library: Path) -> Path:
    """The library's, with metrics as they are offered beyond one machine."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-days", "2"]
    subprocess.run(
        [*command, "-subj", "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True
    )
    (folder / "password").write_text(SECRET, "utf-8")
    metrics = "{tls: {certificate: cert.pem, key: key.pem}, basic_auth: {user: prometheus, password_file: password}}"
    path = folder / "library.yaml"
    path.write_text(f"{library.read_text('utf-8')}\nmetrics: {metrics}\n", "utf-8")
    return path


def job(folder: Path) -> dict[str, object]:
    """How Prometheus is told to scrape."""
    return {
        "job_name": "privacy-monitor",
        "scheme": "https",
        "tls_config": {"ca_file": str(folder / "cert.pem")},
        "basic_auth": {"username": "prometheus", "password_file": str(folder / "password")},
        "static_configs": [{"targets": ["127.0.0.1:9477"]}],
    }


class Figures:
    """What Prometheus knows of the sensor."""

    def __init__(self, server: Prometheus) -> None:
        self._server = server

    def now(self, name: str) -> float:
        """The sum of a metric over the label sets that `name` selects, 0 where there is none."""
        return self._server.query(f"sum(privacy_monitor_{name})") or 0.0

    def arrived(self) -> float:
        """Packets that were read, and those that the kernel left out because they are not to be inspected."""
        return self.now("capture_packets_total") + self.now("capture_excluded_packets")

    def reach(self, name: str, value: float) -> None:
        """Wait until a sum is what it should be."""
        wait_for(lambda: self.now(name) == value)

    def grow(self, name: str, before: float) -> float:
        """Wait until a sum is larger than it was; returns it."""
        wait_for(lambda: self.now(name) > before)
        return self.now(name)


def test_every_figure_moves(repository: Path, tmp_path: Path) -> None:  # noqa: PLR0915  (one story, step by step)
    """Before, during and after traffic; with loss, with drops, and with more connections than there may be."""
    demo = repository / "demo" / "maple-street-library.pcapng"
    config = configuration(tmp_path, demo.with_suffix(".yaml"))
    report = analyzed(demo, "--config", str(config))
    findings = len(report["findings"])
    with ExitStack() as stack:
        observer = stack.enter_context(Observer())
        sensor = stack.enter_context(Sensor(tmp_path, "--config", str(config)))
        server = stack.enter_context(prometheus(tmp_path, job(tmp_path)))
        figures = Figures(server)

        # Nothing happens: the sensor is alive, and that is all.
        figures.reach("build_info", 1)
        figures.reach("config_last_reload_successful", 1)
        figures.reach('sink_success{sink="stdout"}', 1)
        beat = figures.grow("heartbeat_timestamp_seconds", 0)
        assert (server.query("time() - privacy_monitor_heartbeat_timestamp_seconds") or 99) < 10
        assert 0 == figures.now("last_packet_timestamp_seconds")
        for name in ("capture_packets_total", "findings_total", "exposures_total", "sessions_total", "flows"):
            assert 0 == figures.now(name), name

        # One day of a library.
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        wait_for(lambda: figures.arrived() == sent)
        assert figures.now("capture_packets_total") == figures.now(f'capture_packets_total{{interface="{NEAR}"}}') > 0
        figures.reach("findings_open", findings)
        figures.reach("findings_total", findings)
        for level in ("critical", "high", "medium"):
            expected = sum(one["level"] == level and one["about"]["zone"] == "servers" for one in report["findings"])
            figures.reach(f'findings_open{{level="{level}",zone="servers"}}', expected)
        figures.reach(
            'sessions_total{protocol="sip2",encrypted="false",zone="servers"}', report["protocols"]["sip2"]["flows"]
        )
        figures.reach('sessions_total{protocol="tls",encrypted="true"}', report["protocols"]["tls"]["flows"])
        pins = figures.grow('exposures_total{protocol="sip2",data_class="credential",zone="servers"}', 0)
        figures.grow("flows", 0)
        packet = figures.grow("last_packet_timestamp_seconds", 0)
        assert 0 == figures.now("capture_drops_total")
        assert 0 == figures.now("parser_faults_total")
        assert 0 == figures.now("capture_loss_ratio")

        # Silence: time goes on, packets do not; cameras' flows have waited for their names.
        beat = figures.grow("heartbeat_timestamp_seconds", beat + 2)
        assert packet == figures.now("last_packet_timestamp_seconds")
        strange = figures.grow('camera_upload_bytes_total{zone="cameras",expected="false"}', 0)
        figures.grow('camera_upload_bytes_total{zone="cameras",expected="true"}', 0)

        # The same day again, with holes: what is known is no new finding, everything else goes on.
        frames = read(str(demo))
        lossy = [frame for number, frame in enumerate(frames) if number % 20]
        send(lossy)
        sent += len(lossy)
        wait_for(lambda: figures.arrived() == sent)
        figures.grow('exposures_total{data_class="credential",protocol="sip2"}', pins)
        figures.grow('camera_upload_bytes_total{expected="false"}', strange)
        figures.grow("capture_loss_ratio", 0)
        assert figures.now("last_packet_timestamp_seconds") > packet

        # More connections than there may be.
        idle = [stack.enter_context(socket.create_connection(("127.0.0.1", 9477))) for _ in range(40)]
        figures.grow('limits_hit_total{limit="metrics.connections"}', 0)
        assert 40 == len(idle)

        # More packets than the ring holds: those that are gone are counted, and with the others they are all.
        sensor.process.send_signal(signal.SIGSTOP)
        video = max(frames, key=len).ljust(1_400, b"\0")
        send(video for _ in range(BURST))
        sensor.process.send_signal(signal.SIGCONT)
        dropped = figures.grow("capture_drops_total", 0)
        wait_for(lambda: figures.arrived() + figures.now("capture_drops_total") == sent + BURST)
        assert figures.now("capture_drops_total") >= dropped

        # Prometheus got everything it asked for, but for the seconds in which the sensor was stopped.
        assert 0 == figures.now("parser_faults_total")
        assert 0 == figures.now("sink_dropped_total")
        assert 1 == server.query('count(count by (__name__) ({__name__="privacy_monitor_build_info"}))')
        assert 21 == server.query('count(count by (__name__) ({__name__=~"privacy_monitor_.*"}))')
        assert 0 == sensor.end(signal.SIGTERM)
        wait_for(lambda: server.query("up") == 0)
