"""``privacy-monitor check``: reads a configuration, and says what is wrong with it or what it means."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from monitor.cli import terminal
from monitor.cli.captures import tell_troubles
from monitor.cli.command import Command
from monitor.errors import ConfigError, ExitStatus, UsageError
from monitor.model.lazy import lazy
from monitor.privacy.labels import file_label
from monitor.sinks.report.figures import count

_EXAMPLES = """\
examples:
  privacy-monitor check library.yaml
      say every mistake at once, or else what the file means
  privacy-monitor check library.yaml --against monday.pcap
      say what it would have said of whom cameras and other devices talked to
  privacy-monitor check --schema > config.schema.json
      for editors that complete and check a file while you type

exit status:
  0    no mistakes; notes are no mistakes
  2    a mistake, a line each on stderr: file:line: what (hint: ...)
  3    a capture (--against) could not be read, or not whole
  70   a bug of this program
"""

_BOLD, _GREEN, _YELLOW, _CYAN = "1", "1;32", "33", "36"
"""Parameters of the escape sequence that sets how text looks (ECMA-48 8.3.117)."""
_MISTAKE = lazy(r"(.*?:\d+:)( .*?)( \(hint: .*\))?")


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="FILE", type=Path, help="a configuration, in YAML")
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="CAPTURE",
        help="say what it would have said of whom devices talk to in a capture; may be repeated",
    )
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of configurations, and no more")
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="color in what is said (default: auto)"
    )


def _run(options: Namespace) -> ExitStatus:
    if options.schema is (options.path is not None):
        raise UsageError("check wants a FILE, or else --schema (try: privacy-monitor check --help)")
    if options.schema and options.against:
        raise UsageError("--against goes with a FILE")
    if options.schema:
        terminal.deliver(_schema())
        return ExitStatus.DONE
    try:
        if options.against:
            return _compare(options.path, options.against)
        terminal.deliver(_summary(options.path, options.color))
    except ConfigError as error:
        colored = terminal.appearance(options.color, sys.stderr).color
        terminal.remark("".join(f"{_point_out(line, colored=colored)}\n" for line in str(error).splitlines()))
        return error.status
    return ExitStatus.DONE


def _schema() -> str:
    from monitor.config.schema import schema_text  # noqa: PLC0415  (help and complaints need no configuration)
    from monitor.protocols.registry import specs  # noqa: PLC0415  (the same)

    return schema_text(specs())


def _summary(path: Path, color: str) -> str:
    from monitor.cli.configuration import read_config  # noqa: PLC0415  (the same)
    from monitor.config.summary import Kind, summarize  # noqa: PLC0415  (the same)

    looks = terminal.appearance(color, sys.stdout)
    styles = {Kind.HEAD: _BOLD, Kind.NOTE: _YELLOW}
    lines = summarize(read_config(path), looks.width)
    noted = sum(line.kind is Kind.NOTE for line in lines)
    verdict = f"{file_label(str(path))}: no mistakes" + (f", {count(noted, 'note')}" if noted else "")
    shown = [_paint(verdict, _GREEN, colored=looks.color), ""]
    shown += [_paint(line.text, styles.get(line.kind, ""), colored=looks.color) for line in lines]
    text = "".join(f"{line}\n" for line in shown)
    return text.encode(looks.encoding, errors="replace").decode(looks.encoding)


def _compare(path: Path, captures: Sequence[str]) -> ExitStatus:
    """Read captures by a configuration, and show who talked to whom and what it says of that."""
    from monitor import analyze  # noqa: PLC0415  (help and complaints need no engine)
    from monitor.cli.configuration import read_config  # noqa: PLC0415  (the same)
    from monitor.learning.comparison import compare  # noqa: PLC0415  (the same)
    from monitor.learning.notebook import Notebook  # noqa: PLC0415  (the same)

    notebook = Notebook()
    config = read_config(path)
    outcome = analyze.analyze(analyze.Request(paths=tuple(captures), config=config, sinks=(), learner=notebook.note))
    tell_troubles(outcome)
    terminal.deliver("".join(f"{line}\n" for line in compare(notebook)))
    return ExitStatus.INPUT if outcome.troubles else ExitStatus.DONE


def _point_out(mistake: str, *, colored: bool) -> str:
    """A mistake with its place and its hint set off, and nothing before its place: editors find it by that."""
    found = _MISTAKE.fullmatch(mistake)
    if found is None:
        return mistake
    place, what, hint = found.groups(default="")
    return _paint(place, _BOLD, colored=colored) + what + _paint(hint, _CYAN, colored=colored)


def _paint(text: str, style: str, *, colored: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if colored and style and text else text


COMMAND = Command(
    name="check",
    summary="check a configuration and say what it means",
    description=(
        "Reads a configuration. Says every mistake at once, each with its line and a\n"
        "hint; or, without a mistake, what it means: zones, assets, whom devices may talk\n"
        "to, the defaults that hold, and notes on what is allowed but may not be meant."
    ),
    examples=_EXAMPLES,
    configure=_configure,
    run=_run,
)
