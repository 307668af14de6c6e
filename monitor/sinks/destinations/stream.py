"""Standard output as a destination: written without a buffer, so that nothing of ours ever waits for whoever reads it.

Rules: whoever closed it wants no more, which is no failure and said to nobody. A line that was cut, because the disk
behind it was full, ends before the next one begins: readers of lines lose that one, which comes again.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from monitor.sinks.destinations.trouble import trouble


class Stream:
    """A descriptor that somebody else opened and closes."""

    def __init__(self, descriptor: int, name: str, nobody_reads: Callable[[], None]) -> None:
        """Take a descriptor, usually 1.

        Args:
            descriptor: where to write.
            name: what it is called in messages.
            nobody_reads: called once, when whoever read it has gone.
        """
        self._descriptor = descriptor
        self._name = name
        self._nobody_reads = nobody_reads
        self._is_cut = False
        self._is_read = True

    def check(self) -> None:
        """Nothing is known before something is written."""

    def send(self, message: bytes) -> bool:
        """Write a line; False if nobody reads it any more.

        Raises:
            DeliveryError: it cannot be written.
        """
        if not self._is_read:
            return False
        left = memoryview(b"\n" + message if self._is_cut else message)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
                self._is_cut = True
        except BrokenPipeError:
            self._is_read = False
            self._nobody_reads()
            return False
        except OSError as error:
            raise trouble(self._name, error) from None
        self._is_cut = False
        return True

    def close(self) -> None:
        """It is not ours."""
