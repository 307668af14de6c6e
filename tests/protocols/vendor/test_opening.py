"""Makers' protocols by their first bytes."""

from __future__ import annotations

import pytest

from monitor.model.contract import Answer, Head
from monitor.model.events import DeviceSign, Enough
from monitor.model.flow import Side
from monitor.protocols.vendor.opening import OPENING_BYTES, VendorParser, probe
from tests.protocols.vendor.samples import BAICHUAN, CLIENT, DEVICE, RTMP

SILENT = Head(b"", from_start=False)


def test_the_one_that_is_spoken_to_is_the_device() -> None:
    """Whoever connects to a camera in its protocol is none."""
    sign, enough = VendorParser({}, from_start=True).feed(CLIENT, memoryview(BAICHUAN))
    assert DeviceSign(side=DEVICE, signals=("reolink-baichuan",), protocol="baichuan") == sign
    assert isinstance(enough, Enough)


@pytest.mark.parametrize("opening", [BAICHUAN, RTMP])
def test_byte_by_byte(opening: bytes) -> None:
    """It is not turned down before it is certain."""
    answers = [probe((Head(opening[:size], from_start=True), SILENT), False).answer for size in range(1, 80)]  # noqa: FBT003
    first = answers.index(Answer.YES)
    assert {Answer.MORE} == set(answers[:first])
    assert {Answer.YES} == set(answers[first:])


def test_nothing_of_it() -> None:
    """One wrong byte is enough, and so is an end too soon."""
    assert probe((Head(b"\xf0\xde\xbc\x0b" + BAICHUAN[4:], from_start=True), SILENT), False).answer is Answer.NO  # noqa: FBT003
    assert probe((Head(BAICHUAN[:6], from_start=True), SILENT), True).answer is Answer.NO  # noqa: FBT003


def test_gives_up() -> None:
    """Sixty bytes of anything else are enough."""
    parser = VendorParser({}, from_start=True)
    outputs = list(parser.feed(Side.RESPONDER, memoryview(bytes(OPENING_BYTES))))
    assert [Enough()] == outputs
