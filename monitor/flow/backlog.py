"""Which flows keep bytes for later, how many, and who did so first; bounded over all of them.

Rule: whoever is to give up something is found at once, however many there are. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Iterator

import cython

MAX_HELD_BYTES = 16_777_216
"""Out of order over all flows: over it, the flow that has waited longest gives up what it waits for. A second of all
that a hundred self-checks and logins say at a time."""
MAX_KEPT_BYTES = 16_777_216
"""Of flows whose protocol is not known yet: over it, the longest silent of them is given up. A thousand that said all
that is kept of one, and any number of ordinary ones, which say at once what they are."""


@cython.final
@cython.cclass
class Backlog:
    """Flows by their number, in the order in which they came, or were last moved behind."""

    _most_bytes: int
    _bytes: dict[int, int]
    _sum_bytes: int

    def __init__(self, most_bytes: int) -> None:
        """`most_bytes`: what all of them may keep."""
        self._most_bytes = most_bytes
        self._bytes = {}
        self._sum_bytes = 0

    def __contains__(self, serial: int) -> bool:
        return serial in self._bytes

    def __iter__(self) -> Iterator[int]:
        return iter(self._bytes)

    def note(self, serial: int, kept_bytes: int) -> None:
        """A flow keeps so much now."""
        self._sum_bytes += kept_bytes - self._bytes.get(serial, 0)
        self._bytes[serial] = kept_bytes

    def move_behind(self, serial: int) -> None:
        """A flow is the last to give up something; nothing happens if it keeps nothing."""
        if serial in self._bytes:
            self._bytes[serial] = self._bytes.pop(serial)

    def forget(self, serial: int) -> None:
        """A flow keeps nothing any more; nothing happens if it did not."""
        if self._bytes:
            self._sum_bytes -= self._bytes.pop(serial, 0)

    def first(self) -> int | None:
        """The one in front, if there is any."""
        return next(iter(self._bytes), None)

    def excess(self) -> Iterator[int]:
        """The one in front, which is forgotten, as long as more is kept than may be."""
        while self._sum_bytes > self._most_bytes:
            serial = next(iter(self._bytes))
            self.forget(serial)
            yield serial
