"""``privacy-monitor run``: listens to an interface and tells findings as they come."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from monitor.cli import terminal
from monitor.cli.alerts import keep_for_alerts
from monitor.cli.command import Command
from monitor.cli.configuration import add_site_options, read_config
from monitor.cli.metrics import add_metrics_option, ask_for_metrics, tell_where
from monitor.cli.stop import stop_on_signals
from monitor.errors import ExitStatus, UsageError

_EXAMPLES = """\
examples:
  sudo privacy-monitor run --interface eth0
      listen to a mirror port; findings go to stdout, a line of JSON each
  sudo privacy-monitor run --interface eth0 --config library.yaml > findings.jsonl
      with what you said about your network; keep the findings in a file
  sudo privacy-monitor run --interface eth0 --metrics
      offer metrics to Prometheus at http://127.0.0.1:9477/metrics
  sudo privacy-monitor run --interface eth0 --store findings.db > /dev/null
      keep findings beyond the end of the run, for privacy-monitor findings

needs Linux and the capability CAP_NET_RAW, which sudo gives, and nothing else.
Ctrl-C or SIGTERM ends it; what was found until then is told first.

exit status:
  0    ended as it was asked to
  2    wrong usage, configuration or rules; the interface cannot be read, or
       metrics cannot be offered
  3    the interface was removed
  70   a bug of this program
  130  interrupted for the second time
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--interface", required=True, metavar="NAME", help="the network interface to listen to")
    add_metrics_option(parser)
    parser.add_argument(
        "--store", type=Path, metavar="FILE", help="keep findings in this database, beyond the end of the run"
    )
    add_site_options(parser)


def _run(options: Namespace) -> ExitStatus:
    if sys.platform != "linux":
        raise UsageError("listening to an interface needs Linux; recorded captures can be analyzed anywhere (analyze)")
    from monitor import sensor  # noqa: PLC0415  (Linux only)
    from monitor.cli.outlets import opened  # noqa: PLC0415  (help and complaints need no sinks)
    from monitor.privacy.presence import Presence  # noqa: PLC0415  (help and complaints need none)

    config = ask_for_metrics(read_config(options.config), options.metrics)
    if options.store is not None:
        config = replace(config, store=replace(config.store, path=options.store))
    config = keep_for_alerts(config)
    presence = Presence()
    with stop_on_signals() as stop, opened(config, presence, stop.ask) as outlets:

        def started() -> None:
            terminal.complain(f"listening to {options.interface}; Ctrl-C ends it")
            if config.metrics is not None:
                tell_where(config.metrics)

        sensor.watch(
            sensor.Request(
                interface=options.interface,
                sinks=(outlets,),
                stopping=stop.asked,
                started=started,
                config=config,
                rules=tuple(options.rules),
                presence=presence,
            )
        )
    return ExitStatus.DONE


COMMAND = Command(
    name="run",
    summary="listen to an interface and tell findings as they come",
    description=(
        "Listens to a network interface and tells where patron data crosses the network\n"
        "in the clear, one line of JSON for each finding that is new or has changed.\n"
        "Nothing is sent but to whom the configuration names, and no patron data is in\n"
        "the findings. How it goes is told on stderr, once a minute."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
