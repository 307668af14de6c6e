"""Datagrams: to a real socket of this machine and to a real server over UDP, there and not there."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.errors import DeliveryError
from monitor.sinks.destinations import datagrams as room
from monitor.sinks.destinations.datagrams import Datagrams, to_local, to_server


def listen(path: Path) -> socket.socket:
    """A daemon's socket."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    made.bind(str(path))
    made.settimeout(30)
    return made


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A server over UDP."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.bind(("127.0.0.1", 0))
        made.settimeout(30)
        yield made


def test_to_a_daemon(tmp_path: Path) -> None:
    """A message is one datagram, line breaks and all."""
    with listen(tmp_path / "socket") as daemon:
        sender = Datagrams("the log", to_local(str(tmp_path / "socket")))
        sender.check()
        assert sender.send(b"A=1\nB=2\n")
        assert sender.send(b"C=3\n")
        sender.close()
        assert [b"A=1\nB=2\n", b"C=3\n"] == [daemon.recv(100), daemon.recv(100)]


def test_a_daemon_that_comes_and_goes(tmp_path: Path) -> None:
    """It is missed in words; a message finds the one that was started in its place."""
    path = tmp_path / "socket"
    sender = Datagrams("the log", to_local(str(path)))
    with pytest.raises(DeliveryError, match=r"^the log: No such file or directory$"):
        sender.check()
    with listen(path) as daemon:
        sender.check()
        sender.send(b"one")
        assert b"one" == daemon.recv(100)
    with pytest.raises(DeliveryError, match=r"^the log: Connection refused$"):
        sender.send(b"two")
    path.unlink()
    with listen(path) as daemon:
        sender.check()
    path.unlink()
    with listen(path) as daemon:
        sender.send(b"three")
        assert b"three" == daemon.recv(100)
    sender.close()


def test_a_daemon_that_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue is full: it is waited for, and not for ever; what it took is not sent again."""
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.01)
    with listen(tmp_path / "socket") as daemon:
        sender = Datagrams("the log", to_local(str(tmp_path / "socket")))
        taken = []
        with pytest.raises(DeliveryError, match=r"^the log: no answer$"):
            taken.extend(number for number in range(100_000) if sender.send(b"%d" % number))
        assert taken
        assert [b"%d" % number for number in taken] == [daemon.recv(100) for _ in taken]
        sender.send(b"next")
        assert b"next" == daemon.recv(100)
        sender.close()


def test_to_a_server(server: socket.socket) -> None:
    """A message is one datagram."""
    sender = Datagrams("the server", to_server(*server.getsockname()))
    sender.check()
    assert [True, True] == [sender.send(b"one"), sender.send(b"two")]
    assert [b"one", b"two"] == [server.recv(100), server.recv(100)]
    sender.close()


def test_a_server_that_is_not_there(server: socket.socket) -> None:
    """The refusal is waited for where there is a doubt, so no message counts as sent; once there, it is sent to."""
    place = server.getsockname()
    server.close()
    sender = Datagrams("the server", to_server(*place))
    for _ in range(3):
        sender.check()
        with pytest.raises(DeliveryError, match=r"^the server: Connection refused$"):
            sender.send(b"one")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
        again.bind(place)
        again.settimeout(30)
        assert sender.send(b"two")
        assert b"two" == again.recv(100)
    sender.close()


def test_no_such_host() -> None:
    """A name that nobody has is said in words."""
    with pytest.raises(DeliveryError, match=r"^the server: no such host is known$"):
        Datagrams("the server", to_server("nowhere.invalid", 514)).check()
