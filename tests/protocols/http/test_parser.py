"""Tests of `monitor.protocols.http.parser` and of the lanes under it."""

from __future__ import annotations

import pytest

from monitor.model.events import Enough, Sighted, SkipTo
from monitor.privacy.subjects import sighting
from monitor.protocols.http import SPEC
from monitor.protocols.http import parser as http_parser
from monitor.protocols.http.events import HttpFragment, HttpRequest, HttpWeird, Method
from monitor.protocols.http.fields import Fields, read_fields
from monitor.protocols.http.framing import BODY_BYTES, FOR_EVER, HEAD_BYTES
from monitor.protocols.http.lines import LINE_BYTES
from monitor.protocols.http.pairing import UNANSWERED
from tests.protocols.http.samples import CARD, CONVERSATIONS, FORM, LOGIN, SESSION, answer, ask, chunked
from tests.protocols.http.talks import (
    CLIENT,
    SERVER,
    Piece,
    exposed,
    facts,
    oddities,
    parse,
    requests,
    responses,
    skips,
)

POST = ask("POST /cgi-bin/koha/opac-user.pl", LOGIN.encode(), Content_Type=FORM)
LOGIN_SEEN = [("userid", "patron_identifier"), ("password", "credential")]

FROM_START = True


def cuttings(data: bytes) -> list[list[bytes]]:
    """The same bytes in pieces of several sizes."""
    return [[data[at : at + size] for at in range(0, len(data), size)] for size in (1, 3, 1448, LINE_BYTES, len(data))]


def test_a_login() -> None:
    """Card number and password of a form are one fact with their request."""
    outputs = parse((CLIENT, POST), (SERVER, answer()))
    (request,) = requests(outputs)
    assert (Method.POST, "koha", True, False, False) == (
        request.method,
        request.product,
        request.login,
        request.basic,
        request.patron_in_query,
    )
    assert LOGIN_SEEN == exposed([request])
    (patron,) = (patron for one in outputs if isinstance(one, Sighted) for patron in one.sightings)
    assert sighting(CARD.encode()).reveal() == patron.reveal()
    assert [200] == [one.status for one in responses(outputs)]
    assert [] == oddities(outputs)


def test_everything_of_a_visit() -> None:
    """Each thing is said once, with the message that showed it."""
    outputs = parse(*CONVERSATIONS["a patron at the catalog"])
    assert [("CGISESSID", "session")] == exposed(responses(outputs))
    assert [
        [],
        [("CGISESSID", "session"), *LOGIN_SEEN],
        [("q", "search"), ("CGISESSID", "session")],
    ] == [exposed([one]) for one in requests(outputs)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "chunks and compression",
            [
                ("code", "patron_identifier"), ("pin", "credential"), ("III_SESSION_ID", "session"),
                *[("user", "patron_identifier"), ("pass", "credential")] * 3,
            ],
        ),
        (
            "forms of every kind",
            [
                ("username", "patron_identifier"), ("password", "credential"),
                ("cardnumber", "patron_identifier"), ("pin", "credential"),
                ("login", "patron_identifier"), ("password", "credential"),
                ("username", "patron_identifier"), ("password", "credential"),
            ],
        ),
        (
            "who a patron is, in addresses",
            [
                ("barcode", "patron_identifier"), ("other", "email"), ("other", "patron_identifier"),
                ("dob", "birth_date"), ("phone", "phone"),
                ("username", "patron_identifier"), ("password", "credential"),
                ("query", "search"), ("ses", "session"), ("ezproxy", "session"), ("ezproxyl", "session"),
            ],
        ),
        (
            "names and passwords in fields",
            [("authorization", "credential"), ("proxy-authorization", "credential")],
        ),
        ("pipelining, and answers of every length", LOGIN_SEEN),
        (
            "odd senders",
            [
                ("q", "search"), ("CGISESSID", "session"), ("email", "email"), ("ezproxy", "session"),
                ("username", "patron_identifier"), ("password", "credential"),
                ("cardnumber", "patron_identifier"), ("login", "patron_identifier"), ("pin", "credential"),
            ],
        ),
        ("an upgrade to something else", [("VUFIND_SESSION", "session")]),
        (
            "a tunnel",
            [
                ("proxy-authorization", "credential"), ("lookfor", "search"),
                ("VUFIND_SESSION", "session"),
            ],
        ),
        ("an encrypted tunnel", []),
        ("cut in the middle", [("term", "search"), ("ASP.NET_SessionId", "session")]),
        (
            "a head without end",
            [("cardnumber", "patron_identifier"), ("ezproxy", "session")],
        ),
    ],
)  # fmt: skip
def test_what_samples_expose(name: str, expected: list[tuple[str, str, int]]) -> None:
    """Keys, classes and lengths of everything that each sample exposes, in order."""
    assert expected == exposed(parse(*CONVERSATIONS[name]))


