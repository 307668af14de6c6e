"""Flows that another flow announced: RTSP says on which ports its video will come.

Rule: an announcement serves one flow, soon; what nobody came for is forgotten.
"""

from __future__ import annotations

from monitor.flow.known import Known
from monitor.model.data import DataClass
from monitor.model.flow import Transport
from monitor.model.record import Record
from monitor.model.stats import Stats

MAX_ANNOUNCEMENTS = 10_000
"""A hundred cameras with a dozen streams each, set up anew all at once, need a tenth; about 5 MB when full."""
WAIT_NS = 120 * 10**9
"""A stream begins within seconds of its announcement; a session without one times out after 60 s (RFC 2326 12.37)."""

Place = tuple[Transport, bytes, int, bytes]
"""One end's address and port, and the other end's address."""


class Announcement(Record, kw_only=False):
    """What was said of a flow to come."""

    known: Known
    opened_by_place: bool
    """Whether the end at the place acts as the originator."""
    carries: DataClass | None
    other_port: int
    """Port at the end whose port is not a part of the place; 0 where that was not said."""
    until_ns: int


class Announcements:
    """Every announcement that nobody has come for yet, oldest first."""

    def __init__(self, stats: Stats) -> None:
        self._waiting: dict[Place, Announcement] = {}
        self._stats = stats

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, place: Place, announcement: Announcement) -> None:
        """Note a flow to come; a newer word about the same place counts."""
        self._waiting.pop(place, None)
        if len(self._waiting) >= MAX_ANNOUNCEMENTS:
            self._stats.limits["flow.announcements"] += 1
            del self._waiting[next(iter(self._waiting))]
        self._waiting[place] = announcement

    def claim(
        self, transport: Transport, addresses: tuple[bytes, bytes], ports: tuple[int, int], at_ns: int
    ) -> tuple[Announcement, int] | None:
        """Take what was said of a flow between these two ends, if anything was and it is not too old.

        Returns:
            the announcement, and the index of the end that acts as the originator.
        """
        for end in (0, 1):
            place = (transport, addresses[end], ports[end], addresses[1 - end])
            found = self._waiting.get(place)
            if found is not None and found.other_port in (0, ports[1 - end]):
                del self._waiting[place]
                return (found, end if found.opened_by_place else 1 - end) if at_ns <= found.until_ns else None
        return None

    def expire(self, at_ns: int) -> None:
        """Forget what nobody came for."""
        late = []
        for place, announcement in self._waiting.items():
            if announcement.until_ns >= at_ns:
                break
            late.append(place)
        for place in late:
            del self._waiting[place]
