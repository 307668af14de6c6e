"""``privacy-monitor analyze``: what it prints where, and the status it ends with."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from monitor import analyze as offline
from monitor.capture.trouble import Note, NoteKind, Trouble, TroubleKind
from monitor.cli import main
from monitor.errors import ExitStatus, RuleError
from monitor.model.data import Level
from monitor.model.finding import Finding
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from tests.unit.sinks.samples import CAMERA, HEARTBEAT, PIN, quiet_stats

EMPTY_PCAP = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1)
CUT = Trouble(Label("b.pcap"), "ends in the middle of a packet", TroubleKind.CUT)
MISSING = Trouble(Label("c.pcap"), "no such file or folder", TroubleKind.MISSING)

Play = Callable[..., list[offline.Request]]


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Play:
    """Puts a played run in the engine's place; returns the list that its requests go to."""

    def prepare(
        findings: Sequence[Finding] = (),
        *,
        troubles: Sequence[Trouble] = (),
        notes: Sequence[Note] = (),
        captures_read: int = 1,
        interrupted: bool = False,
        error: BaseException | None = None,
    ) -> list[offline.Request]:
        requests: list[offline.Request] = []

        def run(request: offline.Request) -> offline.Outcome:
            requests.append(request)
            if error is not None:
                raise error
            for sink in request.sinks:
                for finding in findings:
                    sink.receive(finding)
                sink.finish(quiet_stats() if captures_read else Stats())
            return offline.Outcome(
                worst=max((finding.level for finding in findings), default=None),
                troubles=troubles,
                notes=notes,
                captures_read=captures_read,
                interrupted=interrupted,
            )

        monkeypatch.setattr(offline, "analyze", run)
        return requests

    return prepare