def test_answers_of_every_length() -> None:
    """After HEAD there is no body, informational answers do not count, and the last one ends with its connection."""
    outputs = parse(*CONVERSATIONS["pipelining, and answers of every length"])
    assert [200, 103, 200, 100, 200, 204, 200] == [one.status for one in responses(outputs)]
    assert 5 == len(requests(outputs))
    assert [(SERVER, FOR_EVER)] == skips(outputs)
    assert [] == oddities(outputs)


def test_bodies_cost_nothing() -> None:
    """What follows the head of a response is not asked for."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4294967296\r\n\r\n"
    outputs = parse((CLIENT, ask("GET /")), (SERVER, head + b"begins"), finish=False)
    assert [(SERVER, 2**32 - 6)] == skips(outputs)


def test_chunks_cost_their_lines_only() -> None:
    """Of a body in chunks only the lines between chunks are asked for."""
    parser = SPEC.parser(SPEC.options, FROM_START)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    parser.feed(CLIENT, memoryview(ask("GET /")))
    assert [SkipTo(side=SERVER, size_bytes=0x1000)] == list(parser.feed(SERVER, memoryview(head + b"1000\r\n")))[1:]
    assert [SkipTo(side=SERVER, size_bytes=0xFFFF)] == list(parser.feed(SERVER, memoryview(b"\r\nffff;a=b\r\n")))
    assert [] == list(parser.feed(SERVER, memoryview(b"\r\n0\r\n\r\n")))
    (again,) = parser.feed(SERVER, memoryview(answer()))
    assert [200] == [one.status for one in responses([again])]


def test_uploads_cost_nothing() -> None:
    """The body of a request that is no form is not asked for either."""
    outputs = parse((CLIENT, b"PUT /scan HTTP/1.1\r\nContent-Type: image/png\r\nContent-Length: 99999\r\n\r\n\x89PNG"))
    assert [(CLIENT, 99_995)] == skips(outputs)
    assert 1 == len(requests(outputs))


def test_a_large_form() -> None:
    """Only the beginning of a form is looked at, and a value that does not end there is not reported."""
    body = b"username=ask&password=word&rest=" + b"x" * BODY_BYTES + b"&pin=4711"
    outputs = parse((CLIENT, ask("POST /", body, Content_Type=FORM)), (CLIENT, ask("GET /")))
    assert 2 == len(requests(outputs))
    assert ["username", "password"] == [key for key, _ in exposed(outputs)]
    assert [HttpWeird.LARGE_BODY] == oddities(outputs)


def test_a_large_form_in_chunks() -> None:
    """The same where nobody said before how large it is."""
    body = chunked(b"username=ask&password=word&rest=" + b"x" * BODY_BYTES, 9000)
    outputs = parse((CLIENT, ask("POST /", body, Content_Type=FORM, Transfer_Encoding="chunked") + ask("GET /")))
    assert 2 == len(requests(outputs))
    assert [HttpWeird.LARGE_BODY] == oddities(outputs)


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_bound_of_a_head(spare: int) -> None:
    """A head as long as the limit is taken, a longer one is given up with what it exposed; however it arrives."""
    head = ask("GET /?cardnumber=1234", X="x")
    head = head.replace(b"X: x", b"X: " + b"x" * (HEAD_BYTES - len(head) + 1 + spare))
    for pieces in cuttings(head + ask("GET /next")):
        outputs = parse(*[(CLIENT, piece) for piece in pieces])
        assert [HttpWeird.OVERSIZE_HEAD] * (spare > 0) == oddities(outputs)
        assert 2 - (spare > 0) == len(requests(outputs))
        assert ["cardnumber"] == [key for key, _ in exposed(outputs)]


@pytest.mark.parametrize("spare", [-1, 0, 1])
def test_bound_of_a_line(spare: int) -> None:
    """So with a first line, which is no longer believed beyond its limit."""
    line = b"GET /?cardnumber=1234&x= HTTP/1.1\r\n"
    line = line.replace(b"x=", b"x=" + b"x" * (LINE_BYTES - len(line) + spare))
    for pieces in cuttings(line + b"\r\n" + ask("GET /next")):
        outputs = parse(*[(CLIENT, piece) for piece in pieces])
        assert [HttpWeird.NOT_A_MESSAGE] * (spare > 0) == oddities(outputs)
        assert 2 - (spare > 0) == len(requests(outputs))


@pytest.mark.parametrize(
    "junk", [b"x" * 40_000 + b" HTTP/1.1\r\n", b"HTTP/1.1 is old\n" * 3000, b"\0" * 30_000, b"\n" * 30_000]
)
@pytest.mark.parametrize("lost", [0, 100])
def test_search_in_junk(junk: bytes, lost: int) -> None:
    """Behind a loss the next head is found again, whatever stands before it and however that arrives."""
    before: list[Piece] = [(CLIENT, ask("GET /")), (CLIENT, lost)]
    for pieces in cuttings(junk + b"\r\n" + POST):
        outputs = parse(*before, *[(CLIENT, piece) for piece in pieces])
        assert LOGIN_SEEN == exposed(outputs)
        assert 2 == len(requests(outputs))


def test_a_text_about_http_is_no_request() -> None:
    """A line that reads like a request in a text that is met halfway is not believed without fields below it."""
    text = b"this is how it works:\nGET /?password=word HTTP/1.1\nThen the server answers.\n\n"
    assert [] == exposed(parse((CLIENT, text + text), from_start=False))
    assert LOGIN_SEEN == exposed(parse((CLIENT, text + POST), from_start=False))


@pytest.mark.parametrize("line", [b"GET /a HTTP/1.1\r\n", b"HTTP/1.1 200 OK: x\r\n", b"pin=4711POST /: HTTP/1.1\r\n"])
def test_a_text_of_first_lines(monkeypatch: pytest.MonkeyPatch, line: bytes) -> None:
    """Only the last of them may have fields below it: the others are not read to the end of the text, each in turn."""
    read = []

    def count(head: bytes, start: int) -> Fields:
        read.append(len(head))
        return read_fields(head, start)

    monkeypatch.setattr(http_parser, "read_fields", count)
    assert LOGIN_SEEN == exposed(parse((CLIENT, b"\xe1\r\n" + line * 500 + POST), from_start=False))
    assert len(read) <= 1


@pytest.mark.parametrize("body", [b"userid=mary&password=47", b'{"pin": "4711"}', b"one\r\n<p>two</p>"])
def test_a_head_behind_a_body_without_a_line_end(body: bytes) -> None:
    """Behind the rest of a form the next request is found, however that arrives; in a file it would be anybody's."""
    for pieces in cuttings(body + POST):
        assert LOGIN_SEEN == exposed(parse(*[(CLIENT, piece) for piece in pieces], from_start=False))
    assert [] == requests(parse((CLIENT, body + b"\0" + POST), from_start=False))


