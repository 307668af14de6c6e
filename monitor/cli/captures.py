"""Tells on stderr how the reading of captures went, for every command that reads some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli import terminal
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.analyze import Outcome


def tell_troubles(outcome: Outcome) -> None:
    """Name each capture that could not be read, or not whole.

    Raises:
        UsageError: none was given at all.
    """
    for trouble in outcome.troubles:
        terminal.complain(f"{trouble.path}: {trouble.reason}")
    if not (outcome.captures_read or outcome.troubles or outcome.interrupted):
        raise UsageError("nothing given is a capture")
