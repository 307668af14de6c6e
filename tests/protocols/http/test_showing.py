"""What pages show is found in a labelled set: everything that was planted, and next to nothing else."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from monitor.protocols.http.events import HttpPage, LoginForm
from monitor.protocols.http.framing import BODY_BYTES
from tests.protocols.http.pages_labelled import HTML, JSON, KOHA, Shown, accounts, exchange, innocent, page
from tests.protocols.http.samples import CARD, CLIENT, LOGIN_PAGE, SERVER, answer, ask
from tests.protocols.http.talks import Piece, exposed, facts, oddities, parse, responses, skips

SEED = 20261122


def pages(*pieces: Piece) -> list[HttpPage]:
    """What the parser says of pages."""
    return [one for one in facts(parse(*pieces)) if isinstance(one, HttpPage)]


def found(shown: Shown) -> set[str]:
    """Classes of patron data that the parser reports of an answer."""
    return {one.data_class.value for event in pages(*shown.pieces) for one in event.exposed}


def test_what_was_planted_is_found() -> None:
    """200 account pages in the style of the products: every class that was planted, so recall is 100 %."""
    shown = accounts(Random(SEED), 200)
    missed = Counter(one.kind for one in shown if not one.planted <= found(one))
    print(f"planted {len(shown)}, missed {dict(missed)}")  # noqa: T201  # shown with -s
    assert {} == dict(missed)


def test_innocent_pages_stay_innocent() -> None:
    """1,000 pages of libraries and others that show nothing of anybody: at most one is taken for something."""
    shown = innocent(Random(SEED), 1_000)
    wrong = Counter(one.kind for one in shown if found(one))
    print(f"innocent {len(shown)}, taken for patron data {wrong.total()}: {dict(wrong)}")  # noqa: T201  # shown with -s
    assert wrong.total() <= 1, dict(wrong)


def account(size: int = 0) -> str:
    """A page with a card number, and as much else in front."""
    return page(f"<p>{'x' * size}</p><dl><dt>Card number</dt><dd>{CARD}</dd></dl>")


def test_only_the_beginning_is_looked_at() -> None:
    """What stands behind the first 64 KiB is not read; that is no oddity, and the next answer is found."""
    for size, expected in ((BODY_BYTES - 2_000, 1), (BODY_BYTES, 0)):
        talk = (*exchange("/cgi-bin/koha/opac-user.pl", account(size)), *exchange("/cgi-bin/koha/", "x"))
        assert expected == len(pages(*talk))
        assert [] == oddities(parse(*talk))
        assert 2 == len(responses(parse(*talk)))


@pytest.mark.parametrize(
    ("target", "kind", "cookie"),
    [
        ("/cgi-bin/koha/opac-user.pl", "image/png", KOHA),
        ("/cgi-bin/koha/opac-user.pl", "application/pdf", KOHA),
        ("/opac-tmpl/x.js", "text/javascript", KOHA),
        ("/cgi-bin/koha/opac-search.pl?q=x", HTML, ""),
        ("/account", HTML, "session=0123abcd"),
        ("/users/me", JSON, "sid=0123abcd"),
    ],
    ids=["a picture", "a document", "a script", "nobody asks", "a shop", "somebody else's API"],
)
def test_what_is_never_looked_at(target: str, kind: str, cookie: str) -> None:
    """Of all other answers not a byte behind the head is asked for, whatever stands there."""
    body = account(9_000)
    asked, _ = exchange(target, "", kind, cookie=cookie)
    head = answer(body=body.encode(), Content_Type=kind).partition(b"<!DOCTYPE")[0]
    outputs = parse(asked, (SERVER, head))
    assert [(SERVER, len(body))] == skips(outputs)
    assert [] == [one for one in facts(outputs) if isinstance(one, HttpPage)]


def test_pictures_that_are_called_pages() -> None:
    """Whatever they begin with, every tenth byte has no place in a text; a stray one in a page does no harm."""
    noise = Random(1).randbytes(60_000).decode("latin-1")
    where = "/cgi-bin/koha/opac-user.pl"
    assert [] == pages(*exchange(where, "<" + noise[:2_000] + account(), cookie=KOHA))
    assert 1 == len(pages(*exchange(where, account().replace("<p>", "<p>\0\1"), cookie=KOHA)))


def test_large_answers_are_passed_over() -> None:
    """A page of megabytes is none about one patron."""
    asked, _ = exchange("/cgi-bin/koha/opac-user.pl", "")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000000\r\n\r\n"
    assert [(SERVER, 5_000_000)] == skips(parse(asked, (SERVER, head)))


def test_answers_to_unknown_requests_are_not_read() -> None:
    """Where the request was not seen, or bytes were lost before, nobody knows whose page it is."""
    asked, shown = exchange("/cgi-bin/koha/opac-user.pl", account(), cookie=KOHA)
    assert 1 == len(pages(asked, shown))
    assert [] == pages(shown)
    assert [] == pages((CLIENT, ask("GET /")), (SERVER, 10), asked, shown)


def test_a_loss_inside_a_page() -> None:
    """What came before it is read; the next answer still belongs to its request, and nothing is odd."""
    body = account() + "y" * 3_000
    asked, (side, whole) = exchange("/cgi-bin/koha/opac-user.pl", body, cookie=KOHA)
    assert isinstance(whole, bytes)
    lost = len(whole) - 500
    again = exchange("/cgi-bin/koha/opac-user.pl", account(), cookie=KOHA)
    outputs = parse(asked, (side, whole[:lost]), (side, 200), (side, whole[lost + 200 :]), *again)
    assert 2 == sum(isinstance(one, HttpPage) for one in facts(outputs))
    assert [] == oddities(outputs)


def test_login_pages() -> None:
    """A page in clear that sends a password over an encrypted connection, and others."""
    where = "/cgi-bin/koha/opac-user.pl"
    (told,) = pages(*exchange(where, LOGIN_PAGE.decode()))
    assert (LoginForm.ENCRYPTED, ()) == (told.form, told.exposed)
    assert [] == pages(*exchange(where, LOGIN_PAGE.decode().replace("https:", "http:")))
    search = '<form action="https://x.example.org/search"><input name="q"></form><input type="password">'
    assert [] == pages(*exchange(where, search))


@pytest.mark.parametrize(
    "text",
    ["<" * 60_000, "<a " * 20_000, '<a b="' * 10_000, "<!--" * 15_000, "<script>" * 8_000, "&#" * 30_000,
     "Due" * 20_000, "<p>Name:" * 8_000, '{"a":' * 12_000, "=" * 60_000, "<td>1/1/1</td>" * 4_000, "Welcome " * 8_000],
)  # fmt: skip
def test_hostile_pages(text: str) -> None:
    """Whatever a page does, it is read once and shows nothing."""
    assert [] == exposed(pages(*exchange("/cgi-bin/koha/opac-user.pl", text)))
