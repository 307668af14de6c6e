"""Decodes the headers of every batch that a source yields, before anybody else sees it."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.decode.headers import Bars, HeaderPass
from monitor.model.contract import Source
from monitor.model.frames import Frames, Tick
from monitor.model.stats import Stats


class Decoding:
    """A source whose batches have their `columns` filled."""

    def __init__(self, source: Source, stats: Stats, bars: Bars | None = None) -> None:
        """`stats` counts the frames that ran into a guard; for `bars` see `HeaderPass`."""
        self._source = source
        self._stats = stats
        self._headers = HeaderPass(bars)
        self.adopt = self._headers.adopt

    def __iter__(self) -> Iterator[Frames | Tick]:
        for item in self._source:
            if isinstance(item, Frames):
                faults = self._headers.run(item)
                if faults:
                    self._stats.faults["decode.IndexError"] += faults
            yield item
