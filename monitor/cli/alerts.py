"""``privacy-monitor test-alert``, which proves that alerts reach people; and what a run needs so that they can."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path

from monitor.cli import terminal
from monitor.cli.command import Command
from monitor.cli.configuration import installed_config, read_config
from monitor.config.settings import FINDINGS, AlertSettings, Config
from monitor.errors import DeliveryError, ExitStatus, StoreError, UsageError
from monitor.model.record import replace


def keep_for_alerts(config: Config) -> Config:
    """Alerts want findings that are kept, because people decide there; so they choose a place if nobody did."""
    if config.store.path is not None or config.alerts is None or not config.alerts.tells_anybody:
        return config
    return replace(config, store=replace(config.store, path=FINDINGS))


_EXAMPLES = """\
examples:
  sudo privacy-monitor test-alert
      does somebody hear it if the sensor sees patron data leave the library in clear?
  privacy-monitor test-alert --config library.yaml --severity ticket
      does the daily digest arrive?

exit status:
  0    everybody who is configured has accepted it
  2    wrong usage or configuration, or nobody is configured
  3    somebody has not accepted it, or the sensor does not answer; why, is on stderr
  70   a bug of this program
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the configuration that names who is told; without it that of the service on this machine",
    )
    parser.add_argument(
        "--severity",
        choices=("page", "ticket"),
        default="page",
        help="as what wakes people up (page, the default), or as the daily digest (ticket)",
    )


def _run(options: Namespace) -> ExitStatus:
    path = options.config or installed_config()
    if path is None:
        raise UsageError("no service is installed on this machine: name the configuration with --config FILE")
    config = keep_for_alerts(read_config(path))
    alerts = config.alerts
    if alerts is None or not alerts.tells_anybody:
        raise UsageError("the configuration names nobody to tell: add 'alertmanagers' or 'notify' to 'alerts'")
    outcome = _outcome(config, alerts, options.severity)
    for name, trouble in outcome.items():
        if trouble:
            terminal.complain(trouble)
        else:
            terminal.deliver(f"{name}: accepted\n")
    if alerts.alertmanagers:
        terminal.deliver(
            "Whom Alertmanager tells is its own configuration: amtool config routes test shows it, and its page\n"
            "(/#/alerts) shows the alert PrivacyMonitorTest, which ends by itself within five minutes.\n"
        )
    unheard = sorted(_names(alerts) - outcome.keys())
    if unheard:
        terminal.complain(
            f"the sensor that runs does not know {', '.join(unheard)}: let it read its configuration again, with"
            " 'systemctl reload privacy-monitor'"
        )
    if unheard or any(outcome.values()):
        terminal.complain("not everybody can be told; docs/how-to/alerts.md goes through what may be wrong")
        return DeliveryError.status
    return ExitStatus.DONE


def _outcome(config: Config, alerts: AlertSettings, severity: str) -> Mapping[str, str]:
    """Why each receiver has not accepted it, or nothing: from the sensor that runs, or else from here."""
    from monitor.outlets import ledger_path  # noqa: PLC0415  (help and complaints need none)
    from monitor.sinks.alerts.request import ask  # noqa: PLC0415  (the same)
    from monitor.sinks.store.claim import Claim  # noqa: PLC0415  (the same)

    ledger = ledger_path(alerts, config.store.path or FINDINGS)
    try:
        if Claim.is_held(ledger):
            terminal.deliver("The sensor that runs sends it itself, with its own rights and secrets:\n")
            return ask(ledger, severity)
        why = "no sensor runs with this configuration"
    except StoreError as error:
        why = f"the sensor cannot be asked ({error})"
    terminal.deliver(f"You send it, since {why}. That proves the way for you, and not for the service,\n")
    terminal.deliver("which reads and reaches less: once it runs, try again as root.\n")
    from monitor.sinks.alerts.alertmanager import AlertmanagerPush  # noqa: PLC0415  (the same)
    from monitor.sinks.alerts.messenger import Messenger  # noqa: PLC0415  (the same)
    from monitor.sinks.alerts.notice import introduce  # noqa: PLC0415  (the same)
    from monitor.sinks.alerts.trial import try_all  # noqa: PLC0415  (the same)

    receivers = [AlertmanagerPush(one) for one in alerts.alertmanagers], [Messenger(one) for one in alerts.notify]
    return try_all(*receivers, introduce(config), severity, time.time_ns())


def _names(alerts: AlertSettings) -> set[str]:
    """Of everybody whom the configuration names."""
    from monitor.sinks.alerts.messenger import name_outlet  # noqa: PLC0415  (the same)

    return {one.url for one in alerts.alertmanagers} | {name_outlet(one) for one in alerts.notify}


COMMAND = Command(
    name="test-alert",
    summary="send a harmless alert to everybody who would be told",
    description=(
        "Sends one alert that is clearly a test to every Alertmanager and outlet in the\n"
        "configuration, says who accepted it, and what to do where somebody did not. Where\n"
        "the sensor runs, it sends it itself, with its own rights and secrets."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
