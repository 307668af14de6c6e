"""The command line: one module a command, each named in `program.COMMANDS`."""

from monitor.cli.program import main

__all__ = ["main"]
