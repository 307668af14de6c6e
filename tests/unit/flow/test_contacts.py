"""With whom cameras talk: who is one, what is expected, which name the other end has, and when it is told."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from monitor.config.loading import load_config
from monitor.flow import contacts as room
from monitor.flow.areas import Areas
from monitor.flow.cameras import MAX_DECLARED
from monitor.flow.contacts import WAIT_NS
from monitor.flow.encounters import Wishes
from monitor.flow.tracker import Tracker
from monitor.model.data import Audience
from monitor.model.events import Event, FlowOpened
from monitor.model.finding import Observation
from monitor.model.flow import Side
from monitor.model.opaque import Raw
from monitor.model.record import replace as other_view
from monitor.model.stats import Stats
from monitor.privacy.expectations import Expectations
from monitor.privacy.names import NameBook, host_name
from monitor.privacy.naming import NamingPolicy
from monitor.protocols.tls import SPEC as TLS
from tests.protocols.tls.samples import client_hello, record, server_name
from tests.support.captures import SECOND, START
from tests.support.conversation import Conversation, Host, Packet, datagram, woven
from tests.support.frames import decoded
from tests.support.toy import TOY, ToyLine

CAMERA, RECORDER, OUTSIDE = Host("10.40.0.7", 40_000), Host("10.40.0.250", 554), Host("203.0.113.9", 443)
SIX, SIX_OUTSIDE = Host("fd00:40::7", 40_000), Host("2001:db8:9::9", 443)
STRANGER = Host("10.70.0.7", 40_000)
"""Nothing is written about it."""
CONFIG = """\
zones:
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24, "fd00:40::/64"]
    expect:
      - {asset: recorder}
      - {network: 10.1.0.0/24, ports: [8443/tcp, 123/udp]}
      - {name: "*.updates.example", ports: [443/tcp]}
  - {name: free, audience: infrastructure, role: camera, networks: [10.41.0.0/24]}
  - {name: patrons, audience: public, networks: [10.99.0.0/16], inspect: all}
  - {name: payment, audience: vendor, networks: [10.60.0.0/24], inspect: none}
  - {name: desks, audience: staff, role: staff-pc, networks: [10.50.0.0/24]}
assets:
  - {name: recorder, address: [10.40.0.250, "fd00:40::250"], role: recorder}
  - {name: door, address: 10.1.5.5, role: camera}
"""
SAYS_CAMERA = b"TOY\nCAMERA\n"
TOY_CAMERA = replace(TOY, cameras={ToyLine: lambda line: line.side if line.size_bytes == len("CAMERA") else None})
"""Whoever says a word of six letters is a camera."""
Told = tuple[str, Side | None, str, bool]
"""Zone or address of the camera, its side, the other end, and whether it is expected."""


def listen(
    packets: Iterable[Packet],
    config: Path | None = None,
    *,
    batch: int = 0,
    names: Sequence[tuple[str, str, str]] = (),
    note: Callable[[NameBook, bytes, Event, int], None] | None = None,
) -> tuple[list[Observation], Stats]:
    """All observations of a run; `names` were told to clients before: who was told, address, name."""
    seen: list[Observation] = []
    stats, book = Stats(), NameBook()
    said = load_config(config) if config else None
    places = (said.zones, said.assets, said.local) if said else ((), (), ())
    packets = list(packets)
    size = batch or max(1, len(packets))
    for client, address, name in names:
        known, number = host_name(Raw(name.encode())), ip_address(address)
        assert known is not None
        book.note(ip_address(client).packed, int(number), number.version, known, ttl_seconds=60, at_ns=START * SECOND)
    tracker = Tracker(
        [TOY_CAMERA, TLS],
        NamingPolicy(*places),
        stats,
        seen.append,
        slots=4096,
        takers={ToyLine: lambda *told: note(book, *told)} if note else None,
        wishes=Wishes(areas=Areas(*places[:2]), expectations=Expectations(*places)),
        names=book,
    )
    for first in range(0, len(packets), size):
        chunk = packets[first : first + size]
        tracker.take(decoded([p.data for p in chunk], times_ns=[p.at_ns for p in chunk], first=first + 1))
        tracker.tick(chunk[-1].at_ns)
    tracker.finish()
    return seen, stats


def opened(seen: Iterable[Observation]) -> list[Observation]:
    """The contacts alone, without what grows with time."""
    return [one._replace(flow=other_view(one.flow, traffic=None)) for one in seen if isinstance(one.event, FlowOpened)]


def told(seen: Iterable[Observation]) -> list[Told]:
    """The contacts in short."""
    found = []
    for one in opened(seen):
        flow = one.flow
        ends = (flow.originator, flow.responder)
        camera, other = ends if flow.camera is Side.ORIGINATOR else ends[::-1]
        other_name = other.asset or other.name or other.address or other.zone
        assert isinstance(one.event, FlowOpened)
        found.append((camera.address, flow.camera, other_name, one.event.expected))
    return found


def ask(source: Host, target: Host, *, at_ns: int = START * SECOND) -> list[Packet]:
    """One datagram."""
    return [Packet(at_ns, datagram(source, target, b"hello"))]


def hello(name: str, source: Host = CAMERA, target: Host = OUTSIDE, *, after_ns: int = 0) -> Conversation:
    """A TLS connection that says whom it wants."""
    talk = Conversation(source, target).open().wait(after_ns)
    return talk.originator(record(client_hello(server_name(name.encode()))))


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with cameras."""
    path = tmp_path_factory.mktemp("config") / "library.yaml"
    path.write_text(CONFIG, "utf-8")
    return path


