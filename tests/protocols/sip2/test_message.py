"""Tests of `monitor.protocols.sip2.message`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.sip2.events import Checksum
from monitor.protocols.sip2.message import (
    dissect,
    exposures,
    fields_of,
    filled,
    opens,
    patrons_among,
    sightings,
    strip_leading,
    strip_telnet,
)
from tests.protocols.sip2.samples import ANSWERS, DATE, PATRON, REQUESTS, checksum


def fields(frame: bytes) -> list[tuple[str, str]]:
    """Key and class of what one frame exposes."""
    found = dissect(frame, b"|")
    assert found is not None
    return [(one.key, one.data_class.value) for one in exposures(filled(fields_of(found, found.pieces)))]


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (b"97AZFEF5", Checksum.OK),
        (b"96AZFEF6", Checksum.OK),
        (b"941AY0AZFDFD", Checksum.OK),
        (b"941AZFEC7", Checksum.OK),
        (b"9900302.00AY1AZFCA5", Checksum.OK),
        (b"9300CNsc|COpw|CP|AY0AZF8E8", Checksum.OK),
        (b"9300CNsc|COpw|CP|AY0AZf8e8", Checksum.OK),
        (b"9300CNsc|COpw|CP|AY0AZF8E8|", Checksum.OK),
        (b"9300CNsc|COpw|CP|AY0AZF8E9", Checksum.BAD),
        (b"9300CNsc|COpw|CP|AY0AZ8", Checksum.BAD),
        (b"9300CNsc|COpw|CP|AY0AZ", Checksum.ABSENT),
        (b"9300CNsc|COpw|CP|AY0", Checksum.ABSENT),
        (b"9300CNsc|COpw|CP|", Checksum.ABSENT),
        (b"9300CNsc|COpw|CPPLAZ12", Checksum.ABSENT),
        (b"9900302.00", Checksum.ABSENT),
    ],
)
def test_checksums(frame: bytes, expected: Checksum) -> None:
    """Worked examples, and the ways in which trailers are broken; a value that ends in AZ is no trailer."""
    found = dissect(frame, b"|")
    assert found is not None
    assert expected is found.checksum


@pytest.mark.parametrize("encoding", ["cp850", "latin-1", "utf-8"])
def test_checksums_count_bytes(encoding: str) -> None:
    """In whatever character set a message is written, its bytes are summed."""
    text = f"23001{DATE}AOMAIN|AAJürgen|AC|AD0000|AY2AZ".encode(encoding)
    found = dissect(text + checksum(text), b"|")
    assert found is not None
    assert Checksum.OK is found.checksum


def test_long_patron_information() -> None:
    """Every field of a full answer is found once, in wire order, institutions left out."""
    found = fields(ANSWERS["64"].encode("cp850"))
    keys = "AA AE BZ CA CB BL CQ BV CC AS AT AU AV BU CD BD BE BF PB PC PI XI AF AG"
    assert keys.split() == [key for key, _ in found]
    assert ("BE", "email") in found
    assert ("AE", "name") in found


@pytest.mark.parametrize(
    ("fields_text", "expected"),
    [
        ("AA|AD|", []),
        ("AA  |AD\t|", []),
        ("AS|AS|AS|", []),
        ("AD4711", [("AD", "credential")]),
        ("AD47|11|", [("AD", "credential")]),
        ("AD47||11|AE|", [("AD", "credential")]),
        ("||AD4711||AEZo|", [("AD", "credential"), ("AE", "name")]),
        ("stray|AD4711|", [("AD", "credential")]),
        ("ZZunheard|U1guardian|", [("other", "unclassified"), ("U1", "unclassified")]),
        ("ZZ|Z9 |", []),
        ("AE&#124;x|", [("AE", "name")]),
        ("BDLane 1\n12 Nowhere|", [("BD", "postal_address")]),
        ("AFa|AFb|", [("AF", "free_text"), ("AF", "free_text")]),
        ("PA20140903    235900STAFF|", [("PA", "demographic")]),
        ("AOMAIN|AMLibrary|BP1|CPEntrance|BX" + "Y" * 16 + "|", []),
        ("ACterminal|", [("AC", "staff_credential")]),
        ("AE" + "x" * 300 + "|", [("AE", "name")]),
    ],
)
def test_values(fields_text: str, expected: list[tuple[str, str]]) -> None:
    """Empty and blank values were not sent; stray delimiters belong to the value; unknown ids are reported as such."""
    assert expected == fields(f"23001{DATE}AOMAIN|{fields_text}".encode())


@pytest.mark.parametrize(
    ("fields_text", "patrons"),
    [
        ("AA1|", 1),
        ("AA1|AA1|AA 1 |", 1),
        ("AA1|AA2|", 2),
        ("AA1|XI77|", 1),
        ("AA|XI77|", 1),
        ("XI77|", 1),
        ("AA1|CY2|DALund|", 2),
        ("AB3|", 0),
        ("AA|", 0),
    ],
)
def test_sightings(fields_text: str, patrons: int) -> None:
    """One for each person: an internal number names the same one again, who waits for an item is another."""
    found = dissect(f"101YNN{DATE}AOMAIN|{fields_text}".encode(), b"|")
    assert found is not None
    fields = filled(fields_of(found, found.pieces))
    assert patrons == len(sightings([fields[place][2:] for place in patrons_among(fields)]))


@pytest.mark.parametrize(
    ("frame", "keys"),
    [
        (f"65AOMAIN|AA{PATRON}|AD4711|", ["AA", "AD"]),
        (f"23000202601051    01500|AOMAIN|AA{PATRON}|AD4711|", ["AA", "AD"]),
        (f"11YN20260101    120000          |AA{PATRON}|AB3999999999", ["AA", "AB"]),
        (f"36U{DATE}AOMAIN|AA{PATRON}|", ["AA"]),
        (f"23001{DATE[:-2]}AOMAIN|AA{PATRON}|AD4711|", ["AA", "AD"]),
        (f"23eng{DATE}AOMAIN|AA{PATRON}|AD4711|", ["AA", "AD"]),
        (f"77{DATE}AOMAIN|AA{PATRON}|AD4711|", ["AA", "AD"]),
    ],
)
def test_fixed_parts_out_of_shape(frame: str, keys: list[str]) -> None:
    """Without its date, too short, too long, or wrong in place: two known fields make it a message all the same."""
    found = dissect(frame.encode(), b"|")
    assert found is not None
    assert not found.exact
    assert keys == [key for key, _ in fields(frame.encode())]


@pytest.mark.parametrize(
    "frame",
    [b"", b"9", b"1234", b"None", b"23", b"23 lines|of|text", b"24|AOonly one", b"64 Market Street", b"GET / HTTP/1.1"],
)
def test_what_is_no_message(frame: bytes) -> None:
    """Two digits and a delimiter are not enough."""
    assert dissect(frame, b"|") is None


@pytest.mark.parametrize("delimiter", ["~", "^", "\t"])
def test_learns_another_delimiter(delimiter: str) -> None:
    """A body that its last byte parts into fields throughout is delimited by that byte."""
    found = dissect(REQUESTS["23"].replace("|", delimiter).encode(), b"|")
    assert found is not None
    assert delimiter.encode() == found.delimiter


@pytest.mark.parametrize(
    ("fields_text", "keys"),
    [
        (f"AOMAIN| AA{PATRON}| AC| AD4711|", ["AA", "AD"]),
        (f"AOMAIN|  AA{PATRON}|\tAD4711| ", ["AA", "AD"]),
        ("AJSagas | BC to AD| ", ["AJ"]),
        (f"AJSagas | BC to AD|AA{PATRON}|", ["AJ", "AA"]),
    ],
)
def test_blanks_behind_delimiters(fields_text: str, keys: list[str]) -> None:
    """A habit of the sender is no part of ids; in one place only it is a part of a value."""
    assert keys == [key for key, _ in fields(f"23001{DATE}{fields_text}".encode())]


@pytest.mark.parametrize("body", ["AOMAIN", "AOMAIN-AAJONES-", "AOMAIN-", "AA1.AD2 ", "AA1xAD2x"])
def test_does_not_learn_from_values(body: str) -> None:
    """Punctuation of values, letters and blanks are no delimiters."""
    found = dissect(f"23001{DATE}{body}".encode(), b"|")
    assert found is not None
    assert (b"-" if body == "AOMAIN-AAJONES-" else b"|") == found.delimiter


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (b"9900802.00", True),
        (b"97", True),
        (b"941", True),
        (REQUESTS["23"].encode(), True),
        (REQUESTS["23"].encode() + b"AY1AZ", True),
        (REQUESTS["23"].encode() + b"AY1AZ0", False),
        (REQUESTS["23"].encode() + b"AY1AZ0000", True),
        (REQUESTS["23"].encode()[:-1], False),
        (REQUESTS["63"].encode()[:33], False),
    ],
)
def test_closed(frame: bytes, expected: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A message that may lack nothing but its terminator, against one that is cut."""
    found = dissect(frame, b"|")
    assert found is not None
    assert expected is found.closed


