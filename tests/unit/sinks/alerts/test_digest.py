"""The one message a day."""

from __future__ import annotations

from dataclasses import replace

from monitor.model.data import Level
from monitor.sinks.alerts.digest import FIRST_LOOK, LISTED, News, compose_digest, item_of
from tests.unit.sinks.alerts.telling import SENDER, number
from tests.unit.sinks.samples import CAMERA, HEARTBEAT, LOGIN, PIN

DAY = "2026-05-08"


def test_what_it_says() -> None:
    """New first, worst first, each with where and how much; then what is back and what is over; then how many stand."""
    items = [
        item_of(HEARTBEAT, News.OVER, is_urgent=False),
        item_of(CAMERA, News.NEW, is_urgent=False),
        item_of(LOGIN, News.BACK, is_urgent=True),
        item_of(PIN, News.NEW, is_urgent=True),
    ]
    labels, annotations = compose_digest(items, 3, DAY, SENDER)
    lines = annotations["description"].splitlines()
    begins = [line.partition(")")[0] for line in lines]
    expected = [
        "New:",
        "- [critical, URGENT] Self-checks send patron PINs without encryption (finding a1b2c3d4",
        "- [high] A camera sends video to a host nobody expects (finding 0badcafe",
        "",
        "Back again:",
        "- [critical, URGENT] The catalog takes logins without encryption (finding 11112222",
        "",
        "Over:",
        "- [informational] SIP2 without encryption, no patron data seen yet (finding 33334444",
        "",
        "3 findings stand now.",
    ]
    assert expected == begins
    assert "8,120 messages of 840 patrons" in lines[1]
    assert "Daily digest of 2026-05-08: 2 new, 1 back again, 1 over" == annotations["summary"]
    expected_labels = {
        "alertname": "PrivacyDigest",
        "severity": "ticket",
        "site": "Main",
        "instance": "s1",
        "digest": DAY,
    }
    assert expected_labels == labels


def test_the_first_look() -> None:
    """It says what it is."""
    labels, annotations = compose_digest([item_of(PIN, News.NEW, is_urgent=True)], 1, FIRST_LOOK, SENDER)
    assert FIRST_LOOK == labels["digest"]
    assert "First look at this network: 1 new" == annotations["summary"]
    assert annotations["description"].endswith("1 finding stands now.")


def test_a_long_one() -> None:
    """Nobody reads hundreds of lines; the worst are there, and how many are left out."""
    items = [item_of(number(CAMERA, ident), News.NEW, is_urgent=False) for ident in range(LISTED + 20)]
    items.append(item_of(replace(PIN, level=Level.CRITICAL), News.NEW, is_urgent=False))
    _, annotations = compose_digest(items, LISTED + 21, DAY, SENDER)
    lines = annotations["description"].splitlines()
    assert LISTED == sum(line.startswith("- [") for line in lines)
    assert "critical" in lines[1]
    assert "And 21 more, see privacy-monitor findings list." in lines
