"""Who keeps the followers of flows and takes what they find out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from monitor.flow.known import Known
from monitor.model.events import Event, Expect
from monitor.model.finding import Moment
from monitor.model.opaque import Sighting
from monitor.model.stats import Stats

if TYPE_CHECKING:
    from monitor.flow.lane import Follower, Tie

MAX_HEAD_BYTES = 8_192
"""Kept of a flow before it is recognised: several messages of every protocol we know."""


class Keeper(Protocol):
    """The tracker, as followers know it."""

    stats: Stats

    def observe(self, follower: Follower, known: Known, event: Event, sightings: tuple[Sighting, ...]) -> None:
        """A parser reports a fact, and the patrons behind it."""
        ...

    def announce(self, follower: Follower, expect: Expect) -> None:
        """A parser says that another flow will come."""
        ...

    def join(self, known: Known, client: bytes, server: bytes, port: int) -> Tie | None:
        """Count a flow of a known protocol, if flows from a client to a service are all alike to everybody.

        Returns:
            what they share, and then somebody wants to know what it says; None for what is to be recognized by itself.
        """
        ...

    def recognize(
        self, serial: int, known: Known, client: bytes, endpoint: tuple[bytes, int], at_ns: int
    ) -> tuple[Known, Event] | None:
        """The protocol of a flow is known, from which address it comes, and to which address and port it leads.

        Returns:
            what there is to observe of that, and of which protocol it tells.
        """
        ...

    def hears(
        self, serial: int, known: Known, client: bytes, server: bytes, first: tuple[bytes, Moment] | None
    ) -> Mapping[str, object] | None:
        """Whether somebody wants to know what a flow of this protocol says, or at least how much.

        Args:
            serial: its number.
            known: the protocol.
            client: the address of the end that opened it.
            server: that of the other one.
            first: what was said first, and when and where, if that is at hand: it may tell all that anybody wants.

        Returns:
            what its parser is told beside its options; None where nobody listens.
        """
        ...
