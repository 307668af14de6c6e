"""Reads a pcapng capture: sections, interfaces, packets.

Rule: a block that is damaged, or of a kind we do not know, costs itself only; an interface whose description is damaged
keeps its number, so that the packets of the others are not taken for its own.
Source: draft-ietf-opsawg-pcapng.
"""

from __future__ import annotations

from collections import Counter

from monitor.capture.bounds import BLOCK, MAX_INTERFACES, SKIP, UNDESCRIBED
from monitor.capture.intake import Window
from monitor.capture.reader import Reader
from monitor.capture.records import PcapngWalker
from monitor.capture.resync import PcapngSearch
from monitor.capture.sections import (
    INTERFACE_BYTES,
    MAJOR_VERSION,
    SECTION_BYTES,
    SECTION_MAGIC,
    UNKNOWN_INTERFACE,
    Interfaces,
    block_size,
    describe,
    is_closed,
    section_order,
    section_version,
)
from monitor.capture.space import Space
from monitor.model.frames import UNKNOWN_LINKTYPE
from monitor.model.stats import Stats


class PcapngReader(Reader):
    """Reads a pcapng capture."""

    _walker: PcapngWalker
    _search: PcapngSearch

    def __init__(self, window: Window, space: Space, stats: Stats) -> None:
        super().__init__(window, space, stats)
        self._interfaces = Interfaces()
        self._described = 0
        self._unknown_version = False
        self._published: Counter[str] = Counter()
        self._walker = PcapngWalker(space.frames, self._interfaces)
        self._search = PcapngSearch(window.data)
        order = section_order(window.data, window.start)
        if order is not None:  # of packets, should the rest of the first header be damaged
            self._begin_section(order)
            self._walker.learn(self._interfaces)

    def _publish(self) -> None:
        super()._publish()
        for name, total in (
            ("capture.unknown_interface", self._walker.undescribed),
            ("capture.unknown_block", self._walker.unknown_blocks),
            ("capture.bad_time", self._interfaces.bad_times),
        ):
            if total != self._published[name]:
                self._stats.weirds[name] += total - self._published[name]
                self._published[name] = total

    def _damages(self) -> list[str]:
        reasons = super()._damages()
        if self._walker.undescribed:
            reasons.append(f"{self._walker.undescribed:,} packets of an interface that it does not describe")
        if self._unknown_version:
            reasons.append("goes on in a version of the format that is not known, which was not read")
        return reasons

    def _go_on(self, stop: int) -> None:
        if stop == BLOCK:
            self._read_block()
        elif stop == SKIP:
            self._pass_block()
        elif stop == UNDESCRIBED:
            self._walker.unknown_index = self._add_interface(UNKNOWN_LINKTYPE)
        else:
            self._recover()

    def _read_block(self) -> None:
        """Read a section header or an interface description."""
        window = self._window
        data, at = window.data, window.start
        is_section = data[at : at + len(SECTION_MAGIC)] == SECTION_MAGIC
        order = section_order(data, at) if is_section else self._interfaces.order
        smallest = SECTION_BYTES if is_section else INTERFACE_BYTES
        size = block_size(data, at, order, smallest) if order else None
        if order and size and window.size < size:
            self._wait()
        elif order is None or size is None or not is_closed(data, at, order, size):
            if not is_section:
                self._interfaces.add(self._add_interface(UNKNOWN_LINKTYPE), UNKNOWN_INTERFACE)
            self._recover()
        elif is_section and section_version(data, at, order) != MAJOR_VERSION:
            self._unknown_version = self._over = True
        else:
            if is_section:
                self._begin_section(order)
            else:
                self._describe(at, order, size)
            window.skip(size)
        self._walker.learn(self._interfaces)

    def _begin_section(self, order: str) -> None:
        self._interfaces.begin_section(order)
        self._search.big = self._interfaces.big

    def _describe(self, at: int, order: str, size: int) -> None:
        if self._described >= MAX_INTERFACES:
            self._stats.limits["capture.interfaces"] += 1
            return
        self._described += 1
        description = describe(self._window.data, at, order, size)
        self._interfaces.add(self._add_interface(description.linktype), description)

    def _pass_block(self) -> None:
        """Skip a block that is longer than the buffer, up to the length at its end, which must be the same."""
        window = self._window
        size = bytes(window.data[window.start + 4 : window.start + 8])
        body_bytes = int.from_bytes(size, "big" if self._interfaces.big else "little") - 4
        if not (window.skip(body_bytes) and window.need(4)):
            self._cut = self._over = True
        elif window.data[window.start : window.start + 4] != size:
            self._recover()
        else:
            window.skip(4)
