"""Tests of `monitor.protocols.sip2.checksum`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.sip2.checksum import byte_sum, sums_characters
from monitor.protocols.sip2.events import Sip2Weird
from tests.protocols.sip2.samples import DATE
from tests.protocols.sip2.talks import SC, oddities, parse


@given(data=st.binary(max_size=2000))
def test_byte_sum_is_the_sum(data: bytes) -> None:
    """The fast way to add gives the same."""
    assert sum(data) == byte_sum(data, len(data))
    assert sum(data[: len(data) // 2]) == byte_sum(data, len(data) // 2)


def test_byte_sum_of_the_largest_bytes() -> None:
    """The fast way does not wrap where a whole block is of the largest byte."""
    assert 255 * 65_536 == byte_sum(b"\xff" * 65_536, 65_536)


@pytest.mark.parametrize("encoding", ["utf-8", "cp850", "cp1252", "cp437"])
@pytest.mark.parametrize("digits", ["{:04X}", "{:X}", "{:04x}"])
def test_characters(encoding: str, digits: str) -> None:
    """A sender that sums characters is told from damage, whatever it sends them as."""
    text = (
        f"23001{DATE}AOMAIN|AAZoë œuvre €|AC|AD4711|AY1AZ" if encoding == "cp1252" else f"23001{DATE}AO|AAZoë|AD1|AY1AZ"
    )
    said = -sum(map(ord, text)) & 0xFFFF
    data = text.encode(encoding)
    assert sums_characters(data, said)
    assert not sums_characters(data, said ^ 1)
    line = data + digits.format(said).encode() + b"\r"
    assert [Sip2Weird.BAD_CHECKSUM, Sip2Weird.CHARACTER_CHECKSUM] == oddities(parse((SC, line)))


def test_plain_text_is_never_excused() -> None:
    """Where characters are bytes, a wrong sum is wrong."""
    text = f"23001{DATE}AOMAIN|AA1|AY1AZ".encode()
    assert not sums_characters(text, -sum(text) & 0xFFFF)
    assert [Sip2Weird.BAD_CHECKSUM] == oddities(parse((SC, text + b"0000\r")))
