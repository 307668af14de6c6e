"""SIP2 and NCIP inside HTTP, and pages that only speak of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from monitor.audit.plants.http import FORM, answer, ask, chunked, enveloped, mediated
from monitor.capture.conversation import Conversation, Host
from monitor.cli import main
from monitor.errors import ExitStatus
from monitor.model.events import Output, Sighted
from monitor.protocols.http.events import HttpNcip, HttpSip2, HttpWeird
from monitor.protocols.http.framing import BODY_BYTES, TRIED_BYTES
from monitor.protocols.http.parcels import DEPTH, NODES
from monitor.protocols.sip2.events import MessageId, Role, System
from tests.protocols.http.samples import ANSWERED, ASKED, CARD, CONVERSATIONS, FOUND, KIOSK, MEDIATED, SOAP
from tests.protocols.http.talks import CLIENT, SERVER, exposed, facts, oddities, parse, requests, responses, skips
from tests.protocols.ncip.samples import FOUND as NCIP_FOUND
from tests.protocols.ncip.samples import LOOKUP
from tests.protocols.sip2.samples import DATE
from tests.support.captures import Pcap

JSON, XML, PAGE = "application/json", "application/xml", "text/html"
ASKING = (CLIENT, ask("GET /"))
PLAIN = ("63", ["001", DATE, " " * 10], [("AA", CARD), ("AD", "4711")])


def carried(outputs: list[Output]) -> list[HttpSip2 | HttpNcip]:
    """The messages inside."""
    return [one for one in facts(outputs) if isinstance(one, HttpSip2 | HttpNcip)]


def asked(body: bytes, kind: str) -> list[Output]:
    """All that is said of a request with this body."""
    return parse((CLIENT, ask("POST /", body, Content_Type=kind)))


def answered(body: bytes, kind: str) -> list[Output]:
    """All that is said of a response with this body, behind a request that carried a message."""
    return parse((CLIENT, ask("POST /", MEDIATED, Content_Type=FORM)), (SERVER, answer(body=body, Content_Type=kind)))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (MEDIATED, FORM),
        (mediated(*PLAIN).encode(), JSON),
        (mediated(*PLAIN).encode(), "text/plain"),
        (json.dumps({"message": json.loads(mediated(*PLAIN))}).encode(), JSON),
        (enveloped(ASKED), XML),
        (enveloped(ASKED), "text/plain"),
        (enveloped(ASKED).replace(b"ns1:sip", b"sip:sip"), "text/xml; charset=utf-8"),
        (f"<request>{ASKED}</request>".encode(), XML),
        (f"<sip><request><![CDATA[{ASKED}]]></request></sip>".encode(), XML),
        (b"\xef\xbb\xbf" + enveloped(ASKED), XML),
        (enveloped(ASKED).decode().replace("UTF-8", "UTF-16").encode("utf-16"), XML),
    ],
)
def test_a_request(body: bytes, kind: str) -> None:
    """One message of SIP2, however it is wrapped, with the ids and classes of SIP2, and one request of HTTP."""
    outputs = asked(body, kind)
    (message,) = carried(outputs)
    assert isinstance(message, HttpSip2)
    assert (MessageId.PATRON_INFORMATION, Role.SC) == (message.message, message.sender)
    assert [("AA", "patron_identifier"), ("AD", "credential")] == exposed(outputs)
    assert [1] == [len(one.sightings) for one in outputs if isinstance(one, Sighted)]
    assert 1 == len(requests(outputs))


@pytest.mark.parametrize("kind", [JSON, "text/plain", PAGE, XML])
@pytest.mark.parametrize("body", [ANSWERED.encode(), FOUND, f'{{"payload": [{ANSWERED}]}}'.encode()])
def test_a_response(body: bytes, kind: str) -> None:
    """Behind a request that carried a message, responses of any type are looked at."""
    (message,) = carried(answered(body, kind))[1:]
    assert isinstance(message, HttpSip2)
    assert Role.ACS is message.sender
    assert ["patron_identifier", "name", "email"] == [one.data_class.value for one in message.exposed]


def test_what_the_fixed_part_says() -> None:
    """A debt and the number of loans, in JSON as in XML."""
    fixed = ["  Y" + " " * 11, "001", DATE, "0000", "0000", "0003", "0000", "0000", "0000"]
    said = mediated("64", fixed, [("AO", "MAIN"), ("AA", CARD), ("XI", "7")])
    for body, kind in (
        (said.encode(), JSON),
        (enveloped(f"64{''.join(fixed)}AOMAIN|AA{CARD}|XI7|", "response"), XML),
    ):
        outputs = answered(body, kind)
        (message,) = carried(outputs)[1:]
        assert isinstance(message, HttpSip2)
        assert System.EVERGREEN is message.system
        keys = [one.key for one in message.exposed]
        assert ["patron_status", "charged_items_count", "AA", "XI"] == keys


def test_the_same_patron_in_every_wrapping() -> None:
    """A card number counts once, whatever carries it."""
    seen = set()
    for outputs in (asked(MEDIATED, FORM), asked(enveloped(ASKED), XML), asked(LOOKUP.encode(), XML)):
        seen |= {one.reveal() for output in outputs if isinstance(output, Sighted) for one in output.sightings}
    assert 1 == len(seen)


def test_credentials_in_the_envelope() -> None:
    """The system's own login stands beside the message, whatever that is."""
    expected = [("login", "staff_credential"), ("password", "staff_credential")]
    assert expected == exposed(asked(enveloped("990xxx2.00", credentials=KIOSK), XML))
    assert [*expected, ("AA", "patron_identifier"), ("AD", "credential")] == exposed(
        asked(enveloped(ASKED, credentials=KIOSK), XML)
    )


