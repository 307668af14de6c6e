"""Tests of `monitor.protocols.sip2.parser`."""

from __future__ import annotations

import pytest

from monitor.model.events import Sighted
from monitor.model.flow import Close, Side
from monitor.privacy.subjects import sighting
from monitor.protocols.sip2.events import Checksum, MessageId, Role, Sip2Fragment, Sip2Login, Sip2Message, Sip2Weird
from monitor.protocols.sip2.framing import FRAME_BYTES
from monitor.protocols.sip2.parser import Sip2Parser
from tests.protocols.sip2.samples import ANSWERS, CONVERSATIONS, DATE, PATRON, REQUESTS, sealed
from tests.protocols.sip2.talks import ACS, SC, exposed, facts, ids, oddities, parse

STATUS = REQUESTS["23"].encode()
INFORMATION = ANSWERS["64"].encode("cp850")


@pytest.mark.parametrize("name", [name for name in CONVERSATIONS if name.startswith("every message")])
def test_every_message(name: str) -> None:
    """Each message is reported once, in order, with its sender, by whatever habit it is sent."""
    outputs = parse(*CONVERSATIONS[name])
    assert {*REQUESTS, *ANSWERS} == set(ids(outputs))
    assert len(CONVERSATIONS[name]) == len(ids(outputs))
    assert [] == oddities(outputs)
    senders = {one.message.value: one.sender for one in facts(outputs) if isinstance(one, Sip2Message)}
    assert senders == dict.fromkeys(REQUESTS, Role.SC) | dict.fromkeys(ANSWERS, Role.ACS)


def test_another_delimiter_says_the_same() -> None:
    """The delimiter is learned from the first message that shows it, and serves both sides."""
    plain = parse(*CONVERSATIONS["every message, without checksums, CRLF"])
    assert exposed(plain) == exposed(parse(*CONVERSATIONS["another delimiter"]))


def test_one_message_in_full() -> None:
    """What a Patron Status Request says: patron, PIN, terminal password, in wire order."""
    (output,) = parse((SC, sealed(REQUESTS["23"])))
    assert isinstance(output, Sighted)
    message, (patron,) = output
    assert isinstance(message, Sip2Message)
    assert (MessageId.PATRON_STATUS_REQUEST, Role.SC, Checksum.OK) == (
        message.message,
        message.sender,
        message.checksum,
    )
    expected = [("AA", "patron_identifier"), ("AC", "staff_credential"), ("AD", "credential")]
    assert expected == exposed([message])
    assert sighting(PATRON.encode()).reveal() == patron.reveal()


def test_bad_checksum() -> None:
    """What a message with a wrong checksum said was exposed all the same."""
    outputs = parse((SC, STATUS + b"AY1AZ0000\r"))
    assert ["23"] == ids(outputs)
    assert [Sip2Weird.BAD_CHECKSUM] == oddities(outputs)
    assert 3 == len(exposed(outputs))


def test_renew_all_without_date() -> None:
    """Its patron and PIN are seen although the fixed part is missing."""
    outputs = parse((SC, f"65AOMAIN|AA{PATRON}|AD4711|BON|\r".encode()))
    assert ["65"] == ids(outputs)
    assert [Sip2Weird.SHORT_FIXED_PART] == oddities(outputs)
    assert ["AA", "AD"] == [key for key, _ in exposed(outputs)]


def test_unknown_message() -> None:
    """A message under an id of somebody's own is no message of SIP 2.00, but what it carries is reported."""
    outputs = parse((SC, f"77{DATE}AOMAIN|AA{PATRON}|AD4711|\r".encode()))
    assert [Sip2Fragment] == [type(one) for one in facts(outputs)]
    assert ["AA", "AD"] == [key for key, _ in exposed(outputs)]
    assert [Sip2Weird.UNKNOWN_MESSAGE] == oddities(outputs)


def test_what_is_no_message() -> None:
    """A line of something else between messages is counted, and nothing is lost around it."""
    outputs = parse((ACS, sealed(ANSWERS["24"]) + b"None\r" + sealed(ANSWERS["24"])))
    assert ["24", "24"] == ids(outputs)
    assert [Sip2Weird.NOT_A_MESSAGE] == oddities(outputs)


