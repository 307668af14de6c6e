"""Whom the configuration names: real files, sockets and servers, there and not there."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.audit.receivers import HOST, Mailbox, WebServer
from monitor.config.settings import (
    Alertmanager,
    AlertSettings,
    Carrier,
    JournalSettings,
    LineFormat,
    LinesSettings,
    SinkSettings,
    SyslogSettings,
    Target,
)
from monitor.doctor.check import Check, Grade
from monitor.doctor.destinations import check_alerts, check_sinks
from tests.support.alertmanager import free_port
from tests.support.certificates import make_certificate

EVE = LinesSettings(format=LineFormat.EVE, path=None)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What has to be closed."""
    with ExitStack() as made:
        yield made


def checked(*settings: SinkSettings) -> list[Check]:
    """What is said of a list of sinks; whatever is not good says what to do."""
    checks = list(check_sinks(settings))
    assert [] == [check for check in checks if check.grade is not Grade.GOOD and not check.advice]
    return checks


def grade(settings: SinkSettings) -> Grade:
    """How one of them stands."""
    (check,) = checked(settings)
    return check.grade


def test_nothing_said() -> None:
    """Findings go to standard output, and nobody is told."""
    assert ["sinks.stdout"] == [check.key for check in check_sinks(None)]
    assert [] == [*check_sinks(()), *check_alerts(None), *check_alerts(AlertSettings())]


def test_names() -> None:
    """As in figures and messages."""
    assert ["sinks.eve", "sinks.lines", "sinks.eve-2"] == [
        check.key for check in checked(EVE, replace(EVE, format=LineFormat.ENTRY), EVE)
    ]


def test_files(tmp_path: Path) -> None:
    """Its folder must be there; nothing is made."""
    assert Grade.GOOD is grade(replace(EVE, path=tmp_path / "eve.json"))
    assert [] == list(tmp_path.iterdir())
    (check,) = checked(replace(EVE, path=tmp_path / "missing" / "eve.json"))
    assert (Grade.BAD, f"make it: mkdir -p {tmp_path / 'missing'}") == (check.grade, check.advice)
    assert Grade.BAD is grade(replace(EVE, path=tmp_path))


def test_files_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, or a folder in which no new one can begin, that this user may not write."""
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path)  # root may write everywhere
    assert Grade.BAD is grade(replace(EVE, path=tmp_path / "eve.json"))


def test_sockets(tmp_path: Path, stack: ExitStack) -> None:
    """The journal and the syslog of this machine: somebody must listen, and is told nothing."""
    path = tmp_path / "log"
    to = SyslogSettings(to=Target(Carrier.UNIX, str(path), 0))
    for settings in (JournalSettings(path=path), to):
        assert Grade.BAD is grade(settings)
    mailbox = stack.enter_context(Mailbox.at(str(path)))
    for settings in (JournalSettings(path=path), to):
        assert Grade.GOOD is grade(settings)
    assert b"" == mailbox.arrived()


def test_servers(stack: ExitStack) -> None:
    """Over TCP they are connected to, and told nothing; over UDP nothing can be known."""
    mailbox = stack.enter_context(Mailbox.on(socket.SOCK_STREAM))
    assert Grade.GOOD is grade(SyslogSettings(to=Target(Carrier.TCP, HOST, mailbox.port)))
    assert Grade.BAD is grade(SyslogSettings(to=Target(Carrier.TCP, HOST, free_port())))
    assert Grade.UNKNOWN is grade(SyslogSettings(to=Target(Carrier.UDP, HOST, 514)))
    assert Grade.BAD is grade(SyslogSettings(to=Target(Carrier.UDP, "nowhere.invalid", 514)))
    assert b"" == mailbox.arrived()


def test_tls(tmp_path: Path) -> None:
    """Files that are named must be there."""
    (check,) = checked(SyslogSettings(to=Target(Carrier.TLS, HOST, 6514), ca=tmp_path / "ca.pem"))
    assert (Grade.BAD, True) == (check.grade, "ca.pem" in check.seen)


def test_alertmanagers(stack: ExitStack) -> None:
    """They are asked whether they are ready, and told of nothing."""
    server = stack.enter_context(WebServer())
    there = Alertmanager(url=f"http://{HOST}:{server.port}")
    gone = Alertmanager(url=f"http://{HOST}:{free_port()}")
    checks = {check.key: check for check in check_alerts(AlertSettings(alertmanagers=(there, gone)))}
    assert Grade.GOOD is checks["alerts.alertmanager"].grade
    assert (Grade.BAD, True) == (
        checks["alerts.alertmanager-2"].grade,
        "connection refused" in checks["alerts.alertmanager-2"].seen,
    )
    assert [b"GET /-/ready HTTP/1.1"] == [request.splitlines()[0] for request in server.requests()]
    assert "test-alert" in checks["alerts.named"].advice


def test_an_alertmanager_of_untrusted_files(tmp_path: Path) -> None:
    """What it needs is read as by the sensor."""
    certificate, _ = make_certificate(tmp_path)
    there = Alertmanager(url="https://127.0.0.1:1", ca_file=certificate)
    missing = replace(there, ca_file=tmp_path / "nowhere.pem")
    seen = [check.seen for check in check_alerts(AlertSettings(alertmanagers=(there, missing)))]
    assert (True, True) == ("connection refused" in seen[0], "nowhere.pem" in seen[1])


def test_outlets(tmp_path: Path) -> None:
    """Each file must hold an address; nothing of it is shown."""
    good, odd = tmp_path / "mail", tmp_path / "odd"
    good.write_text("json://hook.example.org/secret\n", "utf-8")
    odd.write_text("secret\n", "utf-8")
    checks = list(check_alerts(AlertSettings(notify=(good, odd, tmp_path / "missing"))))
    assert [Grade.GOOD, Grade.BAD, Grade.BAD, Grade.GOOD] == [check.grade for check in checks]
    assert "secret" not in repr(checks)
