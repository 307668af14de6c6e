"""Devices that flows show: joined by their cards, watched once they are known to be cameras."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor.analyze import Request, analyze
from monitor.audit.plants.discovery import dhcp, discovery_xml, mdns, ssdp
from monitor.audit.plants.dns import QUERY, message, question
from monitor.audit.plants.tls import certificate, certificates, client_hello, record, server_hello, server_name
from monitor.capture.conversation import Conversation, Host, Packet, datagram
from monitor.config.settings import Config
from monitor.devices.book import SHOWS
from monitor.model.data import Audience, Role
from monitor.model.finding import Finding
from monitor.model.stats import DeviceSeen, Link, Stats
from monitor.privacy.labels import typed
from monitor.privacy.places import Expectation, Zone
from tests.support.captures import Pcap

CAMERA, RESOLVER, CLOUD = "10.40.0.7", "10.40.0.1", "198.51.100.7"
GROUP = "239.255.255.250"
START = 1_780_000_000 * 10**9
CARD = b"\x00\x10\xa0\x00\x00\x07"
SAYS_SO = ssdp("NOTIFY * HTTP/1.1", NTS="ssdp:alive", SERVER="IP Camera")
HELLO = discovery_xml("Hello", "dn:NetworkVideoTransmitter")


class Seen:
    """A sink that keeps what is found."""

    def __init__(self) -> None:
        self.devices: tuple[DeviceSeen, ...] = ()
        self.found: set[tuple[str, str]] = set()
        self.followed_bytes = 0

    def receive(self, finding: Finding) -> None:
        """Keep its rule and its protocol."""
        self.found.add((str(finding.rule), str(finding.protocol)))

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Time does not matter."""

    def finish(self, stats: Stats) -> None:
        """Keep the devices, and how much was followed."""
        self.devices = stats.devices
        self.followed_bytes = stats.followed_bytes


def look(folder: Path, packets: Sequence[Packet], zones: tuple[Zone, ...] = ()) -> Seen:
    """What a capture shows."""
    path = folder / "a.pcap"
    path.write_bytes(Pcap().file(packets))
    seen = Seen()
    analyze(Request(paths=(str(path),), sinks=(seen,), config=Config(zones=zones)))
    return seen


def sent(data: bytes, source: str = CAMERA, target: str = GROUP, *, second: int = 0, port: int = 1900) -> Packet:
    """One datagram."""
    return Packet(START + second * 10**9, datagram(Host(source, port, CARD), Host(target, port), data))


def roles(seen: Seen) -> dict[tuple[str, ...], Role | None]:
    """Devices by their addresses."""
    return {tuple(str(end.address) for end in device.ends): device.role for device in seen.devices}


def test_a_camera_that_says_so_is_watched(tmp_path: Path) -> None:
    """From its first known flow on: what it sent to the internet before is found, too."""
    punch = bytes.fromhex("f1000000")
    packets = [
        sent(punch, target=CLOUD, port=32_100),
        sent(SAYS_SO, second=1),
        sent(HELLO, second=2, port=3702),
    ]
    seen = look(tmp_path, packets)
    assert {(CAMERA,): Role.CAMERA} == roles(seen)
    assert {("camera-unexpected-internet", "udp")} == seen.found


@pytest.mark.parametrize(
    ("data", "protocol"),
    [("f1000000", "pppp"), ("4c6f8d0c40d040ca2d2d082dc0eecad80001020304050607", "tutk"), ("cc51000002010000", "tutk")],
)
def test_its_flows_have_the_names_of_the_catalog(data: str, protocol: str, tmp_path: Path) -> None:
    """What the catalog knows a flow to speak stands in the finding."""
    packets = [sent(SAYS_SO), sent(HELLO, second=1, port=3702)]
    packets.append(sent(bytes.fromhex(data), target=CLOUD, second=2, port=32_100))
    assert {("camera-p2p-relay", protocol)} == look(tmp_path, packets).found


def test_one_word_is_not_enough(tmp_path: Path) -> None:
    """It is unknown, with what it said, and nothing is found."""
    seen = look(tmp_path, [sent(SAYS_SO), sent(bytes(4), target=CLOUD, second=1, port=32_100)])
    assert {(CAMERA,): None} == roles(seen)
    assert [("says-camera-ssdp",)] == [tuple(map(str, device.signals)) for device in seen.devices]
    assert set() == seen.found