@pytest.mark.parametrize("how", Close)
def test_last_message_without_terminator(how: Close) -> None:
    """A message that lacks nothing but its terminator is whole, however the flow ends."""
    parser = Sip2Parser({}, True)  # noqa: FBT003  # the contract's signature
    assert [] == list(parser.feed(SC, memoryview(STATUS)))
    assert ["23"] == ids(parser.finish(SC, how))


@pytest.mark.parametrize(
    ("data", "keys", "oddity"),
    [
        (STATUS[:-3], ["AA", "AC"], Sip2Weird.CUT_MESSAGE),
        (STATUS + b"AY1AZ1", ["AA", "AC", "AD"], Sip2Weird.CUT_MESSAGE),
        (STATUS[:28], [], Sip2Weird.CUT_MESSAGE),
        (STATUS[:12], [], Sip2Weird.CUT_MESSAGE),
        (b"None", [], Sip2Weird.NOT_A_MESSAGE),
    ],
)
def test_cut_at_the_end(data: bytes, keys: list[str], oddity: Sip2Weird) -> None:
    """Of a message that is cut, complete fields are reported, and it does not count."""
    outputs = parse((SC, sealed(REQUESTS["99"])), (SC, data))
    assert ["99"] == ids(outputs)
    assert keys == [key for key, _ in exposed(outputs)]
    assert [oddity] == oddities(outputs)


def test_gap_within_a_message() -> None:
    """Fields ahead of a gap are reported; the tail behind it is not trusted; the next message is whole again."""
    parser = Sip2Parser({}, True)  # noqa: FBT003  # the contract's signature
    outputs = list(parser.feed(ACS, memoryview(INFORMATION[:110])))
    outputs += parser.gap(ACS, 50)
    outputs += parser.feed(ACS, memoryview(INFORMATION[160:] + b"\r" + INFORMATION + b"\r"))
    assert ["64"] == ids(outputs)
    assert [Sip2Weird.LOST_BYTES, Sip2Weird.CUT_MESSAGE] == oddities(outputs)
    keys = [key for key, _ in exposed(outputs)]
    status = [key for key in keys if key.islower()]
    assert ["patron_status", "hold_items_count"] == status[:2]
    assert status[: len(status) // 2] == status[len(status) // 2 :]
    assert ["AA", "AE", "BZ", "AA"] == [key for key in keys if key.isupper()][:4]


def test_gap_between_messages() -> None:
    """Lost segments are mostly whole messages: the one behind the gap counts if it is one beyond doubt."""
    parser = Sip2Parser({}, True)  # noqa: FBT003  # the contract's signature
    outputs = list(parser.gap(ACS, 300)) + list(parser.feed(ACS, memoryview(INFORMATION + b"\r")))
    assert ["64"] == ids(outputs)
    assert [Sip2Weird.LOST_BYTES] == oddities(outputs)


def test_gap_behind_a_valid_checksum() -> None:
    """A message whose terminator was lost is whole if its checksum says so."""
    parser = Sip2Parser({}, True)  # noqa: FBT003  # the contract's signature
    outputs = list(parser.feed(SC, memoryview(sealed(REQUESTS["23"])[:-1]))) + list(parser.gap(SC, 1))
    assert ["23"] == ids(outputs)


def test_met_halfway_without_loss() -> None:
    """A gap of no bytes only says that the flow was met halfway."""
    assert [] == list(Sip2Parser({}, True).gap(SC, 0))  # noqa: FBT003  # the contract's signature


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (b"lia Invented|BLY|CQY|\r", []),
        (b"12 Invented Lane|BEx@example.org|BFx|\r", []),
        (b"Lane\n12 Nowhere|BEx@example.org|BFx|\r", []),
        (b"01|AA1|AD2|\r", []),
        (b"941\r", []),
        (b"96AZFEF6\r", ["96"]),
        (STATUS + b"\r", ["23"]),
    ],
)
def test_met_halfway(first: bytes, expected: list[str]) -> None:
    """The first frame of a flow met halfway may be a tail; it counts only if it is a message beyond doubt."""
    outputs = parse((SC, first), (SC, sealed(REQUESTS["63"])), from_start=False)
    assert [*expected, "63"] == ids(outputs)
    assert [] == oddities(outputs)


