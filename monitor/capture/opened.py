"""A capture that is being read: its reader, and the batch that was read last, as far as it is not handed out yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitor.capture.intake import Found, Intake, Window
from monitor.capture.reader import Reader
from monitor.capture.trouble import TroubleKind
from monitor.model.frames import Frames
from monitor.model.stats import CaptureStats

if TYPE_CHECKING:
    from monitor.capture.weaving import Lane


class Opened:
    """An input, whose reader is chosen by whoever opens it."""

    window: Window
    reader: Reader

    def __init__(self, found: Found, source: Intake) -> None:
        self.found = found
        self.source = source
        self.figures: CaptureStats | None = None
        """None until it is known to be a capture."""
        self.is_whole = False
        """Nothing was wrong with its bytes when it was closed."""
        self._batches: Iterator[Frames] | None = None
        self._batch: Frames | None = None
        self._lane: Lane | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything that was read is handed out."""
        return self._batch is None and (self._lane is None or self._lane.is_empty)

    @property
    def latest_ns(self) -> int:
        """Latest time of what was read, or `NO_TIME`."""
        return self.reader.latest_ns

    def advance(self) -> bool:
        """Read the next batch; False at the end."""
        if self._batches is None:
            self._batches = iter(self.reader)
        self._batch = next(self._batches, None)
        return self._batch is not None

    def whole(self) -> Frames | None:
        """The batch that was read last, if nothing of it was taken yet; it counts as handed out."""
        batch, self._batch = self._batch, None
        return batch

    def lane(self) -> Lane:
        """What is left of that batch, to be put together with others."""
        if self._lane is None:
            from monitor.capture.weaving import Lane  # noqa: PLC0415  (most runs read one capture)

            self._lane = Lane()
        if self._batch is not None:
            self._lane.load(self._batch)
            self._batch = None
        return self._lane

    def next_ns(self) -> int:
        """When the next packet passed."""
        return self.lane().next_ns()

    def close(self) -> tuple[str, TroubleKind] | None:
        """Read no more; what went wrong, if anything did."""
        self.source.close()
        self.is_whole = self.window.failure is None
        return self.reader.close()

    @property
    def has_lost(self) -> bool:
        """Whether something is wrong since then: what it shows could not be had when somebody looked at it."""
        return self.is_whole and self.window.failure is not None
