"""``privacy-monitor test-alert``, and where a run keeps what it tells."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.cli.alerts import keep_for_alerts
from monitor.config.settings import Alertmanager, AlertSettings, Config, StoreSettings
from monitor.errors import ExitStatus
from tests.support.alertmanager import alertmanager, free_port

TOLD = AlertSettings(alertmanagers=(Alertmanager(url="http://127.0.0.1:9093"),))


def configuration(folder: Path, alerts: str) -> str:
    """A file with this section."""
    path = folder / "library.yaml"
    path.write_text(f"site: Main\nalerts: {alerts}\n", "utf-8")
    return str(path)


@pytest.mark.slow
def test_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A real Alertmanager has it."""
    with alertmanager(tmp_path / "am") as manager:
        config = configuration(tmp_path, f"{{alertmanagers: ['{manager.url}']}}")
        assert ExitStatus.DONE == main(["test-alert", "--config", config])
        (alert,) = manager.alerts()
    shown = capsys.readouterr()
    assert f"{manager.url}: accepted" == shown.out.splitlines()[0]
    assert "amtool config routes test" in shown.out
    assert "" == shown.err
    assert ("Main", os.uname().nodename) == (alert["labels"]["site"], alert["labels"]["instance"])


def test_not_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who, why, and where to read what to do."""
    url = f"http://127.0.0.1:{free_port()}"
    assert ExitStatus.INPUT == main(
        ["test-alert", "--config", configuration(tmp_path, f"{{alertmanagers: ['{url}']}}")]
    )
    shown = capsys.readouterr()
    assert f"{url}: connection refused" in shown.err
    assert "docs/how-to/alerts.md" in shown.err
    assert "accepted" not in shown.out


@pytest.mark.parametrize("alerts", ["{}", "{digest_at: '08:00'}"])
def test_nobody_to_tell(alerts: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That is wrong usage."""
    assert ExitStatus.USAGE == main(["test-alert", "--config", configuration(tmp_path, alerts)])
    assert "names nobody to tell" in capsys.readouterr().err


def test_a_file_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That is said by its name."""
    assert ExitStatus.USAGE == main(["test-alert", "--config", configuration(tmp_path, "{notify: [{url_file: mail}]}")])
    assert "cannot read the address in" in capsys.readouterr().err


def test_findings_are_kept_for_alerts() -> None:
    """In a place of their own where nobody chose one; nothing changes where nobody is to be told."""
    assert Path("/var/lib/privacy-monitor/findings.db") == keep_for_alerts(Config(alerts=TOLD)).store.path
    for config in (Config(), Config(alerts=AlertSettings()), Config(alerts=TOLD, store=StoreSettings(path=Path("x")))):
        assert config is keep_for_alerts(config)
    assert (False, True) == (AlertSettings().tells_anybody, AlertSettings(notify=(Path("mail"),)).tells_anybody)
