"""Processors, memory and the clock."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monitor.doctor.check import Grade
from monitor.doctor.machine import available_bytes, check_clock, check_machine, is_synchronized


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("MemTotal: 2000000 kB\nMemAvailable: 900000 kB\n", Grade.GOOD),
        ("MemTotal: 2000000 kB\nMemAvailable: 90000 kB\n", Grade.ATTENTION),
        ("MemTotal: 2000000 kB\n", Grade.UNKNOWN),
        ("MemAvailable: many\n", Grade.UNKNOWN),
    ],
)
def test_memory(tmp_path: Path, text: str, grade: Grade) -> None:
    """What a busy sensor needs must be free."""
    memory = tmp_path / "meminfo"
    memory.write_text(text, "ascii")
    assert grade is {check.key: check for check in check_machine(memory)}["machine.memory"].grade
    assert None is available_bytes(tmp_path / "nowhere")


def test_processors(tmp_path: Path) -> None:
    """There is at least one."""
    check = next(iter(check_machine(tmp_path / "nowhere")))
    assert ("machine.processors", True) == (check.key, "core" in check.seen)


def test_a_clock_that_stands_still() -> None:
    """A machine whose battery is empty begins in 1970, before this program was installed."""
    checks = {check.key: check for check in check_clock(3_600.0)}
    assert (Grade.BAD, True) == (checks["clock.date"].grade, "1970-01-01 01:00 UTC" in checks["clock.date"].seen)
    assert Grade.GOOD is {check.key: check for check in check_clock()}["clock.date"].grade


def test_synchronization(tmp_path: Path) -> None:
    """The daemon's word is enough; without it the kernel says yes or no."""
    if sys.platform != "linux":
        pytest.skip("only Linux is asked")
    marker = tmp_path / "synchronized"
    assert is_synchronized(marker) in {True, False}
    marker.touch()
    assert is_synchronized(marker) is True
