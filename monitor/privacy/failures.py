"""What may be said of a failure: its type and a place in our own source; never its message, which can quote values."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

import monitor

_PACKAGE = Path(monitor.__file__).parent
_COMPILED = f"{_PACKAGE.name}{os.sep}"
"""Compiled modules name their source relative to the repository."""


def describe_failure(error: BaseException) -> str:
    """The type of an exception, and the innermost line of ours that it went through."""
    return f"{type(error).__name__} at {_place(error.__traceback__)}"


def _place(trace: TracebackType | None) -> str:
    place = "a place outside this program"
    while trace is not None:
        source, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        if source.startswith(_COMPILED):
            place = f"{source}:{line}"
        elif Path(source).is_relative_to(_PACKAGE):
            place = f"{Path(source).relative_to(_PACKAGE.parent)}:{line}"
        trace = trace.tb_next
    return place
