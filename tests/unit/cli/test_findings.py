"""``privacy-monitor findings``: what it prints, what it refuses, and its statuses."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

from monitor.cli import findings, main
from monitor.errors import ExitStatus
from monitor.sinks.store.life import State
from tests.unit.sinks.samples import ALL, CAMERA, PIN
from tests.unit.sinks.store.watching import Watching

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A database with every sample; the camera's is resolved."""
    path = tmp_path / "findings.db"
    run = Watching(path)
    run.tick(1, *ALL)
    run.tick(15, *[one for one in ALL if one is not CAMERA])
    run.see(CAMERA, 0)
    run.end()
    return str(path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], store: str) -> Run:
    """Runs the command on that database; gives status, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["findings", *arguments, "--store", store])
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return call


def ids(text: str) -> list[str]:
    """The first column of the table, without its head."""
    return [line.split()[0] for line in text.splitlines()[1:]]


def test_the_list(run: Run) -> None:
    """What is not resolved, worst first; or what is asked for."""
    assert (ExitStatus.DONE, "") == run("list")[::2]
    assert ["a1b2c3d4", "11112222", "33334444"] == ids(run("list")[1])
    assert [CAMERA.id] == ids(run("list", "--state", "resolved")[1])
    assert 4 == len(ids(run("list", "--state", "all")[1]))
    assert 4 == len(ids(run("list", "--state", "open", "--state", "resolved")[1]))
    assert [] == ids(run("list", "--state", "excepted")[1])


def test_the_list_for_programs(run: Run) -> None:
    """The same choice."""
    document = json.loads(run("list", "--json")[1])
    assert ["a1b2c3d4", "11112222", "33334444"] == [one["id"] for one in document["findings"]]


def test_the_list_on_a_terminal(store: str) -> None:
    """As wide as that, with the head in another tone."""
    near, far = pty.openpty()
    environment = {**os.environ, "COLUMNS": "70", "TERM": "xterm", "NO_COLOR": ""}
    command = [sys.executable, "-m", "monitor", "findings", "list", "--store", store]
    with subprocess.Popen(command, stdout=far, env=environment) as process:
        os.close(far)
        text = b""
        try:
            while piece := os.read(near, 65_536):
                text += piece
        except OSError:  # the way in which Linux says that the other end of a terminal is closed
            pass
    os.close(near)
    lines = text.decode().replace("\r", "").replace("\x1b[0m", "").replace("\x1b[2m", "").splitlines()
    assert (0, True) == (process.returncode, b"\x1b[2m" in text)
    assert max(map(len, lines)) <= 70
    assert any(line.startswith("a1b2c3d4") for line in lines)


def test_one(run: Run) -> None:
    """By the beginning of its id, for people and for programs."""
    status, page, _ = run("show", "a1")
    assert (ExitStatus.DONE, True, True) == (status, PIN.title in page, "History" in page)
    assert [("open", "seen")] == [
        (one["state"], one["cause"]) for one in json.loads(run("show", "a1", "--json")[1])["history"]
    ]


def test_acknowledging(run: Run) -> None:
    """With a name and a reason."""
    assert (ExitStatus.DONE, "a1b2c3d4 is acknowledged\n", "") == run(
        "ack", "a1", "--owner", "J. Doe", "--reason", "ticket 4711"
    )
    (found,) = json.loads(run("list", "--state", "acknowledged", "--json")[1])["findings"]
    assert (PIN.id, "J. Doe", "ticket 4711", None) == tuple(found[key] for key in ("id", "owner", "reason", "until"))


def test_excepting(run: Run) -> None:
    """Until a day."""
    arguments = ("except", "a1", "--until", "2199-12-31", "--owner", "J. Doe", "--reason", "no money")
    assert (ExitStatus.DONE, "a1b2c3d4 is excepted until 2199-12-31\n", "") == run(*arguments)
    assert "excepted until 2199-12-31" in run("list")[1]


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2020-01-01", "--until is over already"),
        ("tomorrow", "--until is a day, as in 2027-03-31"),
        ("20270331", "--until is a day, as in 2027-03-31"),
        ("2027-02-30", "--until is a day, as in 2027-03-31"),
    ],
)
def test_a_day_that_is_none(run: Run, until: str, words: str) -> None:
    """Or one that is over."""
    status, out, err = run("except", "a1", "--until", until, "--owner", "J.", "--reason", "x")
    assert (ExitStatus.USAGE, "", f"privacy-monitor: {words}\n") == (status, out, err)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("ack", "a1", "--owner", "J. Doe"), ExitStatus.USAGE, "--reason"),
        (("ack", "a1", "--owner", "\x1b[0m", "--reason", "x"), ExitStatus.USAGE, "the owner is one line of at most 64"),
        (
            ("ack", "a1", "--owner", "J.", "--reason", "x" * 501),
            ExitStatus.USAGE,
            "the reason is one line of at most 500",
        ),
        (("ack", "f00", "--owner", "J.", "--reason", "x"), ExitStatus.INPUT, "there is no finding whose id begins"),
        (("show", "\x1b[31m"), ExitStatus.INPUT, "begins with '?[31m'"),
        (("ack", "0b", "--owner", "J.", "--reason", "x"), ExitStatus.USAGE, "is resolved: there is nothing to decide"),
        (("list", "--state", "gone"), ExitStatus.USAGE, "invalid choice: 'gone'"),
    ],
)
def test_what_is_refused(run: Run, arguments: tuple[str, ...], status: ExitStatus, words: str) -> None:
    """One line says why, and nothing is changed."""
    ended, out, err = run(*arguments)
    assert (status, "", 1) == (ended, out, err.count("\n"))
    assert words in err
    assert {"open"} == {one["state"] for one in json.loads(run("list", "--json")[1])["findings"]}


def test_exports(run: Run) -> None:
    """All of them, resolved ones, too."""
    document = json.loads(run("export")[1])
    assert ("privacy-monitor/findings/1", 4) == (document["schema"], len(document["findings"]))
    rows = list(csv.DictReader(StringIO(run("export", "--format", "csv")[1], newline="")))
    assert {one.id for one in ALL} == {row["id"] for row in rows}


def test_the_configuration_names_the_database(store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same one as for the sensor; without a name in it, one has to be given."""
    config = tmp_path / "library.yaml"
    config.write_text(f"store: {{path: {store}}}\n", "utf-8")
    assert ExitStatus.DONE == main(["findings", "list", "--config", str(config)])
    assert 3 == len(ids(capsys.readouterr().out))
    config.write_text("site: Main Library\n", "utf-8")
    assert ExitStatus.USAGE == main(["findings", "list", "--config", str(config)])
    assert "the configuration names no database" in capsys.readouterr().err


