"""Shows how long something still takes that takes a known time: one line on stderr, only on a terminal.

Rule: rich is imported when the line first shows.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import rich.progress


class WaitingLine:
    """Takes the time that has passed, and shows it; to be closed before anything else is written."""

    def __init__(self, stream: TextIO, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds
        self._bar: rich.progress.Progress | None = None
        self._task: rich.progress.TaskID | None = None

    def __call__(self, passed_seconds: float, packets: int) -> None:
        """Show how far it is."""
        if self._bar is None or self._task is None:
            self._bar = _build_bar(self._stream)
            self._task = self._bar.add_task("", total=self._seconds, packets="")
            self._bar.start()
        left = max(0, round(self._seconds - passed_seconds))
        self._bar.update(self._task, completed=passed_seconds, packets=f"{packets:,} packets, {left} s to go")
        self._bar.refresh()

    def close(self) -> None:
        """Take the line away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def start_waiting(seconds: float, *, wanted: bool) -> WaitingLine | None:
    """A line on stderr, or None where none is wanted or nobody would see it."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        return None
    return WaitingLine(sys.stderr, seconds)


def _build_bar(stream: TextIO) -> rich.progress.Progress:
    from rich import progress as parts  # noqa: PLC0415  (most commands never need it)
    from rich.console import Console  # noqa: PLC0415  (the same)

    return parts.Progress(
        parts.TextColumn("listening"),
        parts.BarColumn(bar_width=None),
        parts.TextColumn("{task.fields[packets]}", markup=False),
        console=Console(file=stream, markup=False, highlight=False, emoji=False),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        expand=True,
    )
