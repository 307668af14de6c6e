"""What a hardware address tells."""

from __future__ import annotations

from monitor.devices.makers import is_device, is_random, maker

AXIS = 0x00408C123456
RANDOM = 0x02005E100001


def test_maker() -> None:
    """By the register that comes along, without asking anybody."""
    assert b"axis" in maker(AXIS).lower()
    assert b"" == maker(RANDOM)


def test_kinds_of_addresses() -> None:
    """Made up by the device, of a group, or none at all."""
    assert (True, False) == (is_random(RANDOM), is_random(AXIS))
    assert [True, False, False] == [is_device(one) for one in (AXIS, 0, 0x01005E000001)]
