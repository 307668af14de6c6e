"""``privacy-monitor test-alert``, and where a run keeps what it tells."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from monitor.cli import main
from monitor.cli.alerts import keep_for_alerts
from monitor.config.settings import Alertmanager, AlertSettings, Config, StoreSettings
from monitor.errors import ExitStatus
from monitor.installation.places import Places
from monitor.model.stats import Stats
from monitor.sinks.alerts.notice import Sender
from monitor.sinks.alerts.sink import AlertSink
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
    assert "no sensor runs with this configuration" in shown.out
    assert f"{manager.url}: accepted" in shown.out.splitlines()
    assert "amtool config routes test" in shown.out
    assert "" == shown.err
    assert ("Main", os.uname().nodename) == (alert["labels"]["site"], alert["labels"]["instance"])


@pytest.mark.slow
def test_by_the_sensor_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It sends it itself, and tells what became of it; whom it does not know yet is named."""
    with alertmanager(tmp_path / "am") as manager:
        running = AlertSettings(alertmanagers=(Alertmanager(url=manager.url),))
        ledger = tmp_path / "alerts.db"
        other = f"http://127.0.0.1:{free_port()}"
        urls = f"['{manager.url}'], path: {ledger}"
        with ticking(AlertSink(running, Sender("Main", "s1", ""), ledger, tmp_path / "findings.db", pytest.fail)):
            asked = configuration(tmp_path, f"{{alertmanagers: {urls}}}")
            assert ExitStatus.DONE == main(["test-alert", "--config", asked, "--severity", "ticket"])
            (alert,) = manager.alerts()
            asked = configuration(tmp_path, f"{{alertmanagers: ['{manager.url}', '{other}'], path: {ledger}}}")
            assert ExitStatus.INPUT == main(["test-alert", "--config", asked])
    shown = capsys.readouterr()
    assert ["The sensor that runs sends it itself, with its own rights and secrets:", f"{manager.url}: accepted"] == (
        shown.out.splitlines()[:2]
    )
    assert f"the sensor that runs does not know {other}: let it read its configuration again" in shown.err
    assert ("s1", "ticket") == (alert["labels"]["instance"], alert["labels"]["severity"])


@contextmanager
def ticking(sink: AlertSink) -> Iterator[None]:
    """A sink whose time passes, as in a sensor that runs."""
    stop = Event()

    def tick() -> None:
        while not stop.wait(0.05):
            sink.tick(time.time_ns(), Stats())
        sink.close()

    thread = Thread(target=tick)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_without_a_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing is said the configuration of the service holds; where there is none, that is said."""
    monkeypatch.setattr(Places, "configuration", tmp_path / "library.yaml")
    assert ExitStatus.USAGE == main(["test-alert"])
    assert "no service is installed" in capsys.readouterr().err
    configuration(tmp_path, "{}")
    assert ExitStatus.USAGE == main(["test-alert"])
    assert "names nobody to tell" in capsys.readouterr().err


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
