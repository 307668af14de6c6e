"""What is told of a finding: labels that stay, annotations in plain words."""

from __future__ import annotations

import platform
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest

from monitor.config.settings import AlertSettings, Config, Listen, MetricsSettings, Tls, Urgency
from monitor.model.opaque import Label
from monitor.sinks.alerts.notice import (
    Sender,
    alert_name,
    describe,
    describe_page,
    introduce,
    make_labels,
    write_message,
)
from tests.unit.sinks.alerts.telling import SENDER, URGENT
from tests.unit.sinks.samples import CAMERA, PIN, kiosks

BEYOND = MetricsSettings(listen=Listen(ip_address("10.1.0.5"), 9477))
EVERYWHERE = MetricsSettings(listen=Listen(ip_address("0.0.0.0"), 9477), tls=Tls(certificate=Path("a"), key=Path("b")))  # noqa: S104


@pytest.mark.parametrize(
    ("slug", "name"), [("sip2-patron-credential", "Sip2PatronCredential"), ("sensor-blind", "SensorBlind")]
)
def test_names(slug: str, name: str) -> None:
    """As users of Alertmanager write them."""
    assert name == alert_name(slug)


def test_labels() -> None:
    """What it is; empty ones are left out, for Alertmanager would do so, too."""
    labels, _ = describe_page(URGENT, SENDER)
    expected = {
        "alertname": "Sip2PatronPin",
        "severity": "page",
        "rule": "sip2-patron-pin",
        "site": "Main",
        "instance": "s1",
        "finding": "a1b2c3d4",
        "level": "critical",
        "zone": "servers",
    }
    assert expected == labels
    assert "site" not in make_labels(Sender("", "s1", ""), "sensor-blind", Urgency.PAGE)
    nowhere = replace(URGENT, about=replace(URGENT.about, zone=Label("")))
    assert "none" == describe_page(nowhere, SENDER)[0]["zone"]


def test_labels_stay() -> None:
    """Whatever grows or moves, the receiver knows it again."""
    later = replace(URGENT, count=99_999, subjects=1, peers=kiosks(2), peers_total=2, data_classes=(), vlan=())
    assert describe_page(URGENT, SENDER)[0] == describe_page(later, SENDER)[0]


def test_annotations() -> None:
    """Where it is, what to do, and where to read more."""
    _, annotations = describe_page(URGENT, SENDER)
    assert {"summary", "description", "service", "place", "what_to_do", "runbook_url"} == annotations.keys()
    assert "10.1.0.10:6001/tcp, ils, zone servers" == annotations["service"]
    assert "zone servers" == annotations["place"]
    assert "https://wiki.example.org/runbooks/sip2-patron-pin.md" == annotations["runbook_url"]
    assert annotations["what_to_do"].startswith("Put the link between the self-checks")
    assert "device" in describe_page(replace(CAMERA, pages=True), SENDER)[1]


def test_a_service_in_words() -> None:
    """Which service, who uses it, what kinds of data, how many, since when."""
    words = describe(PIN)
    assert words.startswith("Service: 10.1.0.10:6001/tcp, ils, zone servers. Used by 17 devices: 10.30.0.11, kiosk-1")
    assert "and 12 more. Data: PINs and passwords, card numbers, names, loans and holds." in words
    assert words.endswith("8,120 messages of 840 patrons since 2026-05-08 09:00:01 UTC.")


def test_a_device_in_words() -> None:
    """The same for what a camera does."""
    expected = (
        "Device: 10.40.0.21, zone cameras. Talks to 1 destination: 203.0.113.7:443, relay.cameras.example."
        " Data: video. 41 connections since 2026-05-08 09:00:01 UTC."
    )
    assert expected == describe(CAMERA)


def test_a_message() -> None:
    """The same for people without an Alertmanager."""
    message = write_message("mail", *describe_page(URGENT, SENDER), is_urgent=True)
    assert message.title.startswith("Main: Self-checks send patron PINs without encryption: 10.1.0.10:6001/tcp")
    assert message.body.endswith("finding a1b2c3d4, rule sip2-patron-pin, sensor s1")
    for words in ("Used by 17 devices", "What to do:\n\nPut the link", "More: https://wiki.example.org/runbooks/"):
        assert words in message.body


def test_signs_that_harm_terminals() -> None:
    """Names that the operator typed are made legible like everything else."""
    labels = make_labels(Sender("Main\x1b[2J", "s\x07", ""), "sensor-blind", Urgency.PAGE)
    assert ("Main?[2J", "s?") == (labels["site"], labels["instance"])


@pytest.mark.parametrize(
    ("metrics", "runbooks", "expected"),
    [
        (None, "", "privacy-monitor runbook sensor-blind"),
        (MetricsSettings(), "", "privacy-monitor runbook sensor-blind"),
        (BEYOND, "", "http://10.1.0.5:9477/runbooks/sensor-blind.md"),
        (EVERYWHERE, "", f"https://{platform.node()}:9477/runbooks/sensor-blind.md"),
        (BEYOND, "https://wiki.example.org/pages/", "https://wiki.example.org/pages/sensor-blind.md"),
    ],
)
def test_where_the_pages_are(metrics: MetricsSettings | None, runbooks: str, expected: str) -> None:
    """Where the operator says, else where the sensor shows them, else the command that does."""
    config = Config(metrics=metrics, alerts=AlertSettings(runbooks=runbooks))
    assert expected == introduce(config).runbook("sensor-blind")
