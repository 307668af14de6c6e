"""Tests of `monitor.protocols.http.recognition` and `monitor.protocols.http.lines`."""

from __future__ import annotations

import re

import pytest

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.http import recognition
from monitor.protocols.http.lines import LINE_BYTES, METHODS, find_named
from monitor.protocols.http.recognition import BLANKS, probe
from tests.protocols.http.samples import answer, ask

FINAL = True
NOTHING = Head(b"", from_start=True)


def start(data: bytes) -> Head:
    """The first bytes an end sent."""
    return Head(data, from_start=True)


def middle(data: bytes) -> Head:
    """Bytes from somewhere within a flow."""
    return Head(data, from_start=False)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_any_method_in_use(method: bytes) -> None:
    """One request line is enough, and tells who asks."""
    for head in (start(method + b" /x HTTP/1.1\r\n"), middle(method + b" /x HTTP/1.0\r\n")):
        assert Verdict(Answer.YES, 0) == probe((head, NOTHING), not FINAL)
        assert Verdict(Answer.YES, 1) == probe((NOTHING, head), not FINAL)


@pytest.mark.parametrize("line", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 404\n", b"HTTP/1.1 100 Continue\r\n"])
def test_responses_alone(line: bytes) -> None:
    """One status line is enough too; the other end asks."""
    assert Verdict(Answer.YES, 1) == probe((start(line), NOTHING), not FINAL)
    assert Verdict(Answer.YES, 0) == probe((NOTHING, middle(line)), not FINAL)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"220 mail.example.org ESMTP\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"OPTIONS rtsp://10.0.0.1/ RTSP/1.0\r\n",
        b"RTSP/1.0 200 OK\r\n",
        b"OPTIONS sip:ask@example.org SIP/2.0\r\n",
        b"INVITE sip:ask@example.org SIP/2.0\r\n",
        b"REQMOD icap://10.0.0.1/ ICAP/1.0\r\n",
        b"ICY 200 OK\r\n",
        b"BREW /pot\r\n",
        b"get / http/1.1\r\n",
        b"9300CNkiosk|COsecret|\r",
        b"HTTP is a protocol\r\n",
        b"\r\n" * BLANKS + b"GET / HTTP/1.1\r\n",
    ],
)
def test_what_is_something_else(data: bytes) -> None:
    """Other protocols are turned down at once, also those that name themselves where HTTP does."""
    assert Verdict(Answer.NO) == probe((start(data), NOTHING), not FINAL)
    assert Verdict(Answer.NO) == probe((NOTHING, middle(data)), FINAL)


