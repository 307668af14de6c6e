"""Passes on logins in clear only where they lead to a stranger: a host that nobody sent a password to before.

A page that fishes for passwords is such a host. So is every host while the memory is young, and the first catalog of a
branch that opens today; therefore nobody is a stranger before others are well known. Rules: the hosts are remembered as
digests, in memory only; a host that the operator named is never a stranger; time is what observations say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from monitor.model.contract import ProtocolSpec
from monitor.model.events import Event
from monitor.model.finding import Again, Moment, Observation, Observe
from monitor.model.opaque import HostName, Sighting
from monitor.model.stats import Stats
from monitor.privacy.names import digest_of, place_digest

MAX_HOSTS = 20_000
"""Remembered; all that a consortium logs in to in clear, a hundred times over. The one that was used least lately is
forgotten first. About 2 MB when full."""
SETTLED_LOGINS = 20
"""In a row to hosts that are known, ahead of a stranger: else so many are new that one more says nothing."""
LEARNING_NS = 3 * 86_400 * 10**9
"""Of a sensor: it takes a few days until every branch and every program has logged in once."""

Host = Callable[[Any], HostName | None]


class Strangers:
    """Knows who was logged in to."""

    def __init__(self, specs: Iterable[ProtocolSpec], stats: Stats, *, learning_ns: int = 0) -> None:
        """Begin without knowing anybody.

        Args:
            specs: the protocols, each with its logins.
            stats: takes the count of hosts that were forgotten.
            learning_ns: how long nobody is a stranger, from the first login on. None for a capture, which may be over
                before; there the logins before must do.
        """
        self._logins: Mapping[type[Event], Host] = {event: host for one in specs for event, host in one.logins.items()}
        self._stats = stats
        self._learning_ns = learning_ns
        self._hosts: dict[int, None] = {}
        """Those used least lately first."""
        self._known_in_a_row = 0
        self._since_ns: int | None = None

    def before(self, observe: Observe) -> Observe:
        """`observe`, told of no login but those of strangers, and of everything else."""

        def watched(observation: Observation) -> Again | None:
            host = self._logins.get(type(observation.event))
            if host is None:
                return observe(observation)
            if self._is_stranger(observation, host(observation.event)):
                observe(observation)
            return self._count

        return watched

    def _count(self, moment: Moment, flow_serial: int, sightings: tuple[Sighting, ...]) -> None:  # noqa: ARG002  # the contract's
        """Take a login that came up before, in a flow between the same ends: its host is known by now."""
        self._known_in_a_row += 1

    def _is_stranger(self, observation: Observation, name: HostName | None) -> bool:
        responder, hosts = observation.flow.responder, self._hosts
        key = place_digest(responder.address, responder.zone) if name is None else digest_of(name)
        self._since_ns = observation.at_ns if self._since_ns is None else self._since_ns
        if responder.asset or key in hosts:
            if key in hosts:
                hosts[key] = hosts.pop(key)
            self._known_in_a_row += 1
            return False
        if len(hosts) >= MAX_HOSTS:
            del hosts[next(iter(hosts))]
            self._stats.limits["detect.strangers"] += 1
        hosts[key] = None
        is_settled = self._known_in_a_row >= SETTLED_LOGINS
        self._known_in_a_row = 0
        return is_settled and observation.at_ns - self._since_ns >= self._learning_ns
