"""The wish to read the configuration again: made by a signal, taken once."""

from __future__ import annotations

import os
import signal
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no SIGHUP", allow_module_level=True)

from monitor.cli.hangup import reread_on_signal


def test_a_signal_is_one_wish() -> None:
    """However often it came."""
    with reread_on_signal() as wanted:
        assert not wanted()
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGHUP)
        assert wanted()
        assert not wanted()
        os.kill(os.getpid(), signal.SIGHUP)
        assert wanted()


def test_the_handler_is_left_as_it_was() -> None:
    """Behind the ``with`` the signal does what it did."""
    before = signal.getsignal(signal.SIGHUP)
    with reread_on_signal():
        assert before is not signal.getsignal(signal.SIGHUP)
    assert before is signal.getsignal(signal.SIGHUP)
