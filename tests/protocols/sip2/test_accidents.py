"""What real senders do wrong, one by one: each is read for what it says, and called odd where it is."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from monitor.model.flow import Side
from monitor.protocols.sip2.events import Checksum, Sip2Login, Sip2Message, Sip2Weird
from monitor.protocols.sip2.preamble import ALONE
from tests.protocols.sip2.samples import ANSWERS, BLANK, DATE, ITEM, NOBODY, PATRON, REQUESTS, checksum, sealed
from tests.protocols.sip2.talks import ACS, SC, exposed, facts, ids, oddities, parse

Piece = tuple[Side, bytes]
AA, AB, AD, AE, AF = "AA", "AB", "AD", "AE", "AF"
ASK = f"23001{DATE}AOMAIN|AA{PATRON}|AD4711|"
TOLD = f"24{NOBODY}001{DATE}AOMAIN|AA{PATRON}|AELund, Ask|BLY|"
INFO = f"64{NOBODY}001{DATE}{'0' * 24}AOMAIN|AA{PATRON}|"
SHORT, BAD, NONE = Sip2Weird.SHORT_FIXED_PART, Sip2Weird.BAD_CHECKSUM, Sip2Weird.NOT_A_MESSAGE
CHARACTERS, CUT, UNKNOWN = Sip2Weird.CHARACTER_CHECKSUM, Sip2Weird.CUT_MESSAGE, Sip2Weird.UNKNOWN_MESSAGE


class Case(NamedTuple):
    """What is sent, and what is to be said of it."""

    talk: tuple[Piece, ...]
    ids: list[str]
    keys: list[str]
    """Of everything exposed, in order."""
    oddities: list[Sip2Weird] = []  # noqa: RUF012  # never changed
    checksum: Checksum | None = None
    """Of the first message."""


def lines(*texts: str | bytes, side: Side = SC, end: bytes = b"\r") -> tuple[Piece, ...]:
    """One line a piece."""
    return tuple((side, (text if isinstance(text, bytes) else text.encode()) + end) for text in texts)


def pieces(talk: tuple[Piece, ...], size: int) -> tuple[Piece, ...]:
    """The same in pieces of `size` bytes; as it is for 0."""
    return tuple(
        (side, data[at : at + (size or len(data))])
        for side, data in talk
        for at in range(0, len(data), size or len(data))
    )


def by_characters(text: str, digits: str) -> bytes:
    """A message with the sum of its characters, in UTF-8."""
    text += "AY1AZ"
    return (text + format(-sum(map(ord, text)) & 0xFFFF, digits)).encode()


CASES: dict[str, Case] = {
    "9.1 CR": Case(lines(ASK, ASK), ["23", "23"], [AA, AD] * 2),
    "9.1 CRLF": Case(lines(ASK, ASK, end=b"\r\n"), ["23", "23"], [AA, AD] * 2),
    "9.1 LF": Case(lines(ASK, ASK, end=b"\n"), ["23", "23"], [AA, AD] * 2),
    "9.1 LF leads the next": Case(lines(sealed(ASK)[:-1], b"\n" + sealed(ASK)[:-1]), ["23", "23"], [AA, AD] * 2),
    "9.1 CR of one, CRLF of the other": Case(
        (*lines(ASK, end=b"\r\n"), *lines(TOLD, side=ACS), *lines(ASK, end=b"\r\n")), ["23", "24", "23"],
        [AA, AD, AA, AE, "BL", AA, AD],
    ),
    "9.2 empty segments": Case(lines(f"23001{DATE}AOMAIN||AA{PATRON}||AD4711||AY1AZ"), ["23"], [AA, AD]),
    "9.2 delimiter ahead of AY": Case(
        lines(b"9900802.00|AY1AZ" + checksum(b"9900802.00|AY1AZ"), ASK), ["99", "23"], [AA, AD], [], Checksum.OK
    ),
    "9.2 fields begin with a delimiter": Case(lines(f"23001{DATE}|AOMAIN|AA{PATRON}|AD4711|"), ["23"], [AA, AD]),
    "9.3 last field without delimiter": Case(lines(ASK[:-1]), ["23"], [AA, AD]),
    "9.3 last field without delimiter, AY": Case(
        lines("9300CNkiosk|COsecret|CPEastAY1AZ" + checksum(b"9300CNkiosk|COsecret|CPEastAY1AZ").decode()), ["93"],
        ["CN", "CO"], [], Checksum.OK,
    ),
    "9.4 blank date": Case(lines(f"63001{BLANK}{' ' * 10}AO|AA{PATRON}|AD4711|"), ["63"], [AA, AD]),
    "9.4 zone of zeros": Case(lines(TOLD.replace(DATE, "202601050000101500"), side=ACS), ["24"], [AA, AE, "BL"]),
    "9.4 zone of a letter": Case(lines(ASK.replace(DATE, "20260105   Z101500")), ["23"], [AA, AD]),
    "9.4 no language": Case(lines(ASK.replace("23001", "23   ")), ["23"], [AA, AD]),
    "4 blank due date": Case(lines(f"11YN{DATE}{BLANK}AOMAIN|AA{PATRON}|AB{ITEM}|"), ["11"], [AA, AB]),
    "9.5 one byte short": Case(lines(ASK.replace(DATE, DATE[:-1])), ["23"], [AA, AD], [SHORT]),
    "9.5 two bytes short, patron first": Case(
        lines(f"63001{DATE}{' ' * 8}AA{PATRON}|AOMAIN|AD4711|"), ["63"], [AA, AD], [SHORT]
    ),
    "9.5 summary missing": Case(lines(f"63001{DATE}AA{PATRON}|AOMAIN|AD4711|"), ["63"], [AA, AD], [SHORT]),
    "9.5 one byte long": Case(lines(f"23001{DATE} AA{PATRON}|AOMAIN|AD4711|"), ["23"], [AA, AD]),
    "9.5 two bytes long": Case(lines(f"23001{DATE}  AA{PATRON}|AOMAIN|AD4711|"), ["23"], [AA, AD], [SHORT]),
    "9.5 status one byte short, patron first": Case(
        lines(f"64{NOBODY[1:]}001{DATE}{'0' * 24}AA{PATRON}|AELund, Ask|AOMAIN|", side=ACS), ["64"], [AA, AE], [SHORT]
    ),
    "9.5 scrambled, with a field that nobody knows": Case(
        lines(ASK, "3701USD20260105    081500|AXnobody knows|AA"), ["23", "37"], [AA, AD, "other"], [SHORT]
    ),
    "9.5 scrambled, and fields by the half": Case(
        lines(ASK, "3701USD20260105    081500|AXnobody knows|what is this|", "37?|Axe|"), ["23"], [AA, AD], [NONE] * 2
    ),
    "1 a message that nobody knows, with fields that nobody knows": Case(
        lines(ASK, f"77{DATE}|AXa|AWb|"), ["23"], [AA, AD, "other", "other"], [UNKNOWN]
    ),
    "9.5 tabs for blanks": Case(lines(ASK.replace("    ", "\t")), ["23"], [AA, AD], [SHORT]),
    "9.6 fields that come once come twice": Case(
        lines(INFO + "BD1 Invented Lane|BD2 Invented Lane|AB1|AB2|", side=ACS), ["64"], [AA, "BD", "BD", AB, AB]
    ),
    "9.7 empty repeats": Case(lines(INFO + f"AS{ITEM}|AS|AS|AS|AT|AU|", side=ACS), ["64"], [AA, "AS"]),
    "9.8 no checksum": Case(lines(ASK), ["23"], [AA, AD], [], Checksum.ABSENT),
    "9.8 no digits": Case(lines(ASK + "AY1AZ"), ["23"], [AA, AD], [], Checksum.ABSENT),
    "9.8 lower case": Case(
        lines(ASK + "AY1AZ" + checksum((ASK + "AY1AZ").encode()).decode().lower()), ["23"], [AA, AD], [], Checksum.OK
    ),
    "9.8 wrong": Case(lines(ASK + "AY1AZ0000"), ["23"], [AA, AD], [BAD], Checksum.BAD),
    "9.8 two digits": Case(lines(ASK + "AY1AZ1F"), ["23"], [AA, AD], [BAD], Checksum.BAD),
    "9.8 over characters": Case(
        lines(by_characters(ASK.replace(PATRON, "Zoë"), "04X")), ["23"], [AA, AD], [BAD, CHARACTERS], Checksum.BAD
    ),
    "9.8 over characters, digits as they come": Case(
        lines(by_characters(ASK.replace(PATRON, "Zoë"), "X")), ["23"], [AA, AD], [BAD, CHARACTERS], Checksum.BAD
    ),
    "4 checksum padded with a blank": Case(lines(ASK + "AY1AZ 1F2"), ["23"], [AA, AD], [BAD], Checksum.BAD),
    "4 delimiter behind the checksum": Case(
        lines(sealed(ASK)[:-1] + b"|"), ["23"], [AA, AD], [], Checksum.OK
    ),
    "9.9 AY without AZ": Case(lines(ASK + "AY1"), ["23"], [AA, AD], [], Checksum.ABSENT),
    "9.10 ids with a digit": Case(lines(INFO + "U1guardian|U5x|", side=ACS), ["64"], [AA, "U1", "U5"]),
    "9.11 escaped delimiter": Case(lines(INFO + "AELund &#124; Ask|", side=ACS), ["64"], [AA, AE]),
    "4 delimiter within a value": Case(lines(INFO + "AELund | Ask|BE a@b|", side=ACS), ["64"], [AA, AE, "BE"]),
    "9.11 records within a value": Case(lines(INFO + f"AU{ITEM}%20260202%Title%Author|", side=ACS), ["64"], [AA, "AU"]),
    "9.11 line feeds": Case(
        lines(INFO + "BD1 Invented Lane\n12 Nowhere\n|BFx|", INFO, side=ACS), ["64", "64"], [AA, "BD", "BF", AA]
    ),
    "9.11 tab and HTML": Case(lines(INFO + "AF<b>Hello\tthere</b>|", side=ACS), ["64"], [AA, AF]),
    "9.12 words behind a date": Case(lines(INFO + "PA20290903    235900STAFF|", side=ACS), ["64"], [AA, "PA"]),
    "9.13 a word that is no message": Case(
        lines(sealed(TOLD)[:-1], "None", sealed(TOLD)[:-1], side=ACS), ["24", "24"], [AA, AE, "BL"] * 2, [NONE]
    ),
    "9.13 a word without terminator": Case(
        (*lines(sealed(TOLD)[:-1], side=ACS), (ACS, b"None")), ["24"], [AA, AE, "BL"], [NONE]
    ),
    "9.14 required fields missing, others first": Case(
        lines(f"24{NOBODY}001{DATE}BLY|AELund, Ask|", side=ACS), ["24"], ["BL", AE]
    ),
    "9.15 several answers to one request": Case(
        (*lines(sealed(ASK)[:-1]), *lines("96AZFEF6", sealed(TOLD)[:-1], sealed(TOLD)[:-1], side=ACS)),
        ["23", "96", "24", "24"], [AA, AD, *[AA, AE, "BL"] * 2],
    ),
    "4.2 a resend after a wrong checksum": Case(
        (*lines(ASK + "AY1AZ0000"), *lines("96AZFEF6", side=ACS), *lines(sealed(ASK, 1)[:-1])), ["23", "96", "23"],
        [AA, AD] * 2, [BAD], Checksum.BAD,
    ),
    "4.2 an answer asked for again": Case(
        (*lines(TOLD, side=ACS), *lines("97AZFEF5"), *lines(TOLD, side=ACS)), ["24", "97", "24"], [AA, AE, "BL"] * 2
    ),
    "9.16 Renew All without its date": Case(lines(f"65AOMAIN|AA{PATRON}|AD4711|"), ["65"], [AA, AD], [SHORT]),
    "9.16 Renew All without its date, patron first": Case(lines(f"65AA{PATRON}|AD4711|"), ["65"], [AA, AD], [SHORT]),
    "9.17 no patron in an answer": Case(lines(f"24{NOBODY}001{DATE}AOMAIN|AA|AE|BLN|", side=ACS), ["24"], ["BL"]),
    "9.18 a PIN in the wrong field": Case(lines(f"29NN{DATE}{BLANK}AOMAIN|AA{PATRON}|AB4711|"), ["29"], [AA, AB]),
    "9.19 fixed part in another order": Case(
        lines(f"38{DATE}YAOMAIN|AA{PATRON}|", side=ACS), ["38"], ["payment_accepted", AA]
    ),
    "9.20 AZ without AY": Case(
        lines(ASK + "AZ" + checksum((ASK + "AZ").encode()).decode()), ["23"], [AA, AD], [], Checksum.OK
    ),
    "4 another delimiter": Case(lines(ASK.replace("|", "~"), ASK.replace("|", "~")), ["23", "23"], [AA, AD] * 2),
    "4 values of more than 255 bytes": Case(lines(INFO + "AF" + "x" * 4_000 + "|", side=ACS), ["64"], [AA, AF]),
    "4 NULs and blanks ahead": Case(lines(b"\x00\x00 " + ASK.encode()), ["23"], [AA, AD]),
    "5 telnet negotiation": Case(lines(b"\xff\xfb\x18\xff\xfd\x03" + ASK.encode()), ["23"], [AA, AD]),
    "5 what a broken negotiation leaves": Case(lines(b"\xfb9900802.00", ASK), ["99", "23"], [AA, AD]),
    "5 NUL behind CR": Case(lines(ASK, ASK, end=b"\r\x00"), ["23", "23"], [AA, AD] * 2),
    "5 pipelined": Case(((SC, sealed(ASK) * 5),), ["23"] * 5, [AA, AD] * 5),
    "5 the last one without terminator": Case(((SC, sealed(ASK) + sealed(ASK)[:-1]),), ["23"] * 2, [AA, AD] * 2),
    "5 the last one is cut": Case(((SC, sealed(ASK) + ASK[:-2].encode()),), ["23"], [AA, AD, AA], [CUT]),
    "5 heartbeats": Case(
        (*lines("9900802.00"), *lines(ANSWERS["98"], side=ACS)) * 3, ["99", "98"] * 3, []
    ),
    "1 an answer of another kind": Case(
        (*lines(ASK), *lines(ANSWERS["98"], side=ACS), *lines(ASK)), ["23", "98", "23"], [AA, AD] * 2
    ),
    "1 an id that nobody knows": Case(lines(f"77{DATE}AOMAIN|AA{PATRON}|AD4711|"), [], [AA, AD], [UNKNOWN]),
    "1 an id that nobody knows, patron first": Case(lines(f"77{DATE}AA{PATRON}|AD4711|"), [], [AA, AD], [UNKNOWN]),
    "2 fields that nobody knows": Case(lines(INFO + "Q7x|ZZy|ZX|", side=ACS), ["64"], [AA, "other", "other"]),
    "3 who waits for the item": Case(
        lines(f"101YNY{DATE}AOMAIN|AB{ITEM}|CY29990000000025|DALund, Ask|BF555-0100|CV01|", side=ACS), ["10"],
        [AB, "CY", "DA", "BF", "CV"],
    ),
    "3 titles in the answer to a payment": Case(
        lines(f"38Y{DATE}AOMAIN|AA{PATRON}|CG1|FA1.00|FB{ITEM}|FDA title|FFlate|CG2|FA2.00|", side=ACS), ["38"],
        ["payment_accepted", AA, "CG", "FA", "FB", "FD", "FF", "CG", "FA"],
    ),
    "1 nine lists asked for": Case(lines(f"63001{DATE}YYYYYYYYY AOMAIN|AA{PATRON}|"), ["63"], [AA]),
    "2 address and phone in a status": Case(
        lines(TOLD + "BD1 Invented Lane|BEa@example.org|BF555-0100|", side=ACS), ["24"],
        [AA, AE, "BL", "BD", "BE", "BF"],
    ),
}  # fmt: skip
"""Numbers are those of the sections of the collected material."""


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("size", [0, 1, 7], ids=["as sent", "byte by byte", "in sevens"])
def test_accident(name: str, size: int) -> None:
    """Whole or in pieces, the same is said."""
    case = CASES[name]
    talk = (
        [(side, data[at : at + size]) for side, data in case.talk for at in range(0, len(data), size)]
        if size
        else case.talk
    )
    outputs = parse(*talk)
    assert (case.ids, case.keys, case.oddities) == (
        ids(outputs),
        [key for key, _ in exposed(outputs)],
        oddities(outputs),
    )
    if case.checksum is not None:
        first = next(one for one in facts(outputs) if isinstance(one, Sip2Message))
        assert case.checksum is first.checksum


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].ids and not CASES[name].oddities])
def test_accident_after_a_regular_message(name: str) -> None:
    """Once a flow is settled, it is read at a glance or not, with the same result."""
    case = CASES[name]
    greeting = [(SC, sealed(REQUESTS["93"])), (ACS, sealed(ANSWERS["94"]))] * (case.talk[0][1][-1:] != b"\n")
    outputs = parse(*greeting, *case.talk)
    assert [*(["93", "94"] if greeting else []), *case.ids] == ids(outputs)
    assert case.keys == [key for key, _ in exposed(outputs)][2 if greeting else 0 :]


LOGIN = (
    (ACS, b"login: "), (SC, b"kiosk\r\n"), (ACS, b"password: "), (SC, b"1234\r\n"),
    (ACS, b"Login OK.  Initiating SIP\r\n"),
)  # fmt: skip


@pytest.mark.parametrize(
    "talk",
    [
        LOGIN,
        ((ACS, b"\xff\xfd\x18\xff\xfb\x01login: "), (SC, b"\xff\xfc\x18\xff\xfe\x01kiosk\r\x00"), *LOGIN[2:]),
        ((ACS, b"Invented Library\r\n\r\nLogin: "), *LOGIN[1:2], (ACS, b"\r\nPassword:"), *LOGIN[3:]),
        tuple(sorted(LOGIN, key=lambda piece: piece[0])),
    ],
    ids=["plain", "negotiated", "with a banner", "one side's bytes first"],
)
@pytest.mark.parametrize("size", [0, 1])
def test_telnet_login(talk: tuple[Piece, ...], size: int) -> None:
    """A staff credential that no 93 shows: two lines, one of which reads like a message (section 5)."""
    whole = (*talk, (SC, b"9900802.00\r"), (ACS, sealed(ANSWERS["98"])))
    pieces = (
        [(side, data[at : at + size]) for side, data in whole for at in range(0, len(data), size)] if size else whole
    )
    outputs = parse(*pieces)
    logins = [one for one in facts(outputs) if isinstance(one, Sip2Login)]
    assert [("login", "staff_credential"), ("password", "staff_credential")] == exposed(logins)
    assert ["99", "98"] == ids(outputs)
    assert {*oddities(outputs)} <= {NONE}  # a banner ahead of the first prompt


ONE_END = tuple(piece for piece in LOGIN if piece[0] is SC)
HIDDEN = [("login", "staff_credential"), ("password", "staff_credential")]


@pytest.mark.parametrize(
    ("typed", "logins", "odd"),
    [
        (ONE_END, 1, 0),
        (((SC, b"\xff\xfc\x18\xff\xfe\x01kiosk\r\x00"), (SC, b"1234\r\x00")), 1, 0),
        (ONE_END * 2, 2, 0),
        (ONE_END * 3, 3, 0),
        (ONE_END[:1], 0, 1),
        ((*ONE_END, (SC, b"kiosk\r\n")), 1, 1),
        (lines("HELO there", "and so on"), 0, 2),
    ],
    ids=["plain", "negotiated", "tried twice", "tried three times", "one line", "three lines", "no words"],
)
@pytest.mark.parametrize("size", [0, 1])
@pytest.mark.parametrize("messages", [1, ALONE, 2 * ALONE])
def test_telnet_login_of_which_one_end_is_seen(
    typed: tuple[Piece, ...], logins: int, odd: int, size: int, messages: int
) -> None:
    """Nobody is seen to ask, but what stands ahead of a client's first message is typed at prompts (section 5)."""
    outputs = parse(*pieces((*typed, *lines(*["9900802.00"] * messages)), size), finish=messages < ALONE)
    assert HIDDEN * logins == exposed(one for one in outputs if isinstance(one, Sip2Login))
    assert [NONE] * odd == oddities(outputs)
    assert ["99"] * messages == ids(outputs)