def test_oversize_message() -> None:
    """A message without end is given up; complete fields are reported, and the next message is found."""
    outputs = parse((SC, STATUS + b"AF" + b"x" * FRAME_BYTES), (SC, b"yy\r" + STATUS + b"\r"))
    assert [Sip2Weird.OVERSIZE_FRAME] == oddities(outputs)
    assert ["23"] == ids(outputs)
    assert ["AA", "AC", "AD"] * 2 == [key for key, _ in exposed(outputs)]


@pytest.mark.parametrize("crossing", [False, True], ids=["in turn", "client's bytes first"])
def test_telnet_login(*, crossing: bool) -> None:
    """User and password are reported as a login, whichever side's bytes come first, and count as no message."""
    talk = CONVERSATIONS["telnet login"]
    if crossing:
        talk = sorted(talk, key=lambda piece: piece[0])
    outputs = parse(*talk)
    (login,) = (one for one in outputs if isinstance(one, Sip2Login))
    assert [("login", "staff_credential"), ("password", "staff_credential")] == exposed([login])
    assert ["99", "98"] == ids(outputs)
    assert [] == oddities(outputs)


def test_telnet_login_tried_again() -> None:
    """Every attempt is reported; a password of three digits is not taken for an answer."""
    outputs = parse(
        (ACS, b"login: "),
        (SC, b"kiosk\r\n"),
        (ACS, b"password: "),
        (SC, b"941\r\n"),
        (ACS, b"Invalid login\r\nlogin: "),
        (SC, b"kiosk\r\n"),
        (ACS, b"password: "),
    )
    logins = [exposed([one]) for one in outputs if isinstance(one, Sip2Login)]
    user, password = ("login", "staff_credential"), ("password", "staff_credential")
    assert [[user, password], [user]] == logins
    assert [] == ids(outputs)
    assert [] == oddities(outputs)


def test_telnet_banter() -> None:
    """What the asking side says besides its prompts is no oddity."""
    talk = list(CONVERSATIONS["telnet login"])
    talk.insert(5, (ACS, b"Welcome to the Invented Library\r\n"))
    assert [] == oddities(parse(*talk))


def test_prompt_within_a_message() -> None:
    """A message that asks for a password is a message, also while it is still coming."""
    answer = ANSWERS["64"].replace("Greetings", "login: ").encode("cp850")
    at = answer.index(b"login: ") + 7
    outputs = parse((ACS, answer[:at]), (SC, b"kiosk\r"), (ACS, answer[at:] + b"\r"))
    assert ["64"] == ids(outputs)
    assert [Sip2Weird.NOT_A_MESSAGE] == oddities(outputs)


def test_lines_that_nobody_asked_for() -> None:
    """Without a prompt, a line ahead of the first message is an oddity, not a credential."""
    outputs = parse((SC, b"hello\r" + STATUS + b"\r"))
    assert [Sip2Weird.NOT_A_MESSAGE] == oddities(outputs)
    assert ["23"] == ids(outputs)
    assert 3 == len(exposed(outputs))


def test_sides_are_apart() -> None:
    """Halves of messages of both sides do not mix."""
    parser = Sip2Parser({}, True)  # noqa: FBT003  # the contract's signature
    outputs = []
    for side, data in (
        (SC, STATUS[:20]),
        (ACS, INFORMATION[:50]),
        (SC, STATUS[20:] + b"\r"),
        (ACS, INFORMATION[50:] + b"\r"),
    ):
        outputs += parser.feed(side, memoryview(data))
    assert ["23", "64"] == ids(outputs)


def test_orientation_does_not_matter() -> None:
    """Who asks is told by the message, not by who opened the flow."""
    talk = [(Side(1 - side), data) for side, data in CONVERSATIONS["every message, with checksums"]]
    assert parse(*CONVERSATIONS["every message, with checksums"])[0] == parse(*talk)[0]
    assert {*REQUESTS, *ANSWERS} == set(ids(parse(*talk)))
