"""``privacy-monitor doctor``: says whether a sensor here would see what it should, and what to do if not."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import terminal
from monitor.cli.alerts import keep_for_alerts
from monitor.cli.command import Command
from monitor.cli.configuration import add_site_options, read_config
from monitor.cli.waiting import start_waiting
from monitor.config.settings import Config
from monitor.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from monitor.doctor.check import Check

DEFAULT_SECONDS = 10.0
"""A handful of self-checks and a few staff PCs have spoken by then."""
MAX_SECONDS = 3_600.0
"""Longer is a run, not a look."""

_UNITS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3_600}
_EXAMPLES = """\
examples:
  sudo privacy-monitor doctor --interface eth0
      look at everything, and listen for ten seconds
  sudo privacy-monitor doctor --interface eth0 --config library.yaml --for 5m
      listen for five minutes: are all zones and assets to be heard?
  sudo privacy-monitor doctor --config library.yaml
      the interfaces that the configuration names, one after the other
  privacy-monitor doctor --format json
      for programs; without any interface, what can be said without listening

listening needs Linux and the capability CAP_NET_RAW, which sudo gives; without
them everything else is looked at. Nothing that is heard is kept, and nothing is
sent: a sensor's own metrics on this machine are asked how it goes, servers of
the list 'sinks' are connected to, and Alertmanagers are asked if they are ready.

exit status:
  0    nothing is bad
  1    something is bad: something is not seen, or not told
  2    wrong usage
  70   a bug of this program
  130  interrupted with Ctrl-C
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--interface",
        metavar="NAME",
        action="append",
        help="the network interface at the mirror port; again for more (default: those of the configuration)",
    )
    parser.add_argument(
        "--for",
        dest="seconds",
        type=_seconds,
        default=DEFAULT_SECONDS,
        metavar="TIME",
        help="how long to listen to each: 30s, 5m (default: 10s)",
    )
    parser.add_argument("--store", type=Path, metavar="FILE", help="the database, as it is given to run")
    add_site_options(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people (default) or for programs"
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="color on a terminal (default: auto)"
    )
    parser.add_argument("--no-progress", action="store_true", help="no progress line on stderr")


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d{1,5}(?:\.\d{1,3})?)(|s|m|min|h)", text, re.ASCII)
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 1 <= seconds <= MAX_SECONDS:
        raise ArgumentTypeError("a time from 1s to 1h, as in 30s or 5m")
    return seconds


def _run(options: Namespace) -> ExitStatus:
    from monitor.doctor.check import Grade, worst  # noqa: PLC0415  (help and complaints need no engine)

    checks = _examine(options)
    _show(checks, options)
    return ExitStatus.FINDINGS if worst(checks) is Grade.BAD else ExitStatus.DONE


def _examine(options: Namespace) -> list[Check]:
    """All checks."""
    from monitor.doctor.examination import Request, examine  # noqa: PLC0415  (help and complaints need no engine)

    config, mistakes = Config(), None
    try:
        config = keep_for_alerts(read_config(options.config))
    except ConfigError as error:
        mistakes = error
    waiting = start_waiting(options.seconds, wanted=not options.no_progress)
    try:
        request = Request(
            interfaces=tuple(options.interface or ()),
            seconds=options.seconds,
            config=config,
            config_path=options.config,
            mistakes=mistakes,
            rules=tuple(options.rules),
            store=options.store,
            progress=waiting,
        )
        return list(examine(request))
    finally:
        if waiting is not None:
            waiting.close()


def _show(checks: list[Check], options: Namespace) -> None:
    from monitor.doctor import page  # noqa: PLC0415  (rich takes a while)
    from monitor.sinks.report.text import draw  # noqa: PLC0415  (the same)

    looks = terminal.appearance(options.color, sys.stdout)
    if options.format == "json":
        terminal.deliver(page.to_json(checks))
    elif options.color == "always" or (sys.stdout is not None and sys.stdout.isatty()):
        terminal.deliver(draw(lambda plain: page.compose(checks, ascii_only=plain), looks))
    else:
        terminal.deliver(page.list_plainly(checks).encode(looks.encoding, "replace").decode(looks.encoding))


COMMAND = Command(
    name="doctor",
    summary="say whether a sensor here sees what it should",
    description=(
        "Looks at everything that a sensor needs: rights, interface, clock, disk,\n"
        "configuration, metrics; listens for a while to see whether the mirror port really\n"
        "mirrors; and sends an invented login through the program, in memory. Each line\n"
        "says what was seen, and what to do."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
