"""``privacy-monitor self-audit``: shows that no value leaves the installed program with the site's configuration."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from monitor.cli import terminal
from monitor.cli.command import Command
from monitor.cli.configuration import add_site_options, read_config
from monitor.errors import ExitStatus

_EXAMPLES = """\
examples:
  privacy-monitor self-audit
      plant invented values in every protocol, and search all that comes out
  privacy-monitor self-audit --config library.yaml
      the same with your zones, rules and sinks, and patrons' devices in them
  privacy-monitor self-audit --config library.yaml --format json
      for programs, and for the file that an auditor wants

It takes some seconds, needs no rights, and touches nothing of yours: each sink
is opened as in a run, and led to a private place on this machine instead.

exit status:
  0    nothing that was planted left
  1    something left; or nothing was read, or nothing arrived at one of the
       ways out, so that this proves nothing
  2    wrong usage, configuration or rules
  70   a bug of this program
  130  interrupted with Ctrl-C
"""


def _configure(parser: ArgumentParser) -> None:
    add_site_options(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people (default) or for programs"
    )
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="color on the page (default: auto)"
    )


def _run(options: Namespace) -> ExitStatus:
    from monitor.audit import page  # noqa: PLC0415  (help and complaints need no engine)
    from monitor.audit.auditing import audit  # noqa: PLC0415  (the same)
    from monitor.sinks.report.text import draw  # noqa: PLC0415  (the same)

    config = read_config(options.config)
    if sys.stderr is not None and sys.stderr.isatty():
        terminal.complain("planting, running and searching; this takes some seconds")
    result = audit(config, tuple(options.rules))
    if options.format == "json":
        terminal.deliver(page.to_json(result))
    else:
        terminal.deliver(draw(lambda _: page.compose(result), terminal.appearance(options.color, sys.stdout)))
    return ExitStatus.DONE if result.is_proof and not result.leaks else ExitStatus.FINDINGS


COMMAND = Command(
    name="self-audit",
    summary="show that no patron data leaves this program",
    description=(
        "Plants invented values in every field of every protocol, lets them go through\n"
        "the installed program with your configuration, and searches everything that\n"
        "came out for each of them, in every spelling."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
