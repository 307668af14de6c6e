"""What may be said of a failure: its type and a place in our own source; never its message, which can quote values."""

from __future__ import annotations

import os
import traceback
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
    for frame, line in reversed(list(traceback.walk_tb(trace))):
        source = frame.f_code.co_filename
        if source.startswith(_COMPILED):
            return f"{source}:{line}"
        if Path(source).is_relative_to(_PACKAGE):
            return f"{Path(source).relative_to(_PACKAGE.parent)}:{line}"
    return "a place outside this program"