@pytest.mark.parametrize(
    "junk",
    [b"", b"\n", b"\x00\x00", b"  ", b"\xfb", b"\xff\xfb\x18", b"\xff\xfa\x18\x00VT100 9\xff\xf0", b"\xef\xbb\xbf|."],
)
def test_leading_junk_is_dropped(junk: bytes) -> None:
    """Telnet negotiation, with whatever it holds, padding and byte order marks are not part of a message."""
    assert b"9900802.00" == strip_leading(junk + b"9900802.00")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"64{' ' * 14}001{DATE}{'0' * 24}BD1 Invented Lane".encode(), True),
        (b"65AOMAIN", True),
        (b"1234", False),
        (b"12 Nowhere|BEx|BFy|", False),
        (b"lpl-sc", False),
    ],
)
def test_opens(line: bytes, expected: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """Only a strict start makes a line feed a part of a value."""
    assert expected is opens(line)


@given(st.lists(st.sampled_from((b"\xff", b"\xfa", b"\xf0", b"\xfb", b"\xfe", b"\0", b"\0\0\0", b" ", b"a", b"93"))))
def test_what_telnet_puts_in_front(pieces: list[bytes]) -> None:
    """Byte by byte: subnegotiations up to their end, options with their byte, and padding, as long as there is any."""
    frame = rest = b"".join(pieces)
    while rest:
        end = rest.find(b"\xff", 2)
        if rest[:2] == b"\xff\xfa" and end > 0 and rest[end : end + 2] == b"\xff\xf0":
            rest = rest[end + 2 :]
        elif rest[:1] == b"\xff" and rest[1:2] >= b"\xfb" and rest[1:2] < b"\xff" and len(rest) > 2:
            rest = rest[3:]
        elif rest[0] >= 0xF0 or rest[0] in b"\0\t\n\r ":
            rest = rest[1:]
        else:
            break
    assert rest == strip_telnet(frame)
