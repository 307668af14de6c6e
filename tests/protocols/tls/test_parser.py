"""Tests of `monitor.protocols.tls.parser`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.events import Enough, Weird
from monitor.model.flow import Close
from monitor.protocols.tls.events import TlsClientHello, TlsServerHello, TlsVersion, TlsWeird
from monitor.protocols.tls.parser import LOOK_BYTES, TlsParser
from tests.protocols.tls.samples import (
    BROWSER,
    CLIENT,
    CONVERSATIONS,
    DATA,
    LARGE,
    MODERN_SERVER,
    ODD_CONVERSATIONS,
    SERVER,
    client_hello,
    record,
)
from tests.protocols.tls.talks import parse

ENOUGH = Enough()
ALL_CONVERSATIONS = CONVERSATIONS | ODD_CONVERSATIONS


def weird(name: TlsWeird) -> Weird:
    """An oddity."""
    return Weird(name=name)


@pytest.mark.parametrize(
    ("name", "client", "server"),
    [
        ("browser, TLS 1.3", TlsVersion.TLS_1_3, TlsVersion.TLS_1_3),
        ("device, TLS 1.2", TlsVersion.TLS_1_2, TlsVersion.TLS_1_2),
        ("old device, hello in the form of SSL 2.0", TlsVersion.TLS_1_0, TlsVersion.TLS_1_0),
        ("hello without extensions", TlsVersion.SSL_3, TlsVersion.SSL_3),
        ("hellos in several records", TlsVersion.TLS_1_3, TlsVersion.TLS_1_3),
        ("large hello", TlsVersion.TLS_1_3, TlsVersion.TLS_1_3),
        ("warning ahead of the server's hello", TlsVersion.TLS_1_3, TlsVersion.TLS_1_2),
        ("drafts of TLS 1.3", TlsVersion.TLS_1_3, TlsVersion.TLS_1_3),
    ],
)
def test_both_hellos_are_enough(name: str, client: TlsVersion, server: TlsVersion) -> None:
    """Each hello is told once, and nothing is wanted behind the second."""
    first, second, enough, *_ = parse(*ALL_CONVERSATIONS[name])
    assert isinstance(first, TlsClientHello)
    assert isinstance(second, TlsServerHello)
    assert (client, server, ENOUGH) == (first.version, second.version, enough)


@pytest.mark.parametrize("name", ["refused", "server answers something else"])
def test_something_else_is_enough_too(name: str) -> None:
    """A side that goes on to anything else has no hello to wait for."""
    hello, enough = parse(*ALL_CONVERSATIONS[name])
    assert isinstance(hello, TlsClientHello)
    assert ENOUGH == enough


def test_the_name_stays_opaque() -> None:
    """Nothing of an event shows the server's name."""
    (hello,) = parse((CLIENT, record(LARGE)))
    assert "updates" not in repr(hello)
    assert isinstance(hello, TlsClientHello)
    assert hello.server_name is not None
    assert "updates.example.net" == hello.server_name.reveal()


def test_one_side_only() -> None:
    """With the other direction missing, a bounded amount is looked at."""
    hello, *rest = parse((CLIENT, record(BROWSER)), *[(CLIENT, bytes(1000))] * (LOOK_BYTES // 1000))
    assert isinstance(hello, TlsClientHello)
    assert [] == rest
    assert ENOUGH == parse((CLIENT, record(BROWSER)), *[(CLIENT, bytes(1000))] * (LOOK_BYTES // 1000 + 1))[1]


def test_the_middle_of_a_connection() -> None:
    """Records that are no hello say nothing."""
    assert [ENOUGH] == parse((CLIENT, record(bytes(90), DATA)), (SERVER, record(bytes(90), DATA)), from_start=False)


def test_a_hello_that_contradicts_itself() -> None:
    """It is counted as an oddity and ends its side."""
    bad = bytearray(client_hello())
    bad[4 + 34] = 255
    outputs = parse((CLIENT, record(bytes(bad))), (SERVER, record(MODERN_SERVER)))
    assert weird(TlsWeird.BAD_HELLO) == outputs[0]
    assert isinstance(outputs[1], TlsServerHello)


def test_lost_bytes() -> None:
    """A broken hello is not read on; one that follows at once is read."""
    parser = TlsParser({}, True)  # noqa: FBT003  # the contract's signature
    assert [] == list(parser.feed(CLIENT, memoryview(record(BROWSER)[:60])))
    assert [weird(TlsWeird.CUT_HELLO)] == list(parser.gap(CLIENT, 10))
    assert [] == list(parser.feed(CLIENT, memoryview(record(BROWSER)[70:])))
    assert [] == list(parser.gap(SERVER, 0))
    (hello, enough) = parser.feed(SERVER, memoryview(record(MODERN_SERVER)))
    assert isinstance(hello, TlsServerHello)
    assert ENOUGH == enough


def test_an_end_within_a_hello() -> None:
    """It is an oddity, told once."""
    parser = TlsParser({}, True)  # noqa: FBT003  # the contract's signature
    assert [] == list(parser.feed(CLIENT, memoryview(record(BROWSER)[:60])))
    assert [weird(TlsWeird.CUT_HELLO)] == list(parser.finish(CLIENT, Close.FIN))
    assert [] == list(parser.finish(CLIENT, Close.FIN))
    assert [] == list(parser.finish(SERVER, Close.FIN))


@given(st.sampled_from(sorted(ALL_CONVERSATIONS)), st.lists(st.integers(1, 400), min_size=1, max_size=9))
def test_cuts_change_nothing(name: str, sizes: list[int]) -> None:
    """However the bytes arrive, the same is said in the same order, up to the end of interest."""
    pieces = []
    for side, data in ALL_CONVERSATIONS[name]:
        at = number = 0
        while at < len(data):
            size = sizes[number % len(sizes)]
            pieces.append((side, data[at : at + size]))
            at += size
            number += 1
    assert _said(parse(*ALL_CONVERSATIONS[name])) == _said(parse(*pieces))


def _said(outputs: list[object]) -> list[str]:
    """What was said up to the end of interest; a name is told apart by being there."""
    until = outputs.index(ENOUGH) + 1 if ENOUGH in outputs else len(outputs)
    return [repr(output) for output in outputs[:until]]
