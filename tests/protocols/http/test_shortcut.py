"""Tests of `monitor.protocols.http.shortcut`: nobody can tell it from the parser for everything."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.contract import Snapped
from monitor.model.events import DeviceSign, Output, Sighted, SkipTo
from monitor.model.flow import Close, Side
from monitor.protocols.http import recall, shortcut
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.products import shipped_entries
from monitor.protocols.http.servers import ServerParser
from tests.protocols.http.samples import CONVERSATIONS, FORM, ask
from tests.protocols.http.talks import CLIENT, SERVER, Piece
from tests.protocols.http.test_recall import OK, PLAIN, SECRETS, plain
from tests.support.uncompiled import load_source

SOURCE = load_source("monitor.protocols.http.shortcut")
ENTRIES, _ = shipped_entries()
LONG = OK.replace(b"Length: 5", b"Length: 5000")
CHUNKS = OK.replace(b"Content-Length: 5", b"Transfer-Encoding: chunked")
LONELY = ask("GET /one", Host="www.example.org")
FORMS = (
    *(b"userid=29990000000017&password=word", b"userid=29990000000025&password=********&remember=on"),
    *(b"userid=29990000000017&password=sesame12&remember=on", b"userid=ask%40example.org&password=a+b"),
    *(b"userid=x&password=", b"operation=searchRetrieve&query=history", b"q=history"),
    *(b'{"userid":"x","password":"word"}', b"name=pin&value=4711"),
    *(b"name=Jo&value=1&ssn=123-45-6789", b"to=%2Fx%3Fbarcode%3D29990000000017", b"barcode=29990000000017", b"\0"),
)
"""Two have the same head: one is known by a mask first, which says nothing of what the other holds."""
PICTURE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1200\r\n\r\n" + bytes(range(240)) * 5
GREETING = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 32\r\n\r\n<p>Card number: 29990000000017</p"

FILLED = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\nq=x"


def login(form: bytes) -> bytes:
    """A form that is sent to a product."""
    return ask("POST /cgi-bin/koha/opac-user.pl", form, Host="opac.example.org", Content_Type=FORM)


MANY = {
    **CONVERSATIONS,
    "asked twice": [(CLIENT, PLAIN), (CLIENT, LONELY), (SERVER, OK + b"12345"), (SERVER, LONG + b"page")],
    "a long body": [(CLIENT, PLAIN), (SERVER, LONG + b"begins"), (SERVER, b"x" * 4994), (CLIENT, LONELY)],
    "a chain": [(CLIENT, LONELY), (SERVER, OK + b"12345" + OK + b"12345"), (CLIENT, PLAIN + LONELY)],
    "a camera": [(CLIENT, ask("GET /onvif/device_service")), (SERVER, OK + b"12345")],
    "no body": [(CLIENT, PLAIN), (SERVER, b"HTTP/1.1 304 Not Modified\r\nServer: nginx\r\n\r\n")],
    "a way on": [(CLIENT, PLAIN), (SERVER, b"HTTP/1.1 302 Found\r\nLocation: http://x/\r\nContent-Length: 0\r\n\r\n")],
    "wait": [(CLIENT, PLAIN), (SERVER, b"HTTP/1.1 100 Continue\r\nServer: nginx\r\n\r\n"), (SERVER, OK + b"12345")],
    "chunks": [
        *((CLIENT, PLAIN), (SERVER, CHUNKS + b"5\r\n12345\r\n1F\r\nten of these"), (SERVER, b"x" * 19)),
        *(
            (SERVER, b"\r\n1\r\nx"),
            (SERVER, b"\r\n0003\r\n123\r\n0\r\n\r\n"),
            (CLIENT, LONELY),
            (SERVER, OK + b"12345"),
        ),
    ],
    "odd chunks": [
        *(
            (CLIENT, PLAIN),
            (SERVER, CHUNKS + b"5;x=y\r\n12345\r\n5\r\n12345"),
            (SERVER, b"\r\n\r\n 5\n12345\r\n0\r\nA: b\r\n\r\n"),
        ),
        *((CLIENT, LONELY), (SERVER, CHUNKS), (SERVER, b"1\r\nx\r\n0\r\n\r\n" + OK + b"12345"), (CLIENT, PLAIN)),
    ],
    "no chunks": [
        (CLIENT, PLAIN),
        (SERVER, CHUNKS + b"<html>"),
        (CLIENT, LONELY),
        (SERVER, CHUNKS),
        (SERVER, b"<html>"),
    ],
    "a chunk too large": [(CLIENT, PLAIN), (SERVER, CHUNKS + b"1\r\nx\r\n00000001\r\nx\r\nZ\r\n"), (CLIENT, LONELY)],
    "a chunk that is lost": [(CLIENT, PLAIN), (SERVER, CHUNKS + b"9\r\nx"), (SERVER, 5), (SERVER, OK + b"12345")],
    "a chunk is the last": [(CLIENT, PLAIN), (SERVER, CHUNKS + b"1\r\nx")],
    "forms": [
        *(
            piece
            for form in FORMS
            for piece in ((CLIENT, login(form)), (SERVER, PICTURE), (CLIENT, login(form)), (SERVER, GREETING))
        ),
    ],
    "a form in two": [(CLIENT, login(FORMS[0])[:-7]), (CLIENT, login(FORMS[0])[-7:]), (SERVER, PICTURE)],
    "a picture at length": [(CLIENT, login(FORMS[0])), (SERVER, PICTURE[:700]), (SERVER, PICTURE[700:])],
    "unasked": [(SERVER, OK + b"12345"), (CLIENT, PLAIN)],
    "a loss": [(CLIENT, PLAIN), (SERVER, 10), (SERVER, OK + b"12345"), (CLIENT, PLAIN)],
}
"""Talks, and what matters here beside."""


@pytest.fixture(params=["compiled", "source"])
def room(request: pytest.FixtureRequest) -> ModuleType:
    """The module, compiled and from its source."""
    return shortcut if request.param == "compiled" else SOURCE


def read(parser: ServerParser | shortcut.Shortcut, pieces: list[Piece], *, snapped: bool = False) -> list[Output]:
    """What it says of some pieces and their end, where what it skips is skipped."""
    outputs: list[Output] = []
    skip = [0, 0]
    for side, data in pieces:
        if isinstance(data, int):
            said = list(parser.gap(side, Snapped(data) if snapped else data))
        else:
            passed = min(skip[side], len(data))
            skip[side] -= passed
            said = list(parser.feed(side, data[passed:])) if passed < len(data) else []
        for one in said:
            if isinstance(one, SkipTo):
                skip[one.side] = one.size_bytes
        outputs += said
    for side in Side:
        outputs += parser.finish(side, Close.FIN)
    return outputs


@given(st.lists(st.sampled_from(sorted(MANY)), min_size=1, max_size=4), st.booleans(), st.booleans(), st.data())
def test_it_says_the_same(names: list[str], from_start: bool, snapped: bool, data: st.DataObject) -> None:  # noqa: FBT001  # drawn
    """As the parser that knows nothing from before, whatever comes in whatever pieces, and again."""
    known = Catalog(ENTRIES)
    for room in (shortcut, SOURCE, shortcut, SOURCE):
        pieces: list[Piece] = []
        for name in names:
            for side, piece in MANY[name]:
                cut = data.draw(st.sampled_from((0, 0, 0, 7, 40))) if isinstance(piece, bytes) else 0
                pieces += [(side, piece[:cut]), (side, piece[cut:])] if isinstance(piece, bytes) else [(side, piece)]
        pieces = [one for one in pieces if one[1]]
        expected = read(ServerParser(Catalog(ENTRIES), from_start=from_start), pieces, snapped=snapped)
        assert plain(expected) == plain(read(room.Shortcut(known, from_start), pieces, snapped=snapped))


def test_what_came_before_needs_no_parser(room: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what it says is the very same, the wish to skip a body included."""
    known = Catalog(ENTRIES)
    talk: list[Piece] = [(CLIENT, PLAIN), (SERVER, LONG + b"begins"), (CLIENT, LONELY), (SERVER, OK + b"12345")]
    talk += [(CLIENT, PLAIN), (SERVER, CHUNKS + b"1\r\nx"), (SERVER, b"\r\n1\r\nx\r\n0\r\n\r\n"), (CLIENT, LONELY)]
    first, second = (read(room.Shortcut(known, True), talk) for _ in range(2))  # noqa: FBT003  # the contract's
    monkeypatch.setattr("monitor.protocols.http.parser.HttpParser.__init__", None)
    third, fourth = (read(room.Shortcut(known, True), talk) for _ in range(2))  # noqa: FBT003
    assert first == second == third
    assert [SkipTo(side=SERVER, size_bytes=4994)] == [one for one in third if isinstance(one, SkipTo)]
    assert all(one is other for one, other in zip(third, fourth, strict=True))


