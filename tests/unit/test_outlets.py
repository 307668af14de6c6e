"""Which sinks a configuration opens, what they are called, and that none is left open where another one cannot be."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.cli import terminal
from monitor.config.loading import load_config
from monitor.config.settings import Alertmanager, AlertSettings, Config, StoreSettings
from monitor.errors import UsageError
from monitor.model.stats import SinkStats, Stats
from monitor.outlets import alert_sink, opened
from monitor.privacy.presence import Presence
from monitor.sinks.outlets import Outlets
from tests.support.wire import wait_for
from tests.unit.sinks.destinations.receiver import Receiver
from tests.unit.sinks.samples import CAMERA, NINE_NS, PIN


def written(folder: Path, text: str) -> Config:
    """A configuration of these words."""
    path = folder / "library.yaml"
    path.write_text(text.replace("FOLDER", str(folder)), "utf-8")
    return load_config(path)


def told(config: Config) -> Stats:
    """The figures after a run that found two things."""
    stats = Stats(now_ns=NINE_NS)
    with opened(config, Presence(), terminal.complain, list) as (outlets, *_):
        for finding in (PIN, CAMERA):
            outlets.receive(finding)
        outlets.tick(NINE_NS, stats)
        wait_for(lambda: all(one.delivered == 2 for one in now(outlets, stats).values()))
        outlets.finish(stats)
    return stats


def now(outlets: Outlets, stats: Stats) -> dict[str, SinkStats]:
    """What each that delivers findings says of itself."""
    outlets.tick(NINE_NS, stats)
    return {name: one for name, one in stats.sinks.items() if name not in {"stderr", "metrics"}}


def test_nothing_said(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Findings go to stdout, as entries of the report, and how it goes to stderr."""
    stats = told(Config())
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    assert [PIN.id, CAMERA.id] == [line["id"] for line in lines]
    assert ["stdout", "stderr"] == list(stats.sinks)


def test_everything_said(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each gets everything; the second of a kind has a number; standard output is used only where it is named."""
    sinks = """
        sinks:
          - {kind: eve, path: FOLDER/eve.json}
          - {kind: lines, path: FOLDER/findings.jsonl}
          - {kind: journal, path: FOLDER/journal}
          - {kind: syslog, to: FOLDER/log}
          - {kind: syslog, to: "tcp://127.0.0.1:PORT"}
          - {kind: syslog, to: "udp://127.0.0.1:PORT"}
        store: {path: FOLDER/findings.db}
    """
    with (
        Receiver() as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log,
    ):
        udp.bind(("127.0.0.1", tcp.port))
        journal.bind(str(tmp_path / "journal"))
        log.bind(str(tmp_path / "log"))
        stats = told(written(tmp_path, sinks.replace("PORT", str(tcp.port))))
        tcp.accept()
        messages = [
            tcp.message(),
            *(one.recv(65_536, socket.MSG_DONTWAIT) for one in (udp, journal, log)),
            *((tmp_path / name).read_bytes() for name in ("eve.json", "findings.jsonl", "findings.db")),
        ]

    assert ["eve", "lines", "journal", "syslog", "syslog-2", "syslog-3", "store", "stderr"] == list(stats.sinks)
    assert all(PIN.id.encode() in message for message in messages)
    assert b"" == capfdbinary.readouterr().out


def test_standard_output_by_name(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """As EVE, with the figures in between."""
    stats = told(written(tmp_path, 'sinks: [{kind: eve, path: "-"}]'))
    kinds = [json.loads(line)["event_type"] for line in capfdbinary.readouterr().out.splitlines()]

    assert ["alert", "alert", "stats"] == kinds
    assert ["eve", "stderr"] == list(stats.sinks)


def test_nowhere(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Whoever wants metrics or the store alone says so."""
    assert ["stderr"] == list(told(written(tmp_path, "sinks: []")).sinks)
    assert b"" == capfdbinary.readouterr().out


def test_nothing_stays_open_where_one_fails(tmp_path: Path) -> None:
    """The store is closed again when something behind it cannot be opened, so that the next run has it."""
    config = written(tmp_path, "metrics: {basic_auth: {user: x, password_file: nowhere}}\nsinks: []")
    config = replace(config, store=StoreSettings(path=tmp_path / "findings.db"))
    for _ in range(2):
        with pytest.raises(UsageError, match="nowhere"), opened(config, Presence(), terminal.complain, list):
            pass


def test_files_of_tls_come_first(tmp_path: Path) -> None:
    """They are read when the program starts, from the folder of the configuration."""
    config = written(tmp_path, 'sinks: [{kind: syslog, to: "tls://192.0.2.5", ca: nowhere.pem}]')
    with (
        pytest.raises(UsageError, match=r"nowhere\.pem: No such file"),
        opened(config, Presence(), terminal.complain, list),
    ):
        pass


def test_where_it_keeps_what_it_told(tmp_path: Path) -> None:
    """Beside the findings, or where the configuration says."""
    told_to = AlertSettings(alertmanagers=(Alertmanager(url="http://127.0.0.1:9093"),))
    findings = tmp_path / "findings.db"
    alert_sink(Config(alerts=told_to), findings, pytest.fail).close()
    assert (tmp_path / "alerts.db").exists()
    elsewhere = tmp_path / "elsewhere.db"
    alert_sink(Config(alerts=replace(told_to, path=elsewhere)), findings, pytest.fail).close()
    assert elsewhere.exists()
