"""Heads that came before are recalled, with the same result as if they were read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.events import Output
from monitor.model.flow import Side
from monitor.protocols.http import recall
from monitor.protocols.http.catalog import Catalog
from monitor.protocols.http.parser import HttpParser
from monitor.protocols.http.products import shipped_entries
from tests.protocols.http.samples import CONVERSATIONS, ask
from tests.protocols.http.talks import CLIENT, SERVER, Piece

ENTRIES, _ = shipped_entries()
PLAIN = ask("GET /cgi-bin/koha/opac-search.pl?q=history", Host="opac.example.org")
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n"
SECRETS = (
    ask("GET /cgi-bin/koha/opac-user.pl?userid=29999000000000&password=word", Host="opac.example.org"),
    ask("GET /api/patrons/29999000000000", Host="opac.example.org"),
    ask("GET /opac;jsessionid=0123456789abcdef0123", Host="opac.example.org"),
    ask("GET /?email=ask@example.org", Host="opac.example.org"),
    ask("GET /", Host="opac.example.org", Cookie="ezproxy=0123456789"),
    ask("GET /", Host="opac.example.org", Authorization="Basic YXNrOndvcmQ="),
    ask("GET /cgi-bin/koha/opac-main.pl", Host="opac.example.org", Cookie="lang=en; password=word"),
    ask("GET /", Host="site.example.org", Cookie="lang=en; patron_barcode=29990000000017"),
)
"""Requests that say who somebody is, or stand for a login."""


def read(catalog: Catalog, pieces: list[Piece]) -> list[Output]:
    """What a parser says of some pieces, as they are."""
    parser = HttpParser(catalog, from_start=True)
    outputs: list[Output] = []
    for side, data in pieces:
        outputs += parser.feed(side, memoryview(data)) if isinstance(data, bytes) else parser.gap(side, data)
    return outputs


def plain(outputs: list[Output]) -> list[object]:
    """Outputs without the sightings, which are never equal."""
    return [getattr(one, "event", one) for one in outputs]


@given(st.lists(st.sampled_from(sorted(CONVERSATIONS)), min_size=1, max_size=4), st.data())
def test_what_is_recalled_is_what_would_be_read(names: list[str], data: st.DataObject) -> None:
    """Of one talk behind the other and again, in one flow and in many, however the bytes come in pieces."""
    known = Catalog(ENTRIES)
    for name in names * 2:
        pieces: list[Piece] = []
        for side, piece in CONVERSATIONS[name]:
            cut = data.draw(st.integers(0, len(piece)))
            pieces += [(side, piece[:cut]), (side, piece[cut:])]
        assert plain(read(Catalog(ENTRIES), pieces)) == plain(read(known, pieces))


def test_what_came_before_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what it says is the very same."""
    known = Catalog(ENTRIES)
    pieces: list[Piece] = [(CLIENT, PLAIN), (SERVER, OK)]
    first = read(known, pieces)
    monkeypatch.setattr("monitor.protocols.http.parser.read_fields", None)
    again = read(known, pieces)
    assert first == again
    assert all(one is other for one, other in zip(first[:2], again[:2], strict=True))


@pytest.mark.parametrize("head", SECRETS)
def test_nothing_is_kept_that_says_who_somebody_is(head: bytes) -> None:
    """Such requests are read each time."""
    known = Catalog(ENTRIES)
    read(known, [(CLIENT, head), (SERVER, OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: CGISESSID=0123456789\r\n\r\n"))])
    assert ({}, {}) == (known.recall.requests, known.recall.answers)


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full, it begins anew."""
    monkeypatch.setattr(recall, "MAX_HEADS", 3)
    known = Catalog(ENTRIES)
    for number in range(7):
        read(known, [(Side.ORIGINATOR, ask(f"GET /page-{number}"))])
    assert 1 == len(known.recall.requests)