def test_an_idle_connection_met_halfway() -> None:
    """A byte of zero that keeps a connection alive does not hide the request behind it; nor does a missing target."""
    assert 1 == len(requests(parse((CLIENT, b"OPTIONS HTTP/1.1\r\nHost: a\r\n\r\n"), from_start=False)))
    assert LOGIN_SEEN == exposed(parse((CLIENT, b"\0"), (CLIENT, POST), from_start=False))


def test_loss_in_a_form() -> None:
    """What came of a form before a loss is reported, but for a value that may go on; the next request is found."""
    cut = POST[: POST.index(b"4711") + 2]
    lost = len(POST) - len(cut) - 3
    outputs = parse((CLIENT, cut), (CLIENT, lost), (CLIENT, POST[-3:] + ask("GET /not/a/login")))
    assert [LOGIN_SEEN[0]] == exposed(outputs)
    assert 2 == len(requests(outputs))
    assert [HttpWeird.LOST_BYTES, HttpWeird.CUT_BODY] == oddities(outputs)


def test_loss_beyond_a_form() -> None:
    """Where more is lost than the body has, the next head is searched for."""
    outputs = parse((CLIENT, POST[:-20]), (CLIENT, 500), (CLIENT, b"tail of something\r\n\r\n" + ask("GET /")))
    assert 2 == len(requests(outputs))


