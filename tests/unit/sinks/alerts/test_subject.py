"""What people may have to hear of beside findings."""

from __future__ import annotations

from monitor.sinks.alerts.digest import News
from monitor.sinks.alerts.subject import item_of_sensor, page_of_sensor
from tests.unit.sinks.alerts.telling import SENDER

REASON = "No packet has come for 10 minutes."


def test_a_blind_sensor() -> None:
    """The alert and the line of the digest say the same, and neither is about a finding."""
    labels, annotations = page_of_sensor(REASON, SENDER)
    item = item_of_sensor(REASON, News.NEW, is_urgent=True)
    assert ("SensorBlind", "page") == (labels["alertname"], labels["severity"])
    assert "finding" not in labels
    assert (annotations["summary"], REASON) == (item.title, item.text)
    assert REASON == annotations["description"]
    assert "https://wiki.example.org/runbooks/sensor-blind.md" == annotations["runbook_url"]
    assert "" == item.id