def test_a_form_that_came_before_needs_no_parser(room: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is filled in is told each time, by whom and how; what no page is, is passed over."""
    known = Catalog(ENTRIES)
    talk: list[Piece] = [(CLIENT, login(FORMS[0])), (SERVER, PICTURE)]
    first, _, _ = (read(room.Shortcut(known, True), talk) for _ in range(3))  # noqa: FBT003  # the contract's
    monkeypatch.setattr("monitor.protocols.http.parser.HttpParser.__init__", None)
    monkeypatch.setattr("monitor.protocols.http.request.Request.__init__", None)
    again = read(room.Shortcut(known, True), talk)  # noqa: FBT003
    assert plain(first) == plain(again)
    assert [1, 1] == [len(one.sightings) for one in (*first, *again) if isinstance(one, Sighted)]


def test_a_server_says_what_it_is_in_each_connection(room: ModuleType) -> None:
    """By its path or by its answer, whether they came before or not."""
    known = Catalog(ENTRIES)
    by_answer = OK.replace(b"\r\n\r\n", b"\r\nServer: Hikvision-Webs\r\n\r\n") + b"12345"
    by_path = ask("GET /onvif/device_service")
    for talk in ([(CLIENT, PLAIN), (SERVER, by_answer)], [(CLIENT, by_path), (SERVER, OK + b"12345")]):
        said = [read(room.Shortcut(known, True), [*talk, *talk]) for _ in range(3)]  # noqa: FBT003
        assert [1, 1, 1] == [sum(isinstance(one, DeviceSign) for one in outputs) for outputs in said]


@pytest.mark.parametrize("head", SECRETS)
def test_nothing_is_kept_of_who_asks(head: bytes, room: ModuleType) -> None:
    """Neither what was asked nor what became of it."""
    known = Catalog(ENTRIES)
    for _ in range(2):
        read(room.Shortcut(known, True), [(CLIENT, head), (SERVER, OK + b"12345")])  # noqa: FBT003
        read(room.Shortcut(known, True), [(CLIENT, head.replace(b"GET", b"POST", 1)[:-2] + FILLED), (SERVER, OK)])  # noqa: FBT003
    assert ({}, {}, {}) == (known.recall.requests, known.recall.replies, known.recall.forms)


def test_the_memory_is_bounded(room: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full, it begins anew."""
    monkeypatch.setattr(recall, "MAX_REPLIES", 3)
    known = Catalog(ENTRIES)
    for number in range(7):
        read(room.Shortcut(known, True), [(CLIENT, ask(f"GET /{number}")), (SERVER, OK), (SERVER, b"12345")])  # noqa: FBT003
        read(room.Shortcut(known, True), [(CLIENT, ask(f"GET /{number}")), (SERVER, OK), (SERVER, b"12345")])  # noqa: FBT003
    assert 1 == len(known.recall.replies)
