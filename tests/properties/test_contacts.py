"""The sensor contacts nobody but whom the configuration names; every network call of a real run is looked at."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from monitor.audit.receivers import Mailbox, WebServer
from tests.support.scrape import scrape
from tests.support.tracing import contacts, tracer
from tests.support.wire import Observer, Sensor, ip, replay, virtual_wire, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="live capture needs Linux")


@pytest.fixture
def demo(repository: Path) -> Path:
    """One day of an invented library."""
    return repository / "demo" / "maple-street-library.pcapng"


@pytest.fixture
def _wire() -> Iterator[None]:
    """A wire, and a loopback interface, of the test's own."""
    with virtual_wire():
        ip("link", "set", "lo", "up").check_returncode()
        yield


@pytest.mark.slow
@pytest.mark.usefixtures("_wire")
def test_nobody_is_contacted(demo: Path, tmp_path: Path) -> None:
    """Of all system calls of a run, some listen to the wire, one for scrapes, and none goes out."""
    around = tracer(tmp_path)
    with Observer() as observer, Sensor(tmp_path, "--metrics", around=around) as sensor:
        sent = replay(demo, 5_000)
        wait_for(lambda: observer.has_seen(sent))
        assert "privacy_monitor_findings_open" in scrape()
        assert 0 == sensor.end(signal.SIGTERM)
    assert [] != sensor.findings()
    offered, contacted = contacts(tmp_path)

    assert [] == contacted
    scrapes = [one for one in offered if "AF_PACKET" not in one]
    assert 1 == len(scrapes) < len(offered)
    assert 'sin_port=htons(9477), sin_addr=inet_addr("127.0.0.1")' in scrapes[0]


@pytest.mark.parametrize("call", ["connect(('127.0.0.1', 9))", "sendto(b'x', ('127.0.0.1', 9))"])
def test_the_trace_sees_contacts(tmp_path: Path, call: str) -> None:
    """A program that contacts somebody is found out."""
    code = f"import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).{call}"
    subprocess.run([*tracer(tmp_path), sys.executable, "-W", "ignore", "-c", code], check=True)
    wait_for(lambda: "htons(9)" in (tmp_path / "calls").read_text("utf-8"))

    assert 1 == len(contacts(tmp_path)[1])


@pytest.mark.slow
@pytest.mark.usefixtures("_wire")
def test_only_who_is_named_is_contacted(demo: Path, tmp_path: Path) -> None:
    """With every kind of sink, each network call of a run is for one of them, and each of them is called."""
    around = tracer(tmp_path)
    with ExitStack() as stack:
        journal = stack.enter_context(Mailbox.at(str(tmp_path / "journal")))
        datagrams = stack.enter_context(Mailbox.on(socket.SOCK_DGRAM))
        stream = stack.enter_context(Mailbox.on(socket.SOCK_STREAM))
        manager = stack.enter_context(WebServer())
        config = tmp_path / "library.yaml"
        config.write_text(
            f"""\
            store: {{path: {tmp_path / "findings.db"}}}
            metrics: {{}}
            sinks:
              - {{kind: eve, path: {tmp_path / "eve.json"}}}
              - {{kind: journal, path: {tmp_path / "journal"}}}
              - {{kind: syslog, to: "udp://127.0.0.1:{datagrams.port}"}}
              - {{kind: syslog, to: "tcp://127.0.0.1:{stream.port}"}}
            alerts: {{alertmanagers: ["http://127.0.0.1:{manager.port}"], first_look_hours: 0}}
            """,
            "utf-8",
        )
        with Observer() as observer, Sensor(tmp_path, "--config", str(config), around=around) as sensor:
            sent = replay(demo, 5_000)
            wait_for(lambda: observer.has_seen(sent))
            wait_for(lambda: all((journal.arrived(), datagrams.arrived(), stream.arrived(), manager.requests())))
            assert 0 == sensor.end(signal.SIGTERM)
        named = {f"htons({one.port})" for one in (datagrams, stream, manager)} | {f'"{tmp_path / "journal"}"'}
    _, contacted = contacts(tmp_path)

    assert [] == [call for call in contacted if not any(place in call for place in named)]
    assert named == {place for place in named if any(place in call for call in contacted)}
