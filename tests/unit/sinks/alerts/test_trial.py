"""One alert that is clearly a test, to everybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.settings import Alertmanager
from monitor.sinks.alerts.alertmanager import AlertmanagerPush
from monitor.sinks.alerts.messenger import Messenger
from monitor.sinks.alerts.trial import TRIAL_SECONDS, try_all
from tests.support.alertmanager import Heard, alertmanager, free_port
from tests.unit.sinks.alerts.telling import SENDER
from tests.unit.sinks.samples import NINE_NS

pytestmark = pytest.mark.slow


def test_everybody(tmp_path: Path) -> None:
    """Each is tried, whatever became of the others; the alert ends by itself soon."""
    address = tmp_path / "hook"
    with Heard() as hook, alertmanager(tmp_path / "am") as manager:
        address.write_text(hook.url.replace("http", "json"), "utf-8")
        deaf = f"http://127.0.0.1:{free_port()}"
        pushers = [AlertmanagerPush(Alertmanager(url=url)) for url in (deaf, manager.url)]
        outcome = try_all(pushers, [Messenger(address)], SENDER, "page", NINE_NS)
        (alert,) = manager.alerts()
        (message,) = hook.notifications
    assert [False, True, True] == [not trouble for trouble in outcome.values()]
    assert "connection refused" in outcome[deaf]
    assert ("PrivacyMonitorTest", "page") == (alert["labels"]["alertname"], alert["labels"]["severity"])
    assert "TEST: nothing has happened" == alert["annotations"]["summary"]
    assert "Main: TEST: nothing has happened" == message["title"]
    begins, ends = (datetime.fromisoformat(alert[name]) for name in ("startsAt", "endsAt"))
    assert timedelta(seconds=TRIAL_SECONDS) == ends - begins


@pytest.mark.parametrize("severity", ["page", "ticket"])
def test_severity(severity: str, tmp_path: Path) -> None:
    """The way of pages, or that of digests."""
    with alertmanager(tmp_path / "am") as manager:
        try_all([AlertmanagerPush(Alertmanager(url=manager.url))], [], SENDER, severity, NINE_NS)
        assert [severity] == [one["labels"]["severity"] for one in manager.alerts()]
