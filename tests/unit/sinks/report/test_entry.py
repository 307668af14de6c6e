"""One finding on the page: who, how often, where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model.data import Level
from monitor.model.finding import Evidence, Finding
from monitor.model.opaque import Label
from monitor.sinks.report.entry import badge, compose_finding
from monitor.sinks.report.text import Appearance, print_page
from tests.unit.sinks.samples import CAMERA, LOGIN, NOTHING, PIN, peer


def lines(finding: Finding) -> list[str]:
    """The entry as lines of text."""
    page = print_page(lambda _: [compose_finding(finding, ["a.pcap", "b.pcap"])], Appearance())
    return [line.strip() for line in page.splitlines()]


def test_marks_are_of_one_width() -> None:
    """Titles stand below each other."""
    assert {10} == {len(badge(level)[0]) for level in Level}


@pytest.mark.parametrize(
    ("finding", "expected"),
    [
        (PIN, "Service     10.1.0.10:6001/tcp  ils, zone servers"),
        (LOGIN, "Service     [2001:db8::10]:80/tcp  catalog.example.org"),
        (LOGIN, "Used by     zone patron-wifi"),
        (CAMERA, "Device      10.40.0.21  zone cameras"),
        (CAMERA, "Talks to    203.0.113.7:443  relay.cameras.example"),
        (replace(LOGIN, peers=(peer("", 3),)), "Used by     an end that is not named"),
        (replace(CAMERA, about=replace(CAMERA.about, address=NOTHING)), "Device      zone cameras"),
        (PIN, "Used by     17 devices, by messages"),
        (PIN, "+ 12  more"),
        (PIN, "VLANs       30, 31"),
        (replace(PIN, vlan=tuple(range(1, 20))), "VLANs       1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, + 7 more"),
        (replace(PIN, fields={Label(f"k{key:02}"): 1 for key in range(20)}), "+ 12  more"),
        (replace(PIN, peers=(), peers_total=0, count=1), "How often   1 message"),
    ],
)
def test_line(finding: Finding, expected: str) -> None:
    """Each fact stands on its own line, named as people name it."""
    assert expected in lines(finding)


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (
            (Evidence(capture=0, frame=123), Evidence(capture=0, frame=45_678)),
            "a.pcap, first frame 123, last frame 45678",
        ),
        ((Evidence(capture=0, frame=9), Evidence(capture=0, frame=9)), "a.pcap, frame 9"),
        ((Evidence(capture=0, frame=9), Evidence(capture=1, frame=2)), "a.pcap, frame 9; b.pcap, frame 2"),
        ((Evidence(capture=7, frame=1),), "capture 8, frame 1"),
    ],
)
def test_where_to_look(evidence: tuple[Evidence, ...], expected: str) -> None:
    """Frame numbers are written as other tools take them."""
    assert f"Where       {expected}" in lines(replace(PIN, evidence=evidence))


def test_lists_hang_from_their_marks() -> None:
    """What to do is laid out as its author meant it."""
    text = Label("Do this:\n\n- first of all\n- then\n\nAnd be glad.\n")
    shown = lines(replace(PIN, remediation=text))
    start = shown.index("What to do  Do this:")

    assert ["- first of all", "- then", "", "And be glad."] == shown[start + 1 : start + 5]


@pytest.mark.parametrize("label", ["Used by", "Data", "Fields", "Patrons", "VLANs", "What to do", "Where", "Read more"])
def test_nothing_is_said_of_what_is_not_known(label: str) -> None:
    """Empty facts have no line."""
    bare = replace(
        PIN,
        peers=(),
        peers_total=0,
        data_classes=(),
        fields={},
        subjects=0,
        vlan=(),
        remediation=NOTHING,
        evidence=(),
        references=(),
    )

    assert [] == [line for line in lines(bare) if line.startswith(label)]
