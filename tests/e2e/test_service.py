"""The sensor as its unit file runs it: notices to the service manager, and every restriction, applied by hand."""

from __future__ import annotations

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sinks.store.desk import read_all
from tests.support.confinement import skip_unless_possible
from tests.support.manager import Manager
from tests.support.scrape import scrape, values
from tests.support.wire import Observer, Sensor, analyzed, ip, replay, timeless, virtual_wire, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

CONFIG = """\
sensor: {{interfaces: [tap0]}}
store: {{path: {folder}/findings.db}}
metrics: {{}}
"""


@pytest.fixture(autouse=True)
def _wire() -> Iterator[None]:
    """All of this happens on a wire, and with a loopback interface, of its own."""
    skip_unless_possible()
    with virtual_wire():
        ip("link", "set", "lo", "up").check_returncode()
        yield


@pytest.fixture
def state() -> Iterator[Path]:
    """A folder that anybody may enter: the service is nobody."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_the_unit_allows_what_is_needed(repository: Path, state: Path, tmp_path: Path) -> None:
    """Findings come out, are kept, and shown as metrics; a reload works; the watchdog is fed; nothing was denied."""
    demo = repository / "demo" / "maple-street-library.pcapng"
    config = state / "config.yaml"
    config.write_text(CONFIG.format(folder=state), "utf-8")
    unit = repository / "systemd" / "privacy-monitor.service"
    around = (sys.executable, "-m", "tests.support.confinement", str(unit), str(state))
    with (
        Manager(state) as manager,
        Observer() as observer,
        Sensor(tmp_path, "--config", str(config), around=around, named=False, notices=manager.path) as sensor,
    ):
        manager.wait_for("READY=1")
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        manager.wait_for("WATCHDOG=1", 3)
        wait_for(lambda: sum(values(scrape(), "capture_packets_total").values()) == sent)
        sensor.process.send_signal(signal.SIGHUP)
        manager.wait_for("READY=1", 2)
        config.write_text("sensor: {interfaces: []}\n", "utf-8")
        sensor.process.send_signal(signal.SIGHUP)
        manager.wait_for("READY=1", 3)
        wait_for(lambda: values(scrape(), "config_last_reload_successful") == {(): 0.0})
        assert 0 == sensor.end(signal.SIGTERM), sensor.stderr
        notices = manager.notices

    findings = timeless(analyzed(demo)["findings"])
    assert findings == sensor.findings()
    assert {one["id"] for one in findings} == {one.entry["id"] for one in read_all(state / "findings.db").records}
    assert "limits reached: none; faults: none" in sensor.stderr.splitlines()[-1]
    assert "STOPPING=1" == notices[-2]
    assert notices[-1].startswith(f"STATUS=ended; {sent:,} packets, ")
    kinds = [notice.partition("=")[0] for notice in notices if not notice.startswith(("WATCHDOG", "STATUS"))]
    assert ["READY", "RELOADING", "READY", "RELOADING", "READY", "STOPPING"] == kinds


def test_a_wrong_interface_is_said(repository: Path, state: Path, tmp_path: Path) -> None:
    """With those that there are, although the service may not ask for them in the usual way."""
    config = state / "config.yaml"
    config.write_text("sensor: {interfaces: [eth99]}\n", "utf-8")
    unit = repository / "systemd" / "privacy-monitor.service"
    around = (sys.executable, "-m", "tests.support.confinement", str(unit), str(state))
    with Sensor(tmp_path, "--config", str(config), around=around, named=False) as sensor:
        assert 2 == sensor.process.wait(60)
    assert "privacy-monitor: there is no interface eth99 (there is: lo, tap0, wire0)\n" == sensor.stderr