def test_loss_in_a_head() -> None:
    """A head that is cut is no request, but what it exposed is said."""
    head = ask("GET /?cardnumber=1234", Cookie="ezproxy=abc", Accept="*/*")
    outputs = parse((CLIENT, head[:-12]), (CLIENT, 12), (CLIENT, ask("GET /")))
    assert 1 == len(requests(outputs))
    assert [HttpFragment, HttpRequest] == [type(one) for one in facts(outputs) if isinstance(one, HttpRequest)]
    assert ["cardnumber", "ezproxy"] == [key for key, _ in exposed(outputs)]
    assert [HttpWeird.LOST_BYTES, HttpWeird.CUT_HEAD] == oddities(outputs)


def test_a_first_line_that_is_cut_says_nothing() -> None:
    """Without its end nobody knows what a first line is."""
    outputs = parse((CLIENT, b"GET /?cardnumber=1234&x=1 HT"), (CLIENT, 10))
    assert [] == exposed(outputs)
    assert [HttpWeird.LOST_BYTES, HttpWeird.CUT_HEAD] == oddities(outputs)


def test_a_head_cut_by_the_snap_length() -> None:
    """What was on the wire and was not recorded is no loss: a whole first line makes a request."""
    head = ask("GET /?cardnumber=1234", Cookie="ezproxy=abc", Accept="*/*")
    pieces: list[Piece] = [(CLIENT, head[:-12]), (CLIENT, 12), (SERVER, answer()[:30]), (SERVER, 20)]
    outputs = parse(*pieces, (CLIENT, ask("GET /")), snapped=True)
    assert 2 == len(requests(outputs))
    assert 1 == len(responses(outputs))
    assert ["cardnumber", "ezproxy"] == [key for key, _ in exposed(outputs)]
    assert [] == oddities(outputs)
    assert ["cardnumber"] == [
        key for key, _ in exposed(parse((CLIENT, b"GET /?cardnumber=12345678 HTT"), (CLIENT, 90), snapped=True))
    ]


@pytest.mark.parametrize(
    ("line", "keys"),
    [
        (b"GET /cgi-bin/koha/opac-user.pl?userid=mary&password=4711&cardnumber=123", ["userid", "password"]),
        (b"GET /?cardnumber=123", []),
        (b"GET http://opac.example.org/?cardnumber=12345678&x", ["cardnumber"]),
    ],
)
def test_a_first_line_cut_by_the_snap_length(line: bytes, keys: list[str]) -> None:
    """It makes a request of what stands there in whole, the first time and later; what was searched for, too."""
    pieces: list[Piece] = [(CLIENT, line), (CLIENT, 700), (SERVER, answer()[:30]), (SERVER, 20)]
    outputs = parse(*pieces, *pieces, snapped=True)
    assert 2 * keys == [key for key, _ in exposed(outputs)]
    assert (2, 2) == (len(requests(outputs)), len(responses(outputs)))
    assert [] == oddities(outputs)
    assert [] == requests(parse((CLIENT, b"a text\n" + line), (CLIENT, 700), from_start=False, snapped=True))
    assert [HttpWeird.CUT_HEAD] == oddities(parse((CLIENT, b"GET tomorrow"), (CLIENT, 9), snapped=True))


