"""Kill -9 at a hundred random moments: the database opens, findings go on, and none counts twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.support.killing import kill_and_check

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def test_a_hundred_kills(tmp_path: Path) -> None:
    """One after the other, on the same database."""
    kill_and_check(tmp_path / "findings.db", 100, Random(20_260_112))
