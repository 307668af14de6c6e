"""Tells systemd what was installed or taken away, where it runs.

Source: sd_booted(3), systemctl(1).
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from monitor.errors import UsageError
from monitor.installation.places import SERVICE

_BOOTED = Path("/run/systemd/system")


def is_running() -> bool:
    """Whether systemd looks after this machine."""
    return _BOOTED.is_dir()


def start() -> None:
    """Start the service, now and at every start of the machine; with what was installed last.

    Raises:
        UsageError: systemd would not.
    """
    _call("daemon-reload")
    _call("enable", "--quiet", SERVICE)
    _call("restart", SERVICE)


def stop() -> None:
    """Stop the service for good. One that is not there needs no stopping."""
    _call("disable", "--quiet", "--now", SERVICE, must=False)


def forget() -> None:
    """Let nothing be known of the service any more."""
    _call("daemon-reload")
    _call("reset-failed", SERVICE, must=False)


def _call(*words: str, must: bool = True) -> None:
    try:
        ended = subprocess.run(["systemctl", *words], capture_output=True, check=False)  # noqa: S603, S607  (root's own PATH)
    except FileNotFoundError:
        raise UsageError("the command systemctl is not here") from None
    if must and ended.returncode:
        raise UsageError(
            f"systemctl {words[0]} failed with status {ended.returncode}: see 'systemctl status {SERVICE}' "
            f"and 'journalctl --unit {SERVICE}'"
        )
