"""``privacy-monitor devices``: which devices captures show, what each one is, and how that is known."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from io import StringIO

from monitor.cli import terminal
from monitor.cli.captures import tell_troubles
from monitor.cli.collection import building
from monitor.cli.command import Command
from monitor.cli.configuration import add_site_options, read_config
from monitor.cli.progress import show_progress
from monitor.errors import ExitStatus

_EXAMPLES = """\
examples:
  privacy-monitor devices capture.pcap
      list the cameras, printers, telephones ... of one capture
  privacy-monitor devices --config library.yaml captures/
      with the names you gave to zones and devices
  privacy-monitor devices capture.pcap --json
      for programs

exit status:
  0    done
  2    wrong usage, or nothing given is a capture
  3    something given could not be read, or not whole; the rest is listed
  70   a bug of this program
  130  interrupted with Ctrl-C; what was seen until then is listed
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="FILE", help="a capture, a folder of captures, or - for stdin")
    parser.add_argument("--json", action="store_true", help="for programs")
    add_site_options(parser)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="color in the table (default: auto)"
    )
    parser.add_argument("--no-progress", action="store_true", help="no progress line on stderr")


def _run(options: Namespace) -> ExitStatus:
    from monitor.sinks.report.devices import DevicesReport, Style  # noqa: PLC0415  (help and complaints need no sink)

    looks = terminal.appearance(options.color, sys.stdout)
    style = Style.TABLE if sys.stdout is not None and sys.stdout.isatty() else Style.PLAIN
    sheet = StringIO()
    sink = DevicesReport(sheet, Style.JSON if options.json else style, looks)
    with building() as built:
        from monitor import analyze  # noqa: PLC0415  (the same)

        with show_progress(wanted=not options.no_progress) as progress:
            outcome = analyze.analyze(
                analyze.Request(
                    paths=tuple(options.paths),
                    config=read_config(options.config),
                    rules=tuple(options.rules),
                    sinks=(sink,),
                    progress=progress,
                    started=built,
                )
            )
    tell_troubles(outcome)
    if outcome.captures_read or options.json:
        terminal.deliver(sheet.getvalue().encode(looks.encoding, "replace").decode(looks.encoding))
    if outcome.interrupted:
        return ExitStatus.INTERRUPTED
    return ExitStatus.INPUT if outcome.troubles else ExitStatus.DONE


COMMAND = Command(
    name="devices",
    summary="list the devices in captures, and what each one is",
    description=(
        "Reads captures and lists the devices in them that show what they are: cameras,\n"
        "recorders, printers, voice assistants, telephones and others, each with the\n"
        "signals by which it was known. One signal alone is never enough; what is not\n"
        "known for sure is unknown."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
