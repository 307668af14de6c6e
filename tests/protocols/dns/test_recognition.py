"""Tests of `monitor.protocols.dns.recognition`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.dns.recognition import probe
from tests.protocols.dns.samples import (
    ANSWER,
    ASKED,
    CONVERSATIONS,
    OPTIONS,
    PTR,
    QUERY,
    SERVER,
    SOA,
    SRV,
    address,
    message,
    question,
)

FINAL = True
NOTHING = Head(b"", from_start=False)


def sent(data: bytes) -> Head:
    """One datagram."""
    return Head(data, from_start=True, datagrams=(data,))


def judge(data: bytes) -> Verdict:
    """The word on one datagram of end 0."""
    return probe((sent(data), NOTHING), not FINAL)


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_every_datagram_by_itself(name: str) -> None:
    """Who asks is the originator, whichever datagram comes first, whatever the ports."""
    for side, data in CONVERSATIONS[name]:
        asker = 1 if side is SERVER else 0
        assert Verdict(Answer.YES, asker) == judge(data)
        assert Verdict(Answer.YES, 1 - asker) == probe((NOTHING, sent(data)), FINAL)


@pytest.mark.parametrize(
    "data",
    [
        message(QUERY, question("printer.main.local")),
        message(QUERY, question("_ldap._tcp.dc.local", SRV), others=(OPTIONS, OPTIONS)),
        message(QUERY, question("kiosk-3")),
        message(QUERY, question("10.2.0.192.in-addr.arpa", PTR)),
        message(QUERY, question("", SOA)),
        message(QUERY | 0x0030, ASKED, others=(OPTIONS,)),
    ],
    ids=["local domain", "service", "one label", "reverse", "root", "DNSSEC bits"],
)
def test_what_real_clients_ask(data: bytes) -> None:
    """Domains under .local and single labels are asked for with recursion."""
    assert Verdict(Answer.YES, 0) == judge(data)


NETBIOS = b"\x20" + b"CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" + b"\x00"


@pytest.mark.parametrize(
    "data",
    [
        message(0x0000, question("_ipp._tcp.local", PTR), number=0),
        message(0x0000, question("_ipp._tcp.local", PTR, 0x8001), number=0),
        message(0x0000, question("9.0.f.e.ip6.arpa", PTR), number=0),
        message(0x8400, answers=(address("192.0.2.10"),), number=0),
        message(0x0000, question("annas-laptop")),
        message(0x8000, question("annas-laptop"), answers=(address("192.0.2.10"),)),
        message(0x0110, NETBIOS + b"\x00\x20\x00\x01"),
        message(0x0010, NETBIOS + b"\x00\x21\x00\x01"),
    ],
    ids=["mDNS", "mDNS, unicast wanted", "mDNS, reverse", "mDNS answer", "LLMNR", "LLMNR answer", "NetBIOS", "status"],
)
def test_names_of_the_local_link(data: bytes) -> None:
    """Protocols in the same format that are something else."""
    assert Answer.NO is judge(data).answer


@pytest.mark.parametrize(
    "data",
    [
        b"",
        message(QUERY, ASKED)[:11],
        message(QUERY, ASKED)[:-1],
        message(QUERY),
        message(QUERY, *[ASKED] * 5),
        message(QUERY, ASKED, answers=(address("192.0.2.10"),)),
        message(QUERY, ASKED, others=(OPTIONS,) * 3),
        message(QUERY | 0x0200, ASKED),
        message(QUERY | 0x0040, ASKED),
        message(0x2800, ASKED),
        message(ANSWER | 0x000F, ASKED),
        message(QUERY, question("example.org", network=7)),
        message(QUERY, b"\xc0\x0c\x00\x01\x00\x01"),
        message(QUERY, question(".".join(["abcdefgh"] * 30))),
        b"\x1b" + bytes(47),
        b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12),
        b"\x16\xfe\xfd" + bytes(30),
        b"\x80\x60\x00\x01" + bytes(160),
        b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n\r\n",
        b"<34>Jan  5 10:15:00 gate syslog: open",
    ],
)
def test_other_protocols(data: bytes) -> None:
    """Anything out of order, and anything else, gets a no at once."""
    assert Answer.NO is judge(data).answer


def test_nothing_is_not_dns() -> None:
    """A flow without a datagram is no flow."""
    assert Answer.NO is probe((NOTHING, NOTHING), FINAL).answer


@given(st.binary(max_size=120))
def test_noise(data: bytes) -> None:
    """Random bytes never pass, and never make the probe fail."""
    assert Answer.NO is judge(data).answer


@given(st.sampled_from([data for talk in CONVERSATIONS.values() for _, data in talk]), st.data())
def test_spoiled_messages(data: bytes, draw: st.DataObject) -> None:
    """Nearly right datagrams get a yes or a no, never anything else."""
    spoiled = bytearray(data)
    spoiled[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    assert Answer.MORE is not judge(bytes(spoiled[: draw.draw(st.integers(0, len(data)))])).answer
