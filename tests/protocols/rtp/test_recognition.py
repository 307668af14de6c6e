"""Tests of `monitor.protocols.rtp.recognition`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.rtp.recognition import AGREEING, MAX_STEP, probe
from tests.protocols.rtp.samples import CONVERSATIONS, H264, RECEIVER, SENDER, packet, report, stream

FINAL = True
PUNCH = b"\xce\xfa\xed\xfe"
"""What a receiver sends to open its firewall."""


def sent(*datagrams: bytes) -> Head:
    """The datagrams of one end."""
    return Head(datagrams[0] if datagrams else b"", from_start=True, datagrams=datagrams)


def ends(talk: list[tuple[object, bytes]]) -> tuple[Head, Head]:
    """Both ends of a conversation."""
    return (
        sent(*[data for side, data in talk if side is SENDER]),
        sent(*[data for side, data in talk if side is RECEIVER]),
    )


@pytest.mark.parametrize("name", sorted(set(CONVERSATIONS) - {"telephone call"}))
def test_more_until_enough_agree(name: str) -> None:
    """Datagram by datagram: more, then yes, and the sender is the originator."""
    talk = CONVERSATIONS[name]
    answers = [probe(ends(talk[:size]), not FINAL) for size in range(1, len(talk) + 1)]
    first = answers.index(Verdict(Answer.YES, 0))
    assert {Answer.MORE} == {one.answer for one in answers[:first]}
    assert {Verdict(Answer.YES, 0)} == set(answers[first:])
    near, far = ends(talk)
    assert Verdict(Answer.YES, 1) == probe((far, near), FINAL)


def test_a_call_has_two_senders() -> None:
    """Nobody is called the originator; copies of one packet make no sender."""
    near, far = ends(CONVERSATIONS["telephone call"])
    assert Verdict(Answer.YES) == probe((near, far), not FINAL)
    assert Verdict(Answer.YES, 0) == probe((near, sent(*[packet(0, source=0)] * 3)), not FINAL)


def test_too_few() -> None:
    """One fewer than enough is no proof when nothing more comes."""
    few = sent(*stream(AGREEING - 1))
    assert Answer.MORE is probe((few, sent()), not FINAL).answer
    assert Answer.NO is probe((few, sent()), FINAL).answer


def test_a_receiver_that_opens_its_firewall() -> None:
    """What the other end sends does not speak against the stream, nor for it."""
    assert Answer.NO is probe((sent(PUNCH), sent()), not FINAL).answer
    assert Answer.MORE is probe((sent(PUNCH), sent(*stream(1))), not FINAL).answer
    assert Verdict(Answer.YES, 1) == probe((sent(PUNCH), sent(*stream(AGREEING))), not FINAL)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x16\xfe\xfd" + bytes(60),
        b"\x00\x01\x00\x00\x21\x12\xa4\x42" + bytes(12),
        b"\x40\x00\x00\x10" + bytes(60),
        b"\xc3\x00\x00\x00\x01\x08" + bytes(1200),
        b"\x47\x00\x00\x00" + bytes(184),
        b"\x1b" + bytes(47),
        b"INVITE sip:zoe@example.org SIP/2.0\r\n\r\n",
        report(),
        packet(1, 72),
    ],
    ids=["nothing", "DTLS", "STUN", "TURN", "QUIC", "short QUIC", "NTP", "SIP", "RTCP", "type"],
)
def test_other_protocols(data: bytes) -> None:
    """Two bits and a type rule most of them out at once."""
    assert Answer.NO is probe((sent(data), sent()), not FINAL).answer
    assert Answer.NO is probe((sent(data, *stream(AGREEING)), sent()), FINAL).answer or data in (
        report(),
        packet(1, 72),
    )


@pytest.mark.parametrize(
    "datagrams",
    [
        [packet(7)] * 20,
        [packet(number * (MAX_STEP + 1)) for number in range(20)],
        [packet(number, source=number) for number in range(20)],
        [packet(number, timestamp=number * 50_000_000) for number in range(20)],
        [packet(20 - number) for number in range(20)],
        [b"\x80\x60" + bytes([number]) * 30 for number in range(20)],
    ],
    ids=["copies", "jumps", "sources", "times", "backwards", "counters elsewhere"],
)
def test_what_does_not_agree(datagrams: list[bytes]) -> None:
    """The head of RTP alone is no proof."""
    assert Answer.NO is probe((sent(*datagrams), sent()), FINAL).answer
    assert Answer.YES is not probe((sent(*datagrams), sent()), not FINAL).answer


def test_a_source_may_begin_anew() -> None:
    """A camera that starts again under another source is believed, one that always does is not."""
    anew = [*stream(2), *stream(AGREEING, start=500, source=9)]
    assert Answer.YES is probe((sent(*anew), sent()), not FINAL).answer


@given(st.lists(st.binary(min_size=1, max_size=60).map(lambda tail: b"\x80" + tail), min_size=1, max_size=20))
def test_noise(datagrams: list[bytes]) -> None:
    """Random datagrams, even with the right version, never pass."""
    assert Answer.NO is probe((sent(*datagrams), sent()), FINAL).answer


def test_types_may_change() -> None:
    """Keys pressed on a telephone come under a type of their own in the same stream."""
    mixed = [packet(number, 101 if number % 2 else H264) for number in range(AGREEING)]
    assert Answer.YES is probe((sent(*mixed), sent()), not FINAL).answer
