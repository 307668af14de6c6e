"""What systemd's words mean; systemd itself is rarely where tests run."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.doctor.check import Check, Grade
from monitor.doctor.service import check_service, judge_unit

RUNNING = {
    "LoadState": "loaded",
    "ActiveState": "active",
    "UnitFileState": "enabled",
    "MainPID": "77",
    "NRestarts": "0",
}


@pytest.fixture
def processes(tmp_path: Path) -> Path:
    """A folder like ``/proc`` with one process."""
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "status").write_text("CapEff:\t0000000000002000\n", "ascii")
    return tmp_path


def judged(unit: dict[str, str], processes: Path) -> dict[str, Check]:
    """What is said, by key."""
    return {check.key: check for check in judge_unit(unit, processes)}


def test_it_runs(processes: Path) -> None:
    """Running, to be started again, with the one right it needs."""
    checks = judged(RUNNING, processes)
    assert {"service.running": Grade.GOOD, "service.rights": Grade.GOOD} == {
        key: check.grade for key, check in checks.items()
    }


@pytest.mark.parametrize(
    ("change", "key", "grade"),
    [
        ({"LoadState": "not-found"}, "service.running", Grade.ATTENTION),
        ({"ActiveState": "failed"}, "service.running", Grade.BAD),
        ({"UnitFileState": "disabled"}, "service.running", Grade.ATTENTION),
        ({"NRestarts": "3"}, "service.restarts", Grade.ATTENTION),
    ],
)
def test_what_may_be_wrong(processes: Path, change: dict[str, str], key: str, grade: Grade) -> None:
    """Each of it by itself, with what to do."""
    check = judged(RUNNING | change, processes)[key]
    assert (grade, True) == (check.grade, bool(check.advice))


def test_too_many_rights(processes: Path) -> None:
    """A service that runs as root is told what it needs."""
    (processes / "77" / "status").write_text("CapEff:\t000001ffffffffff\n", "ascii")
    check = judged(RUNNING, processes)["service.rights"]
    assert (Grade.ATTENTION, True) == (check.grade, "CAP_NET_RAW" in check.advice)
    assert "service.rights" not in judged(RUNNING | {"MainPID": "78"}, processes)


def test_without_systemd(tmp_path: Path) -> None:
    """Nobody is asked."""
    (check,) = check_service(tmp_path / "nowhere")
    assert (Grade.UNKNOWN, True) == (check.grade, bool(check.advice))
