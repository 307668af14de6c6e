"""A real Alertmanager on this machine, with a receiver that writes down what people would hear."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import SystemRandom
from typing import Any, Self
from urllib.error import URLError

import pytest

from tests.support.scrape import get
from tests.support.wire import wait_for

Alert = dict[str, Any]
PORTS = range(20_000, 32_000)
"""Below those that the kernel gives to connections (ip(7), ip_local_port_range)."""


def free_port() -> int:
    """A port that nobody listens to, and that no connection is given by chance while nobody does."""
    for port in SystemRandom().sample(PORTS, 100):
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port
    raise AssertionError("a hundred ports are taken")


class Heard:
    """A webhook that keeps every notification. To be used with ``with``."""

    def __init__(self) -> None:
        self.notifications: list[Alert] = []
        """What Alertmanager sent, in order; ``alerts`` holds those of one group."""
        heard = self.notifications

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing: the test looks at what was heard."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        """Where to send."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def alerts(self, status: str) -> list[Alert]:
        """Every alert of every notification, as often as people heard of it, that was ``firing`` or ``resolved``."""
        return [one for told in self.notifications for one in told["alerts"] if one["status"] == status]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Manager:
    """One that can be stopped and started again; its memory is in a folder."""

    def __init__(self, folder: Path, heard: Heard | None = None) -> None:
        self.port = free_port()
        self._folder = folder
        self._heard = heard
        self._heard_before = 0
        self._process: subprocess.Popen[bytes] | None = None
        receiver: Alert = {"name": "people"}
        if heard is not None:
            receiver["webhook_configs"] = [{"url": heard.url, "send_resolved": True}]
        route = {
            "receiver": "people",
            "group_by": ["..."],  # each alert by itself, so that each is heard of once
            "group_wait": "0s",
            "group_interval": "1s",
            "repeat_interval": "10d",
        }
        folder.mkdir(parents=True, exist_ok=True)
        self._config = folder / "alertmanager.yml"
        self._config.write_text(json.dumps({"route": route, "receivers": [receiver]}), "utf-8")  # JSON is YAML

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to listen."""
        self._heard_before = len(self._heard.notifications) if self._heard else 0
        self._process = subprocess.Popen(
            [
                "prometheus-alertmanager",
                f"--config.file={self._config}",
                f"--storage.path={self._folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--cluster.listen-address=",
                "--log.level=error",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self.is_there)

    def is_there(self) -> bool:
        """Whether it answers."""
        assert self._process is None or self._process.poll() is None, "Alertmanager has ended by itself"
        try:
            get(f"{self.url}/-/ready")
        except (URLError, OSError):
            return False
        return True

    def stop(self) -> None:
        """End; what it has told is written to its folder, as soon as it knows that it was heard."""
        if self._process is not None:
            if self._heard is not None and self._process.poll() is None:
                wait_for(self._knows_what_was_heard)
            self._process.terminate()
            try:
                self._process.wait(10)
            finally:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _knows_what_was_heard(self) -> bool:
        """Whether every notification that arrived has been answered: one that was not would be sent again."""
        assert self._heard is not None
        counts = re.findall(
            r'^alertmanager_notification_latency_seconds_count\{integration="webhook"\} (\d+)',
            get(f"{self.url}/metrics"),
            re.MULTILINE,
        )
        return sum(map(int, counts)) >= len(self._heard.notifications) - self._heard_before

    def alerts(self) -> list[Alert]:
        """Those that fire now."""
        found: list[Alert] = json.loads(get(f"{self.url}/api/v2/alerts"))
        return found

    def names(self) -> list[str]:
        """Their names."""
        return sorted(one["labels"]["alertname"] for one in self.alerts())


@contextmanager
def alertmanager(folder: Path, heard: Heard | None = None) -> Iterator[Manager]:
    """Run one until the end of the ``with``; skips the test where there is none."""
    if shutil.which("prometheus-alertmanager") is None:
        pytest.skip("the command prometheus-alertmanager is not here")
    manager = Manager(folder, heard)
    manager.start()
    try:
        yield manager
    finally:
        manager.stop()
