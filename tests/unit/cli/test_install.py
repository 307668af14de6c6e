"""``privacy-monitor install`` and ``uninstall``: what they ask, and what they say."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.errors import ExitStatus
from monitor.installation import candidates, manager
from monitor.installation.candidates import Candidate
from tests.support.packages import carry_few_packages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the service needs Linux")

FOUND = [
    Candidate(name="eth1", state="up", packets_per_second=1_250),
    Candidate(name="eth0", state="up", packets_per_second=3),
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A machine with two interfaces."""
    monkeypatch.setattr(candidates, "find_candidates", lambda: FOUND)
    carry_few_packages(monkeypatch)
    return str(tmp_path)


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let somebody type this."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "chosen"), [("\n", "eth1"), ("eth0\n", "eth0")])
def test_the_interface_is_asked_for(
    typed: str, chosen: str, root: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what tells them apart; the busiest is the answer of those who just press Enter."""
    answer(monkeypatch, typed)
    assert ExitStatus.DONE == main(["install", "--root", root])
    shown = capsys.readouterr()
    assert "  eth1: connected, 1,250 packets/s\n  eth0: connected, 3 packets/s\n" in shown.out
    assert "Which one is at the mirror port? [eth1] " in shown.out
    assert f"config.yaml: written; it listens to {chosen}\n" in shown.out
    assert "nothing was started" in shown.out
    assert "" == shown.err


@pytest.mark.slow
def test_an_installation_comes_and_goes(
    root: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is asked where everything is said; the second time the configuration stays; the end is confirmed."""
    assert ExitStatus.DONE == main(["install", "--root", root, "--interface", "eth5", "--yes"])
    assert ExitStatus.DONE == main(["install", "--root", root, "--yes"])
    assert "config.yaml: kept as it was" in capsys.readouterr().out
    answer(monkeypatch, "no\n")
    assert ExitStatus.USAGE == main(["uninstall", "--root", root])
    assert "nothing was removed" in capsys.readouterr().err
    answer(monkeypatch, "yes\n")
    assert ExitStatus.DONE == main(["uninstall", "--root", root])
    assert "its configuration and secrets, and everything it found is gone" in capsys.readouterr().out
    assert [] == list(Path(root).iterdir())
    assert ExitStatus.DONE == main(["uninstall", "--root", root, "--yes"])
    assert "there was nothing to remove" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--yes",), "add --interface NAME"),
        (("--interface", "not a name"), "'not a name' is not the name of an interface"),
        ((), "nobody is there to answer"),
    ],
)
def test_what_is_not_said(
    arguments: tuple[str, ...],
    expected: str,
    root: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is guessed, and nothing is written."""
    answer(monkeypatch, "")
    assert ExitStatus.USAGE == main(["install", "--root", root, *arguments])
    assert expected in capsys.readouterr().err
    assert [] == list(Path(root).iterdir())


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_it_takes_root(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody else is told so before anything happens."""
    monkeypatch.setattr(os, "geteuid", lambda: 1_000)
    assert ExitStatus.USAGE == main([command, "--yes"])
    assert "sudo" in capsys.readouterr().err


def test_a_python_that_no_service_sees(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It would be installed and never start."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "base_prefix", "/" + "home/somebody/python")
    assert ExitStatus.USAGE == main(["install", "--yes", "--interface", "eth1"])
    assert "where no service can see it" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_another_system(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence says what is needed."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ExitStatus.USAGE == main([command, "--yes"])
    assert "the service needs Linux" in capsys.readouterr().err


def test_systemd_would_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What it was asked and where to look is said."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "systemctl").write_text("#!/bin/sh\nexit 3\n", "utf-8")
    (folder / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    manager.stop()
    with pytest.raises(Exception, match=r"systemctl daemon-reload failed with status 3: see 'systemctl status"):
        manager.start()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Exception, match="the command systemctl is not here"):
        manager.forget()
    assert "" == capsys.readouterr().err
