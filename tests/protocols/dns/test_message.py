"""Tests of `monitor.protocols.dns.message`."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.events import Weird
from monitor.protocols.dns.events import DnsAnswer, DnsWeird
from monitor.protocols.dns.message import MESSAGE_BYTES, read_response
from tests.protocols.dns.samples import (
    ANSWER,
    ASKED,
    ASKED_6,
    CONVERSATIONS,
    OPTIONS,
    QUESTION,
    SERVER,
    TXT,
    address,
    message,
    question,
    resource,
)

BAD_RESPONSE = Weird(name=DnsWeird.BAD_RESPONSE)
Told = tuple[str, tuple[int, ...], int, int]
"""Name, addresses, version, time to live."""
RESPONSES = [data for talk in CONVERSATIONS.values() for side, data in talk if side is SERVER]


def told(data: bytes) -> list[Told]:
    """What a response says, IPv4 first."""
    said = [one for one in read_response(data) if isinstance(one, DnsAnswer)]
    return sorted(
        ((one.name.reveal(), one.addresses, one.version, one.ttl_seconds) for one in said), key=lambda one: one[2]
    )


def test_one_address() -> None:
    """Name, address as a number, version, and how long it holds."""
    expected = [("catalog.example.org", (0xC000020A,), 4, 300)]
    assert expected == told(message(ANSWER, ASKED, answers=(address("192.0.2.10"),)))


def test_aliases_lead_to_the_name_that_was_asked_for() -> None:
    """However many lie between; the shortest time of all counts."""
    assert [("p2p.eu.vendor.example", (0xC6336407,), 4, 20)] == told(CONVERSATIONS["aliases"][1][1])


def test_both_kinds_of_addresses() -> None:
    """An answer with both is two events."""
    data = message(ANSWER, ASKED, answers=(address("2001:db8::1", ttl=30), address("192.0.2.10", ttl=40)))
    assert [(6, 30), (4, 30)] == [
        (one.version, one.ttl_seconds) for one in read_response(data) if isinstance(one, DnsAnswer)
    ]


@given(
    asked=st.from_regex(r"([a-z0-9-]{1,20}\.){1,4}[a-z]([a-z0-9-]{0,18}[a-z])?", fullmatch=True),
    addresses=st.lists(st.ip_addresses(), min_size=1, max_size=12),
    ttls=st.lists(st.integers(0, (1 << 31) - 1), min_size=12, max_size=12),
    options=st.booleans(),
)
def test_any_answer(asked: str, addresses: list[IPv4Address | IPv6Address], ttls: list[int], *, options: bool) -> None:
    """Any name with any addresses, in any order."""
    answers = tuple(address(str(one), ttl=ttl) for one, ttl in zip(addresses, ttls, strict=False))
    data = message(ANSWER, question(asked), answers=answers, others=(OPTIONS,) if options else ())
    ttl = min(ttls[: len(addresses)])
    numbers = {version: tuple(int(one) for one in addresses if one.version == version) for version in (4, 6)}
    assert [(asked, numbers[version], version, ttl) for version in (4, 6) if numbers[version]] == told(data)


@pytest.mark.parametrize(
    "data",
    [
        message(0x8183, ASKED, answers=(address("192.0.2.10"),)),
        message(ANSWER, ASKED),
        message(ANSWER, ASKED, ASKED_6, answers=(address("192.0.2.10"),)),
        message(ANSWER, answers=(address("192.0.2.10", owner=b"\0"),)),
        message(ANSWER, ASKED, answers=(resource(QUESTION, TXT, b"\x03abc"),)),
        message(ANSWER, question(""), answers=(address("192.0.2.10"),)),
        message(ANSWER, question("two words.example.org"), answers=(address("192.0.2.10"),)),
        message(ANSWER, b"\x05a.b.c\x00\x00\x01\x00\x01", answers=(address("192.0.2.10"),)),
        message(ANSWER, ASKED, answers=(resource(QUESTION, 1, b"\xc0\x00\x02\x0a", network=4),)),
    ],
    ids=[
        "error",
        "empty",
        "two questions",
        "no question",
        "text",
        "root",
        "blanks",
        "dots in a label",
        "another class",
    ],
)
def test_what_names_no_address(data: bytes) -> None:
    """Errors, other records, and names that are no host's say nothing."""
    assert () == read_response(data)


def test_a_time_beyond_reason() -> None:
    """RFC 2181 takes it for none."""
    data = message(ANSWER, ASKED, answers=(address("192.0.2.10", ttl=(1 << 32) - 1),))
    assert [0] == [ttl for _, _, _, ttl in told(data)]


@pytest.mark.parametrize("cut", range(1, 44))
def test_a_response_that_is_cut(cut: int) -> None:
    """One that was not captured whole is an oddity, and nothing of it is told."""
    whole = message(ANSWER, ASKED, answers=(address("192.0.2.10"), address("192.0.2.11")))
    assert (BAD_RESPONSE,) == read_response(whole[:-cut])


@pytest.mark.parametrize("owner", [b"\x40", b"\x3fabc", b"\x80\x00", b"\xc0\xff"])
def test_a_name_that_is_none(owner: bytes) -> None:
    """Lengths that no label has, and pointers that lead astray, are an oddity, in the question and in a record."""
    asked = owner + b"\x00\x01\x00\x01"
    assert (BAD_RESPONSE,) == read_response(message(ANSWER, asked, answers=(address("192.0.2.10"),)))
    assert (BAD_RESPONSE,) == read_response(message(ANSWER, ASKED, answers=(address("192.0.2.10", owner=owner),)))


def test_more_than_anybody_sends() -> None:
    """A response beyond the limit is not read."""
    data = message(ANSWER, ASKED, answers=(address("192.0.2.10"),) * (MESSAGE_BYTES // 16))
    assert (Weird(name=DnsWeird.OVERSIZE),) == read_response(data)


@given(st.binary(max_size=200), st.sampled_from(RESPONSES), st.integers(0, 100))
def test_any_bytes_are_taken(noise: bytes, sample: bytes, at: int) -> None:
    """No message makes the reader fail."""
    read_response(b"\x00\x00" + noise)
    read_response(sample[:at] + noise + sample[at + len(noise) :])
