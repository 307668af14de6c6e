"""Who is told of findings during a run, and ``privacy-monitor test-alert``, which proves that it reaches them."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import terminal
from monitor.cli.command import Command
from monitor.cli.configuration import read_config
from monitor.config.settings import STATE, AlertSettings, Config
from monitor.errors import DeliveryError, ExitStatus, UsageError
from monitor.model.record import replace

if TYPE_CHECKING:
    from monitor.sinks.alerts.sink import AlertSink

_FINDINGS = "findings.db"
_LEDGER = "alerts.db"


def is_wanted(alerts: AlertSettings | None) -> bool:
    """Whether anybody is to be told."""
    return alerts is not None and bool(alerts.alertmanagers or alerts.notify)


def keep_for_alerts(config: Config) -> Config:
    """Alerts want findings that are kept, because people decide there; so they choose a place if nobody did."""
    if config.store.path is not None or not is_wanted(config.alerts):
        return config
    return replace(config, store=replace(config.store, path=STATE / _FINDINGS))


def alert_sink(config: Config, findings: Path, complain: Callable[[str], None]) -> AlertSink:
    """The sink that tells people.

    Args:
        config: names them.
        findings: the database of findings.
        complain: tells the operator a line.

    Raises:
        UsageError: a file that the configuration names is not what it should be.
    """
    from monitor.sinks.alerts.notice import introduce  # noqa: PLC0415  (most runs tell nobody)
    from monitor.sinks.alerts.sink import AlertSink  # noqa: PLC0415  (the same)

    alerts = config.alerts or AlertSettings()
    path = alerts.path or findings.with_name(_LEDGER)
    return AlertSink(alerts, introduce(config), path, findings, complain)


_EXAMPLES = """\
examples:
  privacy-monitor test-alert --config library.yaml
      does somebody hear it if patron data leaves the library in clear?
  privacy-monitor test-alert --config library.yaml --severity ticket
      does the daily digest arrive?

exit status:
  0    everybody who is configured has accepted it
  2    wrong usage or configuration, or nobody is configured
  3    somebody has not accepted it; why, is on stderr
  70   a bug of this program
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--config", required=True, type=Path, metavar="FILE", help="the configuration that names who is told"
    )
    parser.add_argument(
        "--severity",
        choices=("page", "ticket"),
        default="page",
        help="as what wakes people up (page, the default), or as the daily digest (ticket)",
    )


def _run(options: Namespace) -> ExitStatus:
    from monitor.sinks.alerts.notice import introduce  # noqa: PLC0415  (help and complaints need none)
    from monitor.sinks.alerts.trial import try_all  # noqa: PLC0415  (help and complaints need none)

    config = read_config(options.config)
    alerts = config.alerts
    if alerts is None or not is_wanted(alerts):
        raise UsageError("the configuration names nobody to tell: add 'alertmanagers' or 'notify' to 'alerts'")
    status = ExitStatus.DONE
    for name, trouble in try_all(alerts, introduce(config), options.severity, time.time_ns()):
        if trouble is None:
            terminal.deliver(f"{name}: accepted\n")
        else:
            terminal.complain(str(trouble))
            status = DeliveryError.status
    if alerts.alertmanagers:
        terminal.deliver(
            "Whom Alertmanager tells is its own configuration: amtool config routes test shows it, and its page\n"
            "(/#/alerts) shows the alert PrivacyMonitorTest, which ends by itself within five minutes.\n"
        )
    if status is not ExitStatus.DONE:
        terminal.complain("not everybody can be told; docs/how-to/alerts.md goes through what may be wrong")
    return status


COMMAND = Command(
    name="test-alert",
    summary="send a harmless alert to everybody who would be told",
    description=(
        "Sends one alert that is clearly a test to every Alertmanager and outlet in the\n"
        "configuration, says who accepted it, and what to do where somebody did not."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
