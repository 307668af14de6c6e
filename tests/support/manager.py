"""Stands where systemd would: takes the notices of a service."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Self

from tests.support.wire import wait_for


class Manager:
    """A socket for notices, in the folder `place`."""

    def __init__(self, place: Path) -> None:
        self.path = place / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        os.chmod(self.path, 0o666)  # noqa: PTH101, S103  (as systemd's: any service may write)
        self._socket.settimeout(0)
        self._seen: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self.path.unlink()

    @property
    def notices(self) -> list[str]:
        """Every notice so far."""
        while True:
            try:
                self._seen.append(self._socket.recv(4_096).decode())
            except BlockingIOError:
                return self._seen

    def has(self, beginning: str, times: int = 1) -> bool:
        """Whether so many notices begin so."""
        return sum(notice.startswith(beginning) for notice in self.notices) >= times

    def wait_for(self, beginning: str, times: int = 1) -> None:
        """Wait for so many notices that begin so."""
        wait_for(lambda: self.has(beginning, times))
