"""Names that devices asked for, until somebody is seen to be called so: what nobody came for was merely asked.

Rule: names off the wire are opened here and given back opaque.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from monitor.model.opaque import HostName
from monitor.model.stats import Stats

T = TypeVar("T")

WAIT_NS = 30 * 10**9
"""A device that gets an address uses it at once; what waits for a name there is told within ten seconds."""
MAX_ASKED = 10_000
"""Names that wait: a thousand cameras that ask ten each within the time; about 4 MB."""
MAX_MET = 50_000
"""Names of hosts that devices talk to; a device asks again while it goes on. About 10 MB."""

_Question = tuple[bytes, str]
"""Who asked, 4 or 16 bytes, and for what."""


class Lookups(Generic[T]):
    """Every name that somebody asked for lately, with what its place in the capture was."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._asked: dict[_Question, tuple[int, HostName, T]] = {}
        """With the time when it is due; oldest first."""
        self._met: dict[_Question, None] = {}

    def ask(self, client: bytes, name: HostName, place: T, at_ns: int) -> None:
        """A device asked for a name. What it talks to already is no news."""
        question = client, name.reveal()
        if question in self._met or question in self._asked:
            return
        if len(self._asked) >= MAX_ASKED:
            self._stats.limits["names.asked"] += 1
            del self._asked[next(iter(self._asked))]
        self._asked[question] = at_ns + WAIT_NS, name, place

    def meet(self, client: bytes, name: HostName) -> None:
        """The device talks to a host of that name, or the host is none of the internet."""
        question = client, name.reveal()
        self._asked.pop(question, None)
        if question not in self._met:
            if len(self._met) >= MAX_MET:
                del self._met[next(iter(self._met))]
            self._met[question] = None

    def due(self, at_ns: int) -> Iterator[tuple[bytes, HostName, T]]:
        """Who asked for what, and nothing came of it in time."""
        while self._asked:
            question, (until_ns, name, place) = next(iter(self._asked.items()))
            if until_ns >= at_ns:
                return
            del self._asked[question]
            yield question[0], name, place
