"""The source of recorded captures, in the order of their times, as one run of batches and ticks.

Rules: captures that follow each other are read one after the other, and those of the same time side by side, packet by
packet; a capture is opened when its first packet is in turn. A stream has no known time.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.capture.blocks import PcapngReader
from monitor.capture.bounds import MAX_TOGETHER, NEVER, TOGETHER_BYTES
from monitor.capture.discovery import find_captures
from monitor.capture.intake import LOST, STDIN, Found, Intake, Window
from monitor.capture.opened import Opened
from monitor.capture.order import Entry, Overlaps, order_by_time
from monitor.capture.reader import PcapReader, Reader
from monitor.capture.sections import HEAD_BYTES, is_pcapng, pcap_form
from monitor.capture.space import PARTS, Space
from monitor.capture.trouble import Note, Trouble, TroubleKind, explain
from monitor.model.frames import NO_TIME, Frames, Tick
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.model.stats import CaptureStats, Stats
from monitor.privacy.labels import file_label

if TYPE_CHECKING:
    from monitor.capture.loom import Loom

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

    `notes` are complete, and `captures_read` is final, when the iteration has ended, however it ended; `troubles` are
    when nobody looks at what was handed out any more.
    """

    def __init__(
        self, paths: Sequence[str], stats: Stats, *, progress: Callable[[Progress], None] | None = None
    ) -> None:
        """`stats` gets one `CaptureStats` a capture; `progress` is called at most four times a second."""
        self.notes: list[Note] = []
        self.captures_read = 0
        self._paths = tuple(paths)
        self._stats = stats
        self._troubles: list[Trouble] = []
        self._progress = progress
        self._told = time.monotonic()
        self._latest_ns = NO_TIME
        self._waiting: deque[Entry] = deque()
        self._files_total = 0
        self._open: list[Opened] = []
        self._in_use: deque[Opened] = deque()
        """Whose batches were handed out last: somebody may be looking at what they show."""
        self._is_crowded = False
        self._space: Space | None = None
        self._kinds: Frames | None = None
        self._loom: Loom | None = None
        self._overlaps = Overlaps()

    @property
    def is_patient(self) -> bool:
        """Whether all there is to read lies there already: nothing has to be waited for."""
        return not any(path == STDIN or Path(path).is_fifo() for path in self._paths)

    @property
    def troubles(self) -> list[Trouble]:
        """What went wrong so far."""
        late = [_trouble(one.found, *LOST) for one in dict.fromkeys(self._in_use) if one.has_lost]
        return [*self._troubles, *late]

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Yield batches and after each the latest time so far, if there is any yet.

        A batch stays as it is until `AHEAD` others were asked for.
        """
        found = find_captures(self._paths)
        self._troubles.extend(found.troubles)
        self.notes.extend(found.notes)
        self._stats.skipped_files += found.skipped_files
        self._waiting = deque(order_by_time(found.captures))
        self._files_total = len(self._waiting)
        try:
            yield from self._read()
        finally:
            while self._open:
                self._close(self._open[0])
        note = self._overlaps.note()
        if note is not None:
            self.notes.append(note)

    def _read(self) -> Iterator[Frames | Tick]:
        """Read what is open, and open what is in turn, until there is nothing any more."""
        while self._waiting or self._open:
            for one in [one for one in self._open if one.is_empty]:
                if not one.advance():
                    self._close(one)
            if not self._open:
                if self._waiting:
                    self._open_next()
                continue
            horizon_ns = self._waiting[0].from_ns if self._waiting else NEVER
            is_reached = horizon_ns < NEVER and any(one.latest_ns >= horizon_ns for one in self._open)
            if is_reached and self._has_room():
                if min(one.next_ns() for one in self._open) >= horizon_ns:
                    self._open_next()
                    continue
                until_ns = horizon_ns - 1
            else:
                until_ns = NEVER
            yield from self._hand_out(until_ns)

    def _has_room(self) -> bool:
        if len(self._open) < MAX_TOGETHER:
            return True
        self._stats.limits["capture.together"] += not self._is_crowded
        self._is_crowded = True
        return False

    def _hand_out(self, until_ns: int) -> Iterator[Frames | Tick]:
        """A batch as it was read, of a capture that is read alone; or one that was put together of several."""
        if len(self._open) == 1 and until_ns == NEVER and (whole := self._open[0].whole()) is not None:
            self._note_use(self._open[0])
            yield whole
            self._latest_ns = max(self._latest_ns, self._open[0].latest_ns)
        else:
            if self._loom is None:
                from monitor.capture.loom import Loom  # noqa: PLC0415  (most runs read one capture)

                self._loom = Loom(self._kinds)
            yield self._loom.weave([one.lane() for one in self._open], until_ns)
            self._latest_ns = max(self._latest_ns, self._loom.latest_ns)
        if self._latest_ns != NO_TIME:
            yield Tick(at_ns=self._latest_ns)

    def _note_use(self, opened: Opened) -> None:
        """A batch of a capture is handed out; the one that so many others followed has passed."""
        self._in_use.append(opened)
        if len(self._in_use) > PARTS:
            passed = self._in_use.popleft()
            if passed.has_lost:
                passed.is_whole = False
                self._report(passed.found, *LOST)

    def _open_next(self) -> None:
        """Open the capture that is in turn; nothing, with the trouble noted, if it is none."""
        self._is_crowded = False
        found = self._waiting.popleft().found
        index = self._files_total - len(self._waiting) - 1
        try:
            source = Intake(found)
        except (OSError, ValueError) as error:
            self._report(found, *explain(error))
            return
        opened = Opened(found, source)
        try:
            space = self._make_space(found, source)
            opened.window = Window(space, source, lambda: self._tell(opened, index))
            reader = self._choose(opened, space)
        except BaseException:
            source.close()
            raise
        if reader is None:
            source.close()
        else:
            opened.reader = reader
            self._open.append(opened)

    def _make_space(self, found: Found, source: Intake) -> Space:
        """Room to read to: the same again where it is large enough, a small one for what is read beside others."""
        size = None if source.is_packed else found.size_bytes
        if self._open:
            space = Space.of_size(size, TOGETHER_BYTES, self._kinds)
        elif self._space is None or self._space.is_short_for(size):
            space = self._space = Space.of_size(size, kinds=self._kinds)
        else:
            return self._space
        self._kinds = space.frames
        return space

    def _choose(self, opened: Opened, space: Space) -> Reader | None:
        """Choose the reader by the first bytes; None, with the trouble noted, if they are no capture's."""
        found, window = opened.found, opened.window
        window.need(HEAD_BYTES)
        head = bytes(window.data[window.start : min(window.end, window.start + HEAD_BYTES)])
        form = pcap_form(head)
        if form is not None or is_pcapng(head):
            self.captures_read += 1
            opened.figures = CaptureStats(path=found.path)
            self._stats.captures.append(opened.figures)
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

    def _close(self, opened: Opened) -> None:
        self._open.remove(opened)
        trouble = opened.close()
        if trouble is not None:
            self._report(opened.found, *trouble)
        if opened.figures is not None and not self.is_patient:
            self._overlaps.add(opened.figures)

    def _report(self, found: Found, reason: str, kind: TroubleKind) -> None:
        self._troubles.append(_trouble(found, reason, kind))

    def _tell(self, opened: Opened, index: int) -> None:
        if self._progress is None or time.monotonic() - self._told < PROGRESS_SECONDS:
            return
        self._told = time.monotonic()
        packets = opened.figures.packets if opened.figures is not None else 0
        found, done_bytes = opened.found, opened.source.packed_bytes
        self._progress(
            Progress(file_label(found.path), done_bytes, found.size_bytes, packets, index, self._files_total)
        )


def _trouble(found: Found, reason: str, kind: TroubleKind) -> Trouble:
    return Trouble(file_label(found.path), reason, kind)
