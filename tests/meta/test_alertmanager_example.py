"""The example of Alertmanager's configuration: it is right, and everything we send arrives where it should."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from monitor.config.settings import Urgency
from monitor.sinks.alerts.digest import News, compose_digest, item_of
from monitor.sinks.alerts.notice import Labels, Sender, describe_page, make_labels
from tests.unit.sinks.samples import PIN

EXAMPLE = Path(__file__).resolve().parents[2] / "grafana" / "alertmanager" / "alertmanager.yml"
SENDER = Sender("Main", "s1", "runbooks")


def amtool(*arguments: str) -> str:
    """What the tool prints; it fails where the tool does."""
    if shutil.which("amtool") is None:
        pytest.skip("the command amtool (package prometheus-alertmanager) is not here")
    return subprocess.run(["amtool", *arguments], check=True, capture_output=True, text=True).stdout


def test_it_is_right() -> None:
    """Alertmanager's own tool says so."""
    assert "SUCCESS" in amtool("check-config", str(EXAMPLE))


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (describe_page(PIN, SENDER)[0], "on-call"),
        (make_labels(SENDER, "sensor-blind", Urgency.PAGE), "on-call"),
        (make_labels(SENDER, "privacy-monitor-test", Urgency.PAGE), "on-call"),
        (compose_digest([item_of(PIN, News.NEW, is_urgent=False)], 1, "2026-05-08", SENDER)[0], "digest"),
        (make_labels(SENDER, "sensor-blind", Urgency.TICKET), "mailbox"),
        ({"alertname": "PrivacyMonitorWatchdog", "severity": "none"}, "nobody"),
        ({"alertname": "PrivacyMonitorDown", "severity": "page"}, "on-call"),
        ({"alertname": "PrivacyMonitorRestarts", "severity": "ticket"}, "mailbox"),
        ({"alertname": "SomethingElse"}, "mailbox"),
    ],
)
def test_routes(labels: Labels, receiver: str) -> None:
    """Pages go to whoever is on call, digests to the mailbox, and nothing is lost."""
    words = [f"{name}={value}" for name, value in labels.items()]
    assert receiver == amtool("config", "routes", "test", f"--config.file={EXAMPLE}", *words).strip()


def test_it_repeats_no_oftener_than_it_remembers() -> None:
    """Alertmanager keeps what it has told for 120 hours; it would repeat at random beyond that."""
    route = yaml.safe_load(EXAMPLE.read_text("utf-8"))["route"]
    days = re.fullmatch(r"(\d+)d", route["repeat_interval"])
    assert days is not None
    assert int(days[1]) * 24 < 120
    assert all("repeat_interval" not in one for one in route["routes"])


def test_it_names_what_is_sent() -> None:
    """Annotations and labels in its templates are among those that a page or a digest has."""
    text = EXAMPLE.read_text("utf-8")
    labels, annotations = describe_page(PIN, SENDER)
    assert set(re.findall(r"Annotations\.(\w+)", text)) <= annotations.keys()
    assert set(re.findall(r"\.Labels\.(\w+)", text)) <= labels.keys()


def test_inhibition_names_alerts_that_there_are() -> None:
    """Ours, and those of the rules for Prometheus."""
    config = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    named = set(re.findall(r"(?:Sensor|PrivacyMonitor)[A-Za-z]+", str(config["inhibit_rules"])))
    rules = yaml.safe_load((EXAMPLE.parents[1] / "prometheus" / "sensor.yaml").read_text("utf-8"))
    known = {rule["alert"] for group in rules["groups"] for rule in group["rules"]} | {"SensorBlind"}
    assert named
    assert set() == named - known


@pytest.mark.parametrize("slug", ["sensor-blind", "privacy-digest", "privacy-monitor-test"])
def test_every_alert_has_its_page(slug: str) -> None:
    """Beside those of rules."""
    assert (EXAMPLE.parents[2] / "docs/runbooks" / f"{slug}.md").is_file()
