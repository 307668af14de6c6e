"""``privacy-monitor test-alert``, which proves that alerts reach people; and what a run needs so that they can."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from monitor.cli import terminal
from monitor.cli.command import Command
from monitor.cli.configuration import read_config
from monitor.config.settings import STATE, Config
from monitor.errors import DeliveryError, ExitStatus, UsageError
from monitor.model.record import replace

_FINDINGS = "findings.db"


def keep_for_alerts(config: Config) -> Config:
    """Alerts want findings that are kept, because people decide there; so they choose a place if nobody did."""
    if config.store.path is not None or config.alerts is None or not config.alerts.tells_anybody:
        return config
    return replace(config, store=replace(config.store, path=STATE / _FINDINGS))


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
    if alerts is None or not alerts.tells_anybody:
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
    terminal.deliver(
        "This was sent by you, not by the service, which reads and reaches less: docs/how-to/alerts.md says what it\n"
        "needs, and 'journalctl -u privacy-monitor' whom it does not reach.\n"
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