def test_a_later_head_cut_by_the_snap_length() -> None:
    """It counts without a whole field, if it begins with its segment."""
    pieces: list[Piece] = [(CLIENT, b"GET / HTTP/1.1\r\nHo"), (CLIENT, 90), (SERVER, answer()[:20]), (SERVER, 90)]
    outputs = parse(*pieces, *pieces, *pieces, snapped=True)
    assert (3, 3) == (len(requests(outputs)), len(responses(outputs)))


def test_sessions_are_said_once_an_exchange() -> None:
    """A response adds nothing where its request carried the session already, or cannot be known."""
    new = answer(Set_Cookie=f"CGISESSID={SESSION}; path=/")
    first, later = ask("GET /cgi-bin/koha/"), ask("GET /cgi-bin/koha/", Cookie="CGISESSID=abc")
    assert [("CGISESSID", "session")] == exposed(parse((CLIENT, first), (SERVER, new)))
    assert [("CGISESSID", "session")] == exposed(parse((CLIENT, later), (SERVER, new)))
    assert [] == exposed(parse((CLIENT, ask("GET /")), (SERVER, new)))
    assert [] == exposed(parse((CLIENT, first), (CLIENT, 9), (SERVER, new)))
    assert [] == exposed(parse((CLIENT, first), (SERVER, new), from_start=False))


def test_responses_alone() -> None:
    """Where the requests are not captured, cookies with a name of their own still tell."""
    own = answer(Set_Cookie="III_SESSION_ID=abc; path=/")
    shared = answer(Set_Cookie=f"CGISESSID={SESSION}; path=/")
    outputs = parse((SERVER, own), (SERVER, shared))
    assert [("III_SESSION_ID", "session")] == exposed(outputs)
    assert 2 == len(responses(outputs))


def test_who_opened_does_not_matter() -> None:
    """Requests are requests whichever end sends them."""
    assert LOGIN_SEEN == exposed(parse((SERVER, POST), (CLIENT, answer())))


def test_unanswered_requests() -> None:
    """Requests that nobody answers are not remembered for ever."""
    outputs = parse((CLIENT, ask("HEAD /") * (UNANSWERED + 1)), (SERVER, answer() * 2))
    assert UNANSWERED + 1 == len(requests(outputs))
    assert [HttpWeird.UNANSWERED] == oddities(outputs)[:1]