FIRST, SECOND_SIDE = Side.ORIGINATOR, Side.RESPONDER


@pytest.mark.parametrize(
    ("packets", "expected"),
    [
        (Conversation(CAMERA, OUTSIDE).open().packets, (FIRST, "203.0.113.9", False)),
        (Conversation(OUTSIDE, CAMERA).open().packets, (SECOND_SIDE, "203.0.113.9", False)),
        (Conversation(CAMERA, OUTSIDE).open().packets[:1], (FIRST, "203.0.113.9", False)),
        (Conversation(CAMERA, OUTSIDE).open().packets[1:2], (FIRST, "203.0.113.9", False)),
        (ask(CAMERA, OUTSIDE), (FIRST, "203.0.113.9", False)),
        (ask(SIX, SIX_OUTSIDE), (FIRST, "2001:db8:9::9", False)),
        (Conversation(SIX_OUTSIDE, SIX, vlans=(40,)).open().packets, (SECOND_SIDE, "2001:db8:9::9", False)),
        (Conversation(RECORDER, CAMERA).open().packets, (SECOND_SIDE, "recorder", True)),
        (ask(CAMERA, RECORDER), (FIRST, "recorder", True)),
        (ask(SIX, Host("fd00:40::250", 5004)), (FIRST, "recorder", True)),
        (ask(CAMERA, Host("10.1.0.9", 123)), (FIRST, "10.1.0.9", True)),
        (ask(CAMERA, Host("10.1.0.9", 53)), (FIRST, "10.1.0.9", True)),
        (ask(CAMERA, Host("10.1.0.9", 161)), (FIRST, "10.1.0.9", False)),
        (ask(CAMERA, Host("203.0.113.53", 53)), (FIRST, "203.0.113.53", False)),
        (ask(CAMERA, Host("203.0.113.53", 123)), (FIRST, "203.0.113.53", False)),
        (ask(Host("10.40.0.7", 68), Host("10.1.9.9", 67)), (FIRST, "10.1.9.9", True)),
        (ask(CAMERA, Host("239.255.255.250", 3702)), (FIRST, "239.255.255.250", True)),
        (ask(SIX, Host("ff02::fb", 5353)), (FIRST, "ff02::fb", True)),
        (ask(CAMERA, Host("10.40.0.255", 37020)), (FIRST, "10.40.0.255", True)),
        (ask(Host("10.40.0.8", 50_000), Host("10.40.0.255", 37020)), (FIRST, "10.40.0.255", True)),
        (ask(CAMERA, Host("255.255.255.255", 37020)), (FIRST, "255.255.255.255", True)),
        (Conversation(CAMERA, Host("10.1.0.9", 8443)).open().packets, (FIRST, "10.1.0.9", True)),
        (Conversation(CAMERA, Host("10.1.0.9", 8080)).open().packets, (FIRST, "10.1.0.9", False)),
        (
            Conversation(Host("10.1.0.9", 40_000), Host("10.40.0.7", 8443)).open().packets,
            (SECOND_SIDE, "10.1.0.9", True),
        ),
        (Conversation(Host("10.40.0.7", 8443), Host("10.1.0.9", 9)).open().packets, (FIRST, "10.1.0.9", False)),
        (Conversation(Host("10.99.0.3", 9), CAMERA).open().packets, (SECOND_SIDE, "patrons", False)),
    ],
)
@pytest.mark.parametrize("batch", [0, 1])
def test_what_is_expected(packets: list[Packet], expected: tuple[Side, str, bool], batch: int, config: Path) -> None:
    """What the zone's list names, and what every device needs; whoever opens the flow."""
    seen, _ = listen(packets, config, batch=batch)
    assert [expected] == [one[1:] for one in told(seen)]


