"""``privacy-monitor explain``: shows the conversation behind one finding, without a value."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli import terminal
from monitor.cli.command import Command
from monitor.cli.configuration import add_site_options, read_config
from monitor.cli.progress import show_progress
from monitor.errors import ExitStatus

if TYPE_CHECKING:
    from monitor.explain.explanation import Explanation

_MESSAGES = 40
_MOST_MESSAGES = 2_000
"""More are not read; Wireshark shows them all."""
_SECONDS = 300

_EXAMPLES = """\
examples:
  privacy-monitor explain lobby.pcapng 5e5aad
      the conversation in which this finding was seen first; the beginning of
      an id will do
  privacy-monitor explain lobby.pcapng 5e5aad --config library.yaml
      with the names of places and devices; patrons' devices stay hidden. Give
      the same configuration as to analyze: ids depend on it
  privacy-monitor explain lobby.pcapng 5e5aad --conversation 2 --messages 200
      the second one, and more of it

needs tshark, which comes with Wireshark, and the Python package pyshark:
pip install 'library-privacy-monitor[analyst]'

exit status:
  0    done
  2    wrong usage, configuration or rules; pyshark or tshark is not here, or
       takes too long
  3    the capture does not show the finding, or cannot be read
  70   a bug of this program
  130  interrupted with Ctrl-C
"""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="FILE", help="the capture in which it was found")
    parser.add_argument("id", metavar="ID", help="a finding; the beginning of its id will do if no other begins so")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for people (default) or programs")
    parser.add_argument(
        "--conversation", type=_number, default=1, metavar="N", help="which one, if it was seen in several (default: 1)"
    )
    parser.add_argument(
        "--messages", type=_number, default=_MESSAGES, metavar="N", help=f"how many to show (default: {_MESSAGES})"
    )
    parser.add_argument(
        "--timeout",
        type=_number,
        default=_SECONDS,
        metavar="SECONDS",
        help=f"how long tshark may read (default: {_SECONDS})",
    )
    add_site_options(parser)
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="color on the page (default: auto)"
    )
    parser.add_argument("--no-progress", action="store_true", help="no progress line on stderr")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) == int(text) <= _MOST_MESSAGES):
        raise ArgumentTypeError(f"a number from 1 to {_MOST_MESSAGES} is wanted")
    return int(text)


def _run(options: Namespace) -> ExitStatus:
    explanation = _explain(options)
    for trouble in explanation.troubles:
        terminal.complain(f"{trouble.path}: {trouble.reason}")
    if options.format == "json":
        from monitor.explain.document import to_json  # noqa: PLC0415  (one of the two is enough)

        terminal.deliver(to_json(explanation))
    else:
        from monitor.explain.page import to_text  # noqa: PLC0415  (rich takes a while)

        terminal.deliver(to_text(explanation, terminal.appearance(options.color, sys.stdout)))
    return ExitStatus.DONE


def _explain(options: Namespace) -> Explanation:
    from monitor.explain.explanation import Request, explain  # noqa: PLC0415  (help and complaints need no engine)

    config = read_config(options.config)
    with show_progress(wanted=not options.no_progress) as progress:
        return explain(
            Request(
                path=options.path,
                finding=options.id,
                conversation=options.conversation,
                messages=options.messages,
                timeout_seconds=options.timeout,
                config=config,
                rules=tuple(options.rules),
                progress=progress,
            )
        )


COMMAND = Command(
    name="explain",
    summary="show the conversation behind a finding, without a value",
    description=(
        "Looks for a finding in a capture again, and shows the conversation in which it\n"
        "was seen as tshark reads it: who said what to whom, which fields could be read\n"
        "and how long they were, never what was in them. Says what to paste into\n"
        "Wireshark to see it there."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
