"""Whom QUIC clients ask for."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from monitor.model.contract import Answer, Head
from monitor.model.events import Enough, Output
from monitor.privacy.names import ask
from monitor.protocols.quic.events import QuicClientHello
from monitor.protocols.quic.initial import client_keys, crypto_frames
from monitor.protocols.quic.parser import LOOK_DATAGRAMS, QuicParser
from monitor.protocols.quic.recognition import probe
from tests.protocols.quic.samples import CLIENT, CONVERSATIONS, HELLO, SERVER, frame, initial

DESTINATION = bytes.fromhex("8394c8f03e515708")


def names(outputs: Iterable[Output]) -> list[str]:
    """The names that were asked for."""
    hellos = [one for one in outputs if isinstance(one, QuicClientHello)]
    return [ask(one.server_name, str) for one in hellos if one.server_name]


@pytest.mark.parametrize("name", sorted(CONVERSATIONS))
def test_name(name: str) -> None:
    """Whole, in pieces, over several packets, in either version: told once, and then no more is wanted."""
    parser = QuicParser({}, from_start=True)
    outputs = [output for side, data in CONVERSATIONS[name] for output in parser.feed(side, memoryview(data))]
    assert ["cloud.example.org"] == names(outputs)
    assert any(isinstance(one, Enough) for one in outputs)


def test_keys_of_the_standard() -> None:
    """RFC 9001 A.1 says which keys follow from its example."""
    keys = client_keys(1, DESTINATION)
    assert "1f369613dd76d5467730efcbe3b1a22d" == keys.key.hex()
    assert "fa044b2f42a3fd3b46fb255c" == keys.vector.hex()
    assert "9f50449e04a0e810283a1e9933adedd2" == keys.mask.hex()


def test_after_a_retry() -> None:
    """A server may ask to begin again under another connection id."""
    parser = QuicParser({}, from_start=True)
    again = initial([frame(0, HELLO)], destination=b"another-id", token=b"token")
    assert ["cloud.example.org"] == names(
        [*parser.feed(CLIENT, memoryview(initial([]))), *parser.feed(CLIENT, memoryview(again))]
    )


def test_spoiled() -> None:
    """What does not fit its seal is nothing, and is not waited for without end."""
    parser = QuicParser({}, from_start=True)
    data = bytearray(initial([frame(0, HELLO)]))
    data[600] ^= 1
    outputs = [output for _ in range(LOOK_DATAGRAMS) for output in parser.feed(CLIENT, memoryview(bytes(data)))]
    assert [Enough()] == outputs
    assert () == tuple(QuicParser({}, from_start=True).feed(SERVER, memoryview(initial([frame(0, HELLO)]))))


def test_frames_that_lie() -> None:
    """Frames that end beyond their packet, or are unknown, end the reading."""
    assert [(0, b"ab")] == list(crypto_frames(b"\x01\x00" + frame(0, b"ab") + b"\x1e" + frame(2, b"cd")))
    assert [(0, b"a")] == list(crypto_frames(b"\x02\x05\x00\x00\x01" + frame(0, b"ab")[:-1]))
    assert [] == list(crypto_frames(b"\x02\x05"))


@pytest.mark.parametrize("spoil", [lambda d: d[:1199], lambda d: b"\x43" + d[1:], lambda d: d[:1] + bytes(4) + d[5:]])
def test_what_is_no_quic(spoil: object) -> None:
    """Too short, without the long head, or of no version that is known."""
    data = spoil(initial([frame(0, HELLO)]))  # type: ignore[operator]
    heads = (Head(data, from_start=True), Head(b"", from_start=False))
    assert probe(heads, False).answer is Answer.NO  # noqa: FBT003
