"""What the store asks the wire: whether the places of its findings still show, and whether what they tell of goes on.

A finding that counts flows is told when a flow begins, and a camera may hold one connection for months. So a finding
about a device goes on for as long as the device and a peer of the finding exchange packets. Only findings of this run
are asked about so: what earlier runs found may be expected by now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from monitor.model.data import AboutKind
from monitor.model.finding import Finding
from monitor.privacy.presence import Meeting, Place, Presence, place_of

MAX_MEETINGS = 20_000
"""Peers asked about; about 4 MB. Of findings beyond it any packet of the device counts, so none is resolved early."""
_NOWHERE = place_of("", "")


class Inquiry:
    """Asks about findings, and gathers the answers until they are written."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._places: dict[str, Place] = {}
        """Of every finding that is not resolved."""
        self._by_place: dict[Place, set[str]] = {}
        self._by_meeting: dict[Meeting, set[str]] = {}
        self._shown: set[str] = set()
        self._going_on: set[str] = set()

    def unknown(self, idents: Iterable[str]) -> list[str]:
        """Those of these findings of which nobody said where they are."""
        return [ident for ident in idents if ident not in self._places]

    def know(self, ident: str, place: Place) -> None:
        """Where a finding is."""
        self._places[ident] = place

    def ask(self, standing: Iterable[str], latest: Mapping[str, Finding]) -> None:
        """Ask about the findings with these ids, given those of this run."""
        by_place: defaultdict[Place, set[str]] = defaultdict(set)
        by_meeting: defaultdict[Meeting, set[str]] = defaultdict(set)
        places = {}
        for ident in sorted(standing):
            finding = latest.get(ident)
            place = (
                place_of(finding.about.address, finding.about.zone) if finding else self._places.get(ident, _NOWHERE)
            )
            places[ident] = place
            if place == _NOWHERE:
                continue
            by_place[place].add(ident)
            if finding is not None and finding.count and finding.about.kind is AboutKind.DEVICE:
                for meeting in _meetings(place, finding, room=len(by_meeting) < MAX_MEETINGS):
                    by_meeting[meeting].add(ident)
        self._places, self._by_place, self._by_meeting = places, by_place, by_meeting
        asked: dict[Place, set[Meeting]] = {place: set() for place in by_place}
        for meeting in by_meeting:
            asked[meeting.place].add(meeting)
        self._presence.ask({place: frozenset(meetings) for place, meetings in asked.items()})

    def answer(self) -> tuple[set[str], set[str]]:
        """Ids of findings whose place was seen, and of those that go on, since the last `settle`."""
        shown, met = self._presence.take()
        for place in shown:
            self._shown |= self._by_place.get(place, set())
        for meeting in met:
            self._going_on |= self._by_meeting.get(meeting, set())
        return self._shown, self._going_on

    def settle(self) -> None:
        """The answer was written."""
        self._shown, self._going_on = set(), set()


def _meetings(place: Place, finding: Finding, *, room: bool) -> Iterator[Meeting]:
    if room and finding.peers_total == len(finding.peers):
        for peer in finding.peers:
            yield Meeting(place, place_of(peer.address, peer.zone), peer.port)
    else:
        yield Meeting(place, None, 0)
