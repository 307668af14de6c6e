"""Openings as they are written, and how they compare with what comes."""

from __future__ import annotations

import pytest

from monitor.devices.openings import Opening, Openings, is_opening
from monitor.devices.signal import Channel, Says, Signal
from monitor.devices.tables import list_openings
from monitor.privacy.labels import typed


def signal(name: str, *openings: str, length: tuple[int, ...] = ()) -> Signal:
    """One signal."""
    return Signal(name=typed(name), says=Says.NOTHING, channel=Channel.PEER, udp=openings, length=length)


def table(*signals: Signal) -> Openings:
    """Their table."""
    patterns = {text: Opening(text, one) for one in signals for text in one.udp}
    return Openings(
        list_openings((pattern, text) for text, pattern in patterns.items()), lambda told: patterns[told[0]]
    )


def name(openings: Openings, data: bytes, *, whole: bool = True) -> str:
    """The name of what is found; ``more`` where more may come."""
    found = openings.find(data, whole=whole)
    return found.signal.name if found.signal else "more" if found.more else ""


def test_bytes() -> None:
    """One byte, several, a range, or any."""
    openings = table(signal("one", "f1 00|02|10-1f .. 0a"))
    assert ["one"] * 3 == [name(openings, bytes((0xF1, second, 99, 10))) for second in (0, 2, 0x1F)]
    assert [""] * 3 == [
        name(openings, data) for data in (b"\xf1\x01\x00\x0a", b"\xf1\x00\x00\x0b", b"\xf2\x00\x00\x0a")
    ]


def test_cut() -> None:
    """A beginning of a beginning may become one, unless nothing more comes."""
    openings = table(signal("one", "f1 00 00 0a"))
    assert ("more", "") == (name(openings, b"\xf1\x00", whole=False), name(openings, b"\xf1\x00"))


@pytest.mark.parametrize(("order", "data"), [(2, b"\xf1\x02\x00\x03abc"), (-2, b"\xf1\x02\x03\x00abc")])
def test_length(order: int, data: bytes) -> None:
    """A length has to be that of the whole."""
    openings = table(signal("one", "f1 02 .. ..", length=(2, order, 4)))
    assert ("one", "") == (name(openings, data), name(openings, data + b"d"))


def test_the_first_one_counts() -> None:
    """A shorter one waits as long as one ahead of it may fit."""
    openings = table(signal("long", "f1 00 00 01 02"), signal("short", "f1 00 00"))
    assert ["more", "more", "long"] == [
        name(openings, b"\xf1\x00\x00\x01\x02"[:size], whole=False) for size in (3, 4, 5)
    ]
    assert "short" == name(openings, b"\xf1\x00\x00\x09", whole=False)
    assert "short" == name(openings, b"\xf1\x00\x00")


def test_first_byte() -> None:
    """One look tells most flows from everything in the table."""
    openings = table(signal("one", "f1|a1 00 00"))
    assert [True, True, False] == [openings.begins(bytes((first,))) for first in (0xF1, 0xA1, 0x16)]


@pytest.mark.parametrize(
    "text", ["", "..", "f1 00", "f1 .. .. 00", ".. 00 01 02", "g1 00 00", "f1 00 0", "f1  | 00 00"]
)
def test_what_is_no_opening(text: str) -> None:
    """Too little of it is fixed, or it is written wrongly."""
    assert not is_opening(text, length=False)


def test_a_length_counts() -> None:
    """Two bytes and a length that must be right are enough."""
    assert is_opening("f1 00", length=True)
