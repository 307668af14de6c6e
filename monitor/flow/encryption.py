"""Counts how often a protocol was carried encrypted: flows of TLS, say, to an endpoint that is known to speak SIP2.

Rules: inside is not looked at, so what counts is the endpoint: it was seen to speak the protocol in clear, or the
operator said that it serves it. Which of the two is seen first does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor.flow.known import Known
from monitor.model.stats import Stats

MAX_ENDPOINTS = 65_536
"""Hosts and ports that encrypted flows lead to: what a busy consortium visits in a day; about 12 MB when full."""

Endpoint = tuple[bytes, int]
"""Address, 4 or 16 bytes, and port."""


class EncryptedFlows:
    """Counts of the flows that hide other protocols, by where they lead."""

    def __init__(self, known: Sequence[Known], stats: Stats, served: Mapping[str, Iterable[Endpoint]]) -> None:
        """Begin with nothing seen.

        Args:
            known: every protocol.
            stats: takes the figures.
            served: by name of a protocol, where the operator says it is served.
        """
        self._stats = stats
        self._hidden = [one for one in known if one.spec.encrypted_by]
        self._spoken = {one.name: set(served.get(one.name, ())) for one in self._hidden}
        self._seen: dict[str, Counter[Endpoint]] = {one.spec.encrypted_by: Counter() for one in self._hidden}

    def adopt(self, served: Mapping[str, Iterable[Endpoint]]) -> None:
        """Know these endpoints beside those that are known: a figure that counts up does not forget."""
        for name, spoken in self._spoken.items():
            spoken.update(served.get(name, ()))

    def note(self, name: str, endpoint: Endpoint) -> None:
        """A flow of protocol `name` leads to an endpoint."""
        spoken = self._spoken.get(name)
        if spoken is not None and endpoint not in spoken:
            if len(spoken) < MAX_ENDPOINTS:
                spoken.add(endpoint)
            else:
                self._stats.limits["flow.endpoints"] += 1
        seen = self._seen.get(name)
        if seen is not None:
            if len(seen) < MAX_ENDPOINTS or endpoint in seen:
                seen[endpoint] += 1
            else:
                self._stats.limits["flow.endpoints"] += 1

    def hidden(self, known: Known) -> Iterator[tuple[Endpoint, int]]:
        """The flows that hide a protocol, by where they lead."""
        seen = self._seen[known.spec.encrypted_by]
        fewer, more = sorted((self._spoken[known.name], seen), key=len)
        for endpoint in fewer:
            if endpoint in more:
                yield endpoint, seen[endpoint]

    def report(self) -> None:
        """Bring the figures up to date."""
        for one in self._hidden:
            one.counters["encrypted_flows"] = sum(flows for _, flows in self.hidden(one))
