"""Whole exchanges in the manner of stacks that are in no collection: sorters, kiosks, systems with odd habits."""

from __future__ import annotations

import pytest

from monitor.protocols.sip2.events import Checksum, Sip2Message, System
from tests.protocols.sip2.samples import BLANK, DATE, NOBODY
from tests.protocols.sip2.talks import ACS, SC, exposed, facts, ids, oddities, parse

UUID = "00000000-0000-4000-8000-000000000001"


def line(text: str, *, sequence: str = "AY1", digits: str = "04X", end: str = "\r", encoding: str = "cp850") -> bytes:
    """A message with the checksum of its bytes."""
    data = f"{text}{sequence}AZ".encode(encoding)
    return data + format(-sum(data) & 0xFFFF, digits).encode() + end.encode()


def kiosk(text: str) -> bytes:
    """CRLF and lower-case checksums."""
    return line(text, digits="04x", end="\r\n")


def sorter(text: str) -> bytes:
    """Checksums, and no sequence numbers."""
    return line(text, sequence="")


def closed(text: str) -> bytes:
    """Delimiters ahead of the sequence number and behind the checksum."""
    return line(text, end="|\r")


def bare(text: str) -> bytes:
    """No checksum at all."""
    return f"{text}\r".encode("cp850")


EXCHANGES = {
    "kiosk with lower-case checksums": (
        kiosk,
        [
            "9300CNkiosk|COsecret|CPwest|",
            "941",
            f"23001{DATE}AOWEST|AA21|AC|AD9876|",
            f"24Y  Y{NOBODY[4:]}001{DATE}AOWEST|AA21|AELund, Åse|BLY|CQY|BV12.50|AFBlocked|",
            f"09N{DATE}{DATE}APwest|AOWEST|AB31|AC|BIN|",
            f"101YNY{DATE}AOWEST|AB31|AQeast|AJAn invented title|CS823 INV|CTeast|CV01|CY22|DALund, Ask|CRFIC|",
        ],
        "CN CO AA AD patron_status AA AE BL CQ BV AF AB AB AJ CS CV CY DA CR",
        System.UNKNOWN,
    ),
    "sorter without sequence numbers": (
        sorter,
        [
            "9900302.00",
            f"98YYNNNN010003{DATE}2.00AOSORT|BXNYNNNNNYNNNNNNNNN|",
            f"09N{DATE}{BLANK}APsorter|AOSORT|AB31|AC|CH|BIN|",
            f"101NUN{DATE}AOSORT|AB31|AQmain|AJ|CLbin 4|CK001|CTmain|CV01|CY22|DALund, Ask|",
            f"17{DATE}AOSORT|AB31|AC|",
            f"18080001{DATE}CF1|AB31|AJAn invented title|CM{DATE}|CY22|DALund, Ask|BF555-0199|CT|",
        ],
        "AB AB CK CV CY DA AB CF AB AJ CM CY DA BF",
        System.UNKNOWN,
    ),
    "zones of zeros and no checksums": (
        bare,
        [
            f"63001{DATE.replace('    ', '0000')}  Y       AOmain |AA21|ADinvented|",
            (
                f"64{NOBODY}001{DATE.replace('    ', '0000')}000000000002000100000000AOmain |AA21|AELUND, ASK|"
                "BLY|BV0|AU31|AU32|"
            ),
        ],
        "AA AD charged_items_count fine_items_count AA AE BL BV AU AU",
        System.SIERRA,
    ),
    "institutions by number": (
        line,
        [
            f"11NN{DATE}{DATE}AO{UUID}|AA21|AB31|AC|CHnone|AD1122|BON|BIN|",
            f"121NUN{DATE}AO{UUID}|AA21|AB31|AJAn invented title|AH20260205    235900|DEan invented work|",
        ],
        "AA AB CH AD AA AB AJ AH DE",
        System.FOLIO,
    ),
    "delimiters wherever they fit": (
        closed,
        [
            f"63001{DATE}{' ' * 10}AOpol|AA99|ACterm|AD12|",
            f"64{NOBODY}001{DATE}{'0' * 24}AOpol|AA99|AELund, Ask|BC19900101|PX20300101|PZ00000|U1Lund, Kim|QXunknown|",
        ],
        "AA AC AD AA AE BC PX PZ U1 other",
        System.POLARIS,
    ),
}


@pytest.mark.parametrize("name", EXCHANGES)
@pytest.mark.parametrize("size", [0, 1, 7])
def test_exchange(name: str, size: int) -> None:
    """Every message, every field that says something of a patron, every checksum, and whose system it is."""
    write, texts, keys, system = EXCHANGES[name]
    talk = [((SC, ACS)[number % 2], write(text)) for number, text in enumerate(texts)]
    outputs = parse(
        *(
            (side, data[at : at + (size or len(data))])
            for side, data in talk
            for at in range(0, len(data), size or len(data))
        )
    )
    messages = [one for one in facts(outputs) if isinstance(one, Sip2Message)]
    assert [text[:2] for text in texts] == ids(outputs)
    assert keys.split() == [key for key, _ in exposed(outputs)]
    assert {Checksum.ABSENT if write is bare else Checksum.OK} == {one.checksum for one in messages}
    assert system is messages[-1].system
    assert [] == oddities(outputs)
