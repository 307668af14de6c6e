"""What the process itself lets out while the audit runs: all that is printed, logged, warned of, or put into files."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

STDOUT = "stdout"
"""The file into which standard output goes."""
_STDERR = "stderr"
"""And standard error, and all logs."""


@contextlib.contextmanager
def caught(folder: Path) -> Iterator[Path]:
    """Lead standard output, standard error, logs and new temporary files into `folder` meanwhile; ask no proxy.

    Yields:
        The folder with all of it.
    """
    place = folder / "process"
    place.mkdir()
    with contextlib.ExitStack() as stack:
        stdout = _divert(stack, sys.stdout, 1, place / STDOUT)
        stderr = _divert(stack, sys.stderr, 2, place / _STDERR)
        stack.enter_context(contextlib.redirect_stdout(stdout))
        stack.enter_context(contextlib.redirect_stderr(stderr))
        handler = logging.StreamHandler(stderr)
        root = logging.getLogger()
        stack.callback(root.setLevel, root.level)
        root.setLevel(logging.DEBUG)
        root.addHandler(handler)
        stack.callback(root.removeHandler, handler)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("always")
        stack.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = str(place)
        # A proxy that the environment names is asked for what is on this machine, too.
        for name in ("no_proxy", "NO_PROXY"):
            _set(stack, name, "127.0.0.1")
        yield place


def _divert(stack: contextlib.ExitStack, stream: TextIO | None, descriptor: int, path: Path) -> TextIO:
    """The file to which a descriptor leads meanwhile; each write is in it at once."""
    if stream is not None:
        stream.flush()
    file = stack.enter_context(path.open("ab", buffering=0))
    printed = stack.enter_context(TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", write_through=True))
    _redirect(stack, descriptor, printed.fileno())
    return printed


def _set(stack: contextlib.ExitStack, name: str, value: str) -> None:
    """Set a variable of the environment meanwhile."""
    before = os.environ.get(name)
    os.environ[name] = value

    def restore() -> None:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before

    stack.callback(restore)


def _redirect(stack: contextlib.ExitStack, descriptor: int, target: int) -> None:
    """Let a descriptor lead elsewhere; one that is closed already stays as it is."""
    try:
        before = os.dup(descriptor)
    except OSError:
        return
    os.dup2(target, descriptor)

    def restore() -> None:
        os.dup2(before, descriptor)
        os.close(before)

    stack.callback(restore)