def test_text_is_the_default(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """The page for people goes to stdout, nothing to stderr."""
    play([PIN])

    assert ExitStatus.DONE == main(["analyze", "a.pcap"])

    shown = capsys.readouterr()

    assert "Patron PINs and passwords cross the network in the clear:" in shown.out
    assert "\x1b" not in shown.out
    assert "" == shown.err


def test_json(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """The document goes to stdout and nothing else does."""
    play([CAMERA, PIN])

    assert ExitStatus.DONE == main(["analyze", "a.pcap", "--format", "json"])

    shown = capsys.readouterr()

    assert [PIN.id, CAMERA.id] == [finding["id"] for finding in json.loads(shown.out)["findings"]]
    assert "" == shown.err


def test_request(play: Play) -> None:
    """What was typed is what is asked for."""
    requests = play()
    main(["analyze", "a.pcap", "-", "--rules", "mine", "b", "--rules", "yours", "--no-progress"])

    assert [(("a.pcap", "-", "b"), (Path("mine"), Path("yours")), None)] == [
        (request.paths, request.rules, request.progress) for request in requests
    ]


def test_file_that_looks_like_an_option(play: Play) -> None:
    """Behind two dashes everything is a file."""
    requests = play()

    assert ExitStatus.DONE == main(["analyze", "--no-progress", "--", "-x.pcap", "--format"])
    assert [("-x.pcap", "--format")] == [request.paths for request in requests]


@pytest.mark.parametrize(
    ("found", "fail_on", "expected"),
    [
        ([], "informational", ExitStatus.DONE),
        ([HEARTBEAT], "informational", ExitStatus.FINDINGS),
        ([HEARTBEAT], "low", ExitStatus.DONE),
        ([CAMERA, HEARTBEAT], "high", ExitStatus.FINDINGS),
        ([CAMERA, HEARTBEAT], "critical", ExitStatus.DONE),
        ([PIN], "critical", ExitStatus.FINDINGS),
        ([PIN], None, ExitStatus.DONE),
    ],
)
def test_fail_on(found: list[Finding], fail_on: str | None, expected: ExitStatus, play: Play) -> None:
    """Status 1 at or above the level, and only where one is given."""
    play(found)

    assert expected == main(["analyze", "a.pcap", *(["--fail-on", fail_on] if fail_on else [])])


def test_every_level_can_be_asked_for(play: Play) -> None:
    """The levels of the model are those of the option."""
    play()

    assert {ExitStatus.DONE} == {main(["analyze", "a.pcap", "--fail-on", level.word]) for level in Level}


def test_trouble_is_named_and_the_rest_reported(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """A line each on stderr; 3 beats 1."""
    play([PIN], troubles=[CUT, MISSING])

    assert ExitStatus.INPUT == main(["analyze", "a.pcap", "b.pcap", "c.pcap", "--fail-on", "low", "--format", "json"])

    shown = capsys.readouterr()

    assert (
        "privacy-monitor: b.pcap: ends in the middle of a packet\nprivacy-monitor: c.pcap: no such file or folder\n"
        == shown.err
    )
    assert 1 == len(json.loads(shown.out)["findings"])


def test_notes_are_no_trouble(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """A remark is shown and changes nothing."""
    play(notes=[Note(Label("a.pcap"), "is given twice and read once", NoteKind.SAME_FILE)])

    assert ExitStatus.DONE == main(["analyze", "a.pcap", "a.pcap"])
    assert "privacy-monitor: note: a.pcap: is given twice and read once\n" == capsys.readouterr().err


@pytest.mark.parametrize("style", ["text", "json"])
def test_nothing_is_a_capture(style: str, play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder without captures is a slip of the person, said in one line."""
    play(captures_read=0)

    assert ExitStatus.USAGE == main(["analyze", "folder", "--format", style])
    assert ("", "privacy-monitor: nothing given is a capture\n") == capsys.readouterr()


def test_nothing_could_be_read(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """Machines get an empty report, people only the trouble."""
    play(captures_read=0, troubles=[MISSING])

    assert ExitStatus.INPUT == main(["analyze", "c.pcap"])
    assert ("", "privacy-monitor: c.pcap: no such file or folder\n") == capsys.readouterr()

    assert ExitStatus.INPUT == main(["analyze", "c.pcap", "--format", "json"])
    assert [] == json.loads(capsys.readouterr().out)["findings"]


def test_interrupted_run_is_reported(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """130 beats all others, and what was read is told."""
    play([PIN], troubles=[CUT], interrupted=True)

    assert ExitStatus.INTERRUPTED == main(["analyze", "a.pcap", "--format", "json", "--fail-on", "low"])
    assert 1 == len(json.loads(capsys.readouterr().out)["findings"])


def test_interrupted_before_anything(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """A reader of JSON gets a document even then; people are not bothered."""
    play(error=KeyboardInterrupt())

    assert ExitStatus.INTERRUPTED == main(["analyze", "a.pcap", "--format", "json"])
    assert "privacy-monitor/report/1" == json.loads(capsys.readouterr().out)["schema"]

    assert ExitStatus.INTERRUPTED == main(["analyze", "a.pcap"])
    assert ("", "") == capsys.readouterr()


def test_wrong_rules(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake in a rule of one's own is wrong usage; no report is written."""
    play(error=RuleError("mine/a.yaml:3: no such key"))

    assert ExitStatus.USAGE == main(["analyze", "a.pcap", "--rules", "mine", "--format", "json"])
    assert ("", "privacy-monitor: mine/a.yaml:3: no such key\n") == capsys.readouterr()


@pytest.mark.parametrize("style", ["text", "json"])
def test_output(style: str, play: Play, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same report, in a file."""
    play([PIN])
    path = tmp_path / "report"

    assert ExitStatus.DONE == main(["analyze", "a.pcap", "--format", style])

    printed = capsys.readouterr().out

    assert ExitStatus.DONE == main(["analyze", "a.pcap", "--format", style, "--output", str(path)])
    assert ("", "") == capsys.readouterr()
    assert printed == path.read_text("utf-8")


def test_output_is_checked_before_the_work(play: Play, tmp_path: Path) -> None:
    """Nobody waits an hour for "permission denied"."""
    requests = play()

    assert ExitStatus.USAGE == main(["analyze", "a.pcap", "--output", f"{tmp_path}/missing/report"])
    assert [] == requests


def test_output_never_keeps_an_old_report(play: Play, tmp_path: Path) -> None:
    """A file that a job reads next says that nothing was read."""
    path = tmp_path / "report"
    path.write_text("yesterday: all fine\n", "utf-8")
    play(captures_read=0, troubles=[MISSING])

    assert ExitStatus.INPUT == main(["analyze", "c.pcap", "--output", str(path)])
    assert "No packets were read, so nothing can be said." in path.read_text("utf-8")


def test_color_always(play: Play, capsys: pytest.CaptureFixture[str]) -> None:
    """For pagers that understand it."""
    play([PIN])
    main(["analyze", "a.pcap", "--color", "always"])

    assert "\x1b[1;" in capsys.readouterr().out


def test_stdout_of_another_encoding(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old console gets a page it can show."""
    play([PIN])
    console = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", console)

    assert ExitStatus.DONE == main(["analyze", "a.pcap"])
    assert b"-" * 100 in console.buffer.getvalue()


# From here on the real engine runs.


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A capture with a header and no packets."""
    path = tmp_path / "empty.pcap"
    path.write_bytes(EMPTY_PCAP)
    return path


def run(*arguments: str, repository: Path) -> subprocess.CompletedProcess[str]:
    """The program as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )


def test_empty_capture(empty: Path, repository: Path) -> None:
    """A capture without packets is read, and nothing is claimed."""
    ended = run("analyze", str(empty), repository=repository)

    assert (ExitStatus.DONE, "") == (ended.returncode, ended.stderr)
    assert "No packets were read, so nothing can be said." in ended.stdout


def test_missing_capture(empty: Path, repository: Path) -> None:
    """It is named, and the other one is in the report."""
    ended = run("analyze", str(empty), f"{empty}.gone", "--format", "json", repository=repository)

    assert ExitStatus.INPUT == ended.returncode
    assert f"privacy-monitor: {empty}.gone: no such file or folder\n" == ended.stderr
    assert [str(empty)] == [capture["path"] for capture in json.loads(ended.stdout)["captures"]]


def test_folder_without_captures(tmp_path: Path, repository: Path) -> None:
    """Nothing to read is wrong usage."""
    (tmp_path / "notes.txt").write_text("no capture\n", "utf-8")
    ended = run("analyze", str(tmp_path), repository=repository)

    assert (ExitStatus.USAGE, "") == (ended.returncode, ended.stdout)
    assert ended.stderr.endswith("privacy-monitor: nothing given is a capture\n")


def test_hostile_file_name(tmp_path: Path, repository: Path) -> None:
    """A file's name cannot command the terminal, on stdout or stderr."""
    path = os.fsencode(tmp_path) + b"/\x1b[2J\xff\r.pcap"
    Path(os.fsdecode(path)).write_bytes(EMPTY_PCAP + b"cut")
    ended = subprocess.run(
        [sys.executable, "-m", "monitor", "analyze", path], cwd=repository, capture_output=True, check=False
    )

    assert ExitStatus.INPUT == ended.returncode
    assert b"\\x1b[2J" in ended.stderr
    assert not set(ended.stdout + ended.stderr) & set(b"\x1b\xff\r")


def test_start_imports_no_rich(empty: Path, repository: Path) -> None:
    """JSON starts without the parts that only people need."""
    program = (
        "import sys; from monitor.cli import main; "
        f"status = main(['analyze', {str(empty)!r}, '--format', 'json']); "
        "sys.exit('rich' in sys.modules or status)"
    )

    assert (
        0
        == subprocess.run([sys.executable, "-c", program], cwd=repository, capture_output=True, check=False).returncode
    )
