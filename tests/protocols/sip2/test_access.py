"""Who was let in: answers are paired with what was asked, however the messages are read."""

from __future__ import annotations

import pytest

from monitor.model.events import Output, Sighted, Sights
from monitor.model.flow import Side
from monitor.privacy.subjects import account
from monitor.protocols.sip2.events import Pin, Sip2LoginAnswer, Sip2Message
from monitor.protocols.sip2.parser import Sip2Parser
from tests.protocols.sip2.samples import DATE, sealed
from tests.protocols.sip2.talks import ACS, SC, facts, parse
from tests.support.uncompiled import load_source

FREE = " " * 14
Talk = list[tuple[Side, bytes]]


def ask(pin: str = "", *, name: str = "63") -> tuple[Side, bytes]:
    """A question about a patron."""
    summary = " " * 10 if name == "63" else ""
    return SC, sealed(f"{name}001{DATE}{summary}AOEX|AA29990000000017|AC|AD{pin}|")


def answer(more: str = "", *, name: str = "64") -> tuple[Side, bytes]:
    """What the system says of the patron."""
    counts = "0000" * 6 if name == "64" else ""
    return ACS, sealed(f"{name}{FREE}001{DATE}{counts}AOEX|AA29990000000017|AEDoe, Jo|BLY|{more}")


LOGIN = SC, sealed("9300CNkiosk7|COsecret|CPhall|")
YES, NO = (ACS, sealed("941")), (ACS, sealed("940"))
STATUS = [(SC, sealed("9900802.00")), (ACS, sealed(f"98YYYYYN100003{DATE}2.00AOEX|BXYYYYYYYYYYYYYYYY|"))]


def pins(outputs: list[Output]) -> list[Pin]:
    """What answers about patrons say of the PIN."""
    return [one.pin for one in facts(outputs) if isinstance(one, Sip2Message) and one.message.value in ("24", "64")]


@pytest.mark.parametrize("settled", [False, True], ids=["read closely", "read at a glance"])
@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        ([ask("4321"), answer("CQY|")], [Pin.RIGHT]),
        ([ask("4321"), answer("CQN|")], [Pin.WRONG]),
        ([ask("4321"), answer("CQ N |")], [Pin.WRONG]),
        ([ask("4321"), answer("CQN")], [Pin.WRONG]),
        ([ask("4321"), answer()], [Pin.UNJUDGED]),
        ([ask("4321"), answer("CQ?|")], [Pin.UNJUDGED]),
        ([ask(), answer("CQN|")], [Pin.NOT_SENT]),
        ([ask("  "), answer()], [Pin.NOT_SENT]),
        ([ask("1", name="23"), answer("CQN|", name="24")], [Pin.WRONG]),
        ([(SC, sealed(f"01N{DATE}AOEX|ALlost|AA1|AC|")), answer("CQN|", name="24")], [Pin.NONE]),
        ([answer("CQN|")], [Pin.NONE]),
        ([ask("1"), answer("CQN|", name="24")], [Pin.NONE]),
        ([ask("1"), answer("CQN|"), answer("CQN|")], [Pin.WRONG, Pin.NONE]),
        ([ask("1"), ask(), answer("CQN|"), answer("CQN|")], [Pin.WRONG, Pin.NOT_SENT]),
        ([ask("1"), STATUS[1], ask(), answer("CQN|")], [Pin.NOT_SENT]),
        ([ask("1"), (ACS, sealed("96")), ask("1"), answer("CQY|")], [Pin.RIGHT]),
        ([ask("1"), *STATUS, answer("CQN|")], [Pin.NONE]),
    ],
)
def test_pins(settled: bool, talk: Talk, expected: list[Pin]) -> None:  # noqa: FBT001 (a parameter of the test)
    """What an answer says of the PIN depends on what was asked; where that is not known, nothing is said."""
    before = STATUS if settled else []
    assert expected == pins(parse(*before, *talk))


def test_a_pin_ahead_of_all_fields() -> None:
    """Fields come in any order."""
    question = SC, sealed(f"23001{DATE}AD77|AOEX|AA29990000000017|")
    said = ACS, sealed(f"24{FREE}001{DATE}CQN|AOEX|AA29990000000017|")
    assert [Pin.WRONG] == pins(parse(*STATUS, question, said))
    assert [Pin.WRONG] == pins(parse(question, said))


def test_lost_bytes() -> None:
    """They may have held the answer to the question before."""
    parser = Sip2Parser({}, True)  # noqa: FBT003 (the contract's)
    outputs: list[Output] = []
    for side, data in (*STATUS, ask("1")):
        outputs += parser.feed(side, memoryview(data))
    outputs += parser.gap(ACS, 200)
    outputs += parser.feed(ACS, memoryview(answer("CQN|")[1]))
    assert [Pin.NONE] == pins(outputs)


def test_who_it_is_about() -> None:
    """The patron of the answer, as ever; the event is the same object each time."""
    first, second = (parse(*STATUS, ask("1"), answer("CQN|"))[-1] for _ in range(2))
    assert isinstance(first, Sighted)
    assert isinstance(second, Sighted)
    assert first.event is second.event
    assert first.sightings[0].reveal() == second.sightings[0].reveal()


@pytest.mark.parametrize("settled", [False, True], ids=["read closely", "read at a glance"])
def test_logins(settled: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    """Beside the messages it is said whether the account was let in, and which one it was."""
    outputs = parse(*(STATUS if settled else []), LOGIN, NO, LOGIN, YES)
    said = [one for one in outputs if isinstance(one, Sighted) and isinstance(one.event, Sip2LoginAnswer)]
    assert [False, True] == [one.event.accepted for one in said if isinstance(one.event, Sip2LoginAnswer)]
    assert {account(b"kiosk7").reveal()} == {one.reveal() for answered in said for one in answered.sightings}
    assert Sights.ACCOUNTS is Sip2LoginAnswer.sights


def test_an_answer_to_a_login_that_was_not_seen() -> None:
    """It is a fact; whose account it is, nobody knows."""
    assert Sip2LoginAnswer(accepted=False) in parse(*STATUS, NO)


def test_a_last_field_without_delimiter() -> None:
    """The checksum behind it is no part of the account."""
    login = SC, sealed("9300COsecret|CPhall|CNkiosk7")
    (said,) = (one for one in parse(*STATUS, login, YES) if isinstance(one, Sighted))
    assert account(b"kiosk7").reveal() == said.sightings[0].reveal()


def test_only_verdicts_are_kept() -> None:
    """Whatever else stands where one should be is read each time, and told as none."""
    source = load_source("monitor.protocols.sip2.access")
    asks, answers = source.pair(b"63", [b"AA", b"AD"]), source.pair(b"64", [b"AO", b"AA", b"AE", b"BL", b"CQ"])
    event = next(one for one in facts(parse(answer("CQY|"))) if isinstance(one, Sip2Message))
    access, said = source.Access(), []
    for verdict in ("Y", "N ", "29990000000017", "", "Y", "N"):
        access.turn(ask("1")[1], 23, ord("|"), asks, event)
        said.append(access.turn(answer(f"CQ{verdict}|")[1], 61, ord("|"), answers, event).pin)
    assert [Pin.RIGHT, Pin.WRONG, Pin.UNJUDGED, Pin.UNJUDGED, Pin.RIGHT, Pin.WRONG] == said
    assert {b"Y", b"N", b""} >= set(answers.told)
