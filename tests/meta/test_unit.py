"""The unit file: systemd understands it, and finds little to remark."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

THRESHOLD = 15
"""Tenths of a point of ``systemd-analyze security``."""
REMOTE_SINK = "[Service]\nIPAddressAllow=192.0.2.10\n"

pytestmark = pytest.mark.slow


@pytest.fixture
def unit(repository: Path) -> Path:
    """The file."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("the command systemd-analyze is not here")
    return repository / "systemd" / "privacy-monitor.service"


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd."""
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


def score(unit: Path) -> subprocess.CompletedProcess[str]:
    """How exposed a service would be; fails above the threshold."""
    return analyze("security", "--offline=true", f"--threshold={THRESHOLD}", "--no-pager", str(unit))


def test_systemd_understands_it(unit: Path, tmp_path: Path) -> None:
    """Every key and value, with a command that is there."""
    path = tmp_path / unit.name
    command = "ExecStart=/opt/library-privacy-monitor/bin/privacy-monitor"
    text = unit.read_text("utf-8")
    assert command in text
    path.write_text(text.replace(command, f"ExecStart={shutil.which('true')}"), "utf-8")
    ended = analyze("verify", str(path))
    assert (0, "") == (ended.returncode, ended.stderr + ended.stdout)


def test_little_is_exposed(unit: Path) -> None:
    """No more than a listener needs."""
    ended = score(unit)
    assert 0 == ended.returncode, ended.stdout


def test_the_threshold_is_one(unit: Path, tmp_path: Path) -> None:
    """A unit without any of it does not pass."""
    path = tmp_path / unit.name
    path.write_text("[Service]\nExecStart=/bin/true\n", "utf-8")
    assert 1 == score(path).returncode


def test_a_remote_sink_adds_what_is_said(unit: Path, tmp_path: Path) -> None:
    """The drop-in of the comments, by itself: nothing that shows."""
    text = unit.read_text("utf-8")
    for line in REMOTE_SINK.splitlines():
        assert f"#   {line}\n" in text
    path = tmp_path / unit.name
    path.write_text(f"{text.partition('[Install]')[0]}{REMOTE_SINK}", "utf-8")
    ended = score(path)
    assert 0 == ended.returncode
    assert ": 1.5 " in ended.stdout.splitlines()[-1]
    assert "adds nothing to the 1.5" in text
