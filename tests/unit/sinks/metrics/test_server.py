"""The server on real sockets: what it answers, to whom, and that nobody can stop it."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor.config.settings import BasicAuth, Config, Listen, MetricsSettings, Tls
from monitor.config.shipped import shipped_runbooks
from monitor.errors import UsageError
from monitor.model.opaque import Label
from monitor.sinks.metrics import server as room
from monitor.sinks.metrics.server import MAX_CONNECTIONS, MetricsServer
from monitor.sinks.metrics.sink import MetricsSink
from tests.support.certificates import make_certificate
from tests.support.wire import wait_for
from tests.unit.sinks.metrics.samples import stats
from tests.unit.sinks.samples import FIVE_NS, PIN

ANYWHERE = Listen(ip_address("127.0.0.1"), 0)
SECRET = "correct horse"  # noqa: S105 (invented)
RIGHT = {"Authorization": f"Basic {b64encode(f'prometheus:{SECRET}'.encode()).decode()}"}


@pytest.fixture
def sink() -> MetricsSink:
    """A run that has found something."""
    made = MetricsSink()
    made.receive(PIN)
    made.tick(FIVE_NS, stats())
    return made


@pytest.fixture
def port(sink: MetricsSink) -> Iterator[int]:
    """Where a server listens that everybody may ask."""
    with MetricsServer(MetricsSettings(listen=ANYWHERE), sink) as server:
        yield server.port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """A certificate of this machine for itself."""
    certificate, key = make_certificate(tmp_path_factory.mktemp("tls"))
    return Tls(certificate=certificate, key=key)


@contextmanager
def plain(port: int) -> Iterator[socket.socket]:
    """A connection on which nothing was said yet."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        yield connection


def ask(
    port: int,
    path: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    tls: ssl.SSLContext | None = None,
) -> tuple[int, str, bytes]:
    """Status, type and body of an answer."""
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=tls)
        if tls
        else http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    )
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def test_a_scrape(port: int) -> None:
    """The latest snapshot, in the format that any version of Prometheus reads."""
    status, kind, body = ask(port, "/metrics")
    names = {sample.name for family in text_string_to_metric_families(body.decode()) for sample in family.samples}

    assert (200, "text/plain; version=0.0.4; charset=utf-8") == (status, kind)
    assert {"privacy_monitor_findings_open", "privacy_monitor_build_info", "privacy_monitor_flows"} <= names


def test_a_scrape_in_the_newer_format(port: int) -> None:
    """As Prometheus asks for it."""
    status, kind, body = ask(port, "/metrics?x=1", {"Accept": "application/openmetrics-text; version=1.0.0"})
    assert (200, True) == (status, kind.startswith("application/openmetrics-text"))
    assert body.endswith(b"# EOF\n")


def test_before_time_has_passed() -> None:
    """A run that has just begun is healthy, and not ready."""
    with MetricsServer(MetricsSettings(listen=ANYWHERE), MetricsSink()) as server:
        assert (200, b"healthy\n") == ask(server.port, "/-/healthy")[::2]
        assert (503, b"not ready\n") == ask(server.port, "/-/ready")[::2]


def test_health_and_readiness(port: int, sink: MetricsSink) -> None:
    """Each is a status and a word."""
    assert (200, b"healthy\n") == ask(port, "/-/healthy")[::2]
    assert (200, b"ready\n") == ask(port, "/-/ready")[::2]
    sink._beat -= 3_600
    assert (503, b"not healthy\n") == ask(port, "/-/healthy")[::2]
    assert (503, b"not ready\n") == ask(port, "/-/ready")[::2]


def test_who_scraped(port: int, sink: MetricsSink) -> None:
    """Asking for metrics is remembered with its age; asking for anything else is not."""
    assert (503, b"never\n") == ask(port, "/-/scraped")[::2]
    ask(port, "/-/healthy")
    assert None is sink.seconds_since_scrape()
    ask(port, "/metrics")
    sink._scraped = time.monotonic() - 90
    status, _, body = ask(port, "/-/scraped")
    assert (200, 90) == (status, int(body))


