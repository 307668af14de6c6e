"""What a command of the command line is."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from monitor.errors import ExitStatus
from monitor.model.record import Record


class Command(Record):
    """One command. Its module imports what it needs when it runs, so that others start fast."""

    name: str
    summary: str
    """One line for the list of commands."""
    description: str
    """A paragraph for its own help."""
    examples: str
    """Command lines with what they do, shown as they stand."""
    configure: Callable[[ArgumentParser], None]
    """Adds the arguments."""
    run: Callable[[Namespace], ExitStatus]
    """Does it. Raises `MonitorError` for what a person can put right."""


class Group(Record):
    """Commands under one name: ``findings list``, ``findings show``."""

    name: str
    summary: str
    """As of a command."""
    description: str
    """As of a command."""
    examples: str
    """As of a command."""
    commands: tuple[Command, ...]
    """In the order of the help."""
