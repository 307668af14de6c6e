"""Tells which ends have had packets lately, by going through the flow table a little with each tick.

Rule: an end shows when it sent something, or when it is part of a TCP connection that is more than an attempt; so a
scan shows nobody who does not answer, and a mirror of one direction still shows servers.
"""

from __future__ import annotations

from monitor.flow.table import FlowTable
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.presence import Place, Presence, place_of

TICKS = 600
"""For the whole table: ten minutes, as ticks come every second. A flow that is pushed out of the table sooner is seen
only by luck, but a host that lives has many flows a day. The share of a tick takes less than a millisecond; 12 when the
whole table is full of addresses that nobody has met before."""


class Sweep:
    """Goes round and round through a flow table while somebody asks."""

    def __init__(self, table: FlowTable, slots: int, naming: NamingPolicy, presence: Presence) -> None:
        self._table = table
        self._slots = slots
        self._naming = naming
        self._presence = presence
        self._next = 0
        self._since_ns = self._began_ns = 0
        """When the last round began, and when this one did, in the time of the table's packets."""

    def tick(self) -> None:
        """Go on."""
        if not self._presence.is_asked:
            return
        if not self._next:
            self._since_ns, self._began_ns = self._began_ns, self._table.now()
        behind = min(self._next + max(1, self._slots // TICKS), self._slots)
        for one, one_port, one_shows, other, other_port, other_shows in self._table.ends(
            self._next, behind, self._since_ns
        ):
            places = self._place(one), self._place(other)
            if one_shows:
                self._presence.note(places[0], places[1], other_port)
            if other_shows:
                self._presence.note(places[1], places[0], one_port)
        self._next = behind % self._slots

    def _place(self, address: bytes) -> Place:
        end = self._naming.endpoint(address, 0)
        return place_of(end.address, end.zone)
