"""Datagrams of Kalay, which are scrambled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.devices.openings import Fit
from monitor.devices.scrambled import Scrambled, is_header, scramble, unscramble
from monitor.devices.signal import Channel, Says, Signal
from monitor.privacy.labels import typed

HEADER = "04 02 .. 0. .. .. .. .. .. 0. .. 00 .. .. .. .."
BLOCKS = st.binary(min_size=16, max_size=16)


def header(size: int) -> bytes:
    """A header for so many bytes behind it."""
    return bytes.fromhex("0402120a") + size.to_bytes(2, "little") + bytes.fromhex("0000 2804 1200 0000 5b0d")


def pattern(text: str = HEADER, *, length: bool = True) -> Scrambled:
    """A pattern."""
    lengths = (4, -2, 16) if length else ()
    return Scrambled(text, Signal(name=typed("own"), says=Says.NOTHING, channel=Channel.PEER, length=lengths))


def test_what_is_known() -> None:
    """Zeros look as people who took the protocol apart wrote it down."""
    assert "6e2e8d8c40d040ca2d6d280c40e4cad8" == scramble(bytes(16)).hex()


@given(BLOCKS)
def test_there_and_back(block: bytes) -> None:
    """Nothing is lost."""
    assert block == unscramble(scramble(block))


@given(BLOCKS)
def test_a_pattern_fits_what_it_stands_for(block: bytes) -> None:
    """All that has the fixed bits, and nothing else."""
    begins = block[:2] == b"\x04\x02" and block[3] < 16 and block[9] < 16 and not block[11]
    assert (Fit.YES if begins else Fit.NO) == pattern(length=False).compare(scramble(block), whole=True)


@pytest.mark.parametrize("size", [0, 8, 1_000])
def test_its_length_must_be_right(size: int) -> None:
    """As it stands in the scrambled header; only whole datagrams fit."""
    data = scramble(header(size)) + bytes(size)
    assert Fit.YES == pattern().compare(data, whole=True)
    assert Fit.NO == pattern().compare(data, whole=False)
    assert Fit.NO == pattern().compare(data + b"x", whole=True)
    assert Fit.NO == pattern().compare(data[:15], whole=True)
    assert data[0] in set(pattern().first())


@pytest.mark.parametrize(
    ("text", "expected"),
    [(HEADER, True), (HEADER[:-3], False), (HEADER.replace("04 02", ".. .."), False), (f"{HEADER} ..", False)],
)
def test_how_it_is_written(text: str, expected: bool) -> None:  # noqa: FBT001 (a column)
    """Sixteen bytes, and enough of them fixed."""
    assert expected == is_header(text)
