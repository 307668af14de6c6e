"""``privacy-monitor run``: what it says when it cannot listen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.errors import ExitStatus

linux = pytest.mark.skipif(sys.platform != "linux", reason="live capture needs Linux")


@linux
def test_an_interface_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    """There is none that would be the right guess."""
    assert ExitStatus.USAGE == main(["run"])
    shown = capsys.readouterr()
    assert "" == shown.out
    assert "--interface NAME, or sensor: {interfaces: [NAME]}" in shown.err


@linux
def test_the_configuration_names_the_interface(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It does where the command line does not; both interfaces are none that exist."""
    config = tmp_path / "library.yaml"
    config.write_text("sensor: {interfaces: [nowhere1]}\n", "utf-8")
    assert ExitStatus.USAGE == main(["run", "--config", str(config)])
    assert "there is no interface nowhere1" in capsys.readouterr().err
    assert ExitStatus.USAGE == main(["run", "--config", str(config), "--interface", "nowhere2"])
    assert "there is no interface nowhere2" in capsys.readouterr().err


@linux
def test_the_right_is_missing() -> None:
    """One sentence names the capability and how to get it."""
    command = [sys.executable, "-m", "monitor", "run", "--interface", "lo"]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("the command setpriv (package util-linux) is not here to take a capability away")
        command = ["setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw", *command]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ExitStatus.USAGE, "") == (ended.returncode, ended.stdout)
    assert 1 == ended.stderr.count("\n")
    assert "CAP_NET_RAW" in ended.stderr
    assert "sudo" in ended.stderr


def test_another_system(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence says what is needed, and what can be done instead."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ExitStatus.USAGE == main(["run", "--interface", "en0"])
    shown = capsys.readouterr()
    assert "" == shown.out
    assert "privacy-monitor: listening to an interface needs Linux; recorded" in shown.err
    assert 1 == shown.err.count("\n")


@linux
def test_a_wrong_configuration_comes_first(capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused before anything is listened to."""
    assert ExitStatus.USAGE == main(["run", "--interface", "lo", "--config", "missing.yaml"])
    shown = capsys.readouterr()
    assert "missing.yaml" in shown.err
    assert "listening" not in shown.err