@pytest.mark.parametrize(
    ("data", "asks"),
    [
        (b"GET /\r\n", True),
        (b"OPTIONS HTTP/1.1\r\n", True),
        (b"BREW /pot HTTP/1.1\r\n", True),
        (b"GET/ HTTP/1.1\r\n", True),
        (b"\x00\xff GET / HTTP/1.0\r\n", True),
        (b"HTTP/2.0 200 ok\r\n", False),
        (b"http/1.1 200\r\n", False),
        (b"HTTP/1.1 2xx ok\r\n", False),
    ],
)
def test_what_is_hardly_http(data: bytes, asks: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Servers answer, and browsers show, what is far from the standard."""
    assert Verdict(Answer.YES, 0 if asks else 1) == probe((start(data), NOTHING), not FINAL)


def test_a_method_alone_waits_for_the_answer() -> None:
    """Without a target, only what the other end says makes it HTTP."""
    assert Verdict(Answer.MORE) == probe((start(b"OPTIONS\r\nHost: a\r\n"), NOTHING), not FINAL)
    assert Verdict(Answer.MORE) == probe((start(b"GET key\r\n"), NOTHING), not FINAL)
    assert Verdict(Answer.NO) == probe((start(b"GET key\r\n"), start(b"$5\r\nvalue\r\n")), not FINAL)
    assert Verdict(Answer.YES, 0) == probe((start(b"OPTIONS\nHost: a\n"), start(b"HTTP/1.0 400 Bad\r\n")), not FINAL)


def test_one_byte_is_enough_to_turn_down() -> None:
    """Nothing that begins otherwise is kept waiting."""
    undecided = {
        first for first in range(256) if probe((start(bytes([first])), NOTHING), not FINAL).answer is Answer.MORE
    }
    assert set(b"\r\n") | {method[0] for method in METHODS} | set(b"\0\4\5HPh") == undecided


def test_halves() -> None:
    """An unfinished first line waits, and is nothing in the end; TLS met halfway waits for nothing."""
    for head in (start(b"GET /cgi-bin/ko"), middle(b"GET /cgi-bin/ko"), start(b"\r\n\r\n")):
        assert Verdict(Answer.MORE) == probe((head, NOTHING), not FINAL)
        assert Verdict(Answer.NO) == probe((head, NOTHING), FINAL)
    assert Verdict(Answer.NO) == probe((middle(b"\x17\x03\x03\x40\x00GET / HTTP/1.1"), NOTHING), not FINAL)


def test_a_target_without_end() -> None:
    """A request line that is longer than what is kept of a flow, or of a packet, is known by its length."""
    for head in (start, middle):
        assert Answer.YES is probe((head(b"GET /" + b"a" * 16), NOTHING), not FINAL).answer
        assert Answer.MORE is probe((head(b"GET /" + b"a" * 15), NOTHING), not FINAL).answer
        assert Answer.YES is probe((head(b"GET / HTT"), NOTHING), not FINAL).answer
        assert Answer.MORE is probe((head(b"GET / HT"), NOTHING), not FINAL).answer
    assert Answer.NO is probe((start(b"GET " + b" " * LINE_BYTES), NOTHING), not FINAL).answer


def test_met_in_a_body() -> None:
    """Behind the tail of a body a head is found, but a line that merely reads like its first one is not."""
    tail = b"<html>\nthe tail of a page\n\x00\xff</html>"
    assert Verdict(Answer.MORE) == probe((NOTHING, middle(tail)), not FINAL)
    assert Verdict(Answer.YES, 0) == probe((NOTHING, middle(tail + b"\r\n" + answer())), not FINAL)
    assert Verdict(Answer.YES, 1) == probe((NOTHING, middle(tail + b"\r\n" + ask("GET /"))), not FINAL)
    assert Verdict(Answer.YES, 1) == probe((NOTHING, middle(b"pin=4711" + ask("GET /"))), not FINAL)
    assert Verdict(Answer.YES, 0) == probe((NOTHING, middle(b"a\n\0\1" + answer())), not FINAL)
    assert Verdict(Answer.MORE) == probe((NOTHING, middle(b"a\n\0\1" + ask("GET /"))), not FINAL)
    assert Verdict(Answer.MORE) == probe((NOTHING, middle(tail + b"\nGET / HTTP/1.1\nis a line\n")), not FINAL)


@pytest.mark.parametrize("line", [b"AAA x" + b"HTTP/1." * 500, b"HTTP/1.1 200 " * 500 + b"\rx", b"x HTTP/1.1" * 500])
@pytest.mark.parametrize("behind", [b"", b"\r\n", b"\r\nHost: a\r\n"])
def test_a_line_of_versions(monkeypatch: pytest.MonkeyPatch, line: bytes, behind: bytes) -> None:
    """It is tried twice at most, however often it names HTTP: every segment of a flow asks again."""
    tried = []

    def find(data: bytes, start: int, version: int) -> re.Match[bytes] | None:
        tried.append(version)
        return find_named(data, start, version)

    monkeypatch.setattr(recognition, "find_named", find)
    assert Answer.NO is probe((middle(b"\xe1\n" + line + behind), NOTHING), FINAL).answer
    assert len(tried) == (2 if b"Host" in behind else 0)


@pytest.mark.parametrize("line", [b'"HTTP/1.1 sucks"}GET /a HTTP/1.1', b"HTTP/1.0 and HTTP/1.1 HTTP/1.1 200 OK"])
def test_a_body_that_names_http_where_a_message_begins(line: bytes) -> None:
    """The last of them is the message's own."""
    data = b'\xe1\n{"log": ' + line + b"\r\nHost: a\r\n\r\n"
    assert Verdict(Answer.YES, int(line.endswith(b"OK"))) == probe((middle(data), NOTHING), not FINAL)


def test_one_end_is_enough() -> None:
    """A request is one whatever the other end says; without one, an end that speaks something else decides."""
    banner = start(b"220 welcome\r\n")
    assert Verdict(Answer.YES, 1) == probe((banner, start(ask("GET /"))), not FINAL)
    assert Verdict(Answer.NO) == probe((banner, start(b"GE")), not FINAL)
    assert Verdict(Answer.NO) == probe((start(b"GE"), banner), not FINAL)


def test_http2() -> None:
    """HTTP/2 without encryption is taken, to be counted."""
    assert Verdict(Answer.YES, 0) == probe((start(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), NOTHING), not FINAL)
    assert Verdict(Answer.MORE) == probe((start(b"PRI * HT"), NOTHING), not FINAL)
    settings = b"\0\0\x12\x04\0\0\0\0\0"
    assert Verdict(Answer.YES, 1) == probe((start(settings), NOTHING), not FINAL)
    assert Verdict(Answer.MORE) == probe((start(settings[:5]), NOTHING), not FINAL)
    assert Verdict(Answer.NO) == probe((start(b"\0\0\0\x85\xffSMB"), NOTHING), not FINAL)
