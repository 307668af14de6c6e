"""Independent implementations of SIP2 talk to each other over loopback while the sensor listens there."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.model.flow import Side
from tests.protocols.sip2.talks import read_exchange
from tests.support.certificates import make_certificate
from tests.support.sip2_client import SECRETS
from tests.support.wire import Sensor, ip, virtual_wire, wait_for

PLAIN, RECORDED, ENCRYPTED = 6001, 6002, 6443
EXCHANGE = "perlsip_x_jsip2_crc.pcap"
"""A Java client (jsip2) and a Perl server (Evergreen's SIPServer), as they once talked."""
LISTEN = "sensor: {interfaces: [lo]}\n"
TUNNEL = """\
zones:
  - {name: this machine, audience: infrastructure, networks: [127.0.0.0/8]}
assets:
  - {name: ils, address: 127.0.0.1, role: ils, ports: [6443/tcp]}
tunnels:
  - {name: stunnel, ends: [{zone: this machine}, {asset: ils}]}
"""

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _loopback() -> Iterator[None]:
    """A loopback interface on which nobody else talks."""
    with virtual_wire():
        ip("link", "set", "lo", "up").check_returncode()
        yield


@contextmanager
def library_system() -> Iterator[None]:
    """The server of pysip2, listening."""
    command = [sys.executable, "-m", "tests.support.sip2_server", str(PLAIN)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert "listening\n" == process.stdout.readline()
            yield
        finally:
            process.kill()


def self_check(port: int, **environment: str) -> str:
    """One session of the client of PyPI; returns how it talked."""
    command = [sys.executable, "-m", "tests.support.sip2_client", str(port)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, env=os.environ | environment)
    return done.stdout.split("\n", maxsplit=1)[0]


def repeat(exchange: list[tuple[Side, bytes]]) -> None:
    """Say once more what was recorded, byte for byte, over a connection of our own."""
    with socket.create_server(("127.0.0.1", RECORDED)) as listener:
        ends = [socket.create_connection(("127.0.0.1", RECORDED)), listener.accept()[0]]
        for side, data in exchange:
            ends[side].sendall(data)
            received = b""
            while len(received) < len(data):
                received += ends[side.other].recv(65_536)
        for end in ends:
            end.close()


@contextmanager
def tunnel_end(certificate: Path, key: Path) -> Iterator[None]:
    """What stunnel does before a server: takes TLS, and hands on what is in it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def serve(listener: socket.socket) -> None:
        accepted, _ = listener.accept()
        outer = context.wrap_socket(accepted, server_side=True)
        with outer, socket.create_connection(("127.0.0.1", PLAIN)) as inner:
            while request := outer.recv(4_096):
                inner.sendall(request)
                outer.sendall(inner.recv(4_096))

    with socket.create_server(("127.0.0.1", ENCRYPTED)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield
        thread.join(60)
        assert not thread.is_alive()


def listening(folder: Path, text: str) -> Sensor:
    """The sensor on loopback with a configuration."""
    config = folder / "library.yaml"
    config.write_text(LISTEN + text, "utf-8")
    return Sensor(folder, "--config", str(config), named=False)


def found(sensor: Sensor) -> dict[tuple[int, str], dict[str, Any]]:
    """What stands now, by port of the service and rule."""
    return {(one["about"]["port"], one["rule"]): one for one in sensor.findings()}


def test_a_client_that_falls_back(tmp_path: Path) -> None:
    """PyPI's Sip2 tries TLS with a pysip2 server that has none, goes on in clear, and is told of with all it showed."""
    with listening(tmp_path, "") as sensor, library_system():
        assert "clear" == self_check(PLAIN)
        assert "clear" == self_check(PLAIN)
        wait_for(lambda: (PLAIN, "sip2-tls-fallback") in found(sensor))
        assert 0 == sensor.end(signal.SIGTERM)
    findings = found(sensor)

    assert {
        (PLAIN, "sip2-patron-credential"): (2, {"AA": 2, "AD": 2}, 1),
        (PLAIN, "sip2-patron-identity"): (2, {"AA": 2, "AE": 2, "AU": 2, "BE": 2, "BL": 2}, 1),
        (PLAIN, "sip2-staff-login"): (2, {"CN": 2, "CO": 2}, 0),
        (PLAIN, "sip2-tls-fallback"): (2, {}, 0),
    } == {
        key: (one["count"], {name: times for name, times in one["fields"].items() if len(name) == 2}, one["subjects"])
        for key, one in findings.items()
    }
    assert [] == [secret for secret in SECRETS if secret in sensor.stdout + sensor.stderr]


def test_a_third_pair(material: Path, tmp_path: Path) -> None:
    """jsip2 and Evergreen's server, recorded once and repeated byte for byte, are found live as they are offline."""
    exchange = read_exchange(material / "sip2" / "pcaps" / EXCHANGE)
    with listening(tmp_path, "") as sensor:
        repeat(exchange)
        wait_for(lambda: (RECORDED, "sip2-patron-credential") in found(sensor))
        assert 0 == sensor.end(signal.SIGTERM)
    rules = {rule for _, rule in found(sensor)}

    assert {"sip2-patron-credential", "sip2-patron-identity", "sip2-circulation-data", "sip2-staff-login"} <= rules
    assert not any(rule.startswith("sip2-tls") for rule in rules)


def test_through_a_tunnel(tmp_path: Path) -> None:
    """The same client over TLS that it trusts: nothing but the allowed leg within the machine is told."""
    certificate, key = make_certificate(tmp_path)
    with listening(tmp_path, TUNNEL) as sensor, library_system(), tunnel_end(certificate, key):
        assert "encrypted" == self_check(ENCRYPTED, SSL_CERT_FILE=str(certificate))
        wait_for(lambda: (PLAIN, "sip2-tunnel-leg") in found(sensor))
        assert 0 == sensor.end(signal.SIGTERM)

    assert {(PLAIN, "sip2-tunnel-leg"): 1} == {key: one["count"] for key, one in found(sensor).items()}
    assert "sip2 1 flows, 4 messages, 1 encrypted flows" in sensor.stderr
