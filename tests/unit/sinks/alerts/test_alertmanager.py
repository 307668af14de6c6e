"""Pushing to a real Alertmanager, and to things that are none."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from monitor.config.settings import Alertmanager, BasicAuth
from monitor.errors import DeliveryError, UsageError
from monitor.model.opaque import Label
from monitor.sinks.alerts import alertmanager as module
from monitor.sinks.alerts.alertmanager import AlertmanagerPush
from monitor.sinks.alerts.notice import Notice
from tests.support.alertmanager import alertmanager, free_port
from tests.support.wire import wait_for
from tests.unit.sinks.samples import NINE_NS

DATE = "Fri, 08 May 2026 10:00:00 GMT"
TEN_NS = NINE_NS - 10**9 + 3_600 * 10**9


def notice(key: str = "a", *, stands: bool = True, starts_ns: int = NINE_NS) -> Notice:
    """An alert."""
    return Notice(key=key, labels={"alertname": key}, annotations={"summary": "s"}, starts_ns=starts_ns, stands=stands)


class Receiver:
    """An Alertmanager of our own making that answers as it is told."""

    def __init__(self) -> None:
        self.status = 200
        self.date = DATE
        self.disliked = ""
        """Name of an alert that it takes for wrong."""
        self.asked: list[tuple[str, str, dict[str, str], Any]] = []
        """Method, path, headers and alerts."""


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[tuple[Receiver, int]]:
    """It, and its port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            alerts = json.loads(body) if body else []
            receiver.asked.append((self.command, self.path, dict(self.headers), alerts))
            is_bad = any(one["labels"]["alertname"] == receiver.disliked for one in alerts)
            self.send_response_only(400 if is_bad else receiver.status)
            if receiver.date:
                self.send_header("Date", receiver.date)
            self.end_headers()

        do_GET = do_POST = answer  # noqa: N815 (the names are the library's)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield receiver, server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def push(port: int, **more: Any) -> AlertmanagerPush:
    """The way to it."""
    return AlertmanagerPush(Alertmanager(url=f"http://127.0.0.1:{port}", **more))


@pytest.mark.slow
def test_a_real_one(tmp_path: Path) -> None:
    """It stands there with its labels; then it is over; a sensor whose clock is in 1970 is believed as well."""
    with alertmanager(tmp_path) as manager:
        for at_ns in (NINE_NS, 86_400 * 10**9, 4_000_000_000 * 10**9):
            way = push(manager.port)
            way.push([notice(starts_ns=at_ns - 5), notice("b", starts_ns=at_ns + 5)], at_ns)
            assert ["a", "b"] == manager.names()
            way.push([notice(stands=False), notice("b", stands=False)], at_ns + 10**9)
            wait_for(lambda: manager.alerts() == [])


def test_what_is_sent() -> None:
    """In the receiver's time: what stands holds for a day, what is over ended now, nothing begins in the future."""
    with receiving() as (receiver, port):
        way = push(port)
        way.push([notice(), notice("b", stands=False)], NINE_NS)
        (get, path, _, _), (post, api, headers, alerts) = receiver.asked
    assert ("GET", "/-/healthy", "POST", "/api/v2/alerts") == (get, path, post, api)
    assert "application/json" == headers["Content-Type"]
    first, second = alerts
    assert "2026-05-08T10:00:00.000000Z" == first["startsAt"]
    assert "2026-05-08T09:59:59.000000Z" == second["startsAt"] == second["endsAt"]
    assert "2026-05-09T10:00:00.000000Z" == first["endsAt"]
    assert {"alertname": "a"} == first["labels"]


def test_clocks_that_agree() -> None:
    """The beginning is the finding's own, to the second."""
    with receiving() as (receiver, port):
        push(port).push([notice(starts_ns=TEN_NS - 90 * 10**9)], TEN_NS + 3 * 10**9)
        assert "2026-05-08T09:58:30.000000Z" == receiver.asked[1][3][0]["startsAt"]


@pytest.mark.parametrize("date", ["", "soon", "Fri, 99 May 2026 10:00:00 GMT"])
def test_no_date(date: str) -> None:
    """Then our own clock has to do."""
    with receiving() as (receiver, port):
        receiver.date = date
        push(port).push([notice()], TEN_NS)
        assert "2026-05-09T10:00:00.000000Z" == receiver.asked[1][3][0]["endsAt"]


