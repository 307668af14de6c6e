"""The collector rests while a run is built, and never looks at what was."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from monitor import __version__
from monitor.cli.collection import building
from monitor.errors import UsageError


def test_building() -> None:
    """Collections begin when everything stands, which they leave alone, and are seldom until the end."""
    frozen = gc.get_freeze_count()
    usual = gc.get_threshold()
    try:
        with building() as built:
            assert not gc.isenabled()
            built()
            assert gc.isenabled()
            assert gc.get_freeze_count() > frozen
            assert usual[0] < gc.get_threshold()[0]
        assert usual == gc.get_threshold()
    finally:
        gc.unfreeze()


def test_the_program_is_imported_without_any() -> None:
    """Nothing of it is garbage."""
    code = """
import gc, sys
from monitor.cli import main
gc.callbacks.append(lambda phase, info: print("collected"))
assert "monitor.cli.program" not in sys.modules
main()
"""
    ended = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, check=True)
    assert f"privacy-monitor {__version__}\n" == ended.stdout


def test_what_cannot_be_built() -> None:
    """A mistake leaves the process with its collector."""
    with pytest.raises(UsageError), building():
        raise UsageError("no")
    assert gc.isenabled()