def test_where_nobody_saw_who_opened_a_flow_the_service_may_be_at_either_end(config: Path) -> None:
    """Met in the middle, port 8443 may be the camera's own service or that of the other end."""
    for near, far in ((Host("10.1.0.9", 50_000), Host("10.40.0.7", 8443)), (CAMERA, Host("10.1.0.9", 8443))):
        for say in ("originator", "responder"):
            talk = getattr(Conversation(near, far), say)(b"data")
            assert [True] == [expected for *_, expected in told(listen(talk.packets, config)[0])]


def test_without_a_list_only_the_internet_is_unexpected(config: Path) -> None:
    """Nobody has said which hosts of the house these cameras need; an asset's role makes a camera, too."""
    free, door = Host("10.41.0.7", 5), Host("10.1.5.5", 5)
    for camera in (free, door):
        packets = [*ask(camera, OUTSIDE), *ask(camera, Host("10.50.0.9", 80)), *ask(camera, Host("224.0.0.251", 5353))]
        assert [False, True, True] == [expected for *_, expected in told(listen(packets, config)[0])]


def test_between_cameras_it_is_about_the_one_that_should_not_be_in_it(config: Path) -> None:
    """A camera with a list, met by one without: only the first is unexpected; one flow is told once."""
    listed, free, other = CAMERA, Host("10.41.0.7", 50_000), Host("10.40.0.8", 80)

    assert [("10.40.0.7", SECOND_SIDE, "10.41.0.7", False)] == told(listen(ask(free, listed), config)[0])
    assert [("10.40.0.7", FIRST, "10.41.0.7", False)] == told(listen(ask(listed, free), config)[0])
    assert [("10.40.0.7", FIRST, "10.40.0.8", False)] == told(listen(ask(listed, other), config)[0])


def test_who_is_no_camera_is_not_told(config: Path) -> None:
    """Neither the recorder in the cameras' zone, nor a desk, nor anything without a word of anybody."""
    packets = [*ask(RECORDER, OUTSIDE), *ask(Host("10.50.0.9", 5), OUTSIDE), *ask(STRANGER, OUTSIDE)]
    packets += ask(RECORDER, Host("10.40.0.255", 37020))

    assert [] == opened(listen(packets, config)[0])
    assert [] == opened(listen([*packets, *ask(CAMERA, OUTSIDE)])[0])


def test_what_is_not_inspected_is_not_told(config: Path) -> None:
    """Excluded goes before watched, and is counted."""
    seen, stats = listen(Conversation(CAMERA, Host("10.60.0.5", 443)).open().originator(SAYS_CAMERA).packets, config)

    assert [] == seen
    assert (4, 0, 4) == (stats.coverage.excluded_packets, stats.coverage.flows, stats.coverage.packets)


@pytest.mark.parametrize("batch", [0, 1])
@pytest.mark.parametrize(
    ("name", "shown", "expected"),
    [
        ("cdn.updates.example", "updates.example", True),
        ("p2p.eu.vendor.co.uk", "vendor.co.uk", False),
        ("updates.example", "updates.example", False),
    ],
)
def test_the_name_in_the_hello_counts(name: str, shown: str, expected: bool, batch: int, config: Path) -> None:  # noqa: FBT001
    """A flow is told as of its first packet, with the registrable domain that the camera asked for."""
    talk = hello(name)
    seen, _ = listen(talk.packets, config, batch=batch)
    (one,) = opened(seen)

    assert [("10.40.0.7", FIRST, shown, expected)] == told(seen)
    assert (START * SECOND, 1, "tls") == (one.at_ns, one.frame, one.flow.protocol)
    assert [1, 1] == [one.flow_serial for one in seen]


@pytest.mark.parametrize(("pause_ns", "shown"), [(0, "vendor.example"), (2 * WAIT_NS, "203.0.113.9")])
@pytest.mark.parametrize("batch", [0, 1, 3])
def test_a_hello_is_waited_for_for_some_seconds(pause_ns: int, shown: str, batch: int, config: Path) -> None:
    """What comes later does not change what was told, wherever the batches are cut."""
    assert shown == told(listen(hello("a.vendor.example", after_ns=pause_ns).packets, config, batch=batch)[0])[0][2]


