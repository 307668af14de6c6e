"""What devices say of themselves, and what merely looks like it."""

from __future__ import annotations

import pytest

from monitor.model.contract import Answer, Head
from monitor.model.events import DeviceLease, DeviceSign, Enough, Event, Output, Route
from monitor.model.flow import Side
from monitor.protocols.discovery.parser import LOOK_DATAGRAMS, DiscoveryParser
from monitor.protocols.discovery.recognition import probe
from tests.protocols.discovery.samples import (
    ADDRESS,
    HARDWARE,
    NOTIFY,
    OTHER,
    REGISTRATION,
    SPEAKER,
    STUN,
    TURN,
    dhcp,
    discovery_xml,
    mdns,
    ssdp,
)


def said(*datagrams: tuple[Side, bytes]) -> list[Output]:
    """All that is said of a flow."""
    parser = DiscoveryParser({}, from_start=True)
    return [output for side, data in datagrams for output in parser.feed(side, memoryview(data))]


def sign(data: bytes) -> DeviceSign:
    """What one datagram says."""
    (event,) = said((SPEAKER, data))
    assert isinstance(event, DeviceSign)
    return event


def knows(data: bytes) -> bool:
    """Whether a flow that begins so is of this protocol."""
    return probe((Head(data, from_start=True), Head(b"", from_start=False)), False).answer is Answer.YES  # noqa: FBT003


def test_a_lease() -> None:
    """Who asks shows its kind and its hardware address; the answer brings its address."""
    asked, given = said(
        (SPEAKER, dhcp((53, b"\x03"), (12, b"DCS-2132L"), (60, b"udhcp 1.2"))),
        (OTHER, dhcp((53, b"\x05"), answer=True, given=ADDRESS)),
    )
    hardware = int.from_bytes(HARDWARE)
    signals = ("embedded-linux-dhcp", "dlink-camera-model-dhcp")
    assert DeviceLease(hardware=hardware, address=0, signals=signals) == asked
    assert DeviceLease(hardware=hardware, address=int.from_bytes(ADDRESS)) == given


def test_a_parameter_list() -> None:
    """What is asked for tells systems apart, whatever their name."""
    (asked,) = said((SPEAKER, dhcp((55, bytes((1, 121, 3, 6, 15, 119, 252))))))
    assert isinstance(asked, DeviceLease)
    assert ("apple-mobile-parameters",) == asked.signals


@pytest.mark.parametrize(
    "option", [(12, b"DCS-2132L"), (60, b"DCS-2132L"), (81, b"\0\0\0DCS-2132L"), (81, b"\4\0\0\x09DCS-2132L\0")]
)
def test_what_it_calls_itself(option: tuple[int, bytes]) -> None:
    """By its name, its class, or its full name (RFC 4702), as text or as in DNS."""
    (asked,) = said((SPEAKER, dhcp(option)))
    assert isinstance(asked, DeviceLease)
    assert ("dlink-camera-model-dhcp",) == asked.signals


def test_an_answer_of_ubiquiti() -> None:
    """A camera says so among the fields of it; other devices of the maker do not, and chance says nothing elsewhere."""
    head = bytes.fromhex("01000013 02000a 02005e100001c0000207 0c0003")
    assert ("ubiquiti-discovery", "ubiquiti-camera") == sign(head + b"UVC").signals
    assert ("ubiquiti-discovery",) == sign(head + b"U7P").signals
    assert ("dtls",) == sign(bytes.fromhex("16fefd0000000000000000003101000025") + b" UVC ").signals


@pytest.mark.parametrize("kind", [2, 4, 6])
def test_other_answers_give_nothing(kind: int) -> None:
    """An offer is no lease, and a refusal even less."""
    assert [] == said((OTHER, dhcp((53, bytes((kind,))), answer=True, given=ADDRESS)))


def test_options_that_lie() -> None:
    """An option that is longer than the message ends it; what came before counts."""
    message = dhcp((12, b"DCS-2132L"))[:-1] + b"\x3c\xff"
    (asked,) = said((SPEAKER, message))
    assert isinstance(asked, DeviceLease)
    assert ("dlink-camera-model-dhcp",) == asked.signals


def test_questions_tell_nothing() -> None:
    """Who looks for cameras and printers is none of them."""
    assert () == sign(mdns("_rtsp._tcp", question=True)).signals
    assert () == sign(ssdp("M-SEARCH * HTTP/1.1", MAN='"ssdp:discover"', ST="IP Camera")).signals
    assert () == sign(discovery_xml("Probe", "dn:NetworkVideoTransmitter")).signals


def test_answers_tell() -> None:
    """The same words in an answer do."""
    assert ("rtsp-mdns",) == sign(mdns("_rtsp._tcp")).signals
    assert ("says-camera-ssdp",) == sign(ssdp("HTTP/1.1 200 OK", USN="x", SERVER="IP Camera")).signals
    assert ("onvif-transmitter",) == sign(discovery_xml("Hello", "dn:NetworkVideoTransmitter")).signals
    assert ("wsd-printer",) == sign(discovery_xml("ProbeMatches", "wprt:PrintDeviceType")).signals


def test_routes() -> None:
    """What a flow is for is told with the name of what it speaks."""
    assert ("stun", Route.PEER) == (sign(STUN).protocol, sign(STUN).route)
    assert ("turn", Route.RELAY) == (sign(TURN).protocol, sign(TURN).route)
    assert ("pppp", Route.LOCAL) == (sign(NOTIFY).protocol, sign(NOTIFY).route)


def test_whose_it_is() -> None:
    """Who answers a registration tells of the one that registered."""
    registered = bytes.fromhex("f1110002 0000")
    events = [one for one in said((SPEAKER, REGISTRATION), (OTHER, registered)) if isinstance(one, DeviceSign)]
    assert [SPEAKER, SPEAKER] == [one.side for one in events]


def test_said_once() -> None:
    """What repeats is told once, and a flow that has said enough is not looked at any more."""
    outputs = said(*[(SPEAKER, NOTIFY)] * LOOK_DATAGRAMS)
    assert 1 == sum(isinstance(one, Event) for one in outputs)
    assert isinstance(outputs[-1], Enough)


@pytest.mark.parametrize(
    "data",
    [
        STUN[:-1],
        STUN[:4] + b"\x21\x12\xa4\x43" + STUN[8:],
        NOTIFY[:-1],
        dhcp()[:239],
        mdns("_rtsp._tcp").replace(b"local", b"loca1"),
        b"NOTIFY sip:x SIP/2.0\r\nUSN: x\r\n",
        b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
        b"<?xml version='1.0'?><html/>",
        bytes(20),
        b"\xff" * 20,
    ],
)
def test_what_is_nothing_of_it(data: bytes) -> None:
    """Nearly right is not right."""
    assert not knows(data)
