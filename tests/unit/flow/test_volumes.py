"""What watched devices exchange with whom: every byte once; who keeps sending; and what cameras send, by their zone."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

import pytest

from monitor.flow.areas import Areas
from monitor.flow.encounters import Wishes
from monitor.flow.picks import Opening
from monitor.flow.table import FlowTable
from monitor.flow.tracker import Tracker
from monitor.flow.volumes import ACCOUNTS, RECENT_NS, Volumes
from monitor.model.data import Audience, Role
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.expectations import Expectations
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.places import Expectation, Zone
from tests.support.conversation import Conversation, Host, Packet, datagram
from tests.support.frames import decoded
from tests.support.toy import TOY

CAMERA, OUTSIDE, RECORDER = Host("10.40.0.7", 40_000), Host("203.0.113.9", 443), Host("10.1.0.9", 554)
RECORDERS = Expectation(network=ip_network("10.1.0.0/24"))
CAMERAS = Zone(
    name=Label("cameras"),
    audience=Audience.INFRASTRUCTURE,
    networks=(ip_network("10.40.0.0/24"),),
    role=Role.CAMERA,
    expect=(RECORDERS,),
)
SECOND = 10**9


def uploads(packets: Iterable[Packet], batch: int = 0) -> dict[tuple[str, bool], int]:
    """Bytes by zone and expectation after all packets, `batch` at a time."""
    stats, packets = Stats(), list(packets)
    size = batch or len(packets)
    tracker = Tracker(
        [TOY],
        NamingPolicy([CAMERAS]),
        stats,
        lambda _: None,
        slots=64,
        wishes=Wishes(areas=Areas([CAMERAS], ()), expectations=Expectations([CAMERAS], (), ())),
    )
    for first in range(0, len(packets), size):
        chunk = packets[first : first + size]
        tracker.take(decoded([p.data for p in chunk], times_ns=[p.at_ns for p in chunk], first=first + 1))
        tracker.tick(chunk[-1].at_ns)
    tracker.finish()
    return dict(stats.camera_upload_bytes)


def said(source: Host, target: Host, at_second: int, size: int = 100) -> Packet:
    """One datagram."""
    return Packet(at_second * SECOND, datagram(source, target, bytes([at_second % 256]) * size))


@pytest.mark.parametrize("batch", [0, 1, 3])
def test_what_the_camera_sends(batch: int) -> None:
    """Before and after it is known whether the other end is expected; what it receives does not count."""
    packets = [said(CAMERA, OUTSIDE, second) for second in range(1, 31)]
    packets += [said(OUTSIDE, CAMERA, 31, 900), said(CAMERA, RECORDER, 32), said(RECORDER, CAMERA, 33, 900)]
    size = len(packets[0].data)

    assert {("cameras", False): 30 * size, ("cameras", True): size} == uploads(packets, batch)


def test_the_camera_may_be_the_end_that_answers() -> None:
    """Whoever opened the flow."""
    packets = [said(OUTSIDE, CAMERA, 1, 900), *(said(CAMERA, OUTSIDE, second) for second in range(2, 20))]

    assert {("cameras", False): 18 * len(packets[1].data)} == uploads(packets)


def test_what_a_mirror_port_doubles_counts_once() -> None:
    """The same packet from two ports is sent once."""
    packets = [packet for second in range(1, 31) for packet in [said(CAMERA, OUTSIDE, second)] * 2]

    assert {("cameras", False): 30 * len(packets[0].data)} == uploads(packets)


def test_who_is_no_camera_does_not_count() -> None:
    """A self-check may send what it likes."""
    assert {} == uploads([said(Host("10.30.0.1", 9), OUTSIDE, 1)])


def test_an_attempt_that_succeeds_late_goes_on_counting() -> None:
    """A flow that is told twice counts each of its bytes once."""
    talk = Conversation(CAMERA, OUTSIDE).open()
    first, *rest = talk.wait(60 * SECOND).originator(b"x" * 100).packets
    late = [Packet(packet.at_ns + 30 * SECOND, packet.data) for packet in rest]
    total = sum(len(packet.data) for packet in talk.packets if packet.data[26:30] == CAMERA.packed)

    assert {("cameras", False): total} == uploads([first, *late], batch=1)


class Counter:
    """A table that counts what it is told to, and knows what was charged."""

    def __init__(self) -> None:
        self.account_bytes = [0] * 2 * ACCOUNTS
        self.charged: list[int] = []

    def charge(self, _slot: int, _serial: int, _end: int, account: int) -> None:
        """Note it."""
        self.charged.append(account)


def opening(device: bytes, other: bytes, at_ns: int = 0) -> Opening:
    """A flow that a device opened."""
    return Opening(1, False, (device, other), (40_000, 443), 0, 0, True, at_ns, 0, 1, -1, 0)  # noqa: FBT003 (all of it)


def volumes_of(table: Counter, stats: Stats) -> Volumes:
    """Volumes that such a table counts."""
    return Volumes(table, stats, lambda _: Label("z"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("silent_ns", "limits"), [(0, {"flow.pairs": 1}), (2 * RECENT_NS, {})])
def test_accounts_are_bounded(silent_ns: int, limits: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was silent for longest gives up its account, which is a limit only if that was not long ago."""
    monkeypatch.setattr("monitor.flow.volumes.ACCOUNTS", 3)
    monkeypatch.setattr("monitor.flow.volumes.FREED", 1)
    table, stats = Counter(), Stats()
    volumes = volumes_of(table, stats)
    for number, at_ns in enumerate((0, SECOND, silent_ns + SECOND)):
        volumes.charge(opening(b"d", bytes([number]), at_ns), 0, expected=False, camera=True)

    assert [1, 2, 1] == table.charged
    assert limits == stats.limits
    assert [None, True] == [volumes.traffic(b"d", bytes([number])) and True for number in (0, 1)]


