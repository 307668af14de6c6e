"""The program ends in an exit status and a few clean lines, whatever happens."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from monitor import __version__
from monitor.cli import main, program
from monitor.cli.command import Command
from monitor.errors import ConfigError, ExitStatus, MonitorError


@pytest.fixture
def doing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], ExitStatus]], list[str]]:
    """Adds a command that does what it is given; returns the arguments that call it."""

    def add(action: Callable[[], ExitStatus]) -> list[str]:
        command = Command(
            name="act",
            summary="",
            description="",
            examples="",
            configure=lambda _: None,
            run=lambda _: action(),
        )
        monkeypatch.setattr(program, "_find", lambda _where, name: command if name == "act" else None)
        return ["act"]

    return add


def failing(error: BaseException) -> Callable[[], ExitStatus]:
    """An action that raises."""

    def act() -> ExitStatus:
        raise error

    return act


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """The version is one line on stdout."""
    assert ExitStatus.DONE == main(["--version"])
    assert (f"privacy-monitor {__version__}\n", "") == capsys.readouterr()


@pytest.mark.parametrize(
    ("argv", "example"),
    [
        (["--help"], "privacy-monitor analyze capture.pcap"),
        (["-h"], "privacy-monitor check library.yaml"),
        (["analyze", "--help"], "privacy-monitor analyze capture.pcap"),
        (["check", "--help"], "privacy-monitor check library.yaml"),
    ],
)
def test_help(
    argv: list[str], example: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Help has examples, goes to stdout, and fits a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    assert ExitStatus.DONE == main(argv)

    shown = capsys.readouterr()

    assert "" == shown.err
    assert "examples:" in shown.out
    assert example in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


def test_reference_lists_commands_and_options(
    repository,  # noqa: ANN001  (a fixture of the suite)
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every command and option of the help is in the reference, and so is every exit status."""
    page = (repository / "docs/reference/cli.md").read_text("utf-8")
    for command in program.COMMANDS:
        assert f"## {command}\n" in page
        main([command, "--help"])
        options = {word.strip("[],:;.()") for word in capsys.readouterr().out.split() if word.startswith(("--", "[--"))}
        assert {"--help"} < options
        assert [] == [option for option in options if option not in page]
    assert [] == [status for status in ExitStatus if f"| {status.value} |" not in page]


def test_no_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments the help goes to stderr: stdout is for reports."""
    assert ExitStatus.USAGE == main([])

    shown = capsys.readouterr()

    assert "" == shown.out
    assert "examples:" in shown.err


@pytest.mark.parametrize(
    "argv",
    [
        ["bogus"],
        ["analyze"],
        ["analyze", "x.pcap", "--bogus"],
        ["analyze", "x.pcap", "--format", "xml"],
        ["analyze", "x.pcap", "--fail-on", "worse"],
        ["analyze", "x.pcap", "--form", "json"],
        ["analyze", "x.pcap", "--output"],
        ["check"],
        ["check", "x.yaml", "y.yaml"],
        ["check", "x.yaml", "--schema"],
    ],
)
def test_wrong_usage(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One line says what is wrong and where help is."""
    assert ExitStatus.USAGE == main(argv)

    shown = capsys.readouterr()

    assert "" == shown.out
    assert 1 == shown.err.count("\n")
    assert shown.err.startswith("privacy-monitor: ")
    assert shown.err.endswith("--help)\n")


@pytest.mark.parametrize("position", [["--\x1b[31m\x07\udc80\r"], ["analyze", "x", "--\x1b[31m\x07\udc80\r"]])
def test_hostile_arguments(position: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """An argument that is quoted in a complaint cannot command the terminal."""
    assert ExitStatus.USAGE == main(position)
    assert not set(capsys.readouterr().err) & set("\x1b\x07\udc80\r")


def test_every_line_of_an_error(
    doing: Callable[[Callable[[], ExitStatus]], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    """All mistakes of a configuration are shown, a line each."""
    argv = doing(failing(ConfigError("site.yaml:3: no such key (did you mean zones?)\nsite.yaml:9: \x1b[2J")))

    assert ExitStatus.USAGE == main(argv)
    assert (
        "privacy-monitor: site.yaml:3: no such key (did you mean zones?)\nprivacy-monitor: site.yaml:9: ?[2J\n"
        == capsys.readouterr().err
    )


@pytest.mark.parametrize(
    "error",
    [
        ValueError("invalid literal: '25550001234567'"),
        KeyError("25550001234567"),
        UnicodeDecodeError("ascii", b"25550001234567\xff", 14, 15, "25550001234567"),
        ExceptionGroup("25550001234567", [ValueError("25550001234567")]),
        OSError(5, "25550001234567", "25550001234567"),
        RecursionError("25550001234567"),
    ],
)
def test_bugs_say_no_value(
    error: Exception,
    doing: Callable[[Callable[[], ExitStatus]], list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A bug is a type and a place; a card number in its message stays where it is."""
    assert ExitStatus.INTERNAL == main(doing(failing(error)))

    shown = capsys.readouterr()

    assert "" == shown.out
    assert "25550001234567" not in shown.err
    assert shown.err.startswith(f"privacy-monitor: internal error: {type(error).__name__} at monitor/cli/program.py:")
    assert shown.err.endswith("; please report this line\n")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyboardInterrupt(), ExitStatus.INTERRUPTED),
        (BrokenPipeError(), ExitStatus.DONE),
    ],
)
def test_quiet_endings(
    error: BaseException,
    expected: ExitStatus,
    doing: Callable[[Callable[[], ExitStatus]], list[str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C and a reader who left are no reason to talk."""
    assert expected == main(doing(failing(error)))
    assert ("", "") == capsys.readouterr()


def test_errors_carry_their_status() -> None:
    """Every error of ours leads to a status that means what it says."""

    def all_kinds(kind: type[MonitorError]) -> list[type[MonitorError]]:
        return [kind, *(one for below in kind.__subclasses__() for one in all_kinds(below))]

    assert {ExitStatus.USAGE, ExitStatus.INPUT} == {kind.status for kind in all_kinds(MonitorError)}


def test_process_ends_with_its_report_whole() -> None:
    """The process ends at once, with what it wrote delivered and its exit status."""
    code = "import atexit, sys; from monitor.cli import main; atexit.register(print, 'late'); sys.exit(main())"
    for argv, status in ((["--version"], ExitStatus.DONE), (["analyze"], ExitStatus.USAGE)):
        ended = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, text=True, check=False)
        assert status == ended.returncode
        assert "late" not in ended.stdout
        assert ended.stdout + ended.stderr


def test_process_waits_for_threads() -> None:
    """A thread that is still at work is waited for, as Python does."""
    code = """
import sys, threading
from monitor.cli import main
go = threading.Event()
threading.Thread(target=lambda: (go.wait(), print("done"))).start()
status = main()
go.set()
sys.exit(status)
"""
    ended = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=False)
    assert [f"privacy-monitor {__version__}", "done"] == ended.stdout.splitlines()
    assert ExitStatus.DONE == ended.returncode