def test_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is not made by asking."""
    assert ExitStatus.INPUT == main(["findings", "list", "--store", str(tmp_path / "f.db")])
    assert "there is no such file; the sensor makes it" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())
    assert ExitStatus.USAGE == main(["findings", "list"])
    assert "--store" in capsys.readouterr().err


def test_states_are_those_of_the_store() -> None:
    """The help has its own list, so that it need not open the room."""
    assert {state.value for state in State} == set(findings._STATES)


@pytest.mark.parametrize("name", [command.name for command in findings.COMMAND.commands])
def test_help(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Of each command, on 80 columns, with examples and statuses, and every option in the reference."""
    monkeypatch.setenv("COLUMNS", "80")
    assert ExitStatus.DONE == main(["findings", name, "--help"])
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert f"usage: privacy-monitor findings {name}" in text
    assert "exit status:" in text
    reference = (Path(__file__).parents[3] / "docs" / "reference" / "cli.md").read_text("utf-8")
    options = {word.strip("[](),") for word in text.split() if word.lstrip("[(").startswith("--")} - {"--help"}
    assert [] == [option for option in options if option.lstrip("(") not in reference]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ([], ExitStatus.USAGE, "usage: privacy-monitor findings"),
        (["--help"], ExitStatus.DONE, "usage: privacy-monitor findings"),
        (["forget"], ExitStatus.USAGE, "invalid choice: 'forget'"),
        (["--store", "x"], ExitStatus.USAGE, "privacy-monitor findings --help"),
    ],
)
def test_the_group(arguments: list[str], status: ExitStatus, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It lists its commands, and knows no others."""
    assert status == main(["findings", *arguments])
    shown = capsys.readouterr()
    assert words in (shown.out if status is ExitStatus.DONE else shown.err)
