"""The sensor as a whole: the real command on a virtual wire, from the first frame to the last line."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.sinks.store.desk import read_all
from tests.support.wire import FAR, Observer, Sensor, analyzed, ip, make_wire, replay, timeless, virtual_wire, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _wire() -> Iterator[None]:
    """All of this happens on a wire of its own."""
    with virtual_wire():
        yield


@pytest.fixture
def demo(repository: Path) -> Path:
    """One day of an invented library."""
    return repository / "demo" / "maple-street-library.pcapng"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_live_equals_offline(number: int, demo: Path, tmp_path: Path) -> None:
    """The same frames give the same findings, nothing is dropped, and either signal ends it with all of them told."""
    with Observer() as observer, Sensor(tmp_path) as sensor:
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        status = sensor.end(number)
    report = analyzed(demo)

    assert 0 == status
    assert [] != report["findings"]
    assert timeless(report["findings"]) == sensor.findings()
    started, last = sensor.stderr.splitlines()
    assert "privacy-monitor: listening to tap0; Ctrl-C ends it" == started
    assert last.startswith(f"privacy-monitor: tap0: {report['coverage']['packets']:,} packets (")
    # Flows of datagrams that lie hours apart in the recording are one here, so their number is not the same.
    assert "), 0 dropped by the kernel; " in last
    assert last.endswith(f"; {len(report['findings'])} findings; limits reached: none; faults: none")


def test_findings_are_told_while_it_runs(demo: Path, tmp_path: Path) -> None:
    """Nobody waits for the end to learn of a finding."""
    with Sensor(tmp_path) as sensor:
        replay(demo, 5_000)
        wait_for(lambda: sensor.stdout.count("\n") >= len(analyzed(demo)["findings"]))
        assert sensor.process.poll() is None


def test_a_removed_interface_is_waited_for(demo: Path, tmp_path: Path) -> None:
    """When it is there again, the sensor goes on with all that it knows, and everything is told at the end."""
    with Observer() as observer, Sensor(tmp_path) as sensor:
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        ip("link", "del", FAR).check_returncode()
        wait_for(lambda: "tap0 is gone: the interface was removed" in sensor.stderr)
        make_wire()
        wait_for(lambda: "tap0 is there again" in sensor.stderr)
        with Observer() as again:
            sent += replay(demo, 5_000)
            wait_for(lambda: again.has_seen(sent // 2))
        assert 0 == sensor.end(signal.SIGTERM)

    # What repeats itself within a connection whose beginning nobody saw is a retransmission, and counts once.
    once = {one["id"]: one["count"] for one in analyzed(demo)["findings"]}
    counts = {one["id"]: one["count"] for one in sensor.findings()}
    assert [] == [ident for ident, count in once.items() if counts[ident] < count]
    assert {2} <= {counts[ident] / count for ident, count in once.items()}
    last = sensor.stderr.splitlines()[-1]
    assert last.startswith(f"privacy-monitor: tap0: {sent:,} packets (")
    assert "capture.interface_gone 1" in last


def test_a_reader_who_left_ends_it(demo: Path, tmp_path: Path) -> None:
    """``run | head`` ends quietly with the first line that finds nobody."""
    read, write = os.pipe()
    with Sensor(tmp_path, stdout=write) as sensor:
        os.close(write)
        os.close(read)
        replay(demo, 5_000)
        assert 0 == sensor.process.wait(60)

    assert 2 == len(sensor.stderr.splitlines())


def test_findings_outlive_the_sensor(demo: Path, tmp_path: Path) -> None:
    """Two runs add up in the database, and the places of what was found still show."""
    store = tmp_path / "findings.db"

    def run() -> None:
        with Observer() as observer, Sensor(tmp_path, "--store", str(store)) as sensor:
            sent = replay(demo, 5_000)
            wait_for(lambda: observer.has_seen(sent))
            assert 0 == sensor.end(signal.SIGTERM)
        assert "limits reached: none; faults: none" in sensor.stderr

    run()
    run()
    counts = {one["id"]: 2 * one["count"] for one in analyzed(demo)["findings"]}

    assert counts == {one.entry["id"]: one.entry["count"] for one in read_all(store).records}
    assert {"open"} == {one.life.state.value for one in read_all(store).records}


def test_a_store_that_is_something_else_is_refused(demo: Path, tmp_path: Path) -> None:
    """Before anything is listened to."""
    with Sensor(tmp_path, "--store", str(demo)) as sensor:
        assert 2 == sensor.process.wait(60)
    assert sensor.stderr.endswith("is something else than a database of findings; choose another name\n")


def test_the_configuration_counts(demo: Path, tmp_path: Path) -> None:
    """What the operator said of the network reaches the findings."""
    config = tmp_path / "library.yaml"
    config.write_text("zones:\n  - {name: invented, audience: infrastructure, networks: [10.0.0.0/8]}\n", "utf-8")
    with Observer() as observer, Sensor(tmp_path, "--config", str(config)) as sensor:
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        sensor.end(signal.SIGTERM)

    assert {"invented"} == {one["about"]["zone"] for one in sensor.findings()}


def test_the_configuration_is_read_again(demo: Path, tmp_path: Path) -> None:
    """SIGHUP in the middle of a day: a mistake is said and changes nothing, a good one holds for all of the day."""
    config = tmp_path / "library.yaml"
    config.write_text("sensor: {interfaces: [tap0]}\n", "utf-8")

    def read_again(text: str, said: str) -> None:
        config.write_text(text, "utf-8")
        sensor.process.send_signal(signal.SIGHUP)
        wait_for(lambda: said in sensor.stderr)

    with Observer() as observer, Sensor(tmp_path, "--config", str(config), named=False) as sensor:
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        read_again("zoness: []\n", "the configuration is not used; what held before still holds")
        zones = "zones:\n  - {name: invented, audience: infrastructure, networks: [10.0.0.0/8]}\n"
        read_again(zones + "sensor: {interfaces: [tap0]}\n", "the configuration was read again, and holds from now on")
        assert 0 == sensor.end(signal.SIGTERM)

    assert f"{config}:1: unknown key 'zoness' (hint: did you mean 'zones'?)" in sensor.stderr
    assert "holds from the next start on" not in sensor.stderr
    assert {one["id"] for one in analyzed(demo)["findings"]} == {one["id"] for one in sensor.findings()}
    assert {"invented"} == {one["about"]["zone"] for one in sensor.findings()}


def test_without_a_configuration_a_hangup_ends_it(demo: Path, tmp_path: Path) -> None:
    """There is nothing to read again, and whoever closed the terminal wants no more; all that was found is told."""
    with Observer() as observer, Sensor(tmp_path) as sensor:
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        assert 0 == sensor.end(signal.SIGHUP)
    assert timeless(analyzed(demo)["findings"]) == sensor.findings()
