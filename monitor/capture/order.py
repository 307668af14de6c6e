"""In which order captures are read: by the time of their first packets, so that flows go on from one file to the next.

Rule: the order that files are named in, or lie in, changes nothing. Streams cannot be looked into before they are read;
where there is one, all stays in the order typed.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.capture.blocks import PcapngReader
from monitor.capture.bounds import NEVER, SETTLED_BYTES
from monitor.capture.intake import Found, Intake, Window
from monitor.capture.reader import PcapReader
from monitor.capture.sections import HEAD_BYTES, is_capture, pcap_form
from monitor.capture.space import Space
from monitor.capture.trouble import Note, NoteKind
from monitor.model.frames import NO_TIME
from monitor.model.named import NamedTuple
from monitor.model.stats import CaptureStats, Stats
from monitor.privacy.labels import file_label

SLACK_NS = 10**9
"""Packets of several processors or interfaces stand in a file a little out of order, and so they do across two."""


class Entry(NamedTuple):
    """One capture in its turn."""

    found: Found
    from_ns: int
    """When its first packet passed; `NEVER` where that is not known, and it is read when those before it are."""


def order_by_time(captures: Sequence[Found]) -> list[Entry]:
    """Captures by the time of their first packet, then by path; those without one last."""
    if len(captures) < 2 or any(one.size_bytes is None for one in captures):  # noqa: PLR2004 (one is in order)
        return [Entry(one, NEVER) for one in captures]
    space = Space(part_bytes=SETTLED_BYTES + HEAD_BYTES, capacity=1)
    timed = [(one, _first_time(one, space)) for one in captures]
    entries = [Entry(one, NEVER if first_ns == NO_TIME else first_ns) for one, first_ns in timed]
    return sorted(entries, key=lambda one: (one.from_ns, one.found.path))


def _first_time(found: Found, space: Space) -> int:
    """Stamp of the first packet, or `NO_TIME`; what is wrong with a file is told when it is read."""
    try:
        with Intake(found) as source:
            window = Window(space, source, lambda: None)
            window.need(HEAD_BYTES)
            head = bytes(window.data[window.start : min(window.end, window.start + HEAD_BYTES)])
            if not is_capture(head):
                return NO_TIME
            form, stats = pcap_form(head), Stats(captures=[CaptureStats(path=found.path)])
            reader = PcapReader(window, space, stats, form) if form else PcapngReader(window, space, stats)
            return next((frames.ts_ns[0] for frames in reader), NO_TIME)
    except (OSError, ValueError):
        return NO_TIME


class Overlaps:
    """Notices captures that cover the same time though they were read one behind the other, as streams are.

    What two of them hold of one conversation is not read in its order.
    """

    def __init__(self) -> None:
        self._latest: CaptureStats | None = None
        self._first: tuple[CaptureStats, CaptureStats] | None = None
        self._more = 0

    def add(self, capture: CaptureStats) -> None:
        """Take a capture that was read, behind those before it."""
        if capture.first_ns is None or capture.last_ns is None:
            return
        before = self._latest
        if before is None or before.last_ns is None or capture.last_ns > before.last_ns:
            self._latest = capture
        if before is None or before.last_ns is None or capture.first_ns > before.last_ns - SLACK_NS:
            return
        if self._first is None:
            self._first = before, capture
        else:
            self._more += 1

    def note(self) -> Note | None:
        """One remark for all of them."""
        if self._first is None:
            return None
        before, capture = self._first
        more = f", as do {self._more:,} more with the files before them" if self._more else ""
        text = (
            f"covers the same time as {file_label(before.path)}{more}; they were read one behind the other. If they "
            "hold parts of the same conversations, join them first: mergecap -w one.pcapng FILE..."
        )
        return Note(file_label(capture.path), text, NoteKind.OVERLAP)
