"""A growing finding: whom it is about, its peers, what it shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.detect import tally as tallies
from monitor.detect.rule import Rule
from monitor.detect.tally import LISTED_PEERS, MAX_VLANS, Tally, ends, identity
from monitor.model.data import AboutKind, DataClass
from monitor.model.finding import Evidence, Finding, Observation
from monitor.model.flow import Endpoint, FlowView, Reach, Side, Transport
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.subjects import SubjectCounter
from tests.unit.detect.samples import FLOW, KIOSK, MIDNIGHT_NS, SERVER, end, flow, load, rule, said, seen

HIDDEN = end("", 50_000, zone="patron-wifi")
OUTSIDE = end("192.0.2.9", 443, name="relay.example.org")


@pytest.fixture
def service(tmp_path: Path) -> Rule:
    """A rule about a service."""
    return load(tmp_path / "service", one=rule()).rules[0]


@pytest.fixture
def device(tmp_path: Path) -> Rule:
    """A rule about a device."""
    return load(tmp_path / "device", two=rule(2, about="device")).rules[0]


def grown(one: Rule, *observations: Observation, stats: Stats | None = None) -> Tally:
    """A tally that has seen these observations, each counted once."""
    first = observations[0]
    tally = Tally(one, identity(one.about, first.flow), first, stats or Stats())
    for observation in observations:
        peer = tally.peer(observation.flow, room=True)
        tally.count += 1
        if peer is not None:
            peer.count += 1
        at_ns, view, _, _, capture, frame, vlan, _ = observation
        tally.see(view, (at_ns, capture, frame, vlan))
    return tally


def finding(one: Rule, *observations: Observation) -> Finding:
    """What such a tally says."""
    return grown(one, *observations).finding(SubjectCounter())


def test_service(service: Rule) -> None:
    """A finding about a service names the responder; clients are peers without a port."""
    found = finding(service, seen(said()))
    about = found.about
    assert (about.kind, about.address, about.port, about.transport) == (AboutKind.SERVICE, "10.1.0.10", 6001, "tcp")
    assert [("10.30.0.11", 0, 1)] == [(peer.address, peer.port, peer.count) for peer in found.peers]
    assert found.protocol == "talk"
    assert found.rule_id == service.id


@pytest.mark.parametrize(
    ("view", "device_end", "other"),
    [
        (flow(KIOSK, OUTSIDE), KIOSK, OUTSIDE),
        (flow(OUTSIDE, KIOSK), KIOSK, OUTSIDE),
        (flow(KIOSK, SERVER), KIOSK, SERVER),
        (flow(OUTSIDE, end("192.0.2.10")), OUTSIDE, end("192.0.2.10")),
    ],
)
def test_device_is_the_local_end(view: FlowView, device_end: object, other: object) -> None:
    """A device is the local end, whoever opened the flow; between two of a kind it is the originator."""
    assert (device_end, other) == ends(AboutKind.DEVICE, view)


def test_device(device: Rule) -> None:
    """A finding about a device has no port of its own; its peers have theirs while they use one."""
    once = seen(said(), flow(KIOSK, OUTSIDE))
    about = finding(device, once).about
    assert (about.address, about.port, about.transport) == ("10.30.0.11", 0, "")
    assert [("192.0.2.9", 443, 2)] == peers_of(finding(device, once, once))
    for other in (flow(OUTSIDE, KIOSK), flow(KIOSK, replace(OUTSIDE, port=80))):
        assert [("192.0.2.9", 0, 3)] == peers_of(finding(device, once, seen(said(), other), once))


def peers_of(found: Finding) -> list[tuple[str, int, int]]:
    """Address, port and count of each peer."""
    return [(peer.address, peer.port, peer.count) for peer in found.peers]


@pytest.mark.parametrize("camera", [Side.ORIGINATOR, Side.RESPONDER])
def test_device_is_the_camera(camera: Side) -> None:
    """Where an end is a camera, the finding is about it, whoever opened the flow and wherever the other end is."""
    for other in (SERVER, OUTSIDE):
        ends_ = (KIOSK, other) if camera is Side.ORIGINATOR else (other, KIOSK)
        view = replace(flow(*ends_), camera=camera)
        assert (KIOSK, other) == ends(AboutKind.DEVICE, view)
        assert (ends_[1], ends_[0]) == ends(AboutKind.SERVICE, view)


@pytest.mark.parametrize(
    ("kind", "one", "two", "same"),
    [
        ("service", FLOW, flow(end("10.30.0.12", 5)), True),
        ("service", FLOW, flow(responder=end("10.1.0.10", 6002)), False),
        ("service", FLOW, flow(responder=end("10.1.0.11", 6001)), False),
        ("service", FLOW, flow(transport=Transport.UDP), False),
        ("service", flow(responder=HIDDEN), flow(responder=end("", 50_000, zone="staff-wifi")), False),
        ("service", flow(responder=HIDDEN), flow(responder=HIDDEN), True),
        ("service", flow(responder=end("", 1, zone="10.1.0.10")), flow(responder=end("10.1.0.10", 1)), False),
        ("device", flow(KIOSK, OUTSIDE), flow(KIOSK, end("192.0.2.77", 80, name="relay.example.org")), True),
        ("device", flow(KIOSK, OUTSIDE), flow(KIOSK, end("192.0.2.9", 443, name="other.example.org")), False),
        ("device", flow(KIOSK, end("192.0.2.1")), flow(KIOSK, end("192.0.2.2")), True),
        ("device", flow(KIOSK, OUTSIDE), flow(end("10.30.0.12"), OUTSIDE), False),
    ],
)
def test_identity(kind: str, one: FlowView, two: FlowView, same: bool) -> None:  # noqa: FBT001 (a table)
    """What makes one finding out of two flows, and what does not."""
    about = AboutKind(kind)
    assert same == (identity(about, one) == identity(about, two))


def test_id(service: Rule, device: Rule) -> None:
    """An id is ten digits, the same on every run, another for every rule and place."""
    ids = [
        finding(service, seen(said())).id,
        finding(device, seen(said())).id,
        finding(service, seen(said(), flow(responder=end("10.1.0.10", 6002)))).id,
    ]
    assert ids[0] == finding(service, seen(said(), serial=9, at_ns=MIDNIGHT_NS + 5, frame=7)).id
    assert ids[0] == "6011e37cbd"
    assert len(set(ids)) == 3
    assert {10} == {len(one) for one in ids}


def test_hidden_peers_share_a_line(service: Rule) -> None:
    """Patron devices are one peer, their zone; nothing tells them apart."""
    other = end("", 50_001, zone="patron-wifi")
    found = finding(service, seen(said(), flow(HIDDEN)), seen(said(), flow(other)))
    assert [("", "patron-wifi", 2)] == [(peer.address, peer.zone, peer.count) for peer in found.peers]
    assert found.peers_total == 1


def test_peers_worst_first(service: Rule) -> None:
    """Peers stand by count, then as they were first seen."""
    order = [3, 1, 2, 2, 1, 4, 2]
    found = finding(service, *(seen(said(), flow(end(f"10.30.0.{last}"))) for last in order))
    expected = [("10.30.0.2", 3), ("10.30.0.1", 2), ("10.30.0.3", 1), ("10.30.0.4", 1)]
    assert expected == [(peer.address, peer.count) for peer in found.peers]


def test_listed_peers(service: Rule) -> None:
    """Fifty are listed, all are counted."""
    found = finding(service, *(seen(said(), flow(end(f"10.30.0.{last}"))) for last in range(60)))
    assert (len(found.peers), found.peers_total) == (LISTED_PEERS, 60)
    assert found.peers[0].address == "10.30.0.0"


def test_peers_are_bounded(service: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit, or without room, only known peers are told apart."""
    monkeypatch.setattr(tallies, "MAX_PEERS", 2)
    tally = grown(service, seen(said(), flow(end("10.30.0.1"))), seen(said(), flow(end("10.30.0.2"))))
    assert tally.peer(flow(end("10.30.0.3")), room=True) is None
    assert tally.peer(flow(end("10.30.0.2")), room=False) is not None
    monkeypatch.undo()
    assert tally.peer(flow(end("10.30.0.3")), room=False) is None
    assert tally.peers_total == 2


