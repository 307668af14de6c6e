"""A server over TCP and TLS: framing, servers that come and go, and those that are not trusted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.errors import DeliveryError
from monitor.sinks.destinations import connection as room
from monitor.sinks.destinations.connection import Connection
from monitor.sinks.destinations.trust import open_trust
from tests.support.certificates import make_certificate
from tests.unit.sinks.destinations.receiver import Receiver, offered

HOST = "127.0.0.1"


def test_messages_have_their_length_before_them() -> None:
    """So a line break within one ends nothing; all go over one connection."""
    with Receiver() as server:
        sender = Connection("the server", HOST, server.port, None)
        sender.check()
        server.accept()
        for message in (b"one\ntwo", b"", "Bücherei".encode()):
            assert sender.send(message)
            assert message == server.message()
        sender.close()


def test_a_server_that_comes_and_goes() -> None:
    """It is missed in words before there is anything to say, and connected to again."""
    with Receiver() as server:
        port = server.port
        sender = Connection("the server", HOST, port, None)
        sender.check()
        server.accept()
    with pytest.raises(DeliveryError, match=r"^the server: Connection refused$"):
        sender.check()
    with pytest.raises(DeliveryError):
        sender.send(b"one")
    with Receiver(port=port) as server:
        sender.check()
        server.accept()
        server.hang_up()
        sender.send(b"two")
        server.accept()
        assert b"two" == server.message()
    sender.close()


def test_a_server_that_takes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for, and not for ever; the message goes whole over another connection."""
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.05)
    with Receiver() as server:
        sender = Connection("the server", HOST, server.port, None)
        sender.check()
        server.accept()
        large = bytes(30_000_000)
        with pytest.raises(DeliveryError, match=r"^the server: no answer$"):
            sender.send(large)
        sender.send(b"two")
        server.accept()
        assert b"two" == server.message()
        sender.close()


def test_what_a_server_says_is_left_aside() -> None:
    """Syslog has no answers; whatever comes is read and forgotten."""
    with Receiver() as server:
        sender = Connection("the server", HOST, server.port, None)
        sender.check()
        server.accept()
        assert server.connection is not None
        server.connection.sendall(b"220 hello\r\n" * 1_000)
        sender.send(b"one")
        assert b"one" == server.message()
        sender.close()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate and its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


def test_tls(pair: tuple[Path, Path]) -> None:
    """The server is trusted by its certificate, and told who sends."""
    with Receiver(offered(*pair, ca=pair[0])) as server, ThreadPoolExecutor() as helper:
        sender = Connection("the server", HOST, server.port, open_trust(pair[0], *pair))
        accepted = helper.submit(server.accept)
        sender.check()
        accepted.result()
        sender.check()
        for message in (b"one", b"two"):
            sender.send(message)
            assert message == server.message()
        server.hang_up()
        accepted = helper.submit(server.accept)
        sender.send(b"three")
        accepted.result()
        assert b"three" == server.message()
        sender.close()


@pytest.mark.parametrize(
    ("host", "trusts", "said"),
    [
        pytest.param(HOST, False, "its certificate cannot be trusted: self-signed certificate", id="unknown"),
        pytest.param("localhost", True, "its certificate cannot be trusted: Hostname mismatch", id="another name"),
    ],
)
def test_a_server_that_cannot_be_trusted(pair: tuple[Path, Path], host: str, trusts: bool, said: str) -> None:  # noqa: FBT001
    """Nothing is sent to it."""
    with Receiver(offered(*pair)) as server, ThreadPoolExecutor() as helper:
        sender = Connection("the server", host, server.port, open_trust(pair[0] if trusts else None, None, None))
        accepted = helper.submit(server.accept)
        with pytest.raises(DeliveryError, match=f"^the server: {said}"):
            sender.send(b"one")
        assert isinstance(accepted.exception(), OSError)


def test_a_server_without_tls(pair: tuple[Path, Path]) -> None:
    """It is not spoken to in the clear."""
    with Receiver() as server, ThreadPoolExecutor() as helper:
        sender = Connection("the server", HOST, server.port, open_trust(pair[0], None, None))

        def answer() -> bytes:
            server.accept()
            assert server.connection is not None
            begun = server.connection.recv(100)
            server.connection.sendall(b"what?" * 10)
            return begun

        answered = helper.submit(answer)
        with pytest.raises(DeliveryError, match=r"^the server: TLS fails: "):
            sender.send(b"one")
        assert b"\x16\x03" == answered.result()[:2]
