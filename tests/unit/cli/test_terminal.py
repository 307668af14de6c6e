"""The standard streams: quiet when closed, legible, and described as they are."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import terminal
from monitor.errors import UsageError
from monitor.sinks.report.text import PIPED_WIDTH

FAILING = """\
import sys
from monitor.cli import terminal
try:
    terminal.deliver("report")
except Exception as error:
    print(type(error).__name__, file=sys.stderr)
terminal.settle()
"""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        """It is one."""
        return True


class Broken(io.StringIO):
    """A stream that can take nothing."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def write(self, text: str) -> int:  # noqa: ARG002  (the stream's own signature)
        """Fail."""
        raise OSError(self.number, os.strerror(self.number))

    def fileno(self) -> int:
        """It has none."""
        raise io.UnsupportedOperation


def test_complaints_are_legible(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, whatever it is about."""
    terminal.complain("a\x1b[2J\nb\udc80")

    assert ("", "privacy-monitor: a?[2J b?\n") == capsys.readouterr()


@pytest.mark.parametrize("stream", [None, Broken(errno.EPIPE), Broken(errno.EBADF)])
def test_nobody_to_complain_to(stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed stderr is no error."""
    monkeypatch.setattr(sys, "stderr", stream)

    assert terminal.complain("unheard") is None


@pytest.mark.parametrize("stream", [None, Broken(errno.EPIPE)])
def test_nobody_reads(stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed stdout is quiet."""
    monkeypatch.setattr(sys, "stdout", stream)

    assert not terminal.deliver("report")
    assert terminal.settle() is None


def test_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that could not be written must not look as if it was."""
    monkeypatch.setattr(sys, "stdout", Broken(errno.ENOSPC))

    with pytest.raises(UsageError, match="cannot write the report: No space left on device"):
        terminal.deliver("report")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_closed_pipe_is_quiet_to_the_end(unbuffered: str, repository: Path) -> None:
    """Not even the interpreter's last flush says anything."""
    program = "from monitor.cli import terminal; terminal.deliver('x' * 1_000_000); terminal.settle()"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=repository,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
    )
    process.stdout.close()

    assert b"" == process.stderr.read()
    assert 0 == process.wait()
    process.stderr.close()


def test_full_device_is_told_once(repository: Path) -> None:
    """The interpreter does not repeat what was said."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-c", FAILING], check=True, stdout=full, stderr=subprocess.PIPE, cwd=repository
        )

    assert b"UsageError" == ended.stderr.strip()


@pytest.mark.parametrize(
    ("color", "environment", "expected"),
    [
        ("auto", {}, True),
        ("auto", {"NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, True),
        ("auto", {"TERM": "dumb"}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {}, False),
    ],
)
def test_color_on_a_terminal(
    color: str,
    environment: dict[str, str],
    expected: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The option decides, then the environment."""
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert expected is terminal.appearance(color, Terminal()).color


@pytest.mark.parametrize(("color", "expected"), [("auto", False), ("always", True), ("never", False)])
@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_color_elsewhere(color: str, expected: bool, stream: io.StringIO | None) -> None:  # noqa: FBT001
    """Files and pipes get color only when asked for."""
    assert expected is terminal.appearance(color, stream).color


def test_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal is as wide as it is, anything else has the width of a mail."""
    monkeypatch.setenv("COLUMNS", "77")

    assert 77 == terminal.appearance("auto", Terminal()).width
    assert PIPED_WIDTH == terminal.appearance("auto", io.StringIO()).width


def test_encoding() -> None:
    """The stream's own encoding counts; a file gets UTF-8."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")

    assert "latin-1" == terminal.appearance("auto", stream).encoding
    assert "utf-8" == terminal.appearance("auto", None).encoding