def test_vlans(service: Rule) -> None:
    """Tags are sorted, each once; no tag is none."""
    found = finding(service, *(seen(said(), vlan=vlan) for vlan in (30, -1, 4, 30)))
    assert found.vlan == (4, 30)


def test_vlans_are_bounded(service: Rule) -> None:
    """More tags than anybody has are counted as a limit hit."""
    stats = Stats()
    tally = grown(service, *(seen(said(), vlan=vlan) for vlan in range(MAX_VLANS + 2)), stats=stats)
    assert len(tally.finding(SubjectCounter()).vlan) == MAX_VLANS
    assert stats.limits == {"detect.vlans": 2}


def test_times_and_evidence(service: Rule) -> None:
    """First and last, also when a second capture goes back in time."""
    found = finding(
        service,
        seen(said(), at_ns=50, frame=5),
        seen(said(), at_ns=90, frame=9),
        seen(said(), at_ns=70, frame=7),
        seen(said(), at_ns=20, frame=2),
    )
    assert (found.first_seen_ns, found.last_seen_ns) == (20, 90)
    assert (Evidence(capture=0, frame=2), Evidence(capture=0, frame=9)) == found.evidence


def test_the_protocol_of_the_first(service: Rule) -> None:
    """Where flows of several protocols make one finding, the one that was seen first names it, in whatever order."""
    flows = [seen(said(), replace(FLOW, protocol=Label(name)), at_ns=at_ns) for name, at_ns in (("b", 20), ("a", 10))]
    assert ["a", "a"] == [finding(service, *order).protocol for order in (flows, flows[::-1])]


