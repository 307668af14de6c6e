"""Every destination of a configuration is replaced, and everything else stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.audit.receivers import HOST
from monitor.audit.redirection import redirect
from monitor.config.loading import load_config
from monitor.config.settings import Carrier, Config, JournalSettings, LinesSettings, SyslogSettings, Urgency

EVERYTHING = """
site: Main
sinks:
  - {kind: eve, path: /var/log/library/eve.json, max_mb: 7, keep: 2}
  - {kind: lines, path: "-"}
  - {kind: journal, path: /run/library/journal}
  - {kind: syslog}
  - {kind: syslog, to: "udp://log.example.org"}
  - {kind: syslog, to: "tcp://log.example.org:601"}
  - {kind: syslog, to: "tls://log.example.org", ca: ca.pem, certificate: sensor.pem, key: sensor.key}
store: {path: /var/lib/library/findings.db, retention_days: 30}
metrics: {listen: "192.0.2.7:9477", tls: {certificate: c.pem, key: c.key},
          basic_auth: {user: prometheus, password_file: password}}
alerts:
  alertmanagers:
    - {url: "https://alerts.example.org", ca_file: ca.pem, basic_auth: {user: sensor, password_file: password}}
    - http://192.0.2.9:9093
  notify: [{url_file: /etc/library/mail}]
  path: /var/lib/library/alerts.db
  quiet: {from: "20:00", to: "08:00"}
  policy: [{rule: "*", alert: never}]
  sensor: cellar
"""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What has to be closed."""
    with ExitStack() as made:
        yield made


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A private folder."""
    made = tmp_path / "p"
    made.mkdir()
    return made


def written(folder: Path) -> Config:
    """A configuration that names everything, at places that are not there."""
    path = folder / "library.yaml"
    path.write_text(EVERYTHING, "utf-8")
    return load_config(path)


def test_destinations(tmp_path: Path, place: Path, stack: ExitStack) -> None:
    """None is left of those that were named, nor of what only they want; kinds and limits are the site's."""
    config, *_ = redirect(written(tmp_path), place, place, stack)
    told = repr(config).replace(str(place), "PRIVATE")
    for named in ("library", "example.org", "192.0.2", "pem", "password", "/run/", "/dev/", str(tmp_path)):
        assert named not in told
    eve, lines, journal, *syslog = config.sinks or ()
    assert isinstance(eve, LinesSettings)
    assert isinstance(journal, JournalSettings)
    assert (7, 2, True) == (eve.max_mb, eve.keep, lines == LinesSettings(format=lines.format, path=None))
    carriers = [one.to.carrier for one in syslog if isinstance(one, SyslogSettings)]
    assert [Carrier.UNIX, Carrier.UDP, Carrier.TCP, Carrier.TCP] == carriers
    assert (30, "cellar") == (config.store.retention_days, config.alerts and config.alerts.sensor)
    assert config.metrics is not None
    assert (HOST, 0) == (str(config.metrics.listen.address), config.metrics.listen.port)


def test_names(tmp_path: Path, place: Path, stack: ExitStack) -> None:
    """Each says what it stands for; pages and digests have a line each."""
    _, ways, searched, scrape = redirect(written(tmp_path), place, place, stack)
    names = [way.name for way in ways]
    assert len(names) == len(set(names))
    assert "findings as EVE, instead of /var/log/library/eve.json" in names
    assert "findings as syslog, by TCP without TLS, instead of tls://log.example.org:6514" in names
    for kind in ("pages", "digests"):
        assert f"alerts: {kind} to Alertmanager, instead of https://alerts.example.org" in names
        assert f"alerts: {kind} to an outlet, instead of /etc/library/mail" in names
    assert "metrics, scraped, instead of https://192.0.2.7:9477/metrics" == scrape
    assert "stdout" == searched


def test_alerts_go_out(tmp_path: Path, place: Path, stack: ExitStack) -> None:
    """Without first look, quiet hours and decisions; the outlet's address is a private one."""
    before = written(tmp_path)
    config, *_ = redirect(before, place, place, stack)
    assert (before.alerts is not None, config.alerts is not None) == (True, True)
    assert (0, None, ()) == (config.alerts.first_look_hours, config.alerts.quiet, config.alerts.policy)
    assert [Urgency.NEVER] == [one.alert for one in before.alerts.policy]
    assert config.alerts.notify[0].read_text("utf-8").startswith(f"json://{HOST}:")


def test_what_is_not_named(place: Path, stack: ExitStack) -> None:
    """Every kind is tried."""
    config, ways, *_ = redirect(Config(), place, place, stack)
    assert not any("instead of" in way.name for way in ways)
    kinds = [(type(one), getattr(one, "format", None), getattr(one, "to", [None])[0]) for one in config.sinks or ()]
    assert 6 == len(kinds) == len(set(kinds))
    assert config.alerts is not None
    assert (1, 1) == (len(config.alerts.alertmanagers), len(config.alerts.notify))


def test_none_wanted(place: Path, stack: ExitStack) -> None:
    """Who wants no sink gets none."""
    config, ways, searched, _ = redirect(replace(Config(), sinks=()), place, place, stack)
    assert ((), "") == (config.sinks, searched)
    assert not any(way.name.startswith("findings") for way in ways)
