"""The source of recorded captures: one after the other in the order of their times, as one run of batches and ticks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from monitor.capture.blocks import PcapngReader
from monitor.capture.discovery import find_captures
from monitor.capture.intake import STDIN, Found, Intake, Window
from monitor.capture.order import Overlaps, order_by_time
from monitor.capture.reader import PcapReader, Reader
from monitor.capture.sections import HEAD_BYTES, is_pcapng, pcap_form
from monitor.capture.space import Space
from monitor.capture.trouble import Note, Trouble, TroubleKind, explain
from monitor.model.frames import NO_TIME, Frames, Tick
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.model.stats import CaptureStats, Stats
from monitor.privacy.labels import file_label

PROGRESS_SECONDS = 0.25
"""Four times a second is as often as an eye follows a number."""


class Progress(Record, kw_only=False):
    """How far reading has come."""

    path: Label
    done_bytes: int
    """Of the file as it lies there, so before unpacking."""
    total_bytes: int | None
    """None for a stream."""
    packets: int
    """Of this capture."""
    file_index: int
    """From 0."""
    files_total: int


class CaptureFiles:
    """Reads captures named by path; a folder stands for all captures below it, ``-`` for standard input.

    `troubles` and `notes` are complete, and `captures_read` is final, when the iteration has ended, however it ended.
    """

    def __init__(
        self, paths: Sequence[str], stats: Stats, *, progress: Callable[[Progress], None] | None = None
    ) -> None:
        """`stats` gets one `CaptureStats` a capture; `progress` is called at most four times a second."""
        self.troubles: list[Trouble] = []
        self.notes: list[Note] = []
        self.captures_read = 0
        self._paths = tuple(paths)
        self._stats = stats
        self._progress = progress
        self._told = time.monotonic()
        self._figures: CaptureStats | None = None
        self._latest_ns = NO_TIME

    @property
    def is_patient(self) -> bool:
        """Whether all there is to read lies there already: nothing has to be waited for."""
        return not any(path == STDIN or Path(path).is_fifo() for path in self._paths)

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Yield batches and after each the latest time so far, if there is any yet.

        A batch stays as it is until the one after the next is asked for.
        """
        found = find_captures(self._paths)
        self.troubles.extend(found.troubles)
        self.notes.extend(found.notes)
        self._stats.skipped_files += found.skipped_files
        captures = order_by_time(found.captures)
        overlaps = Overlaps()
        space = Space()
        for index, one in enumerate(captures):
            self._figures = None
            try:
                source = Intake(one)
            except (OSError, ValueError) as error:
                self._report(one, *explain(error))
                continue
            with source:

                def on_read(one: Found = one, source: Intake = source, index: int = index) -> None:
                    self._tell(one, source, index, len(captures))

                yield from self._read(one, Window(space, source, on_read), space)
            if self._figures is not None:
                overlaps.add(self._figures)
        note = overlaps.note()
        if note is not None:
            self.notes.append(note)

    def _read(self, found: Found, window: Window, space: Space) -> Iterator[Frames | Tick]:
        reader = self._open(found, window, space)
        if reader is None:
            return
        try:
            for frames in reader:
                yield frames
                self._latest_ns = max(self._latest_ns, reader.latest_ns)
                if self._latest_ns != NO_TIME:
                    yield Tick(at_ns=self._latest_ns)
        finally:
            trouble = reader.close()
            if trouble is not None:
                self._report(found, *trouble)

    def _open(self, found: Found, window: Window, space: Space) -> Reader | None:
        """Choose the reader by the first bytes; None, with the trouble noted, if they are no capture's."""
        window.need(HEAD_BYTES)
        head = bytes(window.data[window.start : min(window.end, window.start + HEAD_BYTES)])
        form = pcap_form(head)
        if form is not None or is_pcapng(head):
            self.captures_read += 1
            self._figures = CaptureStats(path=found.path)
            self._stats.captures.append(self._figures)
            if form is not None:
                return PcapReader(window, space, self._stats, form)
            return PcapngReader(window, space, self._stats)
        if window.failure is not None:
            self._report(found, *window.failure)
        elif head:
            self._report(found, "is not a capture (pcap or pcapng)", TroubleKind.NOT_CAPTURE)
        else:
            self._report(found, "is empty", TroubleKind.EMPTY)
        return None

    def _report(self, found: Found, reason: str, kind: TroubleKind) -> None:
        self.troubles.append(Trouble(file_label(found.path), reason, kind))

    def _tell(self, found: Found, source: Intake, index: int, total: int) -> None:
        if self._progress is None or time.monotonic() - self._told < PROGRESS_SECONDS:
            return
        self._told = time.monotonic()
        packets = self._figures.packets if self._figures is not None else 0
        self._progress(Progress(file_label(found.path), source.packed_bytes, found.size_bytes, packets, index, total))
