"""Tests of `monitor.protocols.http.http2`, of how a connection becomes one, and of how its heads are translated."""

from __future__ import annotations

import pytest
from hyperframe.frame import PushPromiseFrame, RstStreamFrame

from monitor.protocols.http.bounds import FRAME_BYTES, STREAM_BYTES, STREAMS
from monitor.protocols.http.events import HttpWeird, Method
from monitor.protocols.http.framing import BODY_BYTES
from monitor.protocols.http.translation import request_head, response_head
from tests.protocols.http.later import PREFACE, SETTINGS, Speaker, data
from tests.protocols.http.samples import CONVERSATIONS, FORM, LOGIN, SESSION, answer, ask
from tests.protocols.http.talks import CLIENT, SERVER, Piece, exposed, oddities, parse, requests, responses, skips

LOGIN_SEEN = [("userid", "patron_identifier"), ("password", "credential")]
KOHA = "POST /cgi-bin/koha/opac-user.pl"


def begun(*pieces: Piece) -> list[Piece]:
    """A connection that begins as HTTP/2."""
    return [(CLIENT, PREFACE + SETTINGS), (SERVER, SETTINGS), *pieces]


def test_streams() -> None:
    """Exchanges at the same time are kept apart, and each is read as one of HTTP/1 is."""
    outputs = parse(*CONVERSATIONS["HTTP/2 from the first byte"])
    said = [("q", "search"), ("CGISESSID", "session"), *LOGIN_SEEN]
    said += [
        ("CGISESSID", "session"),
        ("user", "patron_identifier"),
        ("pass", "credential"),
        ("password", "credential"),
    ]
    assert said == exposed(outputs)
    asked = requests(outputs)
    assert [Method.GET, *[Method.POST] * 4] == [one.method for one in asked]
    assert [True, *[False] * 4] == [one.cookie for one in asked]
    assert ["koha"] * 2 == [one.product for one in asked if one.product]
    assert [200, 302, 204, 200, 200] == [one.status for one in responses(outputs)]
    assert [] == oddities(outputs)


def test_met_halfway() -> None:
    """Where the client's preface is seen, its requests are read, whatever came before."""
    assert 5 == len(requests(parse(*CONVERSATIONS["HTTP/2 from the first byte"], from_start=False)))


def test_after_an_upgrade() -> None:
    """The request that asked for it is answered on stream 1."""
    outputs = parse(*CONVERSATIONS["HTTP/2 after an upgrade"])
    assert [("q", "search"), ("CGISESSID", "session"), ("email", "email")] == exposed(outputs)
    assert [101, 200, 200] == [one.status for one in responses(outputs)]
    assert "koha" == responses(outputs)[1].product
    assert [] == oddities(outputs)


def test_what_nobody_looks_at() -> None:
    """Bodies that nobody looks at, and frames about the connection, are not asked for."""
    client = Speaker()
    head = client.fields(1, {":method": "PUT", ":path": "/scan", "content-type": "image/png"})
    outputs = parse(*begun((CLIENT, head + data(1, b"\0" * 1000)[:20]), (CLIENT, 989 * b"\0")))
    assert [(CLIENT, 989)] == skips(outputs)
    assert 1 == len(requests(outputs))


def test_a_loss_within_a_body() -> None:
    """It costs that body."""
    client = Speaker()
    head = client.fields(1, {":method": "POST", ":path": "/cgi-bin/koha/opac-user.pl", "content-type": FORM})
    cut = data(1, LOGIN.encode())
    again = client.ask(3, KOHA, body=LOGIN.encode(), Content_Type=FORM)
    outputs = parse(*begun((CLIENT, head + cut[:40]), (CLIENT, len(cut) - 40), (CLIENT, again)))
    assert [("userid", "patron_identifier"), *LOGIN_SEEN] == exposed(outputs)
    assert [HttpWeird.CUT_BODY] == oddities(outputs)


def test_a_loss_elsewhere() -> None:
    """The next head is found, and read without what only the lost ones said."""
    client, server = Speaker(), Speaker()
    first = client.ask(1, KOHA, body=LOGIN.encode(), Content_Type=FORM, Cookie=f"CGISESSID={SESSION}")
    second = client.ask(3, KOHA, body=LOGIN.encode(), Content_Type=FORM, X_New="new")
    third = client.ask(5, "GET /cgi-bin/koha/opac-search.pl?q=sagas", X_New="new", Cookie=f"CGISESSID={SESSION}")
    last = client.ask(7, "GET /cgi-bin/koha/opac-search.pl?q=sagas", X_New="new")
    pieces = begun((CLIENT, len(first)), (CLIENT, second[5:] + third + last), (SERVER, server.answer(3)))
    outputs = parse(*pieces)
    assert [Method.GET, Method.GET] == [one.method for one in requests(outputs)]
    assert [("q", "search")] * 2 == exposed(outputs)
    assert 1 == len(responses(outputs))
    assert [HttpWeird.LOST_BYTES, HttpWeird.HTTP2][1:] == [one for one in oddities(outputs) if one is HttpWeird.HTTP2]


