"""``privacy-monitor findings``: what the sensor has found so far, and what people decide about it."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser, Namespace
from datetime import UTC, date, datetime
from pathlib import Path

from monitor.cli import terminal
from monitor.cli.alerts import keep_for_alerts
from monitor.cli.command import Command, Group
from monitor.cli.configuration import installed_config, read_config
from monitor.errors import ExitStatus, UsageError

_STATUS = """
exit status:
  0    done
  2    wrong usage or configuration, or a finding that cannot be decided on
  3    the database or the finding is not there, or cannot be read or written
  70   a bug of this program
"""
_STATES = ("open", "ongoing", "reopened", "acknowledged", "excepted", "resolved")
"""Of `monitor.sinks.store.life.State`, so that help needs no database."""


def _add_store(parser: ArgumentParser) -> None:
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--store", type=Path, metavar="FILE", help="the database, as it was given to run")
    place.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the configuration that names the database; without both that of the service on this machine",
    )


def _path(options: Namespace) -> Path:
    if options.store is not None:
        return Path(options.store)
    config = options.config or installed_config()
    if config is None:
        raise UsageError(
            "no service is installed on this machine: name the database with --store FILE or --config FILE"
        )
    path = keep_for_alerts(read_config(config)).store.path
    if path is None:
        raise UsageError("the configuration names no database ('store: {path: ...}'): use --store FILE")
    return path


def _add_look(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="color on the page (default: auto)"
    )


def _configure_list(parser: ArgumentParser) -> None:
    _add_store(parser)
    parser.add_argument(
        "--state",
        action="append",
        default=[],
        choices=(*_STATES, "all"),
        metavar="STATE",
        help=f"only findings that are {', '.join(_STATES)}, or all; may be repeated; without it all but resolved ones",
    )
    _add_look(parser)


def _list(options: Namespace) -> ExitStatus:
    from monitor.sinks.store.desk import read_all  # noqa: PLC0415  (help and complaints need no database)

    listing = read_all(_path(options))
    wanted = set(options.state) or {*_STATES} - {"resolved"}
    records = [one for one in listing.records if one.life.state.value in wanted or "all" in wanted]
    if options.json:
        from monitor.sinks.store.export import to_json  # noqa: PLC0415  (the same)

        terminal.deliver(to_json(records, listing.limits))
        return ExitStatus.DONE
    from monitor.sinks.report.text import draw  # noqa: PLC0415  (rich takes a while)
    from monitor.sinks.store.page import compose_list, list_plainly  # noqa: PLC0415  (the same)

    looks = terminal.appearance(options.color, sys.stdout)
    if sys.stdout is not None and sys.stdout.isatty():
        terminal.deliver(draw(lambda _: compose_list(records, listing.limits, looks.width), looks))
    else:
        terminal.deliver(list_plainly(records).encode(looks.encoding, "replace").decode(looks.encoding))
    return ExitStatus.DONE


def _configure_show(parser: ArgumentParser) -> None:
    _add_id(parser)
    _add_store(parser)
    _add_look(parser)


def _show(options: Namespace) -> ExitStatus:
    from monitor.sinks.store.desk import read_one  # noqa: PLC0415  (help and complaints need no database)

    record, history = read_one(_path(options), options.id)
    if options.json:
        from monitor.sinks.store.export import one_to_json  # noqa: PLC0415  (the same)

        terminal.deliver(one_to_json(record, history))
        return ExitStatus.DONE
    from monitor.sinks.report.text import print_page  # noqa: PLC0415  (rich takes a while)
    from monitor.sinks.store.page import compose_one  # noqa: PLC0415  (the same)

    looks = terminal.appearance(options.color, sys.stdout)
    terminal.deliver(print_page(lambda _: compose_one(record, history), looks))
    return ExitStatus.DONE


def _add_id(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="a finding; the beginning of its id will do if no other begins so")


def _configure_ack(parser: ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--owner", required=True, metavar="NAME", help="who looks after it")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, or what is being done; no patron's name")
    _add_store(parser)


def _configure_except(parser: ArgumentParser) -> None:
    _configure_ack(parser)
    parser.add_argument("--until", required=True, metavar="YYYY-MM-DD", help="the last day of the exception, in UTC")


def _decide(options: Namespace) -> ExitStatus:
    from monitor.sinks.store.desk import MAX_OWNER_CHARS, MAX_REASON_CHARS, read_line, settle  # noqa: PLC0415
    from monitor.sinks.store.life import Decision  # noqa: PLC0415  (help and complaints need no database)

    now_ns = time.time_ns()
    decision = Decision(
        owner=read_line(options.owner, "owner", MAX_OWNER_CHARS),
        reason=read_line(options.reason, "reason", MAX_REASON_CHARS),
        until=_last_day(options.until, now_ns) if "until" in options else "",
    )
    record = settle(_path(options), options.id, decision, now_ns)
    until = f" until {decision.until}" if decision.until else ""
    terminal.deliver(f"{record.entry['id']} is {record.life.state.value}{until}\n")
    return ExitStatus.DONE


def _last_day(text: str, now_ns: int) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise UsageError("--until is a day, as in 2027-03-31")
    if day < datetime.fromtimestamp(now_ns // 10**9, UTC).date():
        raise UsageError("--until is over already")
    return text


def _configure_export(parser: ArgumentParser) -> None:
    _add_store(parser)
    parser.add_argument("--format", choices=("json", "csv"), default="json", help="json (the default) or csv")


def _export(options: Namespace) -> ExitStatus:
    from monitor.sinks.store.desk import read_all  # noqa: PLC0415  (help and complaints need no database)
    from monitor.sinks.store.export import to_csv, to_json  # noqa: PLC0415  (the same)

    listing = read_all(_path(options))
    text = to_json(listing.records, listing.limits) if options.format == "json" else to_csv(listing)
    terminal.deliver(text)
    return ExitStatus.DONE


COMMAND = Group(
    name="findings",
    summary="list what the sensor has found so far, and decide on it",
    description=(
        "Reads the database that `run --store FILE` writes: what was found so far, since\n"
        "when, and whether it is still there. Says who looks after a finding, or until\n"
        "when it is accepted. The sensor may run meanwhile."
    ),
    examples="""\