def test_telnet_login_whose_prompts_come_late() -> None:
    """Both ends are seen, in whatever order: one login."""
    late = [(SC, b"kiosk\r\n1234\r\n"), *lines("9900802.00"), (ACS, b"login: password: Login OK\r\n")]
    outputs = parse(*late, *lines(ANSWERS["98"], side=ACS))
    assert HIDDEN == exposed(one for one in outputs if isinstance(one, Sip2Login))
    assert (["99", "98"], []) == (ids(outputs), oddities(outputs))


def test_lines_that_the_other_end_did_not_ask_for() -> None:
    """Where the other end is seen and asks for nothing, they are no login."""
    outputs = parse(*ONE_END, *lines("9900802.00"), *lines(ANSWERS["98"], side=ACS))
    assert ([], [NONE] * 2) == ([one for one in outputs if isinstance(one, Sip2Login)], oddities(outputs))


@pytest.mark.parametrize("side", Side)
def test_one_direction_only(side: Side) -> None:
    """A mirror that shows one side misses nothing of it (section 6)."""
    talk = [(SC, sealed(text)) for text in REQUESTS.values()] + [(ACS, sealed(text)) for text in ANSWERS.values()]
    seen = [piece for piece in talk if piece[0] is side]
    assert list(REQUESTS if side is SC else ANSWERS) == ids(parse(*seen))


@pytest.mark.parametrize("cut", [1, 2, 20, 61, 100])
def test_met_halfway(cut: int) -> None:
    """Days into a connection, the rest of a message is no message, and the next one is (section 5)."""
    outputs = parse((ACS, sealed(ANSWERS["64"])[cut:]), (ACS, sealed(TOLD)), from_start=False)
    assert (["24"], []) == (ids(outputs), oddities(outputs))
