"""RTSP and RTP together: a recorder asks over TCP, the camera sends over UDP."""

from __future__ import annotations

import pytest

from monitor.flow.tracker import Tracker
from monitor.model.data import DataClass
from monitor.model.finding import Observation
from monitor.model.stats import Stats
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.rtp import SPEC as RTP
from monitor.protocols.rtp.events import MediaKind, RtpStream
from monitor.protocols.rtsp import SPEC as RTSP
from monitor.protocols.rtsp.events import RtspStream
from tests.protocols.rtp.samples import packet
from tests.protocols.rtsp.samples import CONVERSATIONS
from tests.support.conversation import Conversation, Host, Packet, datagram
from tests.support.frames import decoded

RECORDER, CAMERA = "10.40.0.250", "10.40.0.7"
PUNCH = b"\xce\xfa\xed\xfe"


def observed(name: str, *datagrams: tuple[bool, bytes]) -> list[Observation]:
    """What is seen of a conversation, and of datagrams that follow it; True for those of the camera."""
    talk = Conversation(Host(RECORDER, 41_000), Host(CAMERA, 554)).open()
    for side, data in CONVERSATIONS[name]:
        talk.say(side, data)
    near, far = Host(RECORDER, 50_000), Host(CAMERA, 8_000)
    packets = list(talk.packets)
    for number, (from_camera, data) in enumerate(datagrams):
        source, target = (far, near) if from_camera else (near, far)
        packets.append(Packet(talk.at_ns + number * 10**6, datagram(source, target, data)))
    seen: list[Observation] = []
    stats = Stats()
    tracker = Tracker([RTSP, RTP], NamingPolicy(), stats, seen.append, slots=1024)
    tracker.take(decoded([one.data for one in packets], times_ns=[one.at_ns for one in packets]))
    tracker.finish()
    assert {} == dict(stats.faults)
    return [one for one in seen if isinstance(one.event, RtspStream | RtpStream)]


@pytest.mark.parametrize("opening", [[], [(False, PUNCH), (False, PUNCH)]], ids=["camera first", "recorder first"])
def test_one_packet_of_announced_video_is_enough(opening: list[tuple[bool, bytes]]) -> None:
    """It comes from the camera, and is video because the camera said so."""
    told, stream = observed("video over UDP", *opening, (True, packet(1)))
    assert isinstance(told.event, RtspStream)
    assert isinstance(stream.event, RtpStream)
    assert (MediaKind.VIDEO, CAMERA, RECORDER) == (
        stream.event.kind,
        stream.flow.originator.address,
        stream.flow.responder.address,
    )
    assert [DataClass.VIDEO] == [one.data_class for one in stream.event.exposed]


def test_announced_sound_is_no_video() -> None:
    """What was not called video is not called so."""
    _, stream = observed("sound alone", (True, packet(1)))
    assert isinstance(stream.event, RtpStream)
    assert MediaKind.UNKNOWN is stream.event.kind


def test_without_an_announcement() -> None:
    """One packet is no stream."""
    assert [] == [one for one in observed("multicast", (True, packet(1))) if isinstance(one.event, RtpStream)]
