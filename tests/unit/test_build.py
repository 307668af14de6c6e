"""The rooms put together: what is said about cameras, from packets to findings, under tags, in both versions of IP."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from pathlib import Path

import pytest

from monitor.analyze import Request, analyze
from monitor.build import build
from monitor.config.loading import load_config
from monitor.config.settings import Config
from monitor.flow.contacts import WAIT_NS
from monitor.flow.sweep import TICKS
from monitor.model.finding import Finding
from monitor.model.frames import Tick
from monitor.model.stats import Stats
from monitor.privacy.presence import Meeting, Presence
from tests.protocols.dns.samples import AAAA, ANSWER, QUERY, A, address, message, question
from tests.protocols.rtsp.samples import CONVERSATIONS as RTSP
from tests.protocols.tls.samples import client_hello, record, server_name
from tests.support.captures import SECOND, START, Packet, Pcap
from tests.support.conversation import Conversation, Host, datagram, woven
from tests.support.frames import frames_of

CONFIG = """\
zones:
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24, "fd00:40::/64"]
    expect:
      - {asset: recorder}
      - {network: 10.1.0.0/24, ports: [53/udp]}
      - {network: "fd00:1::/64", ports: [53/udp]}
      - {name: "*.updates.example", ports: [443/tcp]}
  - {name: patrons, audience: public, networks: [10.99.0.0/16]}
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
"""
CAMERA, SIX = "10.40.0.7", "fd00:40::7"
DESK = Host("10.20.0.23", 50_000)


class Kept:
    """A sink that keeps what it receives."""

    def __init__(self) -> None:
        self.findings: dict[str, Finding] = {}
        self.stats = Stats()

    def receive(self, finding: Finding) -> None:
        """Keep the latest state of a finding that stands."""
        self.findings.pop(finding.id, None)
        if finding.count:
            self.findings[finding.id] = finding

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Keep the figures."""
        self.stats = stats


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A library that says whom its cameras may talk to."""
    path = tmp_path / "library.yaml"
    path.write_text(CONFIG, "utf-8")
    return load_config(path)


def judge(packets: Iterable[Packet], folder: Path, config: Config = Config()) -> Kept:  # noqa: B008  (unchangeable)
    """What the program says of a capture."""
    capture = folder / "capture.pcap"
    capture.write_bytes(Pcap().file(list(packets)))
    kept = Kept()
    analyze(Request(paths=(str(capture),), sinks=(kept,), config=config))
    assert {} == dict(kept.stats.faults)
    return kept


def cameras(kept: Kept) -> set[tuple[str, str, tuple[str, ...], int]]:
    """Rule, device, what it talks to, and how often, of each finding about a camera."""
    return {
        (one.rule, one.about.address, tuple(peer.asset or peer.name or peer.address for peer in one.peers), one.count)
        for one in kept.findings.values()
        if one.rule.startswith("camera-")
    }


def resolve(client: str, server: str, name: str, answer: str, *, at_ns: int, vlans: tuple[int, ...]) -> list[Packet]:
    """A device asks for an address and is told it."""
    near, far = Host(client, 41_000), Host(server, 53)
    asked = question(name, AAAA if ip_address(answer).version == 6 else A)
    return [
        Packet(at_ns, datagram(near, far, message(QUERY, asked), vlans)),
        Packet(at_ns + 1_000, datagram(far, near, message(ANSWER, asked, answers=(address(answer),)), vlans)),
    ]


@pytest.mark.parametrize("vlans", [(), (40,), (7, 40)], ids=["plain", "tagged", "tagged twice"])
@pytest.mark.parametrize(
    ("camera", "resolver", "known", "cloud"),
    [(CAMERA, "10.1.0.53", "203.0.113.7", "203.0.113.9"), (SIX, "fd00:1::53", "2001:db8:9::7", "2001:db8:9::9")],
    ids=["IPv4", "IPv6"],
)
def test_names_decide_what_is_expected(  # noqa: PLR0917 (one library)
    camera: str, resolver: str, known: str, cloud: str, vlans: tuple[int, ...], tmp_path: Path, config: Config
) -> None:
    """What DNS told the camera counts, in whichever direction the flow is opened, and so does the hello."""
    start = START * SECOND
    talks = [
        resolve(camera, resolver, "img.updates.example", known, at_ns=start, vlans=vlans),
        resolve(camera, resolver, "p2p.eu.vendor.example", cloud, at_ns=start + 5_000_000, vlans=vlans),
    ]
    for number, (near, far) in enumerate(
        (
            (Host(camera, 42_001), Host(known, 443)),
            (Host(known, 42_002), Host(camera, 443)),
            (Host(camera, 42_003), Host(cloud, 443)),
            (Host(cloud, 42_004), Host(camera, 8000)),
        )
    ):
        at_ns = start + (number + 2) * 10_000_000
        talks.append(Conversation(near, far, at_ns=at_ns, vlans=vlans).open().close().packets)
    said = Conversation(
        Host(camera, 42_005), Host(cloud.replace("9", "8"), 443), at_ns=start + SECOND, vlans=vlans
    ).open()
    talks.append(said.originator(record(client_hello(server_name(b"relay.other.example")))).packets)
    found = judge(woven(*talks), tmp_path, config)

    assert {
        ("camera-unexpected-internet", camera, ("vendor.example",), 1),
        ("camera-from-internet", camera, ("vendor.example",), 1),
        ("camera-unexpected-internet", camera, ("other.example",), 1),
    } == cameras(found)
    assert {vlans[-1:]} == {one.vlan for one in found.findings.values()}
    assert {"cameras"} == {one.about.zone for one in found.findings.values()}


def test_a_flow_moves_up_and_is_counted_once(tmp_path: Path, config: Config) -> None:
    """An attempt that succeeds after a while is no attempt any more; one that does not stays one."""
    early, late = (Conversation(Host(CAMERA, port), Host("203.0.113.9", 443)).open().packets for port in (1, 2))
    slow = [late[0], *(Packet(packet.at_ns + 3 * WAIT_NS, packet.data) for packet in late[1:])]

    assert {
        ("camera-attempt", CAMERA, ("203.0.113.9",), 1),
        ("camera-unexpected-internet", CAMERA, ("203.0.113.9",), 1),
    } == cameras(judge([early[0], *slow], tmp_path, config))


@pytest.mark.parametrize("configured", [True, False])
@pytest.mark.parametrize(
    ("talk", "viewer", "rules"),
    [
        ("video over UDP", "203.0.113.9", ["camera-rtsp-internet", "camera-rtsp-internet"]),
        ("video over UDP", "10.20.0.23", ["camera-rtsp-leaves-zone", None]),
        ("a camera pushes", "203.0.113.9", ["camera-rtsp-internet", "camera-rtsp-internet"]),
        ("sound alone", "203.0.113.9", ["camera-from-internet", None]),
        ("encrypted media", "203.0.113.9", ["camera-from-internet", None]),
        ("video over UDP", "10.40.0.250", [None, None]),
    ],
)
def test_video_that_leaves_its_zone(
    talk: str, viewer: str, rules: list[str | None], *, configured: bool, tmp_path: Path, config: Config
) -> None:
    """A connection counts once, at the worst of its rules; sound and encrypted video cannot be watched."""
    near, far = Host(viewer, 50_000), Host(CAMERA, 554)
    if talk == "a camera pushes":
        near, far = Host(CAMERA, 50_000), Host(viewer, 554)
    conversation = Conversation(near, far).open()
    for side, data in RTSP[talk]:
        conversation.say(side, data)
    found = judge(conversation.packets, tmp_path, config if configured else Config())

    expected = rules[0] if configured else rules[1]
    assert ([] if expected is None else [(expected, CAMERA, (viewer,), 1)]) == sorted(cameras(found))


def test_who_shows_video_is_a_camera_without_a_configuration(tmp_path: Path) -> None:
    """What it did before and does afterwards counts; a loudspeaker that speaks RTSP is left alone."""
    for talk, expected in (
        (
            "video over UDP",
            {
                ("camera-unexpected-internet", CAMERA, ("203.0.113.9",), 2),
                ("camera-p2p-relay", CAMERA, ("203.0.113.9",), 1),
            },
        ),
        ("sound alone", set()),
    ):
        before = Conversation(Host(CAMERA, 50_001), Host("203.0.113.9", 443)).open().packets
        shown = Conversation(DESK, Host(CAMERA, 554), at_ns=before[-1].at_ns + SECOND).open()
        for side, data in RTSP[talk]:
            shown.say(side, data)
        after = Conversation(Host(CAMERA, 50_002), Host("203.0.113.9", 8443), at_ns=shown.at_ns).open().packets
        query = Packet(shown.at_ns, datagram(Host(CAMERA, 50_003), Host("203.0.113.9", 32_100), b"\xf1\x00\x00\x00"))

        found = judge([*before, *shown.packets, *after, query], tmp_path)
        assert expected == cameras(found)


def test_what_patrons_look_up_names_nothing(tmp_path: Path, config: Config) -> None:
    """A camera's destination has the name that the camera knows, not the one that a patron asked for."""
    asked = resolve("10.99.0.5", "10.1.0.53", "secret.example", "203.0.113.9", at_ns=START * SECOND, vlans=())
    talk = Conversation(Host(CAMERA, 50_001), Host("203.0.113.9", 443), at_ns=START * SECOND + SECOND).open()

    for library in (config, Config()):
        found = judge([*asked, *talk.packets], tmp_path, library)
        assert not [peer for one in found.findings.values() for peer in one.peers if peer.name]
    assert {("camera-unexpected-internet", CAMERA, ("203.0.113.9",), 1)} == cameras(
        judge([*asked, *talk.packets], tmp_path, config)
    )


