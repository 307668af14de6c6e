"""Invented SIP2 conversations, each as the pieces that either side sends in turn, from the start of its flow.

Every message of SIP 2.00 is here, with and without checksums, and the habits of real senders: other terminators,
another delimiter, missing dates, line feeds in values, a telnet login.
"""

from __future__ import annotations

from monitor.audit.plants.sip2 import (  # noqa: F401  (tests take them from here)
    checksum,
    sealed,
)
from monitor.model.flow import Side

SC, ACS = Side.ORIGINATOR, Side.RESPONDER
DATE = "20260105    101500"
BLANK = " " * 18
PATRON = "29990000000017"
ITEM = "39990000000014"
NOBODY = " " * 14


REQUESTS = {
    "93": "9300CNkiosk-1|COsecret-of-kiosk|CPEntrance|",
    "99": "9900802.00",
    "23": f"23001{DATE}AOMAIN|AA{PATRON}|ACterminal|AD4711|",
    "63": f"63001{DATE}  Y       AOMAIN|AA{PATRON}|ACterminal|AD4711|BP1|BQ5|",
    "11": f"11YN{DATE}{BLANK}AOMAIN|AA{PATRON}|AB{ITEM}|ACterminal|AD4711|BON|BIN|",
    "29": f"29NN{DATE}{BLANK}AOMAIN|AA{PATRON}|AD4711|AB{ITEM}|BON|",
    "65": f"65{DATE}AOMAIN|AA{PATRON}|AD4711|BON|",
    "15": f"15+{DATE}BW{DATE}|BSEast|BY2|AOMAIN|AA{PATRON}|AD4711|AB{ITEM}|",
    "17": f"17{DATE}AOMAIN|AB{ITEM}|ACterminal|",
    "19": f"19{DATE}AOMAIN|AB{ITEM}|CHwith map|",
    "37": f"37{DATE}0400EURBV1.50|AOMAIN|AA{PATRON}|AD4711|CGfee-7|BKpay-7|",
    "09": f"09N{DATE}{DATE}APEast|AOMAIN|AB{ITEM}|ACterminal|BIN|",
    "25": f"25{DATE}AOMAIN|AA{PATRON}|AD4711|",
    "01": f"01N{DATE}AOMAIN|ALcard left behind|AA{PATRON}|ACterminal|",
    "35": f"35{DATE}AOMAIN|AA{PATRON}|AD4711|",
    "97": "97",
}
"""Each request by its id, without trailer."""

ANSWERS = {
    "94": "941",
    "98": f"98YYYYYN060003{DATE}2.00AOMAIN|AMInvented Library|BXYYYYYYYYYYYNYYYY|ANEntrance|",
    "24": f"24{NOBODY}001{DATE}AOMAIN|AA{PATRON}|AEÖrsted, Zoë|BLY|CQY|BHEUR|BV3.50|",
    "64": f"64  Y           001{DATE}000200010003000100000000AOMAIN|AA{PATRON}|AEÖrsted, Zoë|BZ0010|CA0005|CB0050"
    f"|BLY|CQY|BHEUR|BV3.50|CC20.00|AS{ITEM}|AT{ITEM}|AU{ITEM}|AV{ITEM} 3.50|BU{ITEM}|CD{ITEM}"
    "|BD1 Invented Lane, Nowhere|BEzoe@example.org|BF555-0100|PB19900101|PCADULT|PIY|XI1001"
    "|AFGreetings to Zoë|AGThank you|",
    "12": f"121NNY{DATE}AOMAIN|AA{PATRON}|AB{ITEM}|AJAn invented title|AH20260202    235900|CK001|AFDone|",
    "30": f"301YNN{DATE}AOMAIN|AA{PATRON}|AB{ITEM}|AJAn invented title|AH20260302    235900|",
    "66": f"66100010001{DATE}AOMAIN|BM{ITEM}|BN39990000000022|",
    "16": f"161N{DATE}BR2|BSEast|AOMAIN|AA{PATRON}|AB{ITEM}|AJAn invented title|",
    "18": f"18030001{DATE}CF0|AB{ITEM}|AJAn invented title|BGMAIN|AQEast|APEast|",
    "20": f"201{DATE}AB{ITEM}|AJAn invented title|CHwith map|",
    "38": f"38Y{DATE}AOMAIN|AA{PATRON}|BK{PATRON}-7|",
    "10": f"101YNN{DATE}AOMAIN|AB{ITEM}|AQEast|AJAn invented title|CL1|CTEast|CY29990000000025|DALund, Ask|CV01|",
    "26": f"26{NOBODY}001{DATE}AOMAIN|AA{PATRON}|AEÖrsted, Zoë|BLY|CQY|",
    "36": f"36Y{DATE}AOMAIN|AA{PATRON}|AFGoodbye|",
    "96": "96",
}
"""Each answer by its id, without trailer."""

