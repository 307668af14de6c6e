"""Kills the process that keeps findings, again and again, and holds what it leaves against what it said."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from monitor.sinks.store.database import Database
from monitor.sinks.store.desk import read_all
from tests.support.keeper import FINDINGS


def said_before_the_kill(path: Path, random: Random) -> int:
    """How many rounds a process had written when it was killed at some moment: while it starts, or while it writes."""
    command = [sys.executable, "-m", "tests.support.keeper", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        if random.random() < 0.2:
            time.sleep(random.uniform(0, 0.3))
            process.kill()
            lines = process.stdout.read()
        else:
            begun = process.stdout.readline()
            time.sleep(random.uniform(0, 0.05))
            process.kill()
            lines = begun + process.stdout.read()
        complaints = process.stderr.read()
    assert -signal.SIGKILL == process.returncode, complaints.decode()
    return int(lines.split()[-1]) if lines.strip() else 0


def kill_and_check(path: Path, times: int, random: Random) -> None:
    """Kill so many processes one after the other, and look at the database after each of them.

    It opens, and is whole; every finding is there once, with everything that was said to be written, and at most the
    round that was being written in addition.
    """
    least = most = 0
    for _ in range(times):
        rounds = said_before_the_kill(path, random)
        least, most = least + rounds, most + rounds + 1
        if not path.exists():
            assert 0 == rounds
            continue
        Database.open(path, create=False, wait_seconds=1, thorough=True).close()
        entries = [record.entry for record in read_all(path).records]
        assert len(entries) in ({0, FINDINGS} if not least else {FINDINGS})
        for entry in entries:
            assert least <= entry["count"] <= most
            assert entry["count"] == entry["fields"]["AA"]
        # What is there now is what the next one goes on from: nothing of a killed process is written later.
        least = most = entries[0]["count"] if entries else 0
        assert {least} <= {entry["count"] for entry in entries} or not entries
