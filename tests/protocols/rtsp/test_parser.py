"""Tests of `monitor.protocols.rtsp.parser` and `monitor.protocols.rtsp.session`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model.data import DataClass
from monitor.model.events import Expect, Output, SkipTo
from monitor.model.flow import Close, Side
from monitor.privacy.labels import typed
from monitor.protocols.rtsp.bounds import FRAMES, PENDING
from monitor.protocols.rtsp.events import (
    Authorization,
    Carriage,
    RtspDescription,
    RtspMethod,
    RtspRequest,
    RtspResponse,
    RtspStream,
    RtspWeird,
)
from monitor.protocols.rtsp.parser import RtspParser
from tests.protocols.rtsp.samples import (
    BASIC,
    CAMERA,
    CONVERSATIONS,
    RECORDER,
    TCP,
    UDP_AGREED,
    URL,
    VIDEO_AND_SOUND,
    frame,
    report,
    request,
    response,
    transport,
)
from tests.protocols.rtsp.talks import exposed, oddities, of_type, parse

INTERLEAVED = "video and sound interleaved, password in clear"


def streams(outputs: list[Output]) -> list[tuple[Side, bool | None, Carriage]]:
    """Sender, video and carriage of each stream."""
    return [(one.sender, one.video, one.carriage) for one in outputs if isinstance(one, RtspStream)]


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_every_message_is_told(name: str) -> None:
    """Requests and responses alternate as they were sent, and nothing is odd."""
    outputs = parse(*CONVERSATIONS[name])
    whole = b"".join(data for _, data in CONVERSATIONS[name])
    assert whole.count(b"User-Agent: Recorder") == len(of_type(outputs, RtspRequest))
    assert whole.count(b"RTSP/1.0 ") == len(of_type(outputs, RtspResponse))
    assert [] == oddities(outputs)


def test_video_over_udp() -> None:
    """The camera describes video, announces where it will come from, and sends it."""
    outputs = parse(*CONVERSATIONS["video over UDP"])
    assert [RtspDescription(sender=CAMERA, video=True, audio=True)] == of_type(outputs, RtspDescription)
    assert [(CAMERA, True, Carriage.DATAGRAMS)] == streams(outputs)
    assert [("rtsp", "video")] == exposed(outputs)
    expected = Expect(
        protocol=typed("rtp"),
        originator_port=50_000,
        responder_port=8_000,
        opened_by=CAMERA,
        carries=DataClass.VIDEO,
    )
    assert [expected] == [output for output in outputs if isinstance(output, Expect)]
    methods = [one.method for one in outputs if isinstance(one, RtspRequest)]
    assert [RtspMethod.OPTIONS, RtspMethod.DESCRIBE, RtspMethod.DESCRIBE] == methods[:3]
    assert [401] == [one.status for one in outputs if isinstance(one, RtspResponse) and one.status != 200]


def test_a_password_in_every_request() -> None:
    """Basic authorization shows it each time; the stream is told once, although two tracks flow."""
    outputs = parse(*CONVERSATIONS[INTERLEAVED])
    assert [("authorization", "staff_credential")] * 5 == [
        one for one in exposed(outputs) if one[1] == "staff_credential"
    ]
    assert [(CAMERA, True, Carriage.INTERLEAVED)] == streams(outputs)
    kinds = {one.authorization for one in outputs if isinstance(one, RtspRequest)}
    assert {Authorization.BASIC} == kinds


def test_a_digest_shows_no_password() -> None:
    """It proves that the sender knows it."""
    outputs = parse((RECORDER, CONVERSATIONS["video over UDP"][4][1]))
    assert [Authorization.DIGEST] == [one.authorization for one in outputs if isinstance(one, RtspRequest)]
    assert [] == exposed(outputs)


def test_a_password_in_the_address() -> None:
    """Ahead of the host, or as makers spell it."""
    outputs = parse(*CONVERSATIONS["password in the address"])
    assert [("url", "staff_credential"), ("url", "staff_credential")] == exposed(outputs)


def test_sound_is_not_video() -> None:
    """A stream of sound alone exposes no video, nor is its flow announced as such."""
    outputs = parse(*CONVERSATIONS["sound alone"])
    assert [(CAMERA, False, Carriage.DATAGRAMS)] == streams(outputs)
    assert [] == exposed(outputs)
    assert [None] == [one.carries for one in outputs if isinstance(one, Expect)]


def test_multicast_announces_no_flow() -> None:
    """It will not flow between the same two hosts."""
    outputs = parse(*CONVERSATIONS["multicast"])
    assert [(CAMERA, True, Carriage.GROUP)] == streams(outputs)
    assert [] == [one for one in outputs if isinstance(one, Expect)]


def test_a_camera_that_pushes() -> None:
    """Who describes and records is the sender, and opens the announced flow."""
    outputs = parse(*CONVERSATIONS["a camera pushes"])
    assert [RECORDER] == [one.sender for one in outputs if isinstance(one, RtspDescription)]
    assert [(RECORDER, True, Carriage.DATAGRAMS)] == streams(outputs)
    assert [RECORDER] == [one.opened_by for one in outputs if isinstance(one, Expect)]


def test_encrypted_media_are_not_told() -> None:
    """SRTP is not in the clear, and its flow is not announced."""
    outputs = parse(*CONVERSATIONS["encrypted media"], (CAMERA, frame(1)))
    assert [] == streams(outputs)
    assert [] == [one for one in outputs if isinstance(one, Expect)]


def test_interleaved_media_are_soon_skipped_for_good() -> None:
    """After a few frames nothing of the sender is wanted; the other side is still heard."""
    outputs = parse(*CONVERSATIONS[INTERLEAVED])
    skips = [output for output in outputs if isinstance(output, SkipTo) and output.side is CAMERA]
    assert skips[-1].size_bytes > 1 << 60
    frames = [number for number, output in enumerate(outputs) if output is skips[-1]]
    assert isinstance(outputs[frames[0] + 1], RtspRequest)


def test_the_middle_of_interleaved_media() -> None:
    """A flow met halfway is a stream of unknown content; a fixed payload type says that it is video."""
    data = b"".join(frame(number) for number in range(4))
    assert [(CAMERA, None, Carriage.INTERLEAVED)] == streams(
        parse((CAMERA, data[700:]), (CAMERA, data), from_start=False)
    )
    jpeg = b"".join(frame(number, payload_type=26) for number in range(4))
    outputs = parse((CAMERA, jpeg), from_start=False)
    assert [(CAMERA, True, Carriage.INTERLEAVED)] == streams(outputs)
    assert [("rtsp", "video")] == exposed(outputs)


def test_a_viewer_that_only_reports() -> None:
    """RTCP is no stream."""
    assert [] == streams(parse((RECORDER, report() * 5)))


def test_an_answer_counts_for_its_own_request() -> None:
    """By the number it bears, whatever comes between; without a request it says only its status."""
    outputs = parse(
        (RECORDER, request("SETUP", 1, transport(TCP)) + request("PLAY", 2)),
        (CAMERA, response(7) + response(2) + response(1, transport(UDP_AGREED))),
    )
    assert [(CAMERA, None, Carriage.UNKNOWN)] == streams(outputs)
    assert 3 == len(of_type(outputs, RtspResponse))


def test_a_refused_request_changes_nothing() -> None:
    """Only a success makes media flow."""
    outputs = parse((RECORDER, request("PLAY", 1)), (CAMERA, response(1, "", "454 Session Not Found")))
    assert [] == streams(outputs)


def test_more_requests_than_wait() -> None:
    """The oldest is forgotten."""
    asked = b"".join(request("PLAY", number) for number in range(PENDING + 1))
    assert [] == streams(parse((RECORDER, asked), (CAMERA, response(0))))
    assert 1 == len(streams(parse((RECORDER, asked), (CAMERA, response(1)))))


@pytest.mark.parametrize("ports", ["client_port=0-1", "client_port=70000", "server_port=8000-8001", ""])
def test_ports_that_announce_nothing(ports: str) -> None:
    """Without a port of the client there is nothing to wait for."""
    outputs = parse((RECORDER, request("SETUP", 1)), (CAMERA, response(1, transport(f"RTP/AVP;unicast;{ports}"))))
    assert [] == [one for one in outputs if isinstance(one, Expect)]


def test_lost_bytes() -> None:
    """The broken message is given up, the next one is found."""
    parser = RtspParser({}, True)  # noqa: FBT003  # the contract's signature
    assert [] == list(parser.feed(RECORDER, memoryview(request("PLAY", 1)[:30])))
    assert [RtspWeird.CUT_MESSAGE] == oddities(list(parser.gap(RECORDER, 10)))
    assert [] == list(parser.gap(CAMERA, 0))
    (told,) = parser.feed(RECORDER, memoryview(b"Range: npt=0\r\n\r\n" + request("PAUSE", 2)))
    assert isinstance(told, RtspRequest)
    assert RtspMethod.PAUSE is told.method


@pytest.mark.parametrize("body", [b"", b"v=0\r\nm=vid"])
def test_an_end_within_a_message(body: bytes) -> None:
    """It is an oddity."""
    whole = response(1, body=VIDEO_AND_SOUND)
    head = whole[: whole.index(b"\r\n\r\n") + (4 if body else 0)]
    outputs = parse((RECORDER, request("DESCRIBE", 1)), (CAMERA, head + body))
    assert [RtspWeird.CUT_MESSAGE] == oddities(outputs)


@pytest.mark.parametrize("length", ["12x", "-1", "99999999999999999999", "1000000001"])
def test_a_length_that_is_none(length: str) -> None:
    """Nobody knows where the body ends, so the next message is searched for."""
    outputs = parse((CAMERA, response(1, f"Content-Length: {length}\r\n") + b"body\r\n" + response(2)))
    assert [RtspWeird.BAD_LENGTH] == oddities(outputs)
    assert 2 == len(of_type(outputs, RtspResponse))


def test_what_is_no_message() -> None:
    """It is counted, and nothing is lost behind it."""
    for noise in (b"HTTP/1.1 200 OK\r\n\r\n", b"\x00\x01\x02"):
        outputs = parse((CAMERA, response(1) + noise + b"\r\n" + response(2)))
        assert [RtspWeird.NOT_A_MESSAGE] == oddities(outputs)
        assert 2 == len(of_type(outputs, RtspResponse))


def test_a_body_that_nobody_wants() -> None:
    """Parameters are stepped over, be they here or still to come."""
    asked = request("SET_PARAMETER", 1, "Content-Length: 5000\r\n")
    outputs = parse((RECORDER, asked + bytes(100)), (RECORDER, bytes(4900) + request("PAUSE", 2)))
    assert [SkipTo(side=RECORDER, size_bytes=4900)] == [one for one in outputs if isinstance(one, SkipTo)]
    assert [RtspMethod.SET_PARAMETER, RtspMethod.PAUSE] == [
        one.method for one in outputs if isinstance(one, RtspRequest)
    ]


def test_a_method_of_somebodys_own() -> None:
    """It is a request all the same."""
    outputs = parse((RECORDER, request("X_DOOR_OPEN", 1, BASIC)))
    assert [RtspMethod.OTHER] == [one.method for one in outputs if isinstance(one, RtspRequest)]
    assert 1 == len(exposed(outputs))


def test_nothing_is_said_of_values() -> None:
    """No event shows an address, a name or a password."""
    for talk in CONVERSATIONS.values():
        shown = repr(parse(*talk))
        assert not any(word in shown for word in ("secret", "Entrance", "10.40", "viewer", "aW52", "Streaming", URL))


@given(
    name=st.sampled_from(sorted(CONVERSATIONS)),
    sizes=st.lists(st.integers(1, 900), min_size=1, max_size=9),
    from_start=st.booleans(),
)
def test_cuts_change_nothing(name: str, sizes: list[int], *, from_start: bool) -> None:
    """However the bytes arrive, the same is said in the same order."""
    pieces = []
    number = 0
    for side, data in CONVERSATIONS[name]:
        at = 0
        while at < len(data):
            size = sizes[number % len(sizes)]
            pieces.append((side, data[at : at + size]))
            at += size
            number += 1
    whole, cut = parse(*CONVERSATIONS[name], from_start=from_start), parse(*pieces, from_start=from_start)
    assert [one for one in whole if not isinstance(one, SkipTo)] == [one for one in cut if not isinstance(one, SkipTo)]


@given(
    pieces=st.lists(st.tuples(st.sampled_from(list(Side)), st.binary(max_size=300)), max_size=12),
    from_start=st.booleans(),
)
def test_noise(pieces: list[tuple[Side, bytes]], *, from_start: bool) -> None:
    """Whatever comes, trouble is a value."""
    parse(*pieces, from_start=from_start)


@given(st.sampled_from(sorted(CONVERSATIONS)), st.data())
def test_spoiled_conversations(name: str, data: st.DataObject) -> None:
    """Nearly right bytes reach deeper than noise."""
    spoiled = []
    for side, whole in CONVERSATIONS[name]:
        piece = bytearray(whole)
        at = data.draw(st.integers(0, len(piece)))
        piece[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        spoiled.append((side, bytes(piece)))
    parse(*spoiled)


def test_enough_frames_are_looked_at() -> None:
    """A sender is not skipped before its stream is told."""
    reports = report() * (FRAMES + 5)
    outputs = parse((CAMERA, reports + frame(1)))
    assert [(CAMERA, None, Carriage.INTERLEAVED)] == streams(outputs)


def test_sides_end_once() -> None:
    """Nothing is said at the end of a whole conversation."""
    parser = RtspParser({}, True)  # noqa: FBT003  # the contract's signature
    for side, data in CONVERSATIONS["multicast"]:
        list(parser.feed(side, memoryview(data)))
    assert [] == [output for side in Side for output in parser.finish(side, Close.RST)]


def test_a_word_that_is_no_method() -> None:
    """What looks like a request but begins with an underscore is passed over; it is not looked for again and again."""
    parser = RtspParser({}, False)  # noqa: FBT003  # the contract's signature
    text = b"_PARAMETER rtsp://10.40.0.7/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    assert [] == list(parser.feed(Side.ORIGINATOR, memoryview(text)))