def test_the_name_that_dns_gave_counts_for_its_client_alone(config: Path) -> None:
    """An expectation of a name holds for who asked for it; the name of the hello is shown first."""
    names = [("10.40.0.7", "203.0.113.9", "img.updates.example"), ("10.40.0.8", "203.0.113.9", "p2p.vendor.example")]
    other = Host("10.40.0.8", 40_000)
    packets = woven(Conversation(CAMERA, OUTSIDE).open().packets, Conversation(other, OUTSIDE).open().packets)
    seen, _ = listen(packets, config, names=names)

    assert {
        ("10.40.0.7", FIRST, "updates.example", True),
        ("10.40.0.8", FIRST, "vendor.example", False),
    } == set(told(seen))
    both, _ = listen(hello("cdn.example.net").packets, config, names=names)
    assert [("10.40.0.7", FIRST, "example.net", True)] == told(both)


def test_names_of_the_camera_itself_are_not_those_of_who_calls_it(config: Path) -> None:
    """Somebody who connects to the camera names the camera."""
    talk = hello("camera.updates.example", OUTSIDE, Host("10.40.0.7", 443))

    assert [("10.40.0.7", SECOND_SIDE, "203.0.113.9", False)] == told(listen(talk.packets, config)[0])


def test_patrons_have_no_name(config: Path) -> None:
    """Whatever a camera calls a patron's device, only the zone is shown."""
    names = [("10.40.0.7", "10.99.0.3", "annas-laptop.example")]
    (one,) = opened(listen(ask(CAMERA, Host("10.99.0.3", 80)), config, names=names)[0])
    other = one.flow.responder

    assert ("", "", "patrons", Audience.PUBLIC) == (other.name, other.address, other.zone, other.audience)


@pytest.mark.parametrize("batch", [0, 1, 2, 5])
def test_who_says_it_is_a_camera_is_one(batch: int) -> None:
    """Flows before, at and after that moment are told once each, as of their first packet."""
    early = Conversation(STRANGER, Host("203.0.113.1", 80), at_ns=START * SECOND - 100 * SECOND).open().close()
    waiting = hello("a.vendor.example", STRANGER, Host("203.0.113.2", 443))
    speaking = Conversation(Host("10.50.0.9", 9), Host("10.70.0.7", 7777), vlans=(7,)).open()
    speaking.originator(b"TOY\n").responder(b"CAMERA\n")
    late = Conversation(STRANGER, Host("203.0.113.3", 80), at_ns=speaking.at_ns, vlans=(8,)).open()
    packets = woven(early.packets, waiting.packets[:3], speaking.packets, late.packets)
    packets += [replace(packet, at_ns=late.at_ns) for packet in waiting.packets[3:]]
    seen, _ = listen(packets, batch=batch)

    found = {
        one.flow_serial: (*shown[2:], one.vlan, one.flow.protocol)
        for one, shown in zip(opened(seen), told(seen), strict=True)
    }
    assert {
        1: ("203.0.113.1", False, -1, "tcp"),
        2: ("vendor.example", False, -1, "tls"),
        3: ("10.50.0.9", True, 7, "toy"),
        4: ("203.0.113.3", False, 8, "tcp"),
    } == found
    assert len(found) == len(opened(seen))
    by_serial = {one.flow_serial: one for one in opened(seen)}
    assert (early.packets[0].at_ns, 1) == (by_serial[1].at_ns, by_serial[1].frame)


def test_the_view_of_the_flow_in_which_it_was_said_tells_it() -> None:
    """Rules about what comes behind it in the same flow know the camera."""
    talk = Conversation(Host("10.50.0.9", 9), Host("10.70.0.7", 7777)).open()
    talk.originator(b"TOY\n").responder(b"hello\n").responder(b"CAMERA\n").responder(b"video\n")
    lines = [one.flow.camera for one in listen(talk.packets)[0] if isinstance(one.event, ToyLine)]

    assert [None, None, Side.RESPONDER, Side.RESPONDER] == lines


@pytest.mark.parametrize("address", ["203.0.113.9", "10.50.0.9", "10.40.0.250", "10.60.0.9"])
def test_not_everybody_is_believed(address: str, config: Path) -> None:
    """Hosts on the internet are no cameras, nor is a device of another role, nor one that is not inspected."""
    talk = Conversation(Host(address, 9), Host("10.50.0.3", 7777)).open().originator(SAYS_CAMERA)
    packets = [*talk.packets, *ask(Host(address, 5), Host("192.0.2.1", 80), at_ns=talk.at_ns)]

    assert [] == opened(listen(packets, config)[0])


