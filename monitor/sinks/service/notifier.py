"""Talks to the service manager that started us, if one did: one datagram a notice.

Rule: a service manager that does not listen is no trouble of ours; nothing waits, nothing fails.
Source: sd_notify(3), sd_watchdog_enabled(3).
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping


class Notifier:
    """Sends notices to ``NOTIFY_SOCKET``; does nothing where there is none."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._socket: socket.socket | None = None
        address = environment.get("NOTIFY_SOCKET", "")
        if address[:1] in ("/", "@"):
            with contextlib.suppress(OSError):
                self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
                self._socket.settimeout(0)
                self._socket.connect("\0" + address[1:] if address[0] == "@" else address)

    @property
    def is_heard(self) -> bool:
        """Whether there is anybody to talk to."""
        return self._socket is not None

    def ready(self) -> None:
        """Everything is in place: for the first time, or again after `reloading`."""
        self._send("READY=1")

    def reloading(self) -> None:
        """The configuration is being read again."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1_000}")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """The watchdog need not bite."""
        self._send("WATCHDOG=1")

    def status(self, line: str) -> None:
        """How it goes, in one line for people."""
        self._send(f"STATUS={line}")

    def close(self) -> None:
        """Say no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, notice: str) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.send(notice.encode())