@pytest.mark.parametrize(
    ("name", "over"), [("an upgrade to something else", True), ("an encrypted tunnel", True), ("a tunnel", False)]
)
def test_other_protocols_are_left_alone(name: str, over: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Behind an upgrade, or in a tunnel that does not begin with HTTP, nothing more is looked at."""
    assert over is (Enough() in parse(*CONVERSATIONS[name]))


def test_what_a_tunnel_hides_is_no_request() -> None:
    """A request line among the bytes of an encrypted tunnel is chance; only a gap that hides the tunnel may show it."""
    opening = CONVERSATIONS["an encrypted tunnel"][:2]
    inside = b"\x16\x03\x01\x02\x00GET /?email=ask@example.org HTTP/1.1\r\n\r\n"
    assert [] == exposed(parse(*opening, (CLIENT, inside)))


def test_says_no_more_when_it_has_enough() -> None:
    """After it said so, it takes what may still come and says nothing."""
    parser = SPEC.parser(SPEC.options, FROM_START)
    for side, data in CONVERSATIONS["an upgrade to something else"][:2]:
        list(parser.feed(side, memoryview(data)))
    assert [] == list(parser.feed(SERVER, memoryview(answer())))
    assert [] == list(parser.gap(CLIENT, 5))


@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Content-Length: four\r\n",
        b"Transfer-Encoding: gzip\r\n",
    ],
)
def test_a_body_without_a_place(fields: bytes) -> None:
    """Where nobody can say where a body ends, the request counts and the next one is searched for."""
    outputs = parse((CLIENT, b"POST / HTTP/1.1\r\n" + fields + b"\r\nsomething\r\n" + ask("GET /")))
    assert 2 == len(requests(outputs))
    assert HttpWeird.BAD_LENGTH in oddities(outputs)


def test_a_body_that_is_not_packed() -> None:
    """A body that is not what its head says is read as it stands, as long as it is text."""
    for text, expected in ((b"username=a&password=b", 2), (b"username=a&password=\xff", 0)):
        outputs = parse((CLIENT, ask("POST /", text, Content_Type=FORM, Content_Encoding="gzip")))
        assert [HttpWeird.BAD_BODY] == oddities(outputs)
        assert expected == len(exposed(outputs))


@pytest.mark.parametrize(
    ("line", "odd"),
    [
        (b"HTTP/1.1 200 OK\r\n", False),
        (b"HTTP/2.0 0200 OK\n", False),
        (b"http/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 20 OK\r\n", True),
        (b"HTTP/1.1\r\n", True),
    ],
)
def test_status_lines_that_few_readers_take(line: bytes, odd: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """They are read, and told."""
    outputs = parse((CLIENT, ask("GET /")), (SERVER, line + b"Content-Length: 0\r\n\r\n"))
    assert 1 == len(responses(outputs))
    assert [HttpWeird.ODD_START] * odd == oddities(outputs)


def test_a_body_that_does_not_come_in_chunks() -> None:
    """It is read as long as it is stated, and told."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
    outputs = parse((CLIENT, ask("GET /") * 2), (SERVER, head + b"plain" + head + b"0\r\n\r\n"))
    assert 2 == len(responses(outputs))
    assert [HttpWeird.NOT_CHUNKED] == oddities(outputs)


def test_an_answer_with_bad_lines_where_one_is_due() -> None:
    """Of a flow met halfway, too, once its request was seen."""
    talk = (CLIENT, ask("GET /")), (SERVER, b"HTTP/1.1 200 OK\r\nNo field\r\nContent-Length: 0\r\n\r\n")
    assert 1 == len(responses(parse(*talk, from_start=False)))
    assert [] == responses(parse(*talk[1:], from_start=False))


FILE = b"--frontier\r\nContent-Disposition: form-data; name=photo; filename=me.jpg\r\n\r\n" + b"\xff\xd8" * 200_000
TEXT = b"--frontier\r\nContent-Disposition: form-data; name=note\r\n\r\n" + b"la " * 200_000
LOGIN_PARTS = b"".join(
    b"\r\n--frontier\r\nContent-Disposition: form-data; name=%b\r\n\r\n%b" % pair
    for pair in ((b"cardnumber", b"29999000000017"), (b"pin", b"4711"))
)


@pytest.mark.parametrize("step", [1_460, 70_000, 1_000_000])
@pytest.mark.parametrize(("before", "found"), [(FILE, True), (FILE + b"\r\n" + FILE, True), (TEXT, False)])
def test_fields_behind_a_large_file(before: bytes, step: int, found: bool) -> None:  # noqa: FBT001  # a parameter
    """The rest of the file is skipped; a long text in their place hides them, because nobody knows where it ends."""
    form = ask(
        "POST /register",
        before + LOGIN_PARTS + b"\r\n--frontier--\r\n",
        Content_Type="multipart/form-data; boundary=frontier",
    )
    talk = form + ask("GET /next")
    outputs = parse(*[(CLIENT, talk[at : at + step]) for at in range(0, len(talk), step)])
    assert 2 == len(requests(outputs))
    assert found == ([("cardnumber", "patron_identifier"), ("pin", "credential")] == exposed(outputs))
    assert [HttpWeird.LARGE_BODY] == oddities(outputs)
    assert step > 500_000 or 250_000 < sum(size for _, size in skips(outputs)) < len(before)
