"""A normal day of a branch with clear local SIP2: nobody is paged, and there is one digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.kiosk import HOUR_NS, OPENING_NS
from monitor.build import build
from monitor.config.loading import load_config
from monitor.config.settings import Alertmanager, AlertSettings, Config
from monitor.model.stats import Stats
from monitor.privacy.presence import Presence
from monitor.sinks.alerts.notice import Sender
from monitor.sinks.alerts.sink import AlertSink
from monitor.sinks.store.sink import FindingStore
from tests.support.alertmanager import Heard, alertmanager
from tests.support.branch import CONFIG, day
from tests.support.fast import FastTime
from tests.support.wire import wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The branch."""
    path = tmp_path / "branch.yaml"
    path.write_text(CONFIG, "utf-8")
    return load_config(path)


def pass_day(config: Config, folder: Path, settings: AlertSettings, hours: int) -> tuple[Stats, list[str]]:
    """Let the hours pass over the whole pipeline, with the sinks of a sensor; returns what was seen, and said."""
    stats, presence, said = Stats(), Presence(), list[str]()
    findings = folder / "findings.db"
    store = FindingStore(findings, config.store, presence, said.append)
    alerts = AlertSink(settings, Sender("Branch", "s1", "runbooks"), folder / "alerts.db", findings, said.append)
    source = FastTime(day(hours=hours), OPENING_NS + hours * HOUR_NS, stats, step_seconds=60)
    pipeline = build(source, (store, alerts), stats, config, presence=presence, live=True)
    pipeline.run()
    pipeline.finish()
    return stats, said


@pytest.mark.parametrize(
    ("hours", "first_look_hours", "name"), [(12, 0, "2026-10-14"), (25, 24, "first-look")], ids=["known", "new"]
)
def test_one_digest(hours: int, first_look_hours: int, name: str, config: Config, tmp_path: Path) -> None:
    """Over a thousand readable messages, three findings, one digest, no page; a sensor that is new says so."""
    with Heard() as heard, alertmanager(tmp_path / "alertmanager", heard) as manager:
        settings = AlertSettings(
            alertmanagers=(Alertmanager(url=manager.url),),
            first_look_hours=first_look_hours,
            digest_at=19 * 60,
        )
        stats, said = pass_day(config, tmp_path, settings, hours)
        wait_for(lambda: len(heard.alerts("firing")) > 0)
        told = [*heard.alerts("firing"), *(one for one in manager.alerts() if one["labels"]["severity"] == "page")]

    assert stats.protocols["sip2"]["messages"] > 1_000
    assert [] == said
    assert 0 == sum(one["labels"]["severity"] == "page" for one in told)
    assert [("PrivacyDigest", name)] == [(one["labels"]["alertname"], one["labels"]["digest"]) for one in told]
    lines = told[0]["annotations"]["description"].splitlines()
    assert "New:" == lines[0]
    assert 3 == sum(line.startswith("- [") for line in lines)
    assert "library system" in lines[1]
    assert "3 findings stand now." == lines[-1]
