"""The last doors through which a value could leave: tracebacks, hooks and core dumps.

Rule: what is said of a failure is its type and a place in our own source, nothing else.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from types import TracebackType

from monitor.cli import terminal
from monitor.privacy.failures import describe_failure


def protect_process() -> None:
    """Turn core dumps off and replace the hooks that would print values. Meant for the process's own start."""
    _forbid_core_dumps()
    sys.excepthook = _on_exception
    sys.unraisablehook = _on_unraisable
    threading.excepthook = _on_thread_exception


def describe(error: BaseException) -> str:
    """One line on a failure: its type and the innermost line of ours that it went through."""
    return f"internal error: {describe_failure(error)}; please report this line"


def _forbid_core_dumps() -> None:
    try:
        import resource  # noqa: PLC0415  (only Unix has it)
    except ImportError:
        return
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        terminal.complain(describe(error.with_traceback(trace)))


def _on_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    if unraisable.exc_value is not None:
        terminal.complain(describe(unraisable.exc_value))


def _on_thread_exception(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None:
        terminal.complain(describe(failure.exc_value))
