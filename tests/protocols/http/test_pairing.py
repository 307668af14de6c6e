"""Who was let in, by SIP2 inside HTTP: the same as on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.audit.plants.http import answer, ask, enveloped
from monitor.model.events import Output, Sighted
from monitor.model.flow import Side
from monitor.privacy.subjects import account
from monitor.protocols.http.events import HttpSip2
from monitor.protocols.sip2.events import Pin, Sip2LoginAnswer, Sip2Message
from tests.protocols.http.samples import KIOSK
from tests.protocols.http.talks import CLIENT, SERVER, facts, parse
from tests.protocols.sip2 import talks as sip2
from tests.protocols.sip2.samples import DATE, sealed
from tests.support.wrapping import in_json, in_xml

Wrap = Callable[[Side, bytes], bytes]
Talk = list[tuple[Side, bytes]]

XML = "application/xml"
BUSY = SERVER, b""
"""The gateway answers with an error and no message."""
LOGIN = CLIENT, sealed("9300CNkiosk7|COsecret|CPhall|")
YES, NO = (SERVER, sealed("941")), (SERVER, sealed("940"))


def question(pin: str = "", *, name: str = "63") -> tuple[Side, bytes]:
    """A question about a patron."""
    return CLIENT, sealed(f"{name}001{DATE}{' ' * 10 if name == '63' else ''}AOEX|AA29990000000017|AC|AD{pin}|")


def told(more: str = "", *, name: str = "64") -> tuple[Side, bytes]:
    """What the system says of the patron."""
    counts = "0000" * 6 if name == "64" else ""
    return SERVER, sealed(f"{name}{' ' * 14}001{DATE}{counts}AOEX|AA29990000000017|AEDoe, Jo|BLY|{more}")


def wrapped(talk: Talk, wrap: Wrap) -> Talk:
    """The same inside HTTP."""
    return [(side, wrap(side, line) if line else answer("503 Busy", b"")) for side, line in talk]


def verdicts(outputs: list[Output]) -> list[Pin | bool]:
    """What is said of PINs and logins."""
    found: list[Pin | bool] = []
    for one in facts(outputs):
        if isinstance(one, Sip2LoginAnswer):
            found.append(one.accepted)
        elif isinstance(one, Sip2Message | HttpSip2) and one.message.value in ("24", "64"):
            found.append(one.pin)
    return found


@pytest.mark.parametrize("wrap", [in_json, in_xml])
@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        ([question("4321"), told("CQY|")], [Pin.RIGHT]),
        ([question("4321"), told("CQN|")], [Pin.WRONG]),
        ([question("4321"), told()], [Pin.UNJUDGED]),
        ([question(), told("CQN|")], [Pin.NOT_SENT]),
        ([question("1", name="23"), told("CQN|", name="24")], [Pin.WRONG]),
        ([told("CQN|")], [Pin.NONE]),
        ([question("1"), told("CQN|", name="24")], [Pin.NONE]),
        ([question("1"), told("CQN|"), question(), told("CQN|")], [Pin.WRONG, Pin.NOT_SENT]),
        ([LOGIN, YES, question("1"), told("CQN|")], [True, Pin.WRONG]),
        ([LOGIN, NO], [False]),
        ([YES], [True]),
    ],
)
def test_the_same_in_every_wrapping(wrap: Wrap, talk: Talk, expected: list[Pin | bool]) -> None:
    """Each answer is held against what was asked before it."""
    assert expected == verdicts(sip2.parse(*talk))
    assert expected == verdicts(parse(*wrapped(talk, wrap)))


@pytest.mark.parametrize("wrap", [in_json, in_xml])
def test_a_request_that_failed(wrap: Wrap) -> None:
    """What the gateway could not pass on waits for no answer: the next one is to the next question."""
    talk = [question("1"), BUSY, question(), told()]
    assert [Pin.NOT_SENT] == verdicts(parse(*wrapped(talk, wrap)))


@pytest.mark.parametrize("wrap", [in_json, in_xml])
def test_lost_bytes(wrap: Wrap) -> None:
    """What was lost may have been a question."""
    said = wrapped([question("1"), told("CQN|")], wrap)
    assert [Pin.NONE] == verdicts(parse(said[0], (CLIENT, 100), said[1]))


@pytest.mark.parametrize("wrap", [in_json, in_xml])
def test_accounts(wrap: Wrap) -> None:
    """An account is the same one in every wrapping."""
    logins = [one for one in parse(*wrapped([LOGIN, YES], wrap)) if isinstance(one, Sighted)]
    assert [(account(b"kiosk7").reveal(),)] == [tuple(one.reveal() for one in login.sightings) for login in logins]


def test_a_login_in_the_envelope() -> None:
    """It stands in each request, and was accepted when a message answers; once for each."""
    asked = CLIENT, ask("POST /sip", enveloped(question()[1].decode().strip(), credentials=KIOSK), Content_Type=XML)
    answered = SERVER, answer(body=enveloped(told()[1].decode().strip(), "response"), Content_Type=XML)
    refused = SERVER, answer("403 Forbidden", b"<error>no</error>", Content_Type=XML)
    outputs = parse(asked, answered, asked, refused, asked, answered)
    assert [Pin.NOT_SENT, True, Pin.NOT_SENT, True] == verdicts(outputs)
    names = {
        sighting.reveal()
        for one in outputs
        if isinstance(one, Sighted) and isinstance(one.event, Sip2LoginAnswer)
        for sighting in one.sightings
    }
    assert {account(b"kiosk-1").reveal()} == names
