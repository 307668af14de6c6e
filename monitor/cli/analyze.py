"""``privacy-monitor analyze``: reads captures once and reports what they show."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from io import StringIO
from typing import TYPE_CHECKING

from monitor.cli import terminal
from monitor.cli.captures import tell_troubles
from monitor.cli.collection import building
from monitor.cli.command import Command
from monitor.cli.configuration import add_site_options, read_config
from monitor.cli.destination import OutputFile
from monitor.cli.progress import show_progress
from monitor.errors import ExitStatus
from monitor.model.contract import Sink
from monitor.model.data import Level
from monitor.model.stats import Stats

if TYPE_CHECKING:
    from monitor.analyze import Outcome

_LEVELS = {level.word: level for level in sorted(Level, reverse=True)}

_EXAMPLES = """\
examples:
  privacy-monitor analyze capture.pcap
      read one capture and show what it means
  privacy-monitor analyze monday.pcapng tuesday.pcap.gz more-captures/
      read several, whole folders too, as one
  timeout 600 tcpdump -i eth0 -w - | privacy-monitor analyze -
      read what another program records, here for ten minutes
  privacy-monitor analyze captures/ --format json --output report.json
      write the report for machines to a file
  privacy-monitor analyze nightly.pcap --fail-on high --no-progress
      in a scheduled job: status 1 when something serious was found

exit status:
  0    done
  1    done, and --fail-on LEVEL was given and a finding is at or above it
  2    wrong usage or rules, nothing given is a capture, or the report cannot be
       written
  3    something given could not be read, or not whole; the rest is reported
       (3 beats 1)
  70   a bug of this program
  130  interrupted with Ctrl-C; what was read until then is reported
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="FILE", help="a capture, a folder of captures, or - for stdin")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="for people (default) or for machines"
    )
    parser.add_argument(
        "--fail-on",
        choices=tuple(_LEVELS),
        metavar="LEVEL",
        help=f"exit with 1 if a finding is at or above LEVEL: {', '.join(_LEVELS)}",
    )
    add_site_options(parser)
    parser.add_argument("--output", metavar="FILE", help="write the report to FILE instead of stdout")
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="color in the text report (default: auto)"
    )
    parser.add_argument("--no-progress", action="store_true", help="no progress line on stderr")


def _run(options: Namespace) -> ExitStatus:
    output = None if options.output is None else OutputFile(options.output)
    publish = terminal.deliver if output is None else output.write
    sheet = StringIO()
    try:
        outcome = _analyze(options, _build_sink(options, sheet))
    except KeyboardInterrupt:
        # Ctrl-C before reading began, or for the second time: a reader of JSON still gets a document.
        if options.format == "json":
            sheet = StringIO()
            _build_sink(options, sheet).finish(Stats())
            publish(sheet.getvalue())
        return ExitStatus.INTERRUPTED
    for note in outcome.notes:
        terminal.complain(f"note: {note.path}: {note.text}")
    tell_troubles(outcome)
    if outcome.captures_read or options.format == "json" or output is not None:
        publish(sheet.getvalue())
    return _decide(outcome, options.fail_on)


def _build_sink(options: Namespace, sheet: StringIO) -> Sink:
    if options.format == "json":
        from monitor.sinks.report.json import JsonReport  # noqa: PLC0415  (one of the two is enough)

        return JsonReport(sheet)
    from monitor.sinks.report.text import TextReport  # noqa: PLC0415  (the same)

    stream = sys.stdout if options.output is None else None
    return TextReport(sheet, terminal.appearance(options.color, stream))


def _analyze(options: Namespace, sink: Sink) -> Outcome:
    with building() as built:
        from monitor import analyze  # noqa: PLC0415  (help and complaints need no engine)

        config = read_config(options.config)
        with show_progress(wanted=not options.no_progress) as progress:
            return analyze.analyze(
                analyze.Request(
                    paths=tuple(options.paths),
                    config=config,
                    rules=tuple(options.rules),
                    sinks=(sink,),
                    progress=progress,
                    started=built,
                )
            )


def _decide(outcome: Outcome, fail_on: str | None) -> ExitStatus:
    if outcome.interrupted:
        return ExitStatus.INTERRUPTED
    if outcome.troubles:
        return ExitStatus.INPUT
    if fail_on is not None and outcome.worst is not None and outcome.worst >= _LEVELS[fail_on]:
        return ExitStatus.FINDINGS
    return ExitStatus.DONE


COMMAND = Command(
    name="analyze",
    summary="read captures and report what they show",
    description=(
        "Reads captures (pcap, pcapng, also compressed) and reports where patron data\n"
        "crosses the network in the clear. No configuration is needed, nothing is sent\n"
        "anywhere, and no patron data is in the report."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
