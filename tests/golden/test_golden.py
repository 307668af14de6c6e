"""Whole runs of the real command, held against what a person has read and found right.

A case is a folder with a `case.yaml` (why it is there, where its capture comes from, which command) and the expected
output. `make golden` writes the expected output anew; the difference is what there is to review.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parent
CASES = [
    pytest.param(case.parent, output, id=f"{case.parent.name}/{output}")
    for case in sorted(FOLDER.glob("*/case.yaml"))
    for output in yaml.safe_load(case.read_text("utf-8"))["outputs"]
]


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "output"), CASES)
def test_output(folder: Path, output: str, repository: Path, pytestconfig: pytest.Config) -> None:
    """The command says what it said when somebody last read it."""
    case = yaml.safe_load((folder / "case.yaml").read_text("utf-8"))
    command = [sys.executable, "-m", "monitor", "analyze", *case["outputs"][output], case["capture"]]
    ended = subprocess.run(command, cwd=repository, capture_output=True, check=False, encoding="utf-8")
    assert (case["status"], "") == (ended.returncode, ended.stderr)
    expected = folder / output
    if pytestconfig.getoption("--update"):
        expected.write_text(ended.stdout, "utf-8")
    assert expected.read_text("utf-8") == ended.stdout
