"""Counts the flows of each protocol by the zone of the end that answers, in clear and encrypted.

What carries encryption, TLS, is encrypted itself; what is carried in it is told by `EncryptedFlows`. A flow of TLS to
an endpoint of SIP2 counts for both, because which one it is may be known late, and these figures never fall.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from monitor.flow.encryption import EncryptedFlows
from monitor.flow.known import Known
from monitor.model.opaque import Label
from monitor.model.stats import Stats

Session = tuple[Label, bool, Label]
"""Protocol, whether it is encrypted, and the zone of the end that answers."""


class Sessions:
    """Takes each flow whose protocol is recognized."""

    def __init__(
        self, known: Sequence[Known], encrypted: EncryptedFlows, stats: Stats, zone_of: Callable[[bytes], Label]
    ) -> None:
        """`zone_of` gives the zone of an address of 4 or 16 bytes, empty where it is in none."""
        self._known = known
        self._carriers = {one.spec.encrypted_by for one in known}
        self._encrypted = encrypted
        self._stats = stats
        self._zone_of = zone_of

    def note(self, known: Known, responder: bytes) -> None:
        """A flow of a protocol leads to an address of 4 or 16 bytes."""
        self._stats.sessions[self._session(known, responder)] += 1

    def shared(self, known: Known, responder: bytes) -> Session | None:
        """As what such flows count; None where somebody asks more of each of them."""
        if known.shows or known.spec.names or self._encrypted.minds(known):
            return None
        return self._session(known, responder)

    def add(self, session: Session, flows: int) -> None:
        """There were so many more that count as this."""
        self._stats.sessions[session] += flows

    def report(self) -> None:
        """Bring the figures of what is carried encrypted up to date."""
        for one in self._known:
            if one.spec.encrypted_by:
                hidden: Counter[Label] = Counter()
                for (address, _), flows in self._encrypted.hidden(one):
                    hidden[self._zone_of(address)] += flows
                for zone, flows in hidden.items():
                    self._stats.sessions[one.label, True, zone] = flows

    def _session(self, known: Known, responder: bytes) -> Session:
        return known.label, known.name in self._carriers, self._zone_of(responder)
