"""``privacy-monitor doctor``: forms of the answer, exit statuses, and mistakes that do not stop it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.errors import ExitStatus


def test_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal a line for each check, and status 0 when nothing is bad."""
    assert ExitStatus.DONE == main(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert {"good", "attention", "unknown"} >= {line.split()[0] for line in lines[:-1]}
    assert lines[-1].endswith("Nothing is bad.")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """For programs; status 1 when something is bad."""
    assert ExitStatus.FINDINGS == main(["doctor", "--interface", "nowhere0", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    interfaces = {one["interface"] for one in document["checks"]}
    assert ("bad", {"", "nowhere0"}) == (document["verdict"], interfaces)


def test_color(capsys: pytest.CaptureFixture[str]) -> None:
    """The table, for who wants it elsewhere than on a terminal."""
    main(["doctor", "--color", "always"])
    assert "\x1b[32m\u2713" in capsys.readouterr().out


def test_all_interfaces_of_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second one may be the one that is not there."""
    path = tmp_path / "library.yaml"
    path.write_text("sensor: {interfaces: [nowhere7, nowhere8]}\n", "utf-8")
    assert ExitStatus.FINDINGS == main(["doctor", "--config", str(path), "--format", "json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert ["nowhere7", "nowhere8"] == [one["interface"] for one in checks if one["check"] == "interface.present"]


def test_the_interface_of_the_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is looked at unless the command line names another one, and what it is called is shown."""
    path = tmp_path / "library.yaml"
    path.write_text("sensor: {interfaces: [nowhere7]}\nalerts: {notify: [{url_file: nowhere}]}\n", "utf-8")
    for named, wanted in (([], "nowhere7"), (["--interface", "nowhere8"], "nowhere8")):
        assert ExitStatus.FINDINGS == main(["doctor", "--config", str(path), "--format", "json", *named])
        document = json.loads(capsys.readouterr().out)
        checks = {one["check"]: one for one in document["checks"]}
        assert wanted == checks["interface.present"]["interface"]
        assert f"there is no interface {wanted}" == checks["interface.present"]["seen"]
        assert "not kept" not in checks["store.path"]["seen"]


def test_a_configuration_with_mistakes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is bad, and everything else is still looked at."""
    path = tmp_path / "library.yaml"
    path.write_text("zones: none\n", "utf-8")
    assert ExitStatus.FINDINGS == main(["doctor", "--config", str(path)])
    out = capsys.readouterr().out
    assert "has 1 mistake (to do: privacy-monitor check" in out
    assert "pipeline.finds" in out


@pytest.mark.parametrize("time", ["", "0", "0.5s", "2h", "ten", "-5", "5 m", "1e3", "\u0665s"])
def test_times_that_are_none(time: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A time is a number and a unit, from a second to an hour."""
    assert ExitStatus.USAGE == main(["doctor", f"--for={time}"])
    assert "a time from 1s to 1h" in capsys.readouterr().err


@pytest.mark.parametrize(("time", "seconds"), [("1", 1), ("30s", 30), ("5m", 300), ("1h", 3_600), ("1.5min", 90)])
def test_times(time: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the examination is asked for."""
    asked = []
    monkeypatch.setattr("monitor.doctor.examination.examine", lambda request: asked.append(request.seconds) or ())
    assert ExitStatus.DONE == main(["doctor", "--for", time])
    assert [seconds] == asked


WITHOUT_NET_RAW = """
import ctypes, os, sys
assert ctypes.CDLL(None).prctl(24, 13) == 0
os.execv(sys.executable, [sys.executable, "-m", "monitor", *sys.argv[1:]])
"""
"""Takes CAP_NET_RAW out of the bounding set (prctl(2), PR_CAPBSET_DROP), so that not even root gets it back."""


@pytest.mark.slow
def test_without_rights(repository: Path) -> None:
    """Whoever may not listen is told so, with status 1 and without a traceback."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root of Linux can take a right away from a process")
    command = [sys.executable, "-c", WITHOUT_NET_RAW, "doctor", "--interface", "lo", "--for", "1s"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=repository)
    assert (ExitStatus.FINDINGS, "") == (ended.returncode, ended.stderr)
    assert "bad        rights.listening" in ended.stdout
    assert "unknown    traffic.packets" in ended.stdout
