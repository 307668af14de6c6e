"""``privacy-monitor explain``: what it prints, what it refuses, and its statuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from monitor.cli import explain, main
from monitor.errors import ExitStatus
from monitor.explain.explanation import SHOWN_MESSAGES
from monitor.explain.shark import TIMEOUT_SECONDS
from tests.support.shark import need_tshark

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def demo(repository: Path) -> str:
    """The capture that comes along."""
    return str(repository / "demo" / "maple-street-library.pcapng")


def test_the_page(demo: str, capsys: Captured) -> None:
    """On stdout, plain where it is no terminal, and nothing on stderr."""
    need_tshark()
    assert ExitStatus.DONE == main(["explain", demo, "5e5aa", "--messages", "3"])
    shown = capsys.readouterr()
    assert "" == shown.err
    assert "86 → 63 Patron Information" in shown.out
    assert "\x1b" not in shown.out


def test_for_programs(demo: str, repository: Path, capsys: Captured) -> None:
    """One document; with a configuration, the ends by their names."""
    need_tshark()
    config = str(repository / "demo" / "maple-street-library.yaml")
    command = ["explain", demo, "66123", "--config", config, "--format", "json", "--conversation", "2"]
    assert ExitStatus.DONE == main(command)
    document = json.loads(capsys.readouterr().out)
    assert 2 == document["conversation"]["number"]
    assert ["public computers", "servers"] == [end["zone"] for end in document["conversation"]["ends"]]


def test_a_cut_capture(demo: str, tmp_path: Path, capsys: Captured) -> None:
    """What is wrong with it is said; what stands before is explained."""
    need_tshark()
    path = tmp_path / "cut.pcapng"
    path.write_bytes(Path(demo).read_bytes()[:40_000])
    assert ExitStatus.DONE == main(["explain", str(path), "5e5aa"])
    shown = capsys.readouterr()
    assert "63 Patron Information" in shown.out
    assert f"privacy-monitor: {path}: " in shown.err


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["zz"], ExitStatus.INPUT, "shows no finding whose id begins with 'zz'"),
        ([""], ExitStatus.USAGE, "ids begin with ''"),
        (["5e5aa", "--conversation", "7"], ExitStatus.USAGE, "there is no conversation 7"),
        (["5e5aa", "--conversation", "0"], ExitStatus.USAGE, "a number from 1 to 2000 is wanted"),
        (["5e5aa", "--messages", "many"], ExitStatus.USAGE, "a number from 1 to 2000 is wanted"),
    ],
)
def test_what_is_refused(demo: str, arguments: list[str], status: ExitStatus, words: str, capsys: Captured) -> None:
    """One line, and its status."""
    assert status == main(["explain", demo, *arguments])
    shown = capsys.readouterr()
    assert "" == shown.out
    assert words in shown.err
    assert 1 == shown.err.count("\n")


def test_without_pyshark(demo: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    """A clear sentence, and status 2."""
    monkeypatch.setitem(sys.modules, "pyshark", None)
    assert ExitStatus.USAGE == main(["explain", demo, "5e5aa"])
    assert "privacy-monitor: explain needs pyshark: install it with" in capsys.readouterr().err


def test_defaults_are_those_of_the_room() -> None:
    """Help needs no engine, so it has figures of its own."""
    assert (SHOWN_MESSAGES, TIMEOUT_SECONDS) == (explain._MESSAGES, explain._SECONDS)
