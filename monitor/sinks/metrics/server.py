"""Answers scrapes over HTTP, each connection in a thread of its own.

Rules: a client that is slow or says nothing stops nobody: no connection is waited for where others arrive, TLS is
negotiated in the connection's own thread, and over the limit the oldest connection ends. Nothing is printed, whatever
comes, and no name is looked up.
"""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self

from prometheus_client.exposition import choose_encoder

from monitor.config.settings import MetricsSettings
from monitor.config.shipped import shipped_runbooks
from monitor.errors import UsageError
from monitor.sinks.metrics.access import read_access
from monitor.sinks.metrics.exposition import registry
from monitor.sinks.metrics.sink import MetricsSink

MAX_CONNECTIONS = 16
"""At a time: a pair of Prometheus servers, somebody's browser, a probe; about 1 MB of threads."""
PATIENCE_SECONDS = 10.0
"""For each step of a client: what Prometheus itself gives a whole scrape by default."""
PLAIN = "text/plain; charset=utf-8"
PAGES = "/runbooks/"
"""What alerts link to. Everybody may read them: they say nothing of this site, and somebody may need them at night."""


class MetricsServer:
    """The server, from its construction on. To be closed, or used with ``with``."""

    def __init__(self, settings: MetricsSettings, sink: MetricsSink) -> None:
        """Bind, and begin to answer.

        Args:
            settings: where, and who may ask.
            sink: whose snapshots are told.

        Raises:
            UsageError: the address is not free or not this machine's; or a file that `settings` names is unfit.
        """
        sink.access = read_access(settings)
        listen = settings.listen
        try:
            self._server = _Server((str(listen.address), listen.port), listen.address.version, sink)
        except OSError as error:
            raise UsageError(f"cannot offer metrics at {listen}: {os.strerror(error.errno or 0)}") from None
        self.port: int = self._server.server_address[1]
        """Where it listens; of interest where any port was asked for."""
        self._thread = Thread(target=self._server.serve_forever, name="metrics", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take no more connections, and end those that are open."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128  # a crowd that wants to connect at once waits here, and not for a second attempt

    def __init__(self, place: tuple[str, int], version: int, sink: MetricsSink) -> None:
        self.address_family = socket.AF_INET if version == 4 else socket.AF_INET6  # noqa: PLR2004 (IP's number)
        self.sink = sink
        self.registry = registry(lambda: sink.latest)
        self._open: dict[socket.socket, None] = {}
        """The oldest first."""
        self._lock = Lock()
        super().__init__(place, _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, and say nothing on it yet."""
        connection, client = super().get_request()
        connection.settimeout(PATIENCE_SECONDS)
        context = self.sink.access.context
        if context is not None:
            try:
                connection = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            except (OSError, ValueError):  # who has gone again meanwhile
                connection.close()
                raise OSError from None
        return connection, client

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection its thread, and end the oldest if there are too many."""
        with self._lock:
            if len(self._open) >= MAX_CONNECTIONS:
                oldest = next(iter(self._open))
                del self._open[oldest]
                _end(oldest)
                self.sink.note_refusal()
            self._open[request] = None
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """A connection is done."""
        with self._lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Close, and end what is open."""
        super().server_close()
        with self._lock:
            for connection in self._open:
                _end(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 (the base class's own)
        """Print nothing. Clients come and go as they like; everything else is a bug, and counted."""
        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.sink.note_fault(error)


def _end(connection: socket.socket) -> None:
    """Wake the thread of a connection, which closes it. Below TLS, whose own way would wait for the client."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_SECONDS
    server_version = "privacy-monitor"
    sys_version = ""
    error_content_type = PLAIN
    error_message_format = "%(code)d %(message)s\n"

    def setup(self) -> None:
        super().setup()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        match self.path.partition("?")[0]:
            case "/metrics":
                self._tell_metrics()
            case "/-/healthy":
                self._tell_state("healthy", holds=self.server.sink.is_healthy())
            case "/-/ready":
                self._tell_state("ready", holds=self.server.sink.is_ready())
            case "/-/scraped":
                self._tell_scraped()
            case path if path.startswith(PAGES):
                self._tell_page(path.removeprefix(PAGES).removesuffix(".md") or "README")
            case "/":
                self._tell(HTTPStatus.OK, PLAIN, b"/metrics\n/-/healthy\n/-/ready\n/-/scraped\n/runbooks/\n")
            case _:
                self._tell(HTTPStatus.NOT_FOUND, PLAIN, b"not here\n")

    def _tell_metrics(self) -> None:
        password = self.server.sink.access.password
        if password is not None and not password.opens(self.headers.get("Authorization", "")):
            self._tell(HTTPStatus.UNAUTHORIZED, PLAIN, b"wrong user or password\n")
            return
        self.server.sink.note_scrape()
        encode, kind = choose_encoder(self.headers.get("Accept", ""))
        self._tell(HTTPStatus.OK, kind, encode(self.server.registry))

    def _tell_page(self, name: str) -> None:
        page = next((path for path in shipped_runbooks().glob("*.md") if path.stem == name), None)
        if page is None:
            self._tell(HTTPStatus.NOT_FOUND, PLAIN, b"no such page; privacy-monitor findings show ID says what to do\n")
        else:
            self._tell(HTTPStatus.OK, PLAIN, page.read_bytes())

    def _tell_scraped(self) -> None:
        ago = self.server.sink.seconds_since_scrape()
        status = HTTPStatus.SERVICE_UNAVAILABLE if ago is None else HTTPStatus.OK
        self._tell(status, PLAIN, b"never\n" if ago is None else b"%d\n" % ago)

    def _tell_state(self, word: str, *, holds: bool) -> None:
        status = HTTPStatus.OK if holds else HTTPStatus.SERVICE_UNAVAILABLE
        self._tell(status, PLAIN, f"{word if holds else 'not ' + word}\n".encode())

    def _tell(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        if status is HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="privacy-monitor", charset="UTF-8"')
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class's own)
        """Say nothing: what a client sends is not ours to print."""
