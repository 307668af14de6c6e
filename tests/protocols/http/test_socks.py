"""Tests of `monitor.protocols.http.socks`, and of HTTP behind such a proxy."""

from __future__ import annotations

import pytest

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.http.recognition import probe
from monitor.protocols.http.socks import MORE, NAME_BYTES, NONE, opening_bytes
from tests.protocols.http.samples import CONVERSATIONS
from tests.protocols.http.talks import CLIENT, SERVER, exposed, oddities, parse, responses

FINAL = True


@pytest.mark.parametrize("name", ["a SOCKS 4 proxy", "a SOCKS 5 proxy"])
def test_http_behind_a_proxy(name: str) -> None:
    """It is recognized, and read as it is without one."""
    talk = CONVERSATIONS[name]
    heads = tuple(Head(b"".join(data for at, data in talk if at is side), from_start=True) for side in (CLIENT, SERVER))
    assert Verdict(Answer.YES, 0) == probe((heads[0], heads[1]), FINAL)
    outputs = parse(*talk)
    assert [("q", "search")] == exposed(outputs)
    assert 1 == len(responses(outputs))
    assert [] == oddities(outputs)


@pytest.mark.parametrize("name", ["a SOCKS 4 proxy", "a SOCKS 5 proxy"])
@pytest.mark.parametrize("side", [CLIENT, SERVER])
def test_openings(name: str, side: int) -> None:
    """Every beginning of what is said waits for more, and the whole is passed up to where HTTP begins."""
    said = b"".join(data for at, data in CONVERSATIONS[name] if at == side)
    start = said.index(b"GET /" if side == CLIENT else b"HTTP/")
    assert start == opening_bytes(side, said)
    assert {MORE} == {opening_bytes(side, said[:size]) for size in range(start)}


@pytest.mark.parametrize(
    "data",
    [b"\x05\x00\x0b\x03", b"\x04\x02\x00\x50", b"\x05\xff", b"\x00\x5b", b"\x05\x01\x00\x05\x02\x00\x01", b"GET /"],
)
def test_what_is_none(data: bytes) -> None:
    """Other protocols begin with these numbers, too; nor is a connection that was refused a tunnel."""
    assert NONE == opening_bytes(CLIENT, data) or data[0] == 0
    assert NONE == opening_bytes(SERVER, data) or data[:2] == b"\x05\x00"
    assert NONE == opening_bytes(CLIENT, b"\x04\x01\x00\x50\x0a\x00\x00\x01" + b"a" * NAME_BYTES)


def test_what_hides_in_it_is_no_http() -> None:
    """A tunnel of something else is not taken for HTTP."""
    client = Head(b"\x05\x01\x00\x05\x01\x00\x01\x0a\x00\x00\x01\x01\xbb\x16\x03\x01\x02\x00", from_start=True)
    assert Verdict(Answer.NO) == probe((client, Head(b"", from_start=True)), not FINAL)
