"""What is told of watched devices' flows beside whether they are expected, and which devices are watched."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from monitor.build import prepare
from monitor.config.loading import load_config
from monitor.flow.scans import PLACES
from monitor.flow.tracker import Tracker
from monitor.model.data import Role
from monitor.model.events import FlowAsked, FlowOpened, Trait
from monitor.model.finding import Observation
from monitor.model.stats import Stats
from monitor.privacy.lookups import WAIT_NS
from monitor.privacy.names import NameBook
from monitor.protocols.registry import specs
from tests.protocols.dns.samples import CONVERSATIONS
from tests.support.captures import SECOND, START
from tests.support.conversation import Conversation, Host, Packet, datagram
from tests.support.frames import decoded

CONFIG = """\
zones:
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24]
    expect: [{asset: recorder}]
    exceptions:
      - {network: 203.0.113.9/32, ports: [443/tcp], owner: IT, reason: a trial, until: 2025-12-31}
      - {network: 203.0.113.10/32, ports: [443/tcp], owner: IT, reason: a trial, until: 2026-01-01}
  - {name: printers, audience: infrastructure, role: printer, networks: [10.41.0.0/24]}
  - {name: speakers, audience: infrastructure, role: voice-assistant, networks: [10.42.0.0/24]}
  - {name: kiosks, audience: infrastructure, role: self-check, networks: [10.43.0.0/24]}
  - {name: patrons, audience: public, role: public-pc, networks: [10.44.0.0/24], inspect: all}
  - {name: phones, audience: staff, role: phone, networks: [10.45.0.0/24]}
  - {name: desks, audience: staff, networks: [10.46.0.0/24]}
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
  - {name: library system, address: 10.1.0.10, role: ils}
  - {name: door, address: 10.46.0.9, role: other, expect: [{role: ils}]}
roles:
  - {role: phone, expect: [{name: "*.voice.example", ports: [443/tcp]}]}
"""
CAMERA, OUTSIDE = Host("10.40.0.7", 40_000), Host("203.0.113.77", 443)
"""Times of captures are of the first of January 2026."""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with devices of many roles."""
    path = tmp_path_factory.mktemp("config") / "library.yaml"
    path.write_text(CONFIG, "utf-8")
    return path


def listen(packets: Iterable[Packet], config: Path) -> list[Observation]:
    """All observations about flows, with the shipped policies and destinations."""
    seen: list[Observation] = []
    policy = prepare(load_config(config, specs()))
    known = [spec for spec in specs() if spec.name in {"dns", "tls", "http"}]
    tracker = Tracker(known, policy.naming, Stats(), seen.append, slots=4_096, wishes=policy.wishes, names=NameBook())
    for packet in packets:
        tracker.take(decoded([packet.data], times_ns=[packet.at_ns]))
        tracker.tick(packet.at_ns)
    tracker.finish()
    return [one for one in seen if isinstance(one.event, FlowOpened | FlowAsked)]


def traits(seen: Iterable[Observation]) -> list[set[Trait]]:
    """Of each."""
    return [set(one.event.traits) for one in seen if isinstance(one.event, FlowOpened)]


def say(source: Host, target: Host, after_ns: int = 0) -> list[Packet]:
    """A TCP connection, opened."""
    return Conversation(source, target, at_ns=START * SECOND + after_ns).open().packets


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        (say(CAMERA, OUTSIDE), {Trait.UNNAMED}),
        (say(CAMERA, Host("8.8.8.8", 443)), {Trait.UNNAMED, Trait.ENCRYPTED_DNS}),
        (say(CAMERA, Host("203.0.113.77", 853)), {Trait.UNNAMED, Trait.ENCRYPTED_DNS}),
        (say(Host("203.0.113.77", 50_000), Host("10.40.0.7", 80)), {Trait.INBOUND}),
        (say(Host("203.0.113.77", 50_000), Host("10.40.0.7", 80))[2:], {Trait.INBOUND}),
        (say(Host("203.0.113.77", 50_002), Host("10.40.0.7", 50_001))[2:], set()),
        (say(CAMERA, Host("203.0.113.9", 443)), {Trait.UNNAMED, Trait.LAPSED}),
        (say(CAMERA, Host("203.0.113.9", 80)), {Trait.UNNAMED}),
        (say(CAMERA, Host("10.50.0.1", 80)), set()),
    ],
)
def test_traits(packets: list[Packet], expected: set[Trait], config: Path) -> None:
    """Of one flow of a camera."""
    assert [expected] == traits(listen(packets, config))


