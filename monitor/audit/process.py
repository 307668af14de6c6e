"""What the process itself lets out while the audit runs: all that is printed, logged, warned of, or put into files."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

_DESCRIPTORS = (1, 2)


@contextlib.contextmanager
def caught(folder: Path) -> Iterator[Path]:
    """Lead standard output, standard error, logs and new temporary files into `folder` meanwhile.

    Yields:
        The folder with all of it.
    """
    place = folder / "process"
    place.mkdir()
    with contextlib.ExitStack() as stack:
        printed = stack.enter_context((place / "printed").open("a", encoding="utf-8", errors="surrogateescape"))
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        for descriptor in _DESCRIPTORS:
            _redirect(stack, descriptor, printed.fileno())
        stack.enter_context(contextlib.redirect_stdout(printed))
        stack.enter_context(contextlib.redirect_stderr(printed))
        handler = logging.StreamHandler(printed)
        root = logging.getLogger()
        stack.callback(root.setLevel, root.level)
        root.setLevel(logging.DEBUG)
        root.addHandler(handler)
        stack.callback(root.removeHandler, handler)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("always")
        stack.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = str(place)
        yield place
        printed.flush()


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
