"""Where captures are read to: one buffer of two halves, and two batches that describe what lies there, used in turn.

So the batch that was handed out last stays as it is while the next one is made.
"""

from __future__ import annotations

from monitor.capture.bounds import BATCH_FRAMES, HALF_BYTES, SETTLED_BYTES
from monitor.model.frames import Frames

LEAST_HALF_BYTES = SETTLED_BYTES + 65_536
"""What a search for the next record needs to judge a place, should a capture grow while it is read; and some more."""


class Space:
    """The buffer and its two batches."""

    def __init__(self, *, half_bytes: int = 0, capacity: int = BATCH_FRAMES, kinds: Frames | None = None) -> None:
        """Make room: `half_bytes` (0: `HALF_BYTES`) for each half, and `capacity` frames for each batch.

        `kinds` is a batch in which the same interfaces are described, and new ones will be.
        """
        self._half_bytes = half_bytes or HALF_BYTES
        self.data = bytearray(2 * self._half_bytes)
        self.frames = Frames(data=self.data, capacity=capacity)
        """The batch to be filled."""
        if kinds is not None:
            self.frames.linktypes, self.frames.captures = kinds.linktypes, kinds.captures
        self._other = self.frames.twin()
        self._begin = 0
        self._is_taken = False

    @classmethod
    def of_size(cls, size_bytes: int | None, most: int = 0, kinds: Frames | None = None) -> Space:
        """Room for a capture of a size, if it is known; what is longer is read in portions of `most` (`HALF_BYTES`).

        A small one gets little: to make much room takes longer than to read it.
        """
        most = most or HALF_BYTES
        half_bytes = most if size_bytes is None else min(most, size_bytes + LEAST_HALF_BYTES)
        return cls(half_bytes=half_bytes, capacity=BATCH_FRAMES * half_bytes // HALF_BYTES, kinds=kinds)

    def is_short_for(self, size_bytes: int | None) -> bool:
        """Whether `of_size` would make more room."""
        return self._half_bytes < (HALF_BYTES if size_bytes is None else min(HALF_BYTES, size_bytes + LEAST_HALF_BYTES))

    def hand_out(self) -> Frames:
        """The batch that was filled; the other one is to be filled from here on."""
        self._is_taken = True
        self.frames, self._other = self._other, self.frames
        return self._other

    def free(self) -> tuple[int, int]:
        """Begin and end of the half to read to: the other one as soon as a batch that lies in this was handed out."""
        if self._is_taken:
            self._is_taken = False
            self._begin = self._half_bytes - self._begin
        return self._begin, self._begin + self._half_bytes