@pytest.mark.parametrize(("client", "read"), [(CAMERA, 1), (SIX, 1), ("10.40.1.7", 0), ("10.20.0.23", 0)])
def test_only_what_cameras_look_up_is_read(client: str, read: int, tmp_path: Path, config: Config) -> None:
    """DNS of everybody else is counted as a flow and passes unread."""
    resolver, known = ("fd00:1::53", "2001:db8:9::7") if client == SIX else ("10.1.0.53", "203.0.113.7")
    asked = resolve(client, resolver, "catalog.example.org", known, at_ns=START * SECOND, vlans=())
    kept = judge(asked, tmp_path, config)
    assert (1, read) == (kept.stats.coverage.flows, kept.stats.protocols["dns"]["flows"])


def test_who_asks_learns_which_ends_still_show(config: Config) -> None:
    """Within as many ticks as a round takes: a camera's address, and that it meets the host of its finding."""
    camera, cloud = Host(CAMERA, 50_001), Host("203.0.113.7", 443)
    talk = Conversation(camera, cloud).open().originator(b"x")
    frames = frames_of([one.data for one in talk.packets], times_ns=[one.at_ns for one in talk.packets])
    meeting = Meeting((CAMERA, ""), ("203.0.113.7", ""), 443)
    presence, kept = Presence(), Kept()
    presence.ask({(CAMERA, ""): frozenset({meeting}), ("10.40.0.8", ""): frozenset()})
    ticks = [Tick(at_ns=talk.packets[-1].at_ns + second * SECOND) for second in range(1, TICKS + 2)]
    build([frames, *ticks], [kept], Stats(), config, presence=presence).run()

    assert ({(CAMERA, "")}, {meeting}) == presence.take()
    (finding,) = kept.findings.values()
    assert (CAMERA, "203.0.113.7", 443) == (finding.about.address, finding.peers[0].address, finding.peers[0].port)
