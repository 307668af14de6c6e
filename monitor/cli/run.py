"""``privacy-monitor run``: listens to an interface and tells findings as they come."""

from __future__ import annotations

import gc
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import terminal
from monitor.cli.alerts import keep_for_alerts
from monitor.cli.collection import building
from monitor.cli.command import Command
from monitor.cli.configuration import add_site_options, read_config
from monitor.cli.hangup import reread_on_signal
from monitor.cli.metrics import add_metrics_option, ask_for_metrics, tell_where
from monitor.cli.stop import stop_on_signals
from monitor.config.settings import Config
from monitor.errors import ExitStatus, UsageError
from monitor.model.contract import Sink
from monitor.model.record import replace
from monitor.privacy.labels import typed

if TYPE_CHECKING:
    from monitor.outlets import Renewal
    from monitor.reload import Rereading
    from monitor.sinks.service.notifier import Notifier

_EXAMPLES = """\
examples:
  sudo privacy-monitor run --interface eth0
      listen to a mirror port; findings go to stdout, a line of JSON each
  sudo privacy-monitor run --interface eth0 --config library.yaml > findings.jsonl
      with what you said about your network; keep the findings in a file
  sudo privacy-monitor run --config library.yaml
      listen to what the configuration names: sensor: {interfaces: [eth0]}
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
  70   a bug of this program
  130  interrupted for the second time
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--interface",
        metavar="NAME",
        action="append",
        help="the network interface to listen to, whatever the configuration says; again for each further one",
    )
    add_metrics_option(parser)
    parser.add_argument(
        "--store", type=Path, metavar="FILE", help="keep findings in this database, beyond the end of the run"
    )
    add_site_options(parser)


def _run(options: Namespace) -> ExitStatus:
    if sys.platform != "linux":
        raise UsageError("listening to an interface needs Linux; recorded captures can be analyzed anywhere (analyze)")
    from monitor import sensor  # noqa: PLC0415  (Linux only)
    from monitor.audit.rehearsal import rehearse  # noqa: PLC0415  (help and complaints need none)
    from monitor.outlets import opened  # noqa: PLC0415  (help and complaints need no sinks)
    from monitor.privacy.presence import Presence  # noqa: PLC0415  (help and complaints need none)
    from monitor.sinks.service.notifier import Notifier  # noqa: PLC0415  (the same)
    from monitor.sinks.service.sink import ServiceNotices  # noqa: PLC0415  (the same)

    config = _read(options)
    interfaces = tuple(map(str, config.sensor.interfaces))
    presence = Presence()
    with ExitStack() as stack:
        built = stack.enter_context(building())
        notifier = stack.enter_context(closing(Notifier()))
        stop = stack.enter_context(stop_on_signals(*(() if options.config else (signal.SIGHUP,))))
        rehearse(config, options.rules)
        gc.collect()  # what it leaves, before all that is there is kept
        outlets, renewals, _ = stack.enter_context(opened(config, presence, terminal.complain, stop.ask))

        def started() -> None:
            built()
            terminal.complain(f"listening to {', '.join(interfaces)}; Ctrl-C ends it")
            if config.metrics is not None:
                tell_where(config.metrics)
            notifier.ready()

        sinks: list[Sink] = [outlets]
        if notifier.is_heard:
            sinks.append(ServiceNotices(notifier))
        sensor.watch(
            sensor.Request(
                interfaces=interfaces,
                sinks=tuple(sinks),
                stopping=stop.asked,
                started=started,
                ending=notifier.stopping,
                tell=terminal.complain,
                config=config,
                rules=tuple(options.rules),
                rereading=stack.enter_context(_rereading(options, renewals, notifier)) if options.config else None,
                presence=presence,
            )
        )
    return ExitStatus.DONE


def _read(options: Namespace) -> Config:
    """What the operator says: the command line goes before the configuration."""
    config = ask_for_metrics(read_config(options.config), options.metrics)
    interfaces = tuple(map(typed, options.interface or ())) or config.sensor.interfaces
    if not interfaces:
        raise UsageError(
            "nothing says what to listen to: run --interface NAME, or sensor: {interfaces: [NAME]} in the configuration"
        )
    store = config.store if options.store is None else replace(config.store, path=options.store)
    return keep_for_alerts(replace(config, sensor=replace(config.sensor, interfaces=interfaces), store=store))


@contextmanager
def _rereading(options: Namespace, renewals: Sequence[Renewal], notifier: Notifier) -> Iterator[Rereading]:
    """How the configuration is read again when SIGHUP comes."""
    from monitor.reload import Rereading  # noqa: PLC0415  (help and complaints need none)

    def read() -> tuple[Config, Callable[[], None]]:
        config = _read(options)
        changes = [renew(config) for renew in renewals]

        def change() -> None:
            for one in changes:
                one()

        return config, change

    with reread_on_signal() as wanted:
        yield Rereading(wanted=wanted, read=read, begun=notifier.reloading, ended=notifier.ready)


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
