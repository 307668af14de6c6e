"""What cameras send: every byte of theirs once, by their zone and by whether the other end is expected."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network

import pytest

from monitor.flow.areas import Areas
from monitor.flow.table import FlowTable
from monitor.flow.tracker import Tracker
from monitor.flow.uploads import Uploads
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
        areas=Areas([CAMERAS], ()),
        expectations=Expectations([CAMERAS], (), ()),
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


def test_accounts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no account is counted as such."""
    monkeypatch.setattr("monitor.flow.uploads.ACCOUNTS", 2)
    stats = Stats()

    class Table:
        """Knows that it was asked."""

        charged: list[int] = []  # noqa: RUF012 (one test)

        def charge(self, _slot: int, _serial: int, _end: int, account: int) -> None:
            self.charged.append(account)

    class Opening:
        """All that is asked of one."""

        slot, serial, addresses = 0, 1, (b"", b"")

    table = Table()
    accounts = Uploads(table, stats, lambda _: Label("z"))  # type: ignore[arg-type]
    for expected in (True, False, True):
        accounts.charge(Opening(), 0, expected=expected)  # type: ignore[arg-type]

    assert [1, 1] == table.charged
    assert {"flow.uploads": 1} == stats.limits


def test_a_flow_that_is_gone_counts_for_nobody() -> None:
    """Its place may belong to another flow by now."""
    table = FlowTable(slots=8)
    table.charge(3, 77, 0, 5)

    assert not any(table.account_bytes)