def test_what_is_none() -> None:
    """What is no preface, no frame, or no block of fields is passed over, up to the next head."""
    large = (FRAME_BYTES + 1).to_bytes(3, "big") + b"\x01\x04\0\0\0\x01"
    unknown = b"\0\0\x01\x01\x04\0\0\0\x01\xff"
    for bad in (large, unknown, b"\0\0\x04\x03\0\0\0\0\0none"):
        outputs = parse(*begun((CLIENT, bad + Speaker().ask(1, "GET /?email=ask@example.org"))))
        assert [HttpWeird.HTTP2] == oddities(outputs), bad
        assert [("email", "email")] == exposed(outputs)
    assert [HttpWeird.HTTP2] == oddities(parse((CLIENT, PREFACE[:18] + b"none of it")))


def test_nothing_is_written_into_logs(caplog: pytest.LogCaptureFixture) -> None:
    """The library that reads fields would write them into its log."""
    caplog.set_level(0)
    parse(*CONVERSATIONS["HTTP/2 from the first byte"])
    assert [] == caplog.records


def test_bounds() -> None:
    """Streams and bodies are bounded, the sum of all bodies as well; settings may ask for a larger table."""
    client = Speaker()
    head = {":method": "POST", ":path": "/", "content-type": FORM}
    opening = b"".join(client.fields(2 * at + 1, head) for at in range(STREAMS + 1))
    assert [HttpWeird.UNANSWERED, HttpWeird.CUT_BODY] == oddities(parse(*begun((CLIENT, opening))))[:2]
    body = b"a=" + b"x" * (BODY_BYTES - 100)
    client = Speaker()
    bodies = b"".join(
        client.fields(2 * at + 1, head) + data(2 * at + 1, body, last=False)
        for at in range(STREAM_BYTES // len(body) + 1)
    )
    assert HttpWeird.LARGE_BODY in oddities(parse(*begun((CLIENT, bodies))))


def test_streams_that_end_early() -> None:
    """A stream that is reset is forgotten, and what a server promises unasked is no request."""
    client, server = Speaker(), Speaker()
    reset = RstStreamFrame(1, 8).serialize()
    half = client.fields(1, {":method": "POST", ":path": "/", "content-type": FORM}) + data(1, b"a=1&b", last=False)
    outputs = parse(*begun((CLIENT, half + reset), (SERVER, server.answer(1))))
    assert [HttpWeird.CUT_BODY] == oddities(outputs)
    promise = PushPromiseFrame(1, 2, server._encoder.encode([(":method", "GET"), (":path", "/style.css")]))
    promise.flags.add("END_HEADERS")
    pieces = [(CLIENT, client.ask(3, "GET /")), (SERVER, promise.serialize() + server.answer(3))]
    assert 1 == len(requests(parse(*begun(*pieces))))


def test_heads() -> None:
    """Fields become those of HTTP/1; none of them can become two, and those of the connection are left out."""
    headers = [(b":method", b"GET"), (b":path", b"/a b"), (b":authority", b"h"), (b"x", b"1\r\nHost: evil")]
    headers += [(b"content-length", b"5"), (b"cookie", b"a=b")]
    assert b"GET /a%20b HTTP/1.1\r\nhost: h\r\nx: 1Host: evil\r\ncookie: a=b\r\n\r\n" == request_head(
        headers, body=False
    )
    assert None is request_head([(b":path", b"/")], body=False)
    assert None is request_head([(b":method", b"GET")], body=False)
    assert b"CONNECT h:1 HTTP/1.1\r\nhost: h:1\r\n\r\n" == request_head(
        [(b":method", b"CONNECT"), (b":authority", b"h:1")], body=False
    )
    assert b"HTTP/1.1 200\r\ntransfer-encoding: chunked\r\n\r\n" == response_head([(b":status", b"200")], body=True)
    assert b"HTTP/1.1 103\r\n\r\n" == response_head([(b":status", b"103")], body=True)
    assert None is response_head([(b":status", b"none")], body=True)


def test_a_first_byte_of_zero_is_not_enough() -> None:
    """Settings are told from other bytes of zero where a head is due."""
    outputs = parse((SERVER, b"\0\0\x12\x05" + b"\0" * 20 + b"\n" + answer()), (CLIENT, ask("GET /")))
    assert 1 == len(requests(outputs))
    assert HttpWeird.HTTP2 not in oddities(outputs)
