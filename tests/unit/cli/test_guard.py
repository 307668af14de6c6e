"""The last doors: a process that fails says a type and a place, and leaves no core."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import guard, terminal

SECRET = "25550001234567"  # noqa: S105  (invented)
PROGRAM = """\
import sys, threading
sys.path.insert(0, {root!r})
from monitor.cli import guard, terminal
guard.protect_process()
{body}
"""


def run(body: str, root: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own, protected as the program is."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(root=str(root), body=body)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_innermost_place_of_ours() -> None:
    """The place is in our source, and the value is not told."""
    with pytest.raises(AttributeError) as failure:
        terminal.appearance("auto", SECRET)

    described = guard.describe(failure.value)

    assert described.startswith("internal error: AttributeError at monitor/cli/terminal.py:")
    assert SECRET not in described


def test_place_below_ours() -> None:
    """Where a library raised, the place is the line of ours that called it."""
    with pytest.raises(TypeError) as failure:
        terminal.appearance("auto", io.TextIOWrapper)

    assert "TypeError at monitor/cli/terminal.py:" in guard.describe(failure.value)


def test_place_outside() -> None:
    """An error that never passed through us says so and names no path of the machine."""
    with pytest.raises(ValueError, match=SECRET) as failure:
        int(f"{SECRET}x")

    assert "internal error: ValueError at a place outside this program; please report this line" == guard.describe(
        failure.value
    )


@pytest.mark.parametrize(
    "body",
    [
        f"int('{SECRET}x')",
        f"threading.Thread(target=int, args=('{SECRET}x',)).start()",
        f"""
class Late:
    def __del__(self):
        raise ValueError('{SECRET}')
late = Late()
del late
""",
    ],
)
def test_hooks_say_no_value(body: str, repository: Path) -> None:
    """Main thread, other threads and finalizers: one line each, no traceback, no value."""
    ended = run(body, repository)

    assert ended.stderr.startswith("privacy-monitor: internal error: ValueError at ")
    assert 1 == ended.stderr.count("\n")
    assert SECRET not in ended.stderr


def test_no_core_dump(repository: Path) -> None:
    """The memory of a crashed process, which holds what it read, is not written to disk."""
    resource = pytest.importorskip("resource", reason="this system has no limits of processes")
    ended = run(f"import resource; print(resource.getrlimit({resource.RLIMIT_CORE}))", repository)

    assert ("(0, 0)\n", "") == (ended.stdout, ended.stderr)


def test_survives_where_limits_cannot_be_set(repository: Path) -> None:
    """Systems without that module start all the same."""
    body = "sys.modules['resource'] = None; guard.protect_process(); print('started')"

    assert f"started{os.linesep}" == run(body, repository).stdout