def test_an_exception_holds_through_its_last_day(config: Path) -> None:
    """That of the other host is over since yesterday."""
    (one,) = listen(say(CAMERA, Host("203.0.113.10", 443)), config)

    assert isinstance(one.event, FlowOpened)
    assert one.event.expected


@pytest.mark.parametrize(
    ("device", "other", "role", "expected"),
    [
        ("10.41.0.5", "203.0.113.77", Role.PRINTER, False),
        ("10.41.0.5", "10.50.0.1", Role.PRINTER, True),
        ("10.42.0.5", "203.0.113.77", Role.VOICE_ASSISTANT, True),
        ("10.42.0.5", "10.50.0.1", Role.VOICE_ASSISTANT, False),
        ("10.43.0.5", "10.1.0.10", Role.SELF_CHECK, True),
        ("10.43.0.5", "10.50.0.1", Role.SELF_CHECK, False),
        ("10.43.0.5", "203.0.113.77", Role.SELF_CHECK, False),
        ("10.44.0.5", "203.0.113.77", Role.PUBLIC_PC, True),
        ("10.44.0.5", "10.1.0.10", Role.PUBLIC_PC, True),
        ("10.44.0.5", "10.50.0.1", Role.PUBLIC_PC, False),
        ("10.45.0.5", "203.0.113.77", Role.PHONE, False),
        ("10.46.0.9", "10.1.0.10", Role.OTHER, True),
        ("10.46.0.9", "10.50.0.1", Role.OTHER, False),
    ],
)
def test_roles(device: str, other: str, role: Role, expected: bool, config: Path) -> None:  # noqa: FBT001 (a column)
    """By the shipped policy of the role, by the operator's own, and by that of an asset."""
    (one,) = listen(say(Host(device, 40_000), Host(other, 9_100)), config)

    assert isinstance(one.event, FlowOpened)
    assert (role, expected) == (one.flow.device_role, one.event.expected)


def test_who_is_not_watched(config: Path) -> None:
    """A desk of which nobody said anything, and the ILS."""
    assert [] == listen([*say(Host("10.46.0.5", 9), OUTSIDE), *say(Host("10.1.0.10", 9), OUTSIDE)], config)


def test_patrons_devices_are_not_told_apart(config: Path) -> None:
    """Neither their address, nor what they call others, nor how much they send."""
    (one,) = listen(say(Host("10.44.0.5", 40_000), Host("10.50.0.1", 80)), config)

    assert ("", "", "patrons") == (one.flow.originator.address, one.flow.responder.name, one.flow.originator.zone)
    assert one.flow.traffic is None


def test_a_scan_is_told_as_one(config: Path) -> None:
    """From the tenth place within a minute on, with those before it; not of who asks the same host again."""
    start = START * SECOND
    packets = [packet for n in range(PLACES) for packet in say(CAMERA, Host(f"10.50.0.{n + 1}", 80), n * SECOND)]
    seen = listen(packets, config)
    again = [packet for n in range(PLACES) for packet in say(Host("10.40.0.7", 41_000 + n), OUTSIDE, n * SECOND)]

    assert [PLACES] == [len({one.flow_serial for one in seen if Trait.SCAN in traits([one])[0]})]
    assert not any(Trait.SCAN in one for one in traits(listen(again, config)))
    assert start <= seen[0].at_ns


def question(client: Host) -> list[Packet]:
    """A camera asks its name server, and gets no answer."""
    _, asked = CONVERSATIONS["one address"][0]
    return [Packet(START * SECOND, datagram(client, Host("10.1.0.53", 53), bytes(asked)))]


def test_a_name_that_was_merely_asked_for(config: Path) -> None:
    """It is told when nothing has come of it, with the domain, of watched devices that are no patrons'."""
    late = Packet(START * SECOND + 2 * WAIT_NS, datagram(Host("10.46.0.5", 1), Host("10.46.0.6", 2), b"late"))
    asked = [one for one in listen([*question(CAMERA), late], config) if isinstance(one.event, FlowAsked)]
    (one,) = asked

    assert isinstance(one.event, FlowAsked)
    assert ("10.40.0.7", False) == (one.flow.originator.address, one.event.expected)
    assert one.flow.responder.name
    for device in ("10.44.0.5", "10.46.0.5"):
        others = listen([*question(Host(device, 5)), late], config)
        assert [] == [one for one in others if isinstance(one.event, FlowAsked)]