def test_in_the_address() -> None:
    """SIP2Mediator can be told to use GET."""
    assert ["credential"] == [
        kind for _, kind in exposed(parse((CLIENT, ask(f"GET /sip?{MEDIATED.decode()}")))) if kind == "credential"
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<html><body><pre>{ASKED}</pre><request>{ASKED}</request></body></html>".encode(), PAGE),
        (f"<html><body><pre>{ASKED}</pre></body></html>".encode(), XML),
        (f"<manual><chapter><request>{ASKED}</request></chapter></manual>".encode(), XML),
        (json.dumps({"title": "How SIP2 works", "text": f"Send {ASKED}"}).encode(), JSON),
        (json.dumps({"code": "63", "text": mediated(*PLAIN)}).encode(), JSON),
        (json.dumps({"code": 200, "fixed_fields": ["a"], "fields": []}).encode(), JSON),
        (json.dumps({"code": "63", "fixed_fields": ["a"], "fields": [{"name": "x"}]}).encode(), JSON),
        (mediated("77", ["001"], [("AA", CARD)]).encode(), JSON),
        (b'{"fixed_fields": ' + b"[" * 5000, JSON),
        (b'{"fixed_fields": \xff\xfe', JSON),
        (f"text={quote_plus(ASKED)}".encode(), FORM),
        (f"text={quote_plus(LOOKUP)}".encode(), FORM),
        (f"<log>{LOOKUP.partition('>')[2]}</log>".encode(), XML),
        (SOAP, XML),
        (ASKED.encode(), "text/plain"),
    ],
)
def test_quoting_is_not_sending(body: bytes, kind: str) -> None:
    """Manuals, blogs, logs and forms may show a message; none of them is one, asked or answered."""
    assert [] == carried(asked(body, kind))
    assert [] == carried(answered(body, kind))[1:]


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (mediated(*PLAIN).encode()[:-1], JSON, 0),
        (b"message=" + quote_plus(mediated(*PLAIN)[:-1]).encode(), FORM, 0),
        (enveloped(ASKED).replace(b"<request>", b"<request>&"), XML, 0),
        (enveloped(ASKED).replace(b"</request>", b"</request></other>"), XML, 1),
        (LOOKUP.replace("</NCIPMessage>", "</other></NCIPMessage>").encode(), XML, 1),
    ],
)
def test_what_cannot_be_read_is_counted(body: bytes, kind: str, said: int) -> None:
    """A message whose wrapping is damaged is read as far as that goes, and never passed over in silence."""
    outputs = asked(body, kind)
    assert said == len(carried(outputs))
    assert [HttpWeird.BAD_BODY] == oddities(outputs)


def test_envelopes_of_json_are_few() -> None:
    """A message further in, or behind too much else, is not looked for."""
    deep = mediated(*PLAIN)
    for _ in range(DEPTH):
        deep = json.dumps([json.loads(deep)])
    assert [] == carried(asked(deep.encode(), JSON))
    wide = json.dumps([[{}] * 3, *[{}] * NODES, json.loads(mediated(*PLAIN))])
    assert [] == carried(asked(wide.encode(), JSON))


def test_ncip() -> None:
    """Both ways, in chunks, packed, and up to the end of the connection."""
    for head in (
        answer(body=NCIP_FOUND.encode(), Content_Type=XML),
        answer(body=chunked(NCIP_FOUND.encode(), 100), Content_Type=XML, Transfer_Encoding="chunked"),
        answer(body=gzip.compress(NCIP_FOUND.encode(), mtime=0), Content_Type=XML, Content_Encoding="gzip"),
        b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n" + NCIP_FOUND.encode(),
        answer(body=NCIP_FOUND.encode()),
    ):
        outputs = parse((CLIENT, ask("POST /ncip", LOOKUP.encode(), Content_Type=XML)), (SERVER, head))
        assert [HttpNcip, HttpNcip] == [type(one) for one in carried(outputs)]
        assert 24 == len(carried(outputs)[1].exposed)
        assert [] == oddities(outputs)


