"""Tests of `monitor.protocols.http.websocket` and of how a connection becomes one."""

from __future__ import annotations

import zlib

import pytest

from monitor.protocols.http.bounds import MESSAGE_BYTES
from monitor.protocols.http.events import HttpFragment, HttpWeird
from tests.protocols.http.later import KEY, Packer, frame
from tests.protocols.http.samples import CARD, CONVERSATIONS, ask, head
from tests.protocols.http.talks import CLIENT, SERVER, Piece, exposed, facts, oddities, parse, requests, skips

LOGIN = b'{"cardnumber": "%b", "pin": "4711"}' % CARD.encode()
LOGIN_SEEN = [("cardnumber", "patron_identifier"), ("pin", "credential")]


def opened(*pieces: Piece, extensions: str = "") -> list[Piece]:
    """A WebSocket, and what is said in it."""
    fields = {"Upgrade": "websocket"} | ({"Sec-WebSocket-Extensions": extensions} if extensions else {})
    agreed = head("HTTP/1.1 101 Switching Protocols", fields)
    return [(CLIENT, ask("GET /socket", Upgrade="websocket", Connection="Upgrade")), (SERVER, agreed), *pieces]


def test_messages() -> None:
    """Text is read, whole or in pieces, masked or not; what it exposes counts, and is no request."""
    outputs = parse(*CONVERSATIONS["a WebSocket"])
    expected = [
        ("VUFIND_SESSION", "session"),
        *LOGIN_SEEN,
        ("username", "patron_identifier"),
        ("password", "credential"),
        ("borrower", "patron_identifier"),
    ]
    assert expected == exposed(outputs)
    assert 1 == len(requests(outputs))
    assert 3 == sum(isinstance(one, HttpFragment) for one in facts(outputs))
    assert [(CLIENT, 300)] == skips(parse(*opened((CLIENT, frame(b"\0" * 300, kind=2, key=KEY)[:8]))))
    assert [] == oddities(outputs)


def test_packed_messages() -> None:
    """Packed messages are unpacked, with those before in mind where the ends agreed to that."""
    outputs = parse(*CONVERSATIONS["a WebSocket that packs"])
    both = [("email", "email"), ("password", "credential")]
    assert [*LOGIN_SEEN, *LOGIN_SEEN, *both, ("password", "credential")] == exposed(outputs)
    assert [] == oddities(outputs)


@pytest.mark.parametrize("fin", [True, False])
def test_a_loss_within_a_message(*, fin: bool) -> None:
    """What is lost within a message costs that message."""
    lost = frame(b"a=" + b"x" * 200, fin=fin, key=KEY)
    pieces = opened((CLIENT, lost[:20]), (CLIENT, len(lost) - 20), (CLIENT, frame(LOGIN, key=KEY)))
    assert LOGIN_SEEN == exposed(parse(*pieces))


def test_a_loss_elsewhere() -> None:
    """Nobody knows where the next frame begins; the other side is read on."""
    outputs = parse(*opened((CLIENT, 5), (CLIENT, frame(LOGIN, key=KEY)), (SERVER, frame(LOGIN))))
    assert LOGIN_SEEN == exposed(outputs)
    assert HttpWeird.WEBSOCKET in oddities(outputs)


def test_what_is_no_frame() -> None:
    """Reserved bits, and packing that nobody agreed to, end the reading of a side."""
    for first in (b"\xf1\x05", b"\xc1\x05", b"\x81\x7f" + b"\xff" * 8):
        outputs = parse(*opened((SERVER, first + b"hello" + frame(LOGIN))))
        assert [HttpWeird.WEBSOCKET] == oddities(outputs)
        assert [] == exposed(outputs)


def test_bounds() -> None:
    """A message over the bound is passed, in one frame or in many; one that grows too much is not read on."""
    large = frame(b"a=" + b"x" * MESSAGE_BYTES, key=KEY)
    many = frame(b"a=", fin=False, key=KEY) + frame(b"x" * MESSAGE_BYTES, kind=0, key=KEY)
    for message in (large, many):
        outputs = parse(*opened((CLIENT, message), (CLIENT, frame(LOGIN, key=KEY))))
        assert [HttpWeird.LARGE_BODY] == oddities(outputs)
        assert LOGIN_SEEN == exposed(outputs)
    bomb = frame(Packer().pack(b"[" + b"0," * 5_000_000), packed=True, key=KEY)
    outputs = parse(*opened((CLIENT, bomb), (CLIENT, frame(LOGIN, key=KEY)), extensions="permessage-deflate"))
    assert [HttpWeird.LARGE_BODY, HttpWeird.WEBSOCKET] == oddities(outputs)


def test_a_message_that_cannot_be_unpacked() -> None:
    """It is passed over; where those behind it have it in mind, they cannot be read either."""
    broken = frame(b"\xff" * 20, packed=True, key=KEY)
    packer = zlib.compressobj(wbits=-15)
    whole = frame(packer.compress(LOGIN) + packer.flush(zlib.Z_SYNC_FLUSH)[:-4], packed=True, key=KEY)
    alone = "permessage-deflate; client_no_context_takeover"
    assert LOGIN_SEEN == exposed(parse(*opened((CLIENT, broken + whole), extensions=alone)))
    outputs = parse(*opened((CLIENT, broken + whole), extensions="permessage-deflate"))
    assert [HttpWeird.WEBSOCKET] == oddities(outputs)