def test_its_card_joins_addresses(tmp_path: Path) -> None:
    """Before it was given an address, while it had another one, and now."""
    asking = datagram(Host("0.0.0.0", 68, CARD), Host("255.255.255.255", 67), dhcp((12, b"DCS-2132L"), hardware=CARD))  # noqa: S104 (RFC 2131)
    packets = [Packet(START, asking), sent(SAYS_SO, "192.168.0.20", second=1), sent(SAYS_SO, second=2)]
    seen = look(tmp_path, packets)
    assert {("192.168.0.20", CAMERA): Role.CAMERA} == roles(seen)
    assert [Link.OWN] == [device.link for device in seen.devices]


def test_names_that_are_asked_for(tmp_path: Path) -> None:
    """By DNS or in a TLS hello; of all that it asks for, those in the catalog."""
    asked = datagram(Host(CAMERA, 5_000, CARD), Host(RESOLVER, 53), message(QUERY, question("dev.hik-connect.com")))
    other = datagram(Host(CAMERA, 5_001, CARD), Host(RESOLVER, 53), message(QUERY, question("www.example.org")))
    talk = Conversation(Host(CAMERA, 40_000, CARD), Host(CLOUD, 443), at_ns=START + 10**9).open()
    talk.originator(record(client_hello(server_name(b"p2p.reolink.com")))).close()
    seen = look(tmp_path, [Packet(START, asked), Packet(START + 1, other), *talk.packets])
    assert [("hikvision-name", "reolink-name")] == [tuple(map(str, device.signals)) for device in seen.devices]


@pytest.mark.parametrize(("cuts", "followed"), [((0,), False), ((0, 20), True)], ids=["whole", "in parts"])
def test_a_whole_hello_is_read_at_a_glance(cuts: tuple[int, ...], *, followed: bool, tmp_path: Path) -> None:
    """Its connection is not followed for the name in it; one that comes in parts is."""
    hello = record(client_hello(server_name(b"p2p.reolink.com")))
    talk = Conversation(Host(CAMERA, 40_000, CARD), Host(CLOUD, 443), at_ns=START).open()
    for start, stop in zip(cuts, (*cuts[1:], len(hello)), strict=True):
        talk.originator(hello[start:stop])
    seen = look(tmp_path, talk.responder(record(server_hello())).close().packets)
    assert [("reolink-name",)] == [tuple(map(str, device.signals)) for device in seen.devices]
    assert followed == bool(seen.followed_bytes)


def shows(server: str, client: str, *hello: bytes, hosts: tuple[str, ...] = (), port: int = 40_000) -> list[Packet]:
    """A connection by TLS 1.2 in which a server shows a certificate."""
    shown = record(server_hello() + certificates(certificate("IP Camera", "", *hosts)))
    talk = Conversation(Host(client, port, CARD), Host(server, 443, CARD), at_ns=START + port * 10**6).open()
    return talk.originator(record(client_hello(*hello))).responder(shown).close().packets


def test_certificates_that_devices_show(tmp_path: Path) -> None:
    """A device's own says what it is, whoever asks; a host's on the internet, as it is called by a name or not."""
    named = server_name(b"camera.example.org")
    watched = shows(CAMERA, "10.1.0.5", named)
    assert {(CAMERA,): Role.CAMERA} == roles(look(tmp_path, [sent(SAYS_SO), *watched]))
    hidden = look(tmp_path, shows(CLOUD, CAMERA, hosts=("*.hik-connect.com",)))
    assert [("hikvision-name",)] == [tuple(map(str, device.signals)) for device in hidden.devices]
    assert () == look(tmp_path, shows(CLOUD, CAMERA, named, hosts=("*.hik-connect.com",))).devices
    told = look(tmp_path, shows("10.1.0.6", "10.1.0.5", hosts=("*.hik-connect.com",))).devices
    assert ["10.1.0.6"] == [str(end.address) for device in told for end in device.ends]


