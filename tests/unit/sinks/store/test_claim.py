"""One sensor a database, held by the kernel and not by a file that somebody has to remove."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from monitor.errors import StoreError, UsageError
from monitor.sinks.store.claim import Claim

HOLD = "import sys; from pathlib import Path; from monitor.sinks.store.claim import Claim; c = Claim(Path(sys.argv[1]))"


def test_one_at_a_time(tmp_path: Path) -> None:
    """Until it is released."""
    path = tmp_path / "findings.db"
    claim = Claim(path)
    with pytest.raises(UsageError, match="another sensor keeps its findings there already"):
        Claim(path)
    Claim(tmp_path / "other.db").release()
    claim.release()
    Claim(path).release()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    """However it ended."""
    path = tmp_path / "findings.db"
    command = [sys.executable, "-c", f"{HOLD}; print('held', flush=True); sys.stdin.read()", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"held\n" == process.stdout.readline()
        with pytest.raises(UsageError):
            Claim(path)
        process.kill()
    Claim(path).release()


def test_no_folder(tmp_path: Path) -> None:
    """Said as a trouble of the database, since it is one."""
    with pytest.raises(StoreError, match=r"findings\.db: No such file or directory"):
        Claim(tmp_path / "missing" / "findings.db")