def test_other_questions(port: int) -> None:
    """What there is, what there is not, a head without a body, and no other way to ask."""
    assert (200, b"/metrics\n/-/healthy\n/-/ready\n/-/scraped\n/runbooks/\n") == ask(port, "/")[::2]
    assert (404, b"not here\n") == ask(port, "/metrics/../../etc/passwd")[::2]
    assert (200, b"") == ask(port, "/metrics", method="HEAD")[::2]
    assert 501 == ask(port, "/metrics", method="POST")[0]


def test_the_password(sink: MetricsSink, tmp_path: Path) -> None:
    """Figures are for those who know it; whether the run is healthy is no secret."""
    (tmp_path / "password").write_text(SECRET, "utf-8")
    auth = BasicAuth(user=Label("prometheus"), password_file=tmp_path / "password")
    with MetricsServer(MetricsSettings(listen=ANYWHERE, basic_auth=auth), sink) as server:
        assert 200 == ask(server.port, "/metrics", RIGHT)[0]
        assert (401, b"wrong user or password\n") == ask(server.port, "/metrics")[::2]
        assert 401 == ask(server.port, "/metrics?", {"Authorization": "Basic Zm9vOmJhcg=="})[0]
        assert 200 == ask(server.port, "/-/healthy")[0]


def test_another_password(sink: MetricsSink, tmp_path: Path) -> None:
    """It holds from when it is put in place, not when it is written; one that cannot be read changes nothing."""
    path = tmp_path / "password"
    path.write_text(SECRET, "utf-8")
    auth = BasicAuth(user=Label("prometheus"), password_file=path)
    config = Config(metrics=MetricsSettings(listen=ANYWHERE, basic_auth=auth))
    assert config.metrics is not None
    with MetricsServer(config.metrics, sink) as server:
        path.write_text("battery staple", "utf-8")
        change = sink.renew(config)
        assert 200 == ask(server.port, "/metrics", RIGHT)[0]
        change()
        assert 401 == ask(server.port, "/metrics", RIGHT)[0]
        path.unlink()
        with pytest.raises(UsageError, match="cannot read the password"):
            sink.renew(config)
        sink.renew(Config())()
        assert 401 == ask(server.port, "/metrics", RIGHT)[0]


def test_tls(sink: MetricsSink, certificate: Tls) -> None:
    """Who trusts the certificate is answered; who does not speak TLS is not, and old versions of it are refused."""
    context = ssl.create_default_context(cafile=str(certificate.certificate))
    with MetricsServer(MetricsSettings(listen=ANYWHERE, tls=certificate), sink) as server:
        assert 200 == ask(server.port, "/metrics", tls=context)[0]
        with plain(server.port) as connection:
            connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            assert b"privacy_monitor" not in received(connection)
        assert 200 == ask(server.port, "/metrics", tls=context)[0]


def received(connection: socket.socket) -> bytes:
    """Everything until the other end closes, be it politely or not."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


@pytest.mark.parametrize("said", [b"", b"GET /met", b"GET /metrics HTTP/1.1\r\nHost: x\r\n"])
@pytest.mark.parametrize("secured", [False, True])
def test_who_is_slow_stops_nobody(
    sink: MetricsSink,
    request: pytest.FixtureRequest,
    said: bytes,
    secured: bool,  # noqa: FBT001 (a case)
) -> None:
    """Others are answered meanwhile, in whatever step a client stands still."""
    tls: Tls | None = request.getfixturevalue("certificate") if secured else None
    context = ssl.create_default_context(cafile=str(tls.certificate)) if tls else None
    with MetricsServer(MetricsSettings(listen=ANYWHERE, tls=tls), sink) as server, ExitStack() as stack:
        for _ in range(MAX_CONNECTIONS - 1):
            stack.enter_context(plain(server.port)).sendall(said)
        for _ in range(3):
            assert 200 == ask(server.port, "/metrics", tls=context)[0]


def test_over_the_limit_the_oldest_goes(port: int, sink: MetricsSink) -> None:
    """Ten times as many as there may be: the newest is answered, the oldest has gone, and both are counted."""
    with ExitStack() as stack:
        idle = [stack.enter_context(plain(port)) for _ in range(10 * MAX_CONNECTIONS)]
        assert 200 == ask(port, "/metrics")[0]
        assert b"" == received(idle[0])
        assert 9 * MAX_CONNECTIONS + 1 == sink._refused


def test_who_says_nothing_is_left(sink: MetricsSink, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while the connection is closed."""
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(room._Handler, "timeout", 0.01)
    with MetricsServer(MetricsSettings(listen=ANYWHERE), sink) as server, plain(server.port) as connection:
        assert b"" == received(connection)


