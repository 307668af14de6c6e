"""Whether ends that somebody asks about still show on the wire, and whether pairs of them still meet.

Rules: ends go by what may be shown of them, so whoever asks learns no more than that; nothing is kept of ends that
nobody asks about. One thread asks and takes, another one notes; neither waits for more than the other's next line.
"""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from monitor.model.named import NamedTuple

Place = tuple[str, str]
"""What an end goes by: its address, or else the name of its zone in second place; two empty texts where it may not be
told apart."""


class Meeting(NamedTuple):
    """An end that is asked about, with one that it may talk to."""

    place: Place
    other: Place | None
    """None for anybody."""
    port: int
    """Of the other end; 0 for any."""


def place_of(address: str, zone: str) -> Place:
    """What an end goes by, from what may be shown of it."""
    return (address, "") if address else ("", zone)


class Presence:
    """What is asked, and what was seen of it. As large as what is asked."""

    def __init__(self) -> None:
        self._asked: Mapping[Place, frozenset[Meeting]] = {}
        self._shown: set[Place] = set()
        self._met: set[Meeting] = set()
        self._lock = Lock()
        """For what was seen."""

    @property
    def is_asked(self) -> bool:
        """Whether anybody asks about anything."""
        return bool(self._asked)

    def ask(self, places: Mapping[Place, frozenset[Meeting]]) -> None:
        """Ask about these ends, and for each about these meetings, from now on."""
        self._asked = places

    def note(self, place: Place, other: Place, port: int) -> None:
        """An end was seen with another one, which used this port."""
        meetings = self._asked.get(place)
        if meetings is None:
            return
        candidates = (
            (Meeting(place, other, port), Meeting(place, other, 0), Meeting(place, None, 0)) if meetings else ()
        )
        with self._lock:
            self._shown.add(place)
            self._met.update(one for one in candidates if one in meetings)

    def take(self) -> tuple[set[Place], set[Meeting]]:
        """The ends and the meetings that were seen since this was called last."""
        with self._lock:
            taken = self._shown, self._met
            self._shown, self._met = set(), set()
        return taken
