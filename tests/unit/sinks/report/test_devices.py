"""The list of devices, for people, pipes and programs."""

from __future__ import annotations

import json
from io import StringIO

import pytest

from monitor.model.data import Audience, Role
from monitor.model.flow import Endpoint, Reach
from monitor.model.record import replace
from monitor.model.stats import DeviceSeen, Link, Stats
from monitor.privacy.labels import NOTHING, typed
from monitor.sinks.report.devices import DevicesReport, Style
from monitor.sinks.report.text import Appearance

NOON = 1_780_315_200 * 10**9


def end(address: str, zone: str = "") -> Endpoint:
    """One address of a device; empty where it is not shown."""
    return Endpoint(
        address=typed(address),
        name=NOTHING,
        zone=typed(zone),
        asset=NOTHING,
        audience=Audience.UNASSIGNED,
        reach=Reach.LOCAL,
        port=0,
    )


CAMERA = DeviceSeen(
    ends=(end("10.40.0.7", "cameras"),),
    role=Role.CAMERA,
    stated=False,
    score=70,
    likely=typed("camera"),
    signals=(typed("rtsp-server"), typed("rtsp-video")),
    link=Link.OWN,
    first_ns=NOON,
    last_ns=NOON + 10**9,
)
LIKE_ONE = DeviceSeen(
    ends=tuple(end(f"10.40.0.{number}") for number in range(8, 13)),
    role=None,
    stated=False,
    score=45,
    likely=typed("camera"),
    signals=(typed("reolink-baichuan"),),
    link=Link.ROUTED,
    first_ns=NOON,
    last_ns=NOON,
)
NAMELESS = DeviceSeen(
    ends=(),
    role=None,
    stated=False,
    score=0,
    likely=typed("nothing"),
    signals=(typed("embedded-linux-dhcp"),),
    link=Link.RANDOM,
    first_ns=NOON,
    last_ns=NOON,
)


def written(style: Style, *devices: DeviceSeen, width: int = 120) -> str:
    """What is written of them."""
    stream = StringIO()
    sink = DevicesReport(stream, style, Appearance(width=width))
    sink.finish(Stats(devices=devices))
    return stream.getvalue()


def test_plainly() -> None:
    """A line each, those that are known first."""
    head, first, second, third = written(Style.PLAIN, NAMELESS, LIKE_ONE, CAMERA).splitlines()
    assert ["device", "role", "score", "link", "signals"] == head.split()
    assert "10.40.0.7  zone cameras" in first
    assert "camera" in first
    assert "rtsp-server, rtsp-video" in first
    assert "a device without an address yet" in second
    assert "unknown" in second
    assert "and 2 more" in third
    assert "unknown (like a camera)" in third


def test_for_programs() -> None:
    """All of it, with the role as null where it is unknown."""
    document = json.loads(written(Style.JSON, CAMERA, LIKE_ONE))
    assert "privacy-monitor/devices/1" == document["schema"]
    known, unknown = document["devices"]
    assert {
        "addresses": ["10.40.0.7"],
        "asset": "",
        "zone": "cameras",
        "role": "camera",
        "stated": False,
        "score": 70,
        "likely": "camera",
        "link": "own",
        "signals": ["rtsp-server", "rtsp-video"],
        "first_seen": "2026-06-01T12:00:00.000000Z",
        "last_seen": "2026-06-01T12:00:01.000000Z",
    } == known
    assert (None, 5) == (unknown["role"], len(unknown["addresses"]))


@pytest.mark.parametrize("width", [40, 70, 120])
def test_on_a_terminal(width: int) -> None:
    """No wider than it is, with fewer columns where it is narrow."""
    lines = written(Style.TABLE, CAMERA, LIKE_ONE, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert ("signals" in lines[0]) is (width >= 70)


def test_none() -> None:
    """Nothing to list is said."""
    assert "No device showed what it is.\n" == written(Style.TABLE)


def test_stated() -> None:
    """What the operator says is marked as such."""
    assert "camera (stated)" in written(Style.PLAIN, replace(CAMERA, stated=True))
