"""Shows how far a long run has come: one line on stderr, only on a terminal, only when there is something to wait for.

Rule: rich is imported when the line first shows.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from monitor.sinks.report.figures import make_legible

if TYPE_CHECKING:
    import rich.progress

    from monitor.capture.files import Progress

PATIENCE_SECONDS = 0.5
"""Work that ends sooner shows nothing: a line that flashes up is noise."""
REFRESH_SECONDS = 0.1
"""Smooth enough for the eye, too rare to cost anything."""
_NAME_COLUMNS = 20
_MILLION = 1_000_000


class ProgressLine:
    """Takes progress as it comes and shows some of it; to be closed before anything else is written."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._shown_at = clock() + PATIENCE_SECONDS - REFRESH_SECONDS
        self._bar: rich.progress.Progress | None = None
        self._task: rich.progress.TaskID | None = None
        self._file = -1

    def __call__(self, progress: Progress) -> None:
        """Note how far the run has come; cheap when nothing is to be drawn."""
        now = self._clock()
        if now - self._shown_at < REFRESH_SECONDS:
            return
        self._shown_at = now
        self._draw(progress)

    def close(self) -> None:
        """Take the line away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _draw(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = _build_bar(self._stream, self._clock)
            self._bar.start()
        if self._task is None or progress.file_index != self._file:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(_title(progress), total=progress.total_bytes, packets="")
            self._file = progress.file_index
        self._bar.update(
            self._task,
            completed=progress.done_bytes,
            total=progress.total_bytes,
            packets=f"{progress.packets / _MILLION:.1f} M packets",
        )
        self._bar.refresh()


@contextmanager
def show_progress(*, wanted: bool) -> Iterator[ProgressLine | None]:
    """A progress line on stderr as long as this lasts, or None where none is wanted or nobody would see it."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    line = ProgressLine(sys.stderr)
    try:
        yield line
    finally:
        line.close()


def _title(progress: Progress) -> str:
    name = make_legible(progress.path).replace("\\", "/").rpartition("/")[2]
    if len(name) > _NAME_COLUMNS:
        name = f"...{name[3 - _NAME_COLUMNS :]}"
    return f"{progress.file_index + 1}/{progress.files_total} {name}" if progress.files_total > 1 else name


def _build_bar(stream: TextIO, clock: Callable[[], float]) -> rich.progress.Progress:
    from rich import progress as parts  # noqa: PLC0415  (short runs never need it)
    from rich.console import Console  # noqa: PLC0415  (the same)

    return parts.Progress(
        parts.TextColumn("{task.description}", markup=False),
        parts.BarColumn(bar_width=None),
        parts.DownloadColumn(),
        parts.TransferSpeedColumn(),
        parts.TextColumn("{task.fields[packets]}", markup=False),
        parts.TimeRemainingColumn(compact=True),
        console=Console(file=stream, markup=False, highlight=False, emoji=False),
        get_time=clock,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        expand=True,
    )
