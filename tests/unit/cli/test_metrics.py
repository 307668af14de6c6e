"""``run --metrics``: what is refused, and what a real run tells whoever scrapes, and nobody else."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from prometheus_client import generate_latest

from monitor.build import build
from monitor.capture.files import CaptureFiles
from monitor.cli import main
from monitor.config.loading import load_config
from monitor.errors import ExitStatus
from monitor.model.stats import Stats
from monitor.protocols.registry import specs
from monitor.sinks.metrics.exposition import registry
from monitor.sinks.metrics.sink import MetricsSink
from tests.support.scrape import AT, get, scrape, values
from tests.support.wire import NEAR, Observer, Sensor, ip, replay, virtual_wire, wait_for

linux = pytest.mark.skipif(sys.platform != "linux", reason="live capture needs Linux")
TCP = {"sip2", "http", "tls"}
"""Protocols whose flows are the same live; datagrams that lie hours apart in a recording are one flow then."""


@pytest.fixture
def demo(repository: Path) -> Path:
    """One day of an invented library."""
    return repository / "demo" / "maple-street-library.pcapng"


@pytest.fixture
def library(demo: Path) -> Path:
    """What that library wrote down."""
    return demo.with_suffix(".yaml")


@pytest.fixture
def _wire() -> Iterator[None]:
    """A wire, and a loopback interface, of the test's own."""
    with virtual_wire():
        ip("link", "set", "lo", "up").check_returncode()
        yield


@linux
@pytest.mark.parametrize("place", ["localhost:9477", "9477", "127.0.0.1", "127.0.0.1:0", "example.org:80"])
def test_no_place(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Only addresses by their numbers, with a port: no name is looked up."""
    assert ExitStatus.USAGE == main(["run", "--interface", "lo", "--metrics", place])
    assert f"--metrics: '{place}' is not an address with a port" in capsys.readouterr().err


@linux
def test_a_missing_password_comes_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is missed before anything is listened to."""
    config = tmp_path / "library.yaml"
    config.write_text("metrics: {basic_auth: {user: x, password_file: nowhere}}\n", "utf-8")
    assert ExitStatus.USAGE == main(["run", "--interface", "lo", "--config", str(config)])
    shown = capsys.readouterr().err
    assert "nowhere: No such file" in shown
    assert "listening" not in shown


def offline(demo: Path, library: Path) -> str:
    """What the same frames give when they are read from the file."""
    stats, sink = Stats(), MetricsSink()
    pipeline = build(CaptureFiles([str(demo)], stats), (sink,), stats, load_config(library, specs()))
    pipeline.run()
    pipeline.finish()
    return generate_latest(registry(lambda: sink.latest)).decode()


def arrived(text: str) -> float:
    """Packets that came, and those that the kernel left out because they are not to be inspected."""
    return sum(values(text, "capture_packets_total").values()) + sum(values(text, "capture_excluded_packets").values())


def is_ready() -> bool:
    """Whether the sensor says so; it does when time has passed for the first time."""
    try:
        return get(f"http://{AT}/-/ready") == "ready\n"
    except HTTPError:
        return False


@pytest.mark.slow
@pytest.mark.usefixtures("_wire")
def test_a_real_run(demo: Path, library: Path, tmp_path: Path) -> None:
    """What is scraped is what the frames show, addresses and names aside; and health is told."""
    expected = offline(demo, library)
    with Observer() as observer, Sensor(tmp_path, "--config", str(library), "--metrics") as sensor:
        wait_for(is_ready)
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent) and arrived(scrape()) == sent)
        # Time passes once a second, and only then the figures of the rooms behind are told.
        wait_for(lambda: values(scrape(), "findings_open") == values(expected, "findings_open"))
        told = scrape()
        assert "healthy\n" == get(f"http://{AT}/-/healthy")
        assert 0 == sensor.end(signal.SIGTERM)

    assert {(NEAR,): 0.0} == values(told, "capture_drops_total")
    assert {("metrics",): 1.0, ("stderr",): 1.0, ("stdout",): 1.0} == values(told, "sink_success")
    for name, at in (("exposures_total", 1), ("sessions_total", 1)):
        live, recorded = (
            {key: value for key, value in values(text, name).items() if key[at] in TCP} for text in (told, expected)
        )
        assert recorded == live != {}
    assert [] == re.findall(r"\d+\.\d+\.\d+\.\d+|[0-9a-f]+:[0-9a-f:]+|example|library|recorder", told)
    assert f"privacy-monitor: metrics at http://{AT}/metrics" in sensor.stderr.splitlines()