def test_one_direction_only() -> None:
    """Where nobody saw the request, the first bytes of any response tell."""
    for body, kind in ((NCIP_FOUND.encode(), XML), (ANSWERED.encode(), JSON), (FOUND, "text/plain")):
        assert 1 == len(carried(parse((SERVER, answer(body=body, Content_Type=kind)))))


def test_other_documents_cost_their_first_bytes() -> None:
    """What is no message is not asked for any more, and what is of no such type never is."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: 99999\r\n\r\n"
    rest = 99_999 - TRIED_BYTES
    assert [(SERVER, rest)] == skips(parse(ASKING, (SERVER, head % b"text/xml" + SOAP[:TRIED_BYTES]), finish=False))
    assert [(SERVER, 99_999)] == skips(parse(ASKING, (SERVER, head % b"image/png"), finish=False))
    assert [(SERVER, 99_999)] == skips(parse(ASKING, (SERVER, head % b"application/json"), finish=False))


def test_an_upload_of_another_document_counts_once() -> None:
    """A request whose body turns out to be of no interest is still a request, and so is the next."""
    outputs = parse((CLIENT, ask("POST /soap", SOAP, Content_Type=XML)), (SERVER, answer()), ASKING, (SERVER, answer()))
    assert (2, 2) == (len(requests(outputs)), len(responses(outputs)))
    assert [] == oddities(outputs)


def test_a_long_message() -> None:
    """Of one over the limit the beginning is read; in JSON that says nothing."""
    account = NCIP_FOUND.replace("</LookupUserResponse>", " " * BODY_BYTES + "</LookupUserResponse>")
    outputs = answered(account.encode(), XML)
    assert 24 == len(carried(outputs)[1].exposed)
    assert [HttpWeird.LARGE_BODY] == oddities(outputs)
    assert [] == carried(answered((" " * BODY_BYTES + ANSWERED).encode(), JSON))[1:]


def test_a_cut_message() -> None:
    """What stood before the cut is said."""
    whole = answer(body=NCIP_FOUND.encode(), Content_Type=XML)
    outputs = parse(
        (CLIENT, ask("POST /ncip", LOOKUP.encode(), Content_Type=XML)), (SERVER, whole[:-300]), (SERVER, 300)
    )
    assert 0 < len(carried(outputs)[1].exposed) < 24
    assert [HttpWeird.LOST_BYTES, HttpWeird.CUT_BODY] == oddities(outputs)


@pytest.mark.parametrize(
    "line", ["GET /sru?operation=searchRetrieve&version=1.2&query=sagas", "GET /x?query=a&operation=searchRetrieve"]
)
def test_sru(line: str) -> None:
    """A search names its operation, wherever the service stands; other searches are left to the catalog."""
    outputs = parse((CLIENT, ask(line)))
    assert [("query", "search")] == exposed(outputs)
    assert ["sru"] == [one.product for one in requests(outputs)]
    assert [] == exposed(parse((CLIENT, ask(line.replace("searchRetrieve", "explain")))))


def test_sru_in_a_form() -> None:
    """The same in a body."""
    body = b"operation=searchRetrieve&version=1.2&query=sagas&x-info-2-auth1.0-authenticationToken=0123456789"
    expected = [("query", "search"), ("x-info-2-auth1.0-authenticationToken", "session")]
    assert expected == exposed(asked(body, FORM))


def test_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The flow is one of HTTP, the findings are those of SIP2 and NCIP, and each message counts once in a family."""
    packets = []
    for number, name in enumerate(("SIP2 in JSON", "SIP2 in XML", "NCIP, and an answer without a length")):
        near, far = Host(address="10.30.0.5", port=40_000 + number), Host(address="10.1.0.10", port=8080 + number)
        talk = Conversation(near=near, far=far).open()
        for side, data in CONVERSATIONS[name]:
            talk.say(side, data)
        packets += talk.packets
    capture = tmp_path / "library.pcap"
    capture.write_bytes(Pcap().file(packets))
    assert ExitStatus.DONE == main(["analyze", "--no-progress", "--format", "json", str(capture)])
    document = json.loads(capsys.readouterr().out)
    counted = document["protocols"]
    assert (0, 0) == (counted["sip2"]["flows"], counted["sip2"]["messages"])
    assert (3, 8, 2) == tuple(counted["http"][key] for key in ("flows", "sip2_messages", "ncip_messages"))
    found = {(one["rule"], one["about"]["port"]): (one["count"], one["subjects"]) for one in document["findings"]}
    assert {
        ("sip2-patron-credential", 8080): (2, 1),
        ("sip2-patron-identity", 8080): (2, 1),
        ("sip2-patron-credential", 8081): (1, 1),
        ("sip2-patron-identity", 8081): (2, 1),
        ("sip2-staff-login", 8081): (2, 0),
        ("ncip-patron-credential", 8082): (1, 1),
        ("ncip-patron-identity", 8082): (1, 1),
        ("ncip-system-login", 8082): (1, 0),
    } == found
