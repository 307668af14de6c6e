"""Tests of `monitor.protocols.rtsp.recognition`."""

from __future__ import annotations

import random

import pytest

from monitor.model.contract import Answer, Head, Verdict
from monitor.protocols.rtsp.events import RtspMethod
from monitor.protocols.rtsp.recognition import SEARCH_BYTES, probe
from monitor.protocols.rtsp.start import LINE_BYTES
from tests.protocols.rtsp.samples import CAMERA, CONVERSATIONS, frame, request, response

FINAL = True
NOTHING = Head(b"", from_start=True)
METHODS = [one.name for one in RtspMethod if one is not RtspMethod.OTHER]


def start(data: bytes) -> Head:
    """The first bytes an end sent."""
    return Head(data, from_start=True)


def middle(data: bytes) -> Head:
    """Bytes from somewhere within a flow."""
    return Head(data, from_start=False)


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_every_message_by_itself(name: str) -> None:
    """Who asks is the originator, from the start and halfway, whichever end comes first."""
    for side, data in CONVERSATIONS[name]:
        if data.startswith(b"$"):
            continue
        asker = 1 if side is CAMERA else 0
        for head in (start(data), middle(data), middle(b"tail of a line\r\n" + data)):
            assert Verdict(Answer.YES, asker) == probe((head, NOTHING), not FINAL)
            assert Verdict(Answer.YES, 1 - asker) == probe((NOTHING, head), FINAL)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("url", ["rtsp://x/", "RTSP://x/", "rtspu://x/", "rtsps://x/", "*", "/live"])
def test_more_until_it_is_certain(method: str, url: str) -> None:
    """Byte by byte: first more, then yes."""
    whole = request(method, 1, url=url)
    answers = [probe((start(whole[:size]), NOTHING), not FINAL).answer for size in range(1, len(whole))]
    first = answers.index(Answer.YES)
    assert {Answer.MORE} == set(answers[:first])
    assert {Answer.YES} == set(answers[first:])
    assert Answer.NO is probe((start(whole[:3]), NOTHING), FINAL).answer


def test_a_response_byte_by_byte() -> None:
    """The same for who answers first."""
    answers = [probe((NOTHING, start(response(1)[:size])), not FINAL) for size in range(1, 30)]
    assert {Verdict(Answer.MORE)} == set(answers[:12])
    assert {Verdict(Answer.YES, 0)} == set(answers[12:])


def test_interleaved_media_met_halfway() -> None:
    """Their sender answers; two frames in line may be chance, three are not."""
    data = b"".join(frame(number, size=300) for number in range(5))
    assert Verdict(Answer.YES, 1) == probe((middle(data[100:]), NOTHING), not FINAL)
    assert Answer.MORE is probe((middle(data[100:700]), NOTHING), not FINAL).answer
    assert Answer.NO is probe((start(data), NOTHING), not FINAL).answer


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\n\r\n",
        b"OPTIONS sip:zoe@example.org SIP/2.0\r\n\r\n",
        b"PLAY it again\r\n",
        b"RTSP/1.0 20\r\n\r\n\r\n\r\n",
        b"RTMP",
        b"OPTIONS " + b"x" * LINE_BYTES,
        b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
        b"$GPGGA,101500.00,5912.00,N\r\n",
        b"$\x00\x01\xf4\x80\x60",
    ],
)
def test_other_protocols(data: bytes) -> None:
    """Nothing else is taken for RTSP, from its start at once, from halfway in the end."""
    assert Answer.NO is probe((start(data), NOTHING), not FINAL).answer
    assert Answer.NO is probe((NOTHING, middle(data)), FINAL).answer


def test_noise_met_halfway() -> None:
    """It is looked at for a while, and then no more."""
    noise = random.Random(7).randbytes(SEARCH_BYTES)
    assert Answer.MORE is probe((middle(noise[:-1]), NOTHING), not FINAL).answer
    assert Answer.NO is probe((middle(noise), NOTHING), not FINAL).answer
