"""Decodes the headers of every batch that a source yields, before anybody else sees it."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.decode.headers import Bars, HeaderPass
from monitor.model.contract import Source
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats


class Decoder:
    """Fills the `columns` of one batch after the other."""

    def __init__(self, stats: Stats, bars: Bars | None = None) -> None:
        """`stats` counts the frames that ran into a guard; for `bars` see `HeaderPass`."""
        self._stats = stats
        self._headers = HeaderPass(bars)
        self.adopt = self._headers.adopt

    def decode(self, frames: Frames) -> None:
        """Fill those of a batch."""
        faults = self._headers.run(frames)
        if faults:
            self._stats.faults["decode.IndexError"] += faults


class Decoding(Decoder):
    """A source whose batches are decoded."""

    def __init__(self, source: Source, stats: Stats, bars: Bars | None = None) -> None:
        """See `Decoder`."""
        super().__init__(stats, bars)
        self._source = source

    def __iter__(self) -> Iterator[Frames | Tick]:
        for item in self._source:
            if isinstance(item, Frames):
                self.decode(item)
            yield item