def test_one_frame_is_one_piece_of_evidence(service: Rule) -> None:
    """The same frame is not named twice."""
    assert (Evidence(capture=0, frame=4),) == finding(service, seen(said(), frame=4)).evidence


def test_data_classes_in_fixed_order(service: Rule) -> None:
    """Classes stand in the order of the closed list, fields by key."""
    tally = grown(service, seen(said()))
    tally.fields["B"] += 2
    tally.fields["A"] += 1
    tally.classes = DataClass.EMAIL.bit | DataClass.CREDENTIAL.bit | DataClass.UNCLASSIFIED.bit
    found = tally.finding(SubjectCounter())
    assert found.data_classes == (DataClass.CREDENTIAL, DataClass.EMAIL, DataClass.UNCLASSIFIED)
    assert list(found.fields.items()) == [("A", 1), ("B", 2)]


def test_finding_does_not_grow(service: Rule) -> None:
    """What was handed out stays as it was."""
    tally = grown(service, seen(said()))
    tally.fields["A"] += 1
    found = tally.finding(SubjectCounter())
    tally.fields["A"] += 1
    tally.count += 1
    assert (found.fields, found.count) == ({"A": 1}, 1)


OUTER_KIOSK = replace(KIOSK, reach=Reach.INTERNET)
OUTER_SERVER = replace(SERVER, reach=Reach.INTERNET)


@pytest.mark.parametrize("about", ["service", "device"])
@pytest.mark.parametrize(
    ("ends_seen", "expected"),
    [
        ([(KIOSK, SERVER)], False),
        ([(OUTER_KIOSK, SERVER)], True),
        ([(KIOSK, OUTER_SERVER)], True),
        ([(KIOSK, SERVER), (replace(OUTER_KIOSK, address=Label("192.0.2.77")), SERVER)], True),
    ],
)
def test_pages_on_the_internet(
    about: str,
    ends_seen: list[tuple[Endpoint, Endpoint]],
    expected: bool,  # noqa: FBT001 (a table)
    tmp_path: Path,
) -> None:
    """Where one of the ends is on the internet, whichever that is."""
    one = load(tmp_path / "rules", one=rule(pages="internet", about=about)).rules[0]
    observations = [seen(said(), flow(first, second)) for first, second in ends_seen]
    assert expected is finding(one, *observations).pages


def test_a_peer_that_has_moved_up_does_not_page(tmp_path: Path) -> None:
    """What it showed counts in a worse finding, which says for itself whether it pages."""
    one = load(tmp_path / "rules", one=rule(pages="internet")).rules[0]
    tally = grown(one, seen(said(), flow(OUTER_KIOSK, SERVER)))
    peer = tally.peer(flow(OUTER_KIOSK, SERVER), room=True)
    assert peer is not None
    peer.count = 0
    assert not tally.finding(SubjectCounter()).pages


@pytest.mark.parametrize(("pages", "expected"), [("always", True), ("never", False)])
def test_pages_whatever_the_ends(pages: str, expected: bool, tmp_path: Path) -> None:  # noqa: FBT001 (a table)
    """As the rule says."""
    one = load(tmp_path / "rules", one=rule(pages=pages)).rules[0]
    local, outside = flow(KIOSK, SERVER), flow(OUTER_KIOSK, OUTER_SERVER)
    assert [expected] * 2 == [finding(one, seen(said(), view)).pages for view in (local, outside)]
