"""Private receivers: all that is sent arrives, whole and at once."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path

import pytest

from monitor.audit import receivers as room
from monitor.audit.receivers import HOST, Mailbox, WebServer

PARTS = [b"%d" % number * 100 for number in range(500)]


def test_datagrams(tmp_path: Path) -> None:
    """More than a queue of the system holds, each on a line."""
    path = str(tmp_path / "box")
    with Mailbox.at(path) as box, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect(path)
        for part in PARTS:
            sender.send(part)
        assert PARTS == box.arrived().splitlines()


def test_datagrams_of_the_internet() -> None:
    """The same over UDP, empty ones included."""
    with Mailbox.on(socket.SOCK_DGRAM) as box, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect((HOST, box.port))
        for part in (b"first", b"", b"last"):
            sender.send(part)
        assert b"first\n\nlast\n" == box.arrived()


def test_connections() -> None:
    """One after the other, and one that broke off."""
    with Mailbox.on(socket.SOCK_STREAM) as box:
        for part in PARTS[:3]:
            with socket.create_connection((HOST, box.port)) as sender:
                sender.sendall(part)
        assert b"".join(PARTS[:3]) == box.arrived()


def test_requests() -> None:
    """From the first byte to the last, before there is an answer."""
    with WebServer() as server:
        for method, body in (("GET", None), ("POST", b"said")):
            connection = http.client.HTTPConnection(HOST, server.port, timeout=10)
            connection.request(method, "/path", body)
            assert 200 == connection.getresponse().status
            connection.close()
        asked, told = server.requests()
    assert b"GET /path HTTP/1.1" == asked.splitlines()[0]
    assert (True, True) == (told.startswith(b"POST /path"), told.endswith(b"\r\n\r\nsaid"))


def test_there_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is kept than there is room for."""
    monkeypatch.setattr(room, "MAX_BYTES", 4)
    kept = room.Kept()
    for part in (b"abc", b"def", b"ghi"):
        kept.keep(part)
    assert [b"abc", b"d", b""] == kept.parts()
