"""Tests of `monitor.protocols.tls.chain`, and of what the parser says of certificates."""

from __future__ import annotations

import pytest

from monitor.model.events import DeviceSign, Enough
from monitor.model.flow import Close, Side
from monitor.protocols.tls.chain import CHAIN_BYTES, Chain
from monitor.protocols.tls.events import TlsClientHello, TlsServerHello
from monitor.protocols.tls.parser import TlsParser
from tests.protocols.tls.samples import (
    ALERT,
    CLIENT,
    DATA,
    MODERN_SERVER,
    SERVER,
    certificate,
    certificates,
    client_hello,
    in_records,
    message,
    record,
    server_hello,
    server_name,
)
from tests.protocols.tls.talks import parse

CAMERA = certificate("axis-00408c123456", "Axis Communications AB")
FLIGHT = server_hello() + certificates(CAMERA, bytes(900)) + message(14, b"")
NAMED = record(client_hello(server_name(b"camera.example.org")))
DEVICE, HOST = {"server": "device"}, {"server": "host"}


def collect(data: bytes, size: int = 1 << 20) -> bytes | None:
    """What comes of `data` in pieces of `size` bytes."""
    chain = Chain()
    for at in range(0, len(data), size):
        found = chain.add(memoryview(data[at : at + size]))
        if found is not None:
            return found
    return None


@pytest.mark.parametrize("size", [1, 5, 100, 1 << 20])
@pytest.mark.parametrize("in_record", [3, 60, 16_384])
def test_the_first_one_comes_out_whole(in_record: int, size: int) -> None:
    """However it is cut; a warning may stand ahead of it."""
    assert CAMERA == collect(in_records(FLIGHT, in_record), size)
    assert CAMERA == collect(record(b"\x01\x70", ALERT) + in_records(FLIGHT, in_record), size)


@pytest.mark.parametrize(
    "data",
    [
        record(server_hello() + message(14, b"")),
        record(server_hello()) + record(b"\x01", DATA),
        record(client_hello()),
        record(b"") + record(FLIGHT),
        b"HTTP/1.1 400 Bad Request",
        record(server_hello() + certificates()),
        in_records(server_hello() + certificates(bytes(CHAIN_BYTES)), 16_384),
    ],
)
def test_there_is_none(data: bytes) -> None:
    """Sessions that are resumed show none; nobody waits for more than the limit."""
    assert b"" == collect(data)
    assert b"" == collect(data, 400)


def test_a_device_shows_what_it_is() -> None:
    """Once, behind the hello, and then nothing more is wanted."""
    client, server, sign, enough = parse((CLIENT, NAMED), (SERVER, in_records(FLIGHT, 200)), options=DEVICE)
    assert isinstance(client, TlsClientHello)
    assert isinstance(server, TlsServerHello)
    assert DeviceSign(side=Side.RESPONDER, signals=("axis-model-certificate",)) == sign
    assert Enough() == enough


def test_a_host_is_read_only_where_the_client_says_no_name() -> None:
    """There what it shows tells of the client."""
    shows = record(server_hello() + certificates(certificate("x", "", "*.hik-connect.com")))
    assert [] == [one for one in parse((CLIENT, NAMED), (SERVER, shows), options=HOST) if isinstance(one, DeviceSign)]
    outputs = parse((CLIENT, record(client_hello())), (SERVER, shows), options=HOST)
    assert DeviceSign(side=Side.ORIGINATOR, signals=("hikvision-name",)) == outputs[2]


@pytest.mark.parametrize("options", [{}, DEVICE, HOST])
def test_nothing_is_awaited_that_cannot_come(options: dict[str, object]) -> None:
    """TLS 1.3 hides it, a session that is resumed leaves it out, and a gap spoils it."""
    hello = record(client_hello())
    assert Enough() == parse((CLIENT, hello), (SERVER, record(MODERN_SERVER)), options=options)[-1]
    resumed = record(server_hello()) + record(b"\x01", 20)
    assert Enough() == parse((CLIENT, hello), (SERVER, resumed), options=options)[-1]
    parser = TlsParser(options, True)  # noqa: FBT003  (the contract's signature)
    outputs = [*parser.feed(CLIENT, memoryview(hello)), *parser.feed(SERVER, memoryview(record(FLIGHT)[:120]))]
    outputs += [*parser.gap(SERVER, 99), *parser.feed(SERVER, memoryview(record(FLIGHT)[219:]))]
    outputs += parser.finish(SERVER, Close.FIN)
    assert not any(isinstance(one, DeviceSign) for one in outputs)
