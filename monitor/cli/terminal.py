"""The standard streams: the report on stdout, complaints on stderr, and peace when either is closed.

Rule: whoever closed a stream wants no more; that is never an error and never a traceback.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

from monitor.errors import UsageError
from monitor.sinks.report.figures import make_legible
from monitor.sinks.report.text import PIPED_WIDTH, Appearance


def complain(line: str) -> None:
    """One line on stderr, legible whatever it holds."""
    remark(make_legible(f"privacy-monitor: {line}") + "\n")


def remark(text: str) -> None:
    """Write `text`, which is legible already, to stderr as it stands."""
    if sys.stderr is None:
        return
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()


def deliver(text: str) -> bool:
    """Write `text` to stdout; False if nobody reads it any more.

    Raises:
        UsageError: it cannot be written, for another reason than that nobody reads it.
    """
    if sys.stdout is None:
        return False
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget(sys.stdout)
        return False
    except OSError as error:
        _forget(sys.stdout)
        raise UsageError(f"cannot write the report: {os.strerror(error.errno or 0)}") from None
    return True


def settle() -> None:
    """Flush what is left, so that the interpreter's own flush at the end finds nothing to complain about."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            _forget(stream)


def columns(otherwise: int) -> int:
    """The width of the terminal, as the environment or else the terminal itself tells it."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or otherwise  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # closed, or no terminal
        return otherwise


def appearance(color: str, stream: TextIO | None) -> Appearance:
    """What the stream that gets the report can show.

    Args:
        color: ``auto``, ``always`` or ``never``.
        stream: None for a file, which gets UTF-8 without color.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    on_terminal = stream is not None and stream.isatty()
    colored = color == "always" or (color == "auto" and on_terminal and _takes_color())
    width = columns(PIPED_WIDTH) if on_terminal else PIPED_WIDTH
    return Appearance(width=width, color=colored, encoding=encoding)


def _takes_color() -> bool:
    """Whether the environment wants color (no-color.org) and the terminal understands it."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if sys.platform == "win32":
        from rich.console import detect_legacy_windows  # noqa: PLC0415  (old consoles print escapes as text)

        return not detect_legacy_windows()
    return True


def _forget(stream: TextIO) -> None:
    """Let the stream's descriptor lead nowhere, so that bytes still buffered for it can be flushed in silence."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