def test_only_so_many_are_believed() -> None:
    """A network full of liars is bounded, and counted."""
    packets: list[Packet] = []
    for n in range(MAX_DECLARED + 3):
        liar = Host(f"10.70.{n >> 8}.{n & 255}", 9)
        packets += Conversation(liar, Host("10.1.0.1", 7777), at_ns=START * SECOND + n).originator(SAYS_CAMERA).packets
    seen, stats = listen(packets)

    assert MAX_DECLARED == len(opened(seen))
    assert 3 == stats.limits["flow.cameras"]


def test_only_so_many_wait(monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    """Beyond the limit the oldest is told at once, without the name that it would have had."""
    monkeypatch.setattr(room, "MAX_WAITING", 2)
    talks = [hello(f"{n}.vendor{n}.example", Host("10.40.0.7", 40_000 + n)).packets[2:] for n in range(3)]
    seen, stats = listen([*(talk[0] for talk in talks), *(talk[1] for talk in talks)], config)

    assert ["203.0.113.9", "vendor1.example", "vendor2.example"] == [other for _, _, other, _ in told(seen)]
    assert 1 == stats.limits["flow.contacts"]


@pytest.mark.parametrize("batch", [0, 1])
def test_an_attempt_is_told_as_one(batch: int, config: Path) -> None:
    """Unanswered, refused, or with nothing behind the answer; what takes long is told again when it succeeds."""
    whole = Conversation(CAMERA, OUTSIDE).open().packets
    refused = Conversation(CAMERA, OUTSIDE).send(Side.ORIGINATOR, 2).reset(Side.RESPONDER).packets
    late = [whole[0], *(replace(packet, at_ns=packet.at_ns + 2 * WAIT_NS) for packet in whole[1:])]
    for packets, expected in (
        (whole[:1], [True]),
        (whole[:2], [True]),
        (refused, [True]),
        (whole, [False]),
        (whole[2:], [False]),
        (ask(CAMERA, OUTSIDE), [False]),
        (late, [True, False]),
    ):
        events = [one.event for one in opened(listen(packets, config, batch=batch)[0])]
        assert expected == [event.attempt for event in events if isinstance(event, FlowOpened)]
    again = opened(listen(late, config, batch=batch)[0])
    assert [(1, 1), (1, 3)] == [(one.flow_serial, one.frame) for one in again]


@pytest.mark.parametrize("batch", [1, 2, 7, 40])
def test_batches_change_nothing(batch: int, config: Path) -> None:
    """Names, liars, silence and ends: the same contacts, in the same order, however the capture is cut."""
    rng = random.Random(11)
    talks: list[list[Packet]] = []
    for n in range(60):
        host = Host(rng.choice(["10.40.0.7", "10.41.0.8", "10.70.0.9", "10.70.0.10"]), 40_000 + n)
        target = Host(f"203.0.113.{rng.randrange(4)}", rng.choice([443, 80]))
        start = START * SECOND + rng.randrange(60) * SECOND + n
        kind = rng.randrange(4)
        if kind == 0:
            talk = Conversation(host, Host("10.50.0.3", 7777), at_ns=start).open().originator(b"TOY\n")
            talks.append(talk.wait(rng.randrange(20) * SECOND).originator(rng.choice([b"CAMERA\n", b"NAME\n"])).packets)
        elif kind == 1:
            talks.append(ask(host, target, at_ns=start))
        else:
            talk = replace(hello("x.vendor.example", host, target), at_ns=start) if kind == 2 else None
            if talk is None:
                talks.append(Conversation(host, target, at_ns=start).open().close().packets)
                continue
            talk = Conversation(host, target, at_ns=start).open().wait(rng.choice([0, 0, 5, 15]) * SECOND)
            talks.append(talk.originator(record(client_hello(server_name(b"x.vendor.example")))).close().packets)

    def note(book: NameBook, client: bytes, event: Event, at_ns: int) -> None:
        known = host_name(Raw(b"told.example"))
        if known is not None and isinstance(event, ToyLine) and event.size_bytes == len("NAME"):
            for n in range(4):
                address = int(ip_address(f"203.0.113.{n}"))
                book.note(client, address, 4, known, ttl_seconds=60, at_ns=at_ns)

    packets = woven(*talks)
    whole, _ = listen(packets, config, note=note)
    cut, _ = listen(packets, config, batch=batch, note=note)

    assert opened(whole) == opened(cut)
    assert {"vendor.example", "told.example", "203.0.113.1"} <= {other for _, _, other, _ in told(whole)}
