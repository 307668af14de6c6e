"""Everything that a process lets out by itself is caught, and comes back to where it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LOUD = """
import logging, os, sys, tempfile, warnings
from pathlib import Path
from monitor.audit.process import caught
def state():
    root = logging.getLogger()
    return sys.stdout, sys.stderr, tempfile.tempdir, dict(os.environ), root.level, root.handlers
before = state()
with caught(Path(sys.argv[1])):
    print("by print")
    sys.stderr.write("by stderr")
    logging.getLogger("some.room").debug("by log")
    warnings.warn("by warning")
    sys.stdout.flush()
    os.write(1, b"by descriptor")
    os.write(2, b"by the other")
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write("by file")
assert state() == before
print("free again")
os.write(2, b"this, too")
"""
"""A process that says something in every way, and in every way again when it may."""


def test_every_way_is_caught(tmp_path: Path) -> None:
    """Print, a bare write, stderr, a log, a warning, a temporary file."""
    ended = subprocess.run([sys.executable, "-c", LOUD, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ("free again\n", "this, too") == (ended.stdout, ended.stderr)
    left = "".join(path.read_text("utf-8") for path in (tmp_path / "process").iterdir())
    for way in ("print", "stderr", "log", "warning", "descriptor", "the other", "file"):
        assert f"by {way}" in left


def test_closed_streams(tmp_path: Path) -> None:
    """A service may have neither stream; that stops nothing."""
    code = f"import os, sys; os.close(1); os.close(2); sys.stdout = sys.stderr = None\n{QUIET}"
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, check=False)
    assert 0 == ended.returncode


QUIET = """
from pathlib import Path
from monitor.audit.process import caught
with caught(Path(sys.argv[1])):
    pass
"""
