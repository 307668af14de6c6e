"""What is asked of the wire, and which findings an answer is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.privacy.presence import Meeting, Place, Presence
from monitor.sinks.store import inquiry
from monitor.sinks.store.inquiry import Inquiry
from tests.unit.sinks.samples import CAMERA, HEARTBEAT, LOGIN, PIN

ILS: Place = ("10.1.0.10", "")
CAMERA_PLACE: Place = ("10.40.0.21", "")
RELAY: Place = ("203.0.113.7", "")
ELSEWHERE: Place = ("192.0.2.9", "")


def asked(*findings: Finding) -> tuple[Inquiry, Presence]:
    """An inquiry about findings of this run."""
    presence = Presence()
    one = Inquiry(presence)
    one.ask([finding.id for finding in findings], {finding.id: finding for finding in findings})
    return one, presence


def test_nothing_is_asked_without_findings() -> None:
    """And nobody goes through the table then."""
    _, presence = asked()
    assert not presence.is_asked


def test_a_place_stands_for_all_its_findings() -> None:
    """Two rules about one library system; its port does not matter."""
    one, presence = asked(PIN, HEARTBEAT, LOGIN)
    presence.note(ILS, ELSEWHERE, 40_000)
    assert ({PIN.id, HEARTBEAT.id}, set()) == one.answer()


def test_answers_wait_until_they_are_written() -> None:
    """A disk may be full for days."""
    one, presence = asked(PIN, CAMERA)
    presence.note(ILS, ELSEWHERE, 1)
    one.answer()
    presence.note(CAMERA_PLACE, RELAY, 443)
    assert ({PIN.id, CAMERA.id}, {CAMERA.id}) == one.answer()
    one.settle()
    assert (set(), set()) == one.answer()


def test_a_device_that_meets_a_peer_goes_on() -> None:
    """By the port of the finding, or any where the peer used many; a service's clients prove nothing."""
    one, presence = asked(CAMERA, PIN)
    presence.note(CAMERA_PLACE, RELAY, 80)
    presence.note(ILS, ("10.30.0.11", ""), 0)
    assert ({CAMERA.id, PIN.id}, set()) == one.answer()
    presence.note(CAMERA_PLACE, RELAY, 443)
    assert {CAMERA.id} == one.answer()[1]

    many = replace(CAMERA, peers=(replace(CAMERA.peers[0], port=0),))
    one, presence = asked(many)
    presence.note(CAMERA_PLACE, RELAY, 80)
    assert {CAMERA.id} == one.answer()[1]


def test_a_zone_stands_for_addresses_that_are_not_shown() -> None:
    """Any of its devices; and where not even that is known, nothing is asked."""
    hidden = replace(CAMERA, about=replace(CAMERA.about, address=Label("")))
    one, presence = asked(hidden)
    presence.note(("", "cameras"), RELAY, 443)
    assert ({CAMERA.id}, {CAMERA.id}) == one.answer()

    nowhere = replace(hidden, about=replace(hidden.about, zone=Label("")))
    _, presence = asked(nowhere)
    assert not presence.is_asked


def test_findings_of_earlier_runs_are_asked_about_by_their_place() -> None:
    """What they met may be expected by now."""
    presence = Presence()
    one = Inquiry(presence)
    one.know(CAMERA.id, CAMERA_PLACE)
    one.ask([CAMERA.id, "unknown"], {})
    presence.note(CAMERA_PLACE, RELAY, 443)
    assert ({CAMERA.id}, set()) == one.answer()


def test_more_peers_than_can_be_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then any packet of the device may be one of the finding."""
    monkeypatch.setattr(inquiry, "MAX_MEETINGS", 0)
    one, presence = asked(CAMERA)
    presence.note(CAMERA_PLACE, ELSEWHERE, 9)
    assert {CAMERA.id} == one.answer()[1]


def test_meetings_are_told_apart_by_their_place() -> None:
    """Another camera with the same peer is another finding."""
    other = replace(CAMERA, id=Label("other"), about=replace(CAMERA.about, address=Label("10.40.0.22")))
    one, presence = asked(CAMERA, other)
    presence.note(("10.40.0.22", ""), RELAY, 443)
    assert ({"other"}, {"other"}) == one.answer()
    assert Meeting(CAMERA_PLACE, RELAY, 443) != Meeting(("10.40.0.22", ""), RELAY, 443)
