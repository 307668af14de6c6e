"""Reads one capture from its buffer, batch by batch, and gets over damage.

Rules: what is whole is handed out before anything is waited for; damage costs the records it lies in and nothing behind
them, is counted (`Stats.weirds`) and told once a capture; figures are up to date whenever a batch is handed out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from monitor.capture.bounds import DOUBTFUL, FULL, MORE
from monitor.capture.intake import Window
from monitor.capture.records import PcapngWalker, PcapWalker
from monitor.capture.resync import PcapngSearch, PcapSearch
from monitor.capture.sections import PCAP_BYTES, PcapForm, pcap_linktype
from monitor.capture.space import Space
from monitor.capture.trouble import TroubleKind
from monitor.model.frames import NO_TIME, UNKNOWN_LINKTYPE, Frames
from monitor.model.stats import CaptureStats, Stats


class Reader(ABC):
    """What both formats share. Iterating yields batch after batch."""

    _walker: PcapWalker | PcapngWalker
    _search: PcapSearch | PcapngSearch

    def __init__(self, window: Window, space: Space, stats: Stats) -> None:
        """`window` at the capture's first byte, over `space`; the capture is the last of `stats`."""
        self._window = window
        self._space = space
        self._stats = stats
        self._figures: CaptureStats = stats.captures[-1]
        self._index = len(stats.captures) - 1
        self._places = 0
        self._skipped_bytes = 0
        self._first_damage = 0
        self._cut = False
        self._over = False

    @abstractmethod
    def _go_on(self, stop: int) -> None:
        """Deal with what stopped the walk."""

    def __iter__(self) -> Iterator[Frames]:
        """Yield every batch; it stays as it is until `AHEAD` others were asked for."""
        window, walker = self._window, self._walker
        while not self._over:
            frames = self._space.frames
            walker.use(frames)
            stop: int = walker.walk(window.start, window.end)
            frames.count = walker.count
            self._publish()
            window.pass_to(walker.position, frames.offset[frames.count - 1] if frames.count else window.floor)
            if frames.count:
                yield self._space.hand_out()
            if stop == MORE:
                self._wait()
            elif stop != FULL:
                self._go_on(stop)

    @property
    def latest_ns(self) -> int:
        """Latest stamp so far, or `NO_TIME`."""
        latest: int = self._walker.last_ns
        return latest

    def close(self) -> tuple[str, TroubleKind] | None:
        """Read no more, and say in one sentence what went wrong, if anything did."""
        self._publish()
        failure = self._window.failure
        reasons = self._damages()
        kind = TroubleKind.CORRUPT
        if failure is not None:
            kind = failure[1] if not reasons else kind
            reasons.append(failure[0])
        elif self._cut:
            kind = TroubleKind.CUT if not reasons else kind
            reasons.append("ends in the middle of a packet: the copy is incomplete or the file is still being written")
        return ("; ".join(reasons), kind) if reasons else None

    def _damages(self) -> list[str]:
        if not self._places:
            return []
        places = "1 place" if self._places == 1 else f"{self._places:,} places"
        where = f"{places}, first at byte {self._first_damage:,}"
        return [f"damaged in {where}; {self._skipped_bytes:,} bytes skipped"]

    def _publish(self) -> None:
        figures, walker = self._figures, self._walker
        figures.packets = walker.packets
        figures.bytes = walker.wire_bytes
        if walker.last_ns != NO_TIME:
            figures.first_ns, figures.last_ns = walker.first_ns, walker.last_ns

    def _add_interface(self, linktype: int) -> int:
        frames = self._space.frames
        frames.linktypes.append(linktype)
        frames.captures.append(self._index)
        return len(frames.linktypes) - 1

    def _wait(self) -> None:
        """Read on; at the end, look whether what is left is the beginning of a record or hides whole ones."""
        window = self._window
        if window.more():
            return
        if window.size:
            at, end = window.start, window.end
            place = self._search.hint(at, end, final=True)
            if place < 0:
                place = self._search.find(window.floor, end, end, final=True)
            if place >= 0:
                self._note_damage(window.base + at, max(0, place - at))
                window.pass_to(place)
                return
            self._cut = True
        self._over = True

    def _recover(self) -> None:
        """Go on at the next record behind the damage, which may lie within the packet before it."""
        window, search = self._window, self._search
        damaged = window.base + window.start
        window.settle()
        place = search.hint(window.start, window.end, window.final)
        while place < 0:
            place = search.find(window.floor, damaged - window.base, window.end, window.final)
            if place < 0 and window.final:
                place = window.end
            elif place < 0:
                window.pass_to(search.scanned)
                window.settle()
        window.pass_to(place)
        self._note_damage(damaged, max(0, window.base + place - damaged))

    def _note_damage(self, at: int, skipped_bytes: int) -> None:
        if not self._places:
            self._first_damage = at
        self._places += 1
        self._skipped_bytes += skipped_bytes
        self._stats.weirds["capture.resync"] += 1
        self._stats.weirds["capture.skipped_bytes"] += skipped_bytes


class PcapReader(Reader):
    """Reads a pcap capture."""

    _walker: PcapWalker
    _search: PcapSearch

    def __init__(self, window: Window, space: Space, stats: Stats, form: PcapForm) -> None:
        """`form`: how its records are written."""
        super().__init__(window, space, stats)
        linktype = UNKNOWN_LINKTYPE
        if window.need(PCAP_BYTES):
            linktype = pcap_linktype(window.data, window.start, form)
            window.skip(PCAP_BYTES)
        else:
            self._cut = self._over = True
        self._walker = PcapWalker(space.frames, form, self._add_interface(linktype))
        self._search = PcapSearch(window.data, form)

    def _go_on(self, stop: int) -> None:
        window = self._window
        self._search.seconds = self._walker.seconds
        verdict = self._search.vouch(window.start, window.end, window.final) if stop == DOUBTFUL else 0
        if stop == DOUBTFUL and self._walker.seconds < 0:
            verdict = self._judge_first(verdict)
        if verdict > 0:
            self._walker.vouched = True
        elif verdict < 0:
            self._wait()
        else:
            self._recover()

    def _judge_first(self, verdict: int) -> int:
        """Nothing lies before the first record to compare it with; that of a stream is not held back for the second."""
        window = self._window
        if verdict < 0 and window.is_stream:
            return 1
        if verdict == 0:
            window.settle()
            return int(self._search.stands(window.start, window.end, window.final))
        return verdict
