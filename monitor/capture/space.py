"""Where captures are read to: one buffer of two halves, and two batches that describe what lies there, used in turn.

So the batch that was handed out last stays as it is while the next one is made.
"""

from __future__ import annotations

from monitor.capture.bounds import BATCH_FRAMES, HALF_BYTES
from monitor.model.frames import Frames


class Space:
    """The buffer and its two batches."""

    def __init__(self, *, half_bytes: int = 0, capacity: int = BATCH_FRAMES) -> None:
        """Make room: `half_bytes` (0: `HALF_BYTES`) for each half, and `capacity` frames for each batch."""
        self._half_bytes = half_bytes or HALF_BYTES
        self.data = bytearray(2 * self._half_bytes)
        self.frames = Frames(data=self.data, capacity=capacity)
        """The batch to be filled."""
        self._other = self.frames.twin()
        self._begin = 0
        self._is_taken = False

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
