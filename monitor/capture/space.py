"""Where captures lie while they are read: one buffer of several parts, and as many batches that describe them, in turn.

A part is read to, or shows a piece of a file as the system has it. So the batches that were handed out last stay as
they are while the next one is made.
"""

from __future__ import annotations

from mmap import PAGESIZE

from monitor.capture.bounds import AHEAD, BATCH_FRAMES, PART_BYTES, SETTLED_BYTES
from monitor.capture.pages import Pages
from monitor.model.frames import Frames
from monitor.model.memory import reserve

LEAST_PART_BYTES = SETTLED_BYTES + 65_536
"""What a search for the next record needs to judge a place, should a capture grow while it is read; and some more."""
PARTS = AHEAD + 1


class Space:
    """The buffer and its batches."""

    def __init__(self, *, part_bytes: int = 0, capacity: int = BATCH_FRAMES, kinds: Frames | None = None) -> None:
        """Make room: `part_bytes` (0: `PART_BYTES`) for each part, and `capacity` frames for each batch.

        `kinds` is a batch in which the same interfaces are described, and new ones will be.
        """
        self._part_bytes = -(-(part_bytes or PART_BYTES) // PAGESIZE) * PAGESIZE
        self.data = reserve(PARTS * self._part_bytes)
        self._pages = Pages(self.data)
        self._shown: set[int] = set()
        first = Frames(data=self.data, capacity=capacity)
        if kinds is not None:
            first.linktypes, first.captures = kinds.linktypes, kinds.captures
        self._batches = [first, *(first.twin() for _ in range(AHEAD))]
        self._begin = 0
        self._is_taken = False

    @classmethod
    def of_size(cls, size_bytes: int | None, most: int = 0, kinds: Frames | None = None) -> Space:
        """Room for a capture of a size, if it is known; what is longer is read in portions of `most` (`PART_BYTES`).

        A small one gets little: to make much room takes longer than to read it.
        """
        most = most or PART_BYTES
        part_bytes = most if size_bytes is None else min(most, size_bytes + LEAST_PART_BYTES)
        return cls(part_bytes=part_bytes, capacity=BATCH_FRAMES * part_bytes // PART_BYTES, kinds=kinds)

    def is_short_for(self, size_bytes: int | None) -> bool:
        """Whether `of_size` would make more room."""
        return self._part_bytes < (PART_BYTES if size_bytes is None else min(PART_BYTES, size_bytes + LEAST_PART_BYTES))

    @property
    def frames(self) -> Frames:
        """The batch to be filled."""
        return self._batches[0]

    def hand_out(self) -> Frames:
        """The batch that was filled; another one is to be filled from here on."""
        self._is_taken = True
        filled = self._batches.pop(0)
        self._batches.append(filled)
        return filled

    def show(self, descriptor: int, offset: int, size_bytes: int) -> None:
        """Show a file in the free part instead of reading it to there (`Pages.show`).

        Raises:
            OSError: that cannot be done with this file.
        """
        self._pages.show(self._begin, size_bytes, descriptor, offset)
        self._shown.add(self._begin)

    def clear(self) -> None:
        """Show no file in the free part, which can be read to then."""
        if self._begin in self._shown:
            self._shown.remove(self._begin)
            self._pages.clear(self._begin, self._part_bytes)

    @property
    def lost_pages(self) -> int:
        """Pages so far that were shown and could not be had when somebody looked at them."""
        lost: int = self._pages.lost
        return lost

    def free(self) -> tuple[int, int]:
        """Begin and end of the part to read to: the next one as soon as a batch that lies in this was handed out."""
        if self._is_taken:
            self._is_taken = False
            self._begin = (self._begin + self._part_bytes) % len(self.data)
        return self._begin, self._begin + self._part_bytes
