"""The program: finds the command, runs it, and turns every ending into an exit status and at most a few lines.

Rules: no traceback, ever: a traceback can quote what was read off the wire. Of all commands, only the one that is asked
for is imported.
"""

from __future__ import annotations

import os
import sys
import threading
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from monitor import __version__
from monitor.cli import guard, terminal
from monitor.cli.command import Command, Group
from monitor.errors import ExitStatus, MonitorError, UsageError

NAME = "privacy-monitor"

COMMANDS = {
    "analyze": "analyze.COMMAND",
    "explain": "explain.COMMAND",
    "devices": "devices.COMMAND",
    "check": "check.COMMAND",
    "learn": "learn.COMMAND",
    "run": "run.COMMAND",
    "findings": "findings.COMMAND",
    "test-alert": "alerts.COMMAND",
    "runbook": "runbook.COMMAND",
    "doctor": "doctor.COMMAND",
    "self-audit": "self_audit.COMMAND",
    "install": "install.INSTALL",
    "uninstall": "install.UNINSTALL",
}
"""Every command, in the order of the help, and where it is: beside this module."""

_EPILOG = f"""\
examples:
  {NAME} analyze capture.pcap     what does this capture show?
  {NAME} devices capture.pcap     which cameras and others are there?
  {NAME} check library.yaml       is this configuration right?
  {NAME} learn day.pcap --output learned  whom do our devices talk to?
  {NAME} run --interface eth0     what does this interface show?
  {NAME} findings list            what has the sensor found so far?
  {NAME} runbook SensorBlind      what does this alert mean?
  {NAME} explain capture.pcap ID  what was said where this was found?
  {NAME} doctor --interface eth0  would a sensor see what it should?
  {NAME} self-audit               does patron data leave this program?
  sudo {NAME} install             listen all the time, as a service
  {NAME} analyze --help           everything about a command

exit status:
  0 done   1 a finding at or above --fail-on   2 wrong usage
  3 something could not be read   70 a bug of this program   130 interrupted
"""


class _Help(RawDescriptionHelpFormatter):
    """Help as wide as the terminal; argparse would import all compressors there are to find that out."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=terminal.columns(80) - 2)


class _Parser(ArgumentParser):
    """An argument parser whose complaints are errors of ours, so that they are made legible before they are shown."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (try: {self.prog} --help)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program.

    Args:
        argv: arguments without the program's name. None means that this is the process itself: the arguments are the
            process's, core dumps are turned off and last-resort hooks are set, and unless another thread is still at
            work the process ends here.

    Returns:
        The exit status, see docs/reference/cli.md.
    """
    if argv is not None:
        return _conclude(argv)
    guard.protect_process()
    status = _conclude(sys.argv[1:])
    if threading.active_count() == 1:
        os._exit(status)  # taking all apart that is left behind takes 60 ms after a gigabyte
    return status


def _conclude(argv: Sequence[str]) -> int:
    """Run a command, and let nothing through but an exit status and clean lines."""
    try:
        return _run(argv)
    except MonitorError as error:
        for line in str(error).splitlines():
            terminal.complain(line)
        return error.status
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:  # while help was printed; reports are delivered with more care
        return ExitStatus.DONE
    except Exception as error:  # noqa: BLE001  (the last door: nothing may pass it but a type and a place)
        terminal.complain(guard.describe(error))
        return ExitStatus.INTERNAL
    finally:
        terminal.settle()


def _run(argv: Sequence[str]) -> int:
    """Find the command, through the groups it is in, and run it."""
    where: Group | None = None
    chain = [NAME]
    rest = list(argv)
    try:
        while rest and (command := _find(where, rest[0])) is not None:
            chain.append(rest.pop(0))
            if isinstance(command, Command):
                return command.run(_parse(_describe_command(command, " ".join(chain)), rest))
            where = command
        parser = _describe_group(where, " ".join(chain)) if where else _describe_program()
        if rest:
            parser.parse_args(rest)
            raise UsageError(f"no command given (try: {parser.prog} --help)")
    except SystemExit:  # argparse ends --help and --version this way; complaints take `_Parser.error`
        return ExitStatus.DONE
    parser.print_help(sys.stderr)
    return ExitStatus.USAGE


def _find(where: Group | None, name: str) -> Command | Group | None:
    """The command of that name in a group, or in the program itself."""
    if where is not None:
        return next((one for one in where.commands if one.name == name), None)
    return _load(name) if name in COMMANDS else None


def _load(name: str) -> Command | Group:
    module, _, attribute = COMMANDS[name].partition(".")
    command: Command | Group = getattr(import_module(f"monitor.cli.{module}"), attribute)
    return command


def _parse(parser: ArgumentParser, argv: Sequence[str]) -> Namespace:
    """Options may stand between files: argparse parses twice for that, and before 3.13 loses what follows ``--``."""
    options, rest = parser.parse_known_args(argv)
    if not rest:
        return options
    return parser.parse_args(argv) if "--" in argv else parser.parse_intermixed_args(argv)


def _describe_program() -> ArgumentParser:
    parser = _Parser(
        prog=NAME,
        usage="%(prog)s [-h] [--version] COMMAND ...",
        description="Says in plain words where patron data crosses a library's network in the clear.",
        epilog=_EPILOG,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{NAME} {__version__}")
    _add_commands(parser, [_load(name) for name in COMMANDS])
    return parser


def _describe_group(group: Group, prog: str) -> ArgumentParser:
    parser = _Parser(
        prog=prog,
        usage="%(prog)s [-h] COMMAND ...",
        description=group.description,
        epilog=group.examples,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    _add_commands(parser, group.commands)
    return parser


def _add_commands(parser: ArgumentParser, commands: Sequence[Command | Group]) -> None:
    listed = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in commands:
        listed.add_parser(command.name, help=command.summary)


def _describe_command(command: Command, prog: str) -> ArgumentParser:
    parser = _Parser(
        prog=prog,
        description=command.description,
        epilog=command.examples,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    command.configure(parser)
    return parser
