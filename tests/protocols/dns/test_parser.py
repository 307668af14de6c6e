"""Tests of `monitor.protocols.dns.parser`."""

from __future__ import annotations

import pytest

from monitor.model.flow import Close, Side
from monitor.protocols.dns.events import DnsAnswer, DnsQuestion
from monitor.protocols.dns.parser import DnsParser
from tests.protocols.dns.samples import CLIENT, CONVERSATIONS, SERVER


@pytest.fixture
def parser() -> DnsParser:
    """A fresh parser."""
    return DnsParser({}, True)  # noqa: FBT003  # the contract's signature


@pytest.mark.parametrize(
    ("name", "versions"),
    [("one address", [4]), ("both kinds at once", [6, 4]), ("a name without an address, then one with", [4])],
)
def test_answers_in_order(parser: DnsParser, name: str, versions: list[int]) -> None:
    """Each response says what it has, each question what it asks for."""
    said = [output for side, data in CONVERSATIONS[name] for output in parser.feed(side, memoryview(data))]
    assert versions == [one.version for one in said if isinstance(one, DnsAnswer)]
    assert {DnsAnswer, DnsQuestion} == set(map(type, said))


def test_a_response_from_either_side(parser: DnsParser) -> None:
    """With the question unseen, sides may be taken wrongly; the answer is the same."""
    data = memoryview(CONVERSATIONS["one address"][1][1])
    assert [*parser.feed(SERVER, data)] == [*parser.feed(CLIENT, data)]


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x01\x80", bytes(11), bytes(12)])
def test_datagrams_without_a_message(parser: DnsParser, data: bytes) -> None:
    """Too short for a header, or no response: nothing to say."""
    assert [] == [*parser.feed(SERVER, memoryview(data))]


def test_nothing_is_kept(parser: DnsParser) -> None:
    """Gaps and ends mean nothing."""
    for side in Side:
        assert [] == [*parser.gap(side, 9), *parser.finish(side, Close.IDLE)]


def test_the_name_stays_opaque(parser: DnsParser) -> None:
    """Nothing of an event shows the name."""
    (answer,) = parser.feed(SERVER, memoryview(CONVERSATIONS["one address"][1][1]))
    assert "catalog" not in repr(answer)
