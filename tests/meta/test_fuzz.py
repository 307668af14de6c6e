"""What `make fuzz` would find is found: a planted fault of each kind, by workers that fuzz nothing that is compiled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from collections import Counter
from types import SimpleNamespace
from tests.fuzz.workers import fuzz

class Nothing:
    def begin(self): pass
    def cost(self): return 0
    def is_news(self): return False
    def remember_in(self, address): pass

class Sound:
    name, most, share, together = "sound", 64, 50, 1
    def __init__(self): self.stats = SimpleNamespace(faults=Counter())
    def seeds(self, captures): yield bytes(20)
    def run(self, inputs): pass

held = []
class Planted(Sound):
    name, together = "planted", 8
    def run(self, inputs):
        if any(b"\\xff" in one for one in inputs):
            HERE

sys.exit(fuzz([Sound, Planted], Nothing(), [], print, executions=2_001, seed=5, jobs=2, stuck_seconds=0.5) > 0)
"""


def run(repository: Path, planted: str) -> subprocess.CompletedProcess[str]:
    """Two workers on a target in which this was planted."""
    command = [sys.executable, "-c", PROGRAM.replace("HERE", planted)]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


def test_all_executions_run(repository: Path) -> None:
    """Where nothing is wrong, as many as were asked for: no more for what runs together, none lost between workers."""
    done = run(repository, "pass")

    assert "sound: 1,000 executions, 2 inputs" in done.stdout, done.stderr
    assert "planted: 1,001 executions, 2 inputs" in done.stdout
    assert "2,001 executions in" in done.stdout
    assert "0 went wrong" in done.stdout
    assert 0 == done.returncode


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("raise ValueError", "planted: ValueError got out; seed 5, number "),
        ("self.stats.faults['here'] += 1", "planted: a guard was hit; seed 5, number "),
        ("os.kill(os.getpid(), 11)", "planted: a worker was killed by signal 11; seed 5, number "),
        ("os._exit(0)", "planted: a worker was ended, with 0; seed 5, number "),
        ("while True: pass", "planted: a worker was killed, as it was stuck; seed 5, number "),
        ("held.append(bytearray(2_000_000))", "planted: memory grew by "),
    ],
    ids=["exception", "guard", "crash", "exit", "hang", "memory"],
)
def test_fault_is_found(repository: Path, planted: str, told: str) -> None:
    """It fails, and says where: the input that did it is among those that are shown."""
    done = run(repository, planted)

    assert 1 == done.returncode, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith(told)]
    assert lines, done.stdout
    assert "memory" in told or all("ff" in line.partition("input ")[2] for line in lines)
