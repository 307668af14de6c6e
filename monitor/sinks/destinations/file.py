"""A file of lines that others read along, kept small: over its size it becomes ``NAME.1``, that one ``NAME.2``.

Rules: a line is in the file whole, or not at all where the disk allows to take it back. Whatever becomes of the file
meanwhile (removed, renamed by a program that rotates logs, its disk full, its folder read-only), the next line finds
or makes the right one.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from monitor.errors import DeliveryError
from monitor.privacy.labels import file_label
from monitor.sinks.destinations.trouble import trouble

MODE = 0o640
"""For the owner, and for the group, with which whoever collects logs reads them: findings name the weak places."""


class RotatedFile:
    """A file that is opened when it is needed. To be closed."""

    def __init__(self, path: Path, *, max_bytes: int, keep: int) -> None:
        """Nothing is opened yet.

        Args:
            path: where it is; its folder must be there.
            max_bytes: at which size a new one begins.
            keep: how many older ones stay beside it, from 1.
        """
        self._path = path
        self._shown = file_label(str(path))
        self._max_bytes = max_bytes
        self._keep = keep
        self._descriptor: int | None = None

    def check(self) -> None:
        """Make sure that there is a file to write to.

        Raises:
            DeliveryError: there is none, and it cannot be made.
        """
        try:
            self._opened()
        except OSError as error:
            raise trouble(self._shown, error) from None

    def send(self, message: bytes) -> bool:
        """Write a line, its newline included.

        Raises:
            DeliveryError: it cannot be written.
        """
        try:
            descriptor = self._opened()
            size = os.fstat(descriptor).st_size
            if size and size + len(message) > self._max_bytes:
                self._rotate()
                descriptor, size = self._opened(), 0
            self._append(descriptor, message, size)
        except OSError as error:
            self.close()
            raise trouble(self._shown, error) from None
        return True

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int:
        """The descriptor of the file that has the name now."""
        if self._descriptor is not None and not self._is_in_place(self._descriptor):
            self.close()
        if self._descriptor is None:
            # A pipe that nobody reads would be waited for.
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
            self._descriptor = os.open(self._path, flags, MODE)
            if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
                self.close()
                raise DeliveryError(f"{self._shown}: it is no file")
            self._end_line(self._descriptor)
        return self._descriptor

    def _is_in_place(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self._path))  # noqa: PTH116 (beside its twin)
        except FileNotFoundError:
            return False

    def _end_line(self, descriptor: int) -> None:
        """End a line that a killed process or a full disk left without its end."""
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            self._append(descriptor, b"\n", size)

    def _append(self, descriptor: int, message: bytes, size: int) -> None:
        """Write all of it, or take back what was written."""
        left = memoryview(message)
        try:
            while left:
                left = left[os.write(descriptor, left) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, size)
            raise

    def _rotate(self) -> None:
        """Move every file one further; the last one falls off."""
        self.close()
        for number in range(self._keep - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                os.replace(self._numbered(number), self._numbered(number + 1))  # noqa: PTH105 (as it reads best)
        os.replace(self._path, self._numbered(1))  # noqa: PTH105 (the same)

    def _numbered(self, number: int) -> str:
        return f"{self._path}.{number}"