def test_a_server_is_looked_at_so_often_only(tmp_path: Path) -> None:
    """Sessions that are resumed show no certificate; after some of them, nobody expects one any more."""
    for resumed, expected in ((SHOWS - 1, 1), (SHOWS, 0)):
        packets = []
        for number in range(resumed):
            talk = Conversation(Host("10.1.0.5", 30_000 + number), Host(CAMERA, 443), at_ns=START + number).open()
            talk.originator(record(client_hello(server_name(b"camera.example.org"))))
            packets += talk.responder(record(server_hello()) + record(b"\x01", 20)).close().packets
        seen = look(tmp_path, [*packets, *shows(CAMERA, "10.1.0.5", server_name(b"camera.example.org"))])
        assert expected == len(seen.devices)


def test_patrons_are_left_alone(tmp_path: Path) -> None:
    """In a zone for the public nobody is noted, whatever a device says."""
    zone = Zone(name=typed("patrons"), audience=Audience.PUBLIC, networks=(ip_network("10.40.0.0/24"),))
    assert () == look(tmp_path, [sent(SAYS_SO), sent(HELLO, second=1, port=3702)], (zone,)).devices


def test_traffic_that_looks_like_video(tmp_path: Path) -> None:
    """Whoever says once that it is a camera, and sends for seconds what nobody sends back, is one."""
    ends = Host(CAMERA, 7_000, CARD), Host(CLOUD, 7_001)
    stream = [
        Packet(START + number * 10**7, datagram(*ends, number.to_bytes(2) + b"\xee" * 1_200)) for number in range(400)
    ]
    assert {(CAMERA,): Role.CAMERA} == roles(look(tmp_path, [*stream, sent(SAYS_SO, second=5)]))
    assert {(CAMERA,): None} == roles(look(tmp_path, [*stream[:40], sent(SAYS_SO, second=5)]))


def test_ways_in_through_the_router(tmp_path: Path) -> None:
    """A camera that asks for one by NAT-PMP or PCP is told of; other devices are none of this."""
    zone = Zone(
        name=typed("c"), audience=Audience.INFRASTRUCTURE, role=Role.CAMERA, networks=(ip_network("10.40.0.0/24"),)
    )
    short = bytes.fromhex("000200001f901f9000000e10")
    long = bytes.fromhex("0201000000000e1000000000000000000000ffff0a280007000102030405060708090a0b06000000") + bytes(20)
    for ask in (short, long):
        seen = look(tmp_path, [sent(ask, target=RESOLVER, port=5351)], (zone,))
        assert {"camera-port-mapping"} == {rule for rule, _ in seen.found}
        assert set() == look(tmp_path, [sent(ask, "10.1.0.5", RESOLVER, port=5351)]).found
    ended = short[:8] + bytes(4)
    assert set() == look(tmp_path, [sent(ended, target=RESOLVER, port=5351)], (zone,)).found


@pytest.mark.parametrize("handshake", ["0300000000" + "00000000" + "5a" * 64, "0300000000" + "09007c02" + "5a" * 64])
@pytest.mark.parametrize(("host", "found"), [(CLOUD, {("camera-rtmp-internet", "rtmp")}), ("10.40.0.250", set())])
def test_broadcasts_into_the_internet(host: str, found: set[tuple[str, str]], handshake: str, tmp_path: Path) -> None:
    """Video over RTMP, as cameras and as ffmpeg begin it, goes to nobody on the internet, whoever expects it there."""
    zone = Zone(
        name=typed("c"),
        audience=Audience.INFRASTRUCTURE,
        role=Role.CAMERA,
        networks=(ip_network("10.40.0.0/24"),),
        expect=(Expectation(network=ip_network("0.0.0.0/0")),),
    )
    talk = Conversation(Host(CAMERA, 40_000, CARD), Host(host, 1935), at_ns=START).open()
    talk.originator(bytes.fromhex(handshake)).responder(b"\x03" + bytes(99)).close()
    assert found == look(tmp_path, talk.packets, (zone,)).found


def test_who_asks_is_not_who_answers(tmp_path: Path) -> None:
    """A computer that looks for cameras is none."""
    asking = [sent(discovery_xml("Probe", "dn:NetworkVideoTransmitter"), "10.40.0.9", port=3702)]
    asking.append(sent(mdns("_rtsp._tcp", question=True), "10.40.0.9", port=5353))
    assert () == look(tmp_path, asking).devices