def test_what_goes_on_sending_is_an_upload() -> None:
    """After a minute without a pause, with the mean since it began; a pause ends it."""
    table = Counter()
    volumes = volumes_of(table, Stats())
    pair = volumes.charge(opening(b"d", b"o", 5 * SECOND), 0, expected=False, camera=True)
    told = []
    for second in range(10, 120, 5):
        table.account_bytes[2 * pair.account] += 62_500
        table.account_bytes[2 * pair.account + 1] += 500
        told += [(second, one) for _, one in volumes.report(second * SECOND)]
    traffic = pair.traffic

    assert [(65, None)] == told
    assert (5 * SECOND, 100_000) == (traffic.upload_since_ns, traffic.upload_bits_per_second)
    assert (22 * 62_500, 11_000) == (traffic.sent_bytes, traffic.received_bytes)
    assert pair.uploading
    assert [] == list(volumes.report(140 * SECOND))
    assert not pair.uploading


@pytest.mark.parametrize(
    ("sent", "received", "expected"), [(7_000, 0, False), (12_500, 12_501, False), (12_500, 0, True)]
)
def test_what_is_no_upload(sent: int, received: int, *, expected: bool) -> None:
    """A little, more from there than to there, or what is expected."""
    table = Counter()
    volumes = volumes_of(table, Stats())
    pair = volumes.charge(opening(b"d", b"o"), 0, expected=expected, camera=True)
    for second in range(1, 100):
        table.account_bytes[2 * pair.account] += sent
        table.account_bytes[2 * pair.account + 1] += received
        assert [] == list(volumes.report(second * SECOND))


def test_what_goes_on_is_told_again() -> None:
    """A flow that is heard ten minutes after it was told, at the time when it was heard; one that is over is not."""
    told: list[tuple[int, int]] = []
    packets = [said(CAMERA, OUTSIDE, 60 * minute) for minute in range(1, 30, 2)]
    tracker = Tracker(
        [TOY],
        NamingPolicy([CAMERAS]),
        Stats(),
        lambda one: told.append((one.at_ns // SECOND, one.flow_serial)),
        slots=64,
        wishes=Wishes(areas=Areas([CAMERAS], ()), expectations=Expectations([CAMERAS], (), ())),
    )
    packets += [said(CAMERA, Host("203.0.113.10", 443), 3_600)]
    for packet in packets:
        tracker.take(decoded([packet.data], times_ns=[packet.at_ns]))
        tracker.tick(packet.at_ns)

    assert [(60, 1), (11 * 60, 1), (21 * 60, 1)] == told[:3]
    assert {60, 660, 1_260, 1_740, 3_600} >= {at for at, _ in told}


def test_a_flow_that_is_gone_counts_for_nobody() -> None:
    """Its place may belong to another flow by now."""
    table = FlowTable(slots=8)
    table.charge(3, 77, 0, 5)

    assert not any(table.account_bytes)