def test_many() -> None:
    """They come in portions."""
    with receiving() as (receiver, port):
        push(port).push([notice(str(number)) for number in range(250)], NINE_NS)
        assert [0, 100, 100, 50] == [len(asked[3]) for asked in receiver.asked]


def test_one_that_it_dislikes() -> None:
    """It does not hold up the others, and is told."""
    with receiving() as (receiver, port):
        receiver.disliked = "b"
        with pytest.raises(DeliveryError, match="refused 1 of 3 alerts"):
            push(port).push([notice("a"), notice("b"), notice("c")], NINE_NS)
        assert ["a", "b", "c"] == [asked[3][0]["labels"]["alertname"] for asked in receiver.asked[-3:]]
        with pytest.raises(DeliveryError, match="answered 400"):
            push(port).push([notice("b")], NINE_NS)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "wants another user or password"),
        (403, "wants another user or password"),
        (404, "there is no Alertmanager"),
        (500, "answered 500"),
        (302, "answered 302"),
    ],
)
def test_other_answers(status: int, words: str) -> None:
    """Nothing but a yes is a yes."""
    with receiving() as (receiver, port):
        receiver.status = status
        with pytest.raises(DeliveryError, match=words):
            push(port).push([notice()], NINE_NS)


def test_a_user_and_a_path(tmp_path: Path) -> None:
    """The password comes from its file; a proxy may want a path."""
    secret = tmp_path / "password"
    secret.write_text("correct horse\n", "utf-8")
    with receiving() as (receiver, port):
        auth = BasicAuth(user=Label("sensor"), password_file=secret)
        AlertmanagerPush(Alertmanager(url=f"http://127.0.0.1:{port}/am", basic_auth=auth)).push([notice()], NINE_NS)
        _, path, headers, _ = receiver.asked[-1]
    assert "/am/api/v2/alerts" == path
    assert b"sensor:correct horse" == b64decode(headers["Authorization"].removeprefix("Basic "))


def test_nobody_is_there() -> None:
    """In plain words."""
    with pytest.raises(DeliveryError, match=r"^http://127.0.0.1:\d+: connection refused$"):
        push(free_port()).push([notice()], NINE_NS)


def test_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for longer than the limit."""
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(DeliveryError, match="no answer within"):
        push(deaf.getsockname()[1]).push([notice()], NINE_NS)


def test_no_web_server() -> None:
    """Something else listens there; what it says is not repeated."""
    with socket.create_server(("127.0.0.1", 0)) as other:

        def talk() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"941SECRET\r\n\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(DeliveryError, match="what answers there is no web server") as error:
            push(other.getsockname()[1]).push([notice()], NINE_NS)
        thread.join()
    assert "SECRET" not in str(error.value)


def test_no_such_name() -> None:
    """In plain words."""
    way = AlertmanagerPush(Alertmanager(url="http://nowhere.invalid:9093"))
    with pytest.raises(DeliveryError, match=r"nowhere\.invalid:9093: "):
        way.push([notice()], NINE_NS)


@pytest.mark.slow
def test_tls(tmp_path: Path) -> None:
    """Only with a certificate that can be trusted."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=x"]
    try:
        subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("the command openssl is not here")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with receiving(context) as (receiver, port):
        url = f"https://127.0.0.1:{port}"
        AlertmanagerPush(Alertmanager(url=url, ca_file=certificate)).push([notice()], NINE_NS)
        assert 2 == len(receiver.asked)
        with pytest.raises(DeliveryError, match="its certificate is not trusted"):
            AlertmanagerPush(Alertmanager(url=url)).push([notice()], NINE_NS)
    with receiving() as (_, port), pytest.raises(DeliveryError, match="it does not speak TLS there"):
        AlertmanagerPush(Alertmanager(url=f"https://127.0.0.1:{port}")).push([notice()], NINE_NS)


def test_files_that_are_unfit(tmp_path: Path) -> None:
    """That is said at the start, by the file's name."""
    missing = tmp_path / "missing.pem"
    with pytest.raises(UsageError, match=r"missing\.pem"):
        AlertmanagerPush(Alertmanager(url="https://127.0.0.1", ca_file=missing))
    text = tmp_path / "text.pem"
    text.write_text("no certificate", "utf-8")
    with pytest.raises(UsageError, match=r"text\.pem holds no certificates"):
        AlertmanagerPush(Alertmanager(url="https://127.0.0.1", ca_file=text))