_PAIRS = (
    *(("93", "94"), ("99", "98"), ("23", "24"), ("63", "64"), ("11", "12"), ("29", "30"), ("65", "66"), ("15", "16")),
    *(("17", "18"), ("19", "20"), ("37", "38"), ("09", "10"), ("25", "26"), ("01", "24"), ("35", "36"), ("97", "96")),
)


def _exchanges(end: str, *, seal: bool) -> list[tuple[Side, bytes]]:
    talk = []
    for number, (request, answer) in enumerate(_PAIRS):
        for side, text in ((SC, REQUESTS[request]), (ACS, ANSWERS[answer])):
            plain = (text + end).encode("cp850")
            talk.append((side, sealed(text, number % 10) if seal else plain))
    return talk


def _with_tilde(talk: list[tuple[Side, bytes]]) -> list[tuple[Side, bytes]]:
    return [(side, data.replace(b"|", b"~")) for side, data in talk]


CONVERSATIONS: dict[str, list[tuple[Side, bytes]]] = {
    "every message, with checksums": _exchanges("\r", seal=True),
    "every message, without checksums, CRLF": _exchanges("\r\n", seal=False),
    "every message, without checksums, LF": _exchanges("\n", seal=False),
    "another delimiter": _with_tilde(_exchanges("\r", seal=False)),
    "several messages in one piece": [
        (SC, sealed(REQUESTS["93"], 0) + sealed(REQUESTS["99"], 1) + sealed(REQUESTS["63"], 2)),
        (ACS, sealed(ANSWERS["94"], 0) + sealed(ANSWERS["98"], 1) + sealed(ANSWERS["64"], 2)),
    ],
    "telnet login": [
        (ACS, b"\xff\xfd\x18login: "),
        (SC, b"\xff\xfb\x18kiosk-1\r\n"),
        (ACS, b"password: "),
        (SC, b"1234\r\n"),
        (ACS, b"Login OK.  Initiating SIP\r\n"),
        (SC, b"9900802.00\r"),
        (ACS, ANSWERS["98"].encode() + b"\r"),
    ],
    "checksums over characters": [
        (SC, sealed(REQUESTS["99"])),
        (SC, f"23001{DATE}AOMAIN|AAZoë|AC|AD4711|AY1AZF0D6\r".encode()),
        (ACS, b"96AZFEF6\r"),
    ],
    "line feeds in values": [
        (ACS, sealed(ANSWERS["64"].replace("Lane, ", "Lane\n12 "), 1)),
        (ACS, sealed(ANSWERS["64"].replace("Lane, ", "Lane\nback house\n"), 2)),
        (ACS, ANSWERS["98"].encode() + b"\n\r" + ANSWERS["36"].encode() + b"\r"),
    ],
    "odd senders": [
        (SC, b"\x00\x00 \xfb9900802.00|AY1AZFC26\r\n"),
        (SC, f"65AOMAIN|AA{PATRON}|AD4711|BON|AY4AZ\r\n".encode()),
        (SC, f"23000202601051    01500|AOMAIN|AA{PATRON}|AD4711|\r\n".encode()),
        (SC, f"63001{BLANK}{' ' * 10}|AOMAIN||AA{PATRON}|AD47|11|ZZunheard|AC  |AY\r\n".encode()),
        (SC, f"77{DATE}AOMAIN|AA{PATRON}|AE|\r\n".encode()),
        (ACS, f"38{DATE}YAOMAIN|AA{PATRON}|AZ".encode() + b"0\r"),
        (ACS, sealed(ANSWERS["64"], 3) * 3),
        (ACS, b"None\r"),
        (ACS, sealed(ANSWERS["64"], 4)[:-1]),
    ],
    "cut in the middle": [
        (SC, sealed(REQUESTS["93"])),
        (ACS, sealed(ANSWERS["94"])),
        (SC, sealed(REQUESTS["63"], 1)[:-20]),
        (ACS, sealed(ANSWERS["64"], 1)[:150]),
    ],
}
"""By name; all of them begin with the first byte of their flow."""
