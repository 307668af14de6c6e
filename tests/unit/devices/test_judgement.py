"""What is made of signals."""

from __future__ import annotations

import pytest

from monitor.devices.catalog import catalog
from monitor.devices.judgement import Judgement, judge, lacks_one
from monitor.devices.signal import Says
from monitor.model.data import Audience, Role


def of(*names: str, audience: Audience = Audience.UNASSIGNED) -> Judgement:
    """What is made of signals of the catalog."""
    known = catalog().signals
    by_name = {str(name): signal for name, signal in known.items()}
    return judge(tuple(by_name[name] for name in names), audience)


@pytest.mark.parametrize("name", sorted(map(str, catalog().signals)))
def test_one_signal_is_never_enough(name: str) -> None:
    """Whichever it is."""
    assert of(name).role is None


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.CAMERA, ("onvif-transmitter", "rtsp-server")),
        (Role.CAMERA, ("rtsp-server", "rtsp-video")),
        (Role.CAMERA, ("camera-maker", "dlink-camera-model-dhcp")),
        (Role.CAMERA, ("pppp-registration", "pppp-notify")),
        (Role.CAMERA, ("hikvision-name", "camera-maker")),
        (Role.CAMERA, ("says-camera-mdns", "says-camera-ssdp", "android-dhcp")),
        (Role.RECORDER, ("rtsp-server", "rtsp-video", "says-recorder-mdns")),
        (Role.PRINTER, ("printer-service", "wsd-printer")),
        (Role.VOICE_ASSISTANT, ("google-speaker", "assistant-maker")),
        (Role.PHONE, ("android-dhcp", "random-address")),
        (Role.ILS, ("sip2-server", "z3950-server")),
    ],
)
def test_two_that_agree(role: Role, names: tuple[str, ...]) -> None:
    """Two channels, one of them the device's own word or its network card."""
    assert role is of(*names).role


@pytest.mark.parametrize(
    "names",
    [
        ("camera-maker", "video-upload"),
        ("hikvision-name", "video-upload"),
        ("hikvision-name", "pppp-data", "pppp-punch"),
        ("says-camera-mdns", "dlink-camera-model-mdns"),
        ("says-camera-mdns", "says-camera-ssdp", "printer-service", "wsd-printer"),
        ("android-dhcp", "apple-mobile-parameters"),
        ("embedded-linux-dhcp",),
        (),
    ],
)
def test_not_enough(names: tuple[str, ...]) -> None:
    """No word of its own, one channel twice, or as much for something else."""
    assert of(*names).role is None


def test_computers() -> None:
    """Whose a computer is, the zone tells; without one it is unknown, and what it is like is told."""
    names = ("windows-dhcp", "wsd-computer")
    assert Role.STAFF_PC is of(*names, audience=Audience.STAFF).role
    alone = of(*names)
    assert (None, Says.COMPUTER) == (alone.role, alone.likely)


def test_unknown_says_what_was_seen() -> None:
    """With what it is most like, and nothing where nothing tells."""
    assert (Says.CAMERA, 45, ("reolink-baichuan",)) == (
        of("reolink-baichuan").likely,
        of("reolink-baichuan").score,
        of("reolink-baichuan").signals,
    )
    assert (Says.NOTHING, 0) == (of("embedded-linux-dhcp").likely, of("embedded-linux-dhcp").score)


def test_when_the_maker_matters() -> None:
    """It is looked up where one more channel could decide."""
    known = {str(name): signal for name, signal in catalog().signals.items()}
    assert lacks_one([known["says-camera-mdns"]])
    assert lacks_one([known["hikvision-name"]])
    assert not lacks_one([known["video-upload"]])
    assert not lacks_one([known["windows-dhcp"]])
    assert not lacks_one([known["says-camera-mdns"], known["says-camera-ssdp"]])
