"""Reasons are words of the system's or of ours, never what an exception quotes."""

from __future__ import annotations

import errno
import socket

import pytest

from monitor.sinks.destinations.trouble import trouble


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "29990000112345", "29990000112345"), "x: No space left on device"),
        (TimeoutError("29990000112345"), "x: no answer"),
        (socket.gaierror(socket.EAI_NONAME, "29990000112345"), "x: no such host is known"),
        (OSError("29990000112345"), "x: the connection broke"),
    ],
)
def test_reasons(error: OSError, said: str) -> None:
    """Each in a few words."""
    assert said == str(trouble("x", error))