examples:
  privacy-monitor findings list --store findings.db
      what is not resolved, worst first
  privacy-monitor findings ack 3f1c --owner "J. Doe" --reason "ticket 4711" \\
      --store findings.db
      somebody works on it
  privacy-monitor findings list --help
      everything about one of them
""",
    commands=(
        Command(
            name="list",
            summary="list findings",
            description="Lists findings, worst first; without --state all that are not resolved.",
            examples="examples:\n  privacy-monitor findings list --store findings.db --state all\n" + _STATUS,
            configure=_configure_list,
            run=_list,
        ),
        Command(
            name="show",
            summary="show one finding with its history",
            description="Shows everything about one finding, and what became of it.",
            examples="examples:\n  privacy-monitor findings show 3f1c --store findings.db\n" + _STATUS,
            configure=_configure_show,
            run=_show,
        ),
        Command(
            name="ack",
            summary="say that somebody works on a finding",
            description="Acknowledges a finding: somebody works on it, until it is resolved.",
            examples=(
                "examples:\n"
                '  privacy-monitor findings ack 3f1c --owner "J. Doe" \\\n'
                '      --reason "ticket 4711" --store findings.db\n' + _STATUS
            ),
            configure=_configure_ack,
            run=_decide,
        ),
        Command(
            name="except",
            summary="accept a finding until a day",
            description="Accepts a finding until the end of a day; it is open again then.",
            examples=(
                "examples:\n"
                '  privacy-monitor findings except 3f1c --until 2027-03-31 --owner "J. Doe" \\\n'
                '      --reason "the vendor\'s update comes in March" --store findings.db\n' + _STATUS
            ),
            configure=_configure_except,
            run=_decide,
        ),
        Command(
            name="export",
            summary="write all findings for other programs",
            description="Writes all findings with their states to standard output.",
            examples="examples:\n  privacy-monitor findings export --format csv \\\n"
            "      --store findings.db > findings.csv\n" + _STATUS,
            configure=_configure_export,
            run=_export,
        ),
    ),
)
