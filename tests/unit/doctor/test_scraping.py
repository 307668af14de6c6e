"""Metrics on a real server: whether it is there, alive, and asked."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from monitor.config.settings import Listen, MetricsSettings, Tls
from monitor.doctor import scraping as room
from monitor.doctor.check import Check, Grade
from monitor.doctor.scraping import check_scraping
from monitor.sinks.metrics.server import MetricsServer
from monitor.sinks.metrics.sink import MetricsSink
from tests.support.certificates import make_certificate
from tests.unit.sinks.samples import FIVE_NS, busy_stats

LOCAL = ip_address("127.0.0.1")
ANYWHERE = MetricsSettings(listen=Listen(LOCAL, 0))


@pytest.fixture
def sink() -> MetricsSink:
    """A run that goes well."""
    made = MetricsSink()
    made.tick(FIVE_NS, busy_stats())
    return made


@pytest.fixture
def place(sink: MetricsSink) -> Iterator[MetricsSettings]:
    """Where its figures are."""
    with MetricsServer(ANYWHERE, sink) as server:
        yield MetricsSettings(listen=Listen(LOCAL, server.port))


def checked(place: MetricsSettings | None) -> dict[str, Check]:
    """What is said, by key."""
    return {check.key: check for check in check_scraping(place)}


def test_all_is_well(place: MetricsSettings, sink: MetricsSink) -> None:
    """Alive and asked a moment ago."""
    sink.note_scrape()
    assert {Grade.GOOD} == {check.grade for check in checked(place).values()}


def test_nobody_asks(place: MetricsSettings, sink: MetricsSink) -> None:
    """The doctor's own questions are no scrape; what to write for Prometheus is said with the right place."""
    check = checked(place)["metrics.scraped"]
    assert (Grade.ATTENTION, True) == (check.grade, f"targets: ['{place.listen}']" in check.advice)
    assert None is sink.seconds_since_scrape()
    sink._scraped = time.monotonic() - 3_600
    assert (Grade.ATTENTION, True) == ((again := checked(place)["metrics.scraped"]).grade, "1 h" in again.seen)


def test_it_hangs(place: MetricsSettings, sink: MetricsSink) -> None:
    """Time does not pass in it, or nothing is received."""
    stats = busy_stats()
    stats.captures[0].away = True
    sink.tick(FIVE_NS, stats)
    assert "receives nothing" in checked(place)["metrics.heartbeat"].seen
    sink._beat -= 3_600
    assert "hangs" in checked(place)["metrics.heartbeat"].seen


def test_every_address(sink: MetricsSink) -> None:
    """A server that listens at every address is asked at this machine's own."""
    with MetricsServer(replace(ANYWHERE, listen=Listen(ip_address("0.0.0.0"), 0)), sink) as server:  # noqa: S104
        place = MetricsSettings(listen=Listen(ip_address("0.0.0.0"), server.port))  # noqa: S104 (what is tested)
        assert Grade.GOOD is checked(place)["metrics.heartbeat"].grade


def test_tls(sink: MetricsSink, tmp_path: Path) -> None:
    """A server with a certificate for whatever name is asked over TLS; without TLS it is no sensor that answers."""
    certificate, key = make_certificate(tmp_path)
    secured = replace(ANYWHERE, tls=Tls(certificate=certificate, key=key))
    with MetricsServer(secured, sink) as server:
        place = replace(secured, listen=Listen(LOCAL, server.port))
        sink.note_scrape()
        assert {Grade.GOOD} == {check.grade for check in checked(place).values()}
        sink._scraped = None
        assert "scheme: https" in checked(place)["metrics.scraped"].advice
        assert f"nobody answers at {place.listen}" == checked(replace(place, tls=None))["metrics.offered"].seen


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody there, with and without a wish for metrics."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = MetricsSettings(listen=Listen(LOCAL, free.getsockname()[1]))
    assert f"nobody answers at {place.listen}" == checked(place)["metrics.offered"].seen
    monkeypatch.setattr(room, "MetricsSettings", lambda: place)
    assert "no metrics are asked for" == checked(None)["metrics.offered"].seen


@contextmanager
def stranger() -> Iterator[MetricsSettings]:
    """Some other server of HTTP."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield MetricsSettings(listen=Listen(LOCAL, server.server_address[1]))
        server.shutdown()
        thread.join()


def test_something_else() -> None:
    """Who answers must be a sensor."""
    with stranger() as place:
        assert Grade.BAD is checked(place)["metrics.offered"].grade