def test_who_goes_at_once_is_no_bug(port: int, sink: MetricsSink, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed, whatever comes: no request, no complaint."""
    for said in (b"", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"\xff" * 70_000, b"GET /\r\n"):
        with plain(port) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(said)
    assert 200 == ask(port, "/metrics")[0]
    sink.tick(FIVE_NS, figures := stats())

    assert not [name for name in figures.faults if name.startswith("metrics.")]
    assert ("", "") == capfd.readouterr()


def test_a_bug_is_counted_and_not_printed(
    port: int, sink: MetricsSink, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Who scrapes gets no answer, and the next scrape tells why."""

    def fail(_accept: str) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(room, "choose_encoder", fail)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(port, "/metrics")
    wait_for(lambda: bool(sink._faults))

    assert {"ZeroDivisionError": 1} == sink._faults
    assert ("", "") == capfd.readouterr()


def test_the_place_is_taken(port: int, sink: MetricsSink) -> None:
    """One sentence says which."""
    listen = Listen(ip_address("127.0.0.1"), port)
    with pytest.raises(UsageError, match=rf"cannot offer metrics at 127\.0\.0\.1:{port}: Address already in use"):
        MetricsServer(MetricsSettings(listen=listen), sink)


def test_no_address_of_ours(sink: MetricsSink) -> None:
    """The same where the address is another machine's."""
    with pytest.raises(UsageError, match=r"cannot offer metrics at 192\.0\.2\.1:9477: "):
        MetricsServer(MetricsSettings(listen=Listen(ip_address("192.0.2.1"), 9477)), sink)


def test_ipv6(sink: MetricsSink) -> None:
    """Addresses may be of either kind."""
    try:
        server = MetricsServer(MetricsSettings(listen=Listen(ip_address("::1"), 0)), sink)
    except UsageError:
        pytest.skip("this machine has no IPv6 address of its own")
    with server:
        connection = http.client.HTTPConnection("::1", server.port, timeout=60)
        connection.request("GET", "/-/healthy")
        assert 200 == connection.getresponse().status
        connection.close()


def test_the_end_is_quick(sink: MetricsSink) -> None:
    """Who still waits for an answer holds nobody up, and the place is free again."""
    with MetricsServer(MetricsSettings(listen=ANYWHERE), sink) as server, plain(server.port) as connection:
        ask(server.port, "/")
        server.close()
        assert b"" == received(connection)
    with MetricsServer(MetricsSettings(listen=Listen(ip_address("127.0.0.1"), server.port)), sink) as again:
        assert server.port == again.port


def test_pages_for_on_call(port: int) -> None:
    """Each as it lies in the project, with and without its ending; nothing but pages."""
    page = (shipped_runbooks() / "sensor-blind.md").read_bytes()
    assert (200, page) == ask(port, "/runbooks/sensor-blind")[::2] == ask(port, "/runbooks/sensor-blind.md")[::2]
    assert ask(port, "/runbooks/")[2].startswith(b"# When an alert comes\n")
    for name in ("nothing", "../concepts/alerts.md", "..%2Fconcepts%2Falerts.md", "*"):
        assert 404 == ask(port, f"/runbooks/{name}")[0]
