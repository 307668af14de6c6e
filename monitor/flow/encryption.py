"""Knows of each service whether it is spoken to encrypted: flows of TLS, say, to an endpoint known to speak SIP2.

Rules: inside is not looked at, so what counts is the endpoint: it was seen to speak the protocol in clear, or the
operator said that it serves it. Which of the two is seen first does not matter for the counts. Whether a client could
encrypt is remembered client by client at those endpoints, and of others only who came last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from monitor.flow.known import Known
from monitor.model.events import EncryptionBefore, Event, FlowCarried
from monitor.model.flow import Leg
from monitor.model.stats import ServiceUse, Stats
from monitor.privacy.naming import NamingPolicy
from monitor.privacy.tunnels import Tunnels

MAX_ENDPOINTS = 65_536
"""Hosts and ports that encrypted flows lead to: what a busy consortium visits in a day; about 16 MB when full."""
MAX_CLIENTS = 65_536
"""Clients of services that are known, by service: more than any consortium has devices; about 12 MB when full."""
FALLBACK_NS = 30 * 10**9
"""A client that gives encryption up tries again at once, or when its attempt times out; 30 s is a long timeout."""

Endpoint = tuple[bytes, int]
"""Address, 4 or 16 bytes, and port."""


class _Tries:
    """The encrypted flows of one client to one service."""

    __slots__ = ("at_ns", "flows", "kept", "lead")

    def __init__(self, lead: _Lead, at_ns: int) -> None:
        self.lead = lead
        self.at_ns = at_ns
        """Where the last one led, and when."""
        self.flows = 1
        """Those that may yet turn out to be given up."""
        self.kept = False
        """Whether any before them was not."""


class _Lead:
    """The encrypted flows to one endpoint."""

    __slots__ = ("at_ns", "client", "clients", "flows", "given_up")

    def __init__(self) -> None:
        self.flows = 0
        self.given_up = 0
        """Those after which the client spoke in clear at once."""
        self.client = b""
        self.at_ns = 0
        """Who came last, and when."""
        self.clients: dict[bytes, _Tries] | None = None
        """Every client; None where nobody knows yet that the service is one of interest."""


class EncryptedFlows:
    """The flows that hide other protocols, by where they lead."""

    def __init__(
        self,
        known: Sequence[Known],
        stats: Stats,
        served: Mapping[str, Iterable[Endpoint]],
        tunnels: Tunnels | None = None,
    ) -> None:
        """Begin with nothing seen.

        Args:
            known: every protocol.
            stats: takes the figures.
            served: by name of a protocol, where the operator says it is served. Endpoints of one address are one
                service.
            tunnels: where what is hidden may go, and where not.
        """
        self._stats = stats
        self._tunnels = Tunnels() if tunnels is None else tunnels
        self._hidden = {one.name: one for one in known if one.spec.encrypted_by}
        self._seen: dict[str, dict[Endpoint, _Lead]] = {one.spec.encrypted_by: {} for one in self._hidden.values()}
        self._spoken: dict[str, dict[Endpoint, int]] = {name: {} for name in self._hidden}
        """Flows in clear by protocol and endpoint."""
        self._clients = 0
        self.adopt(served)

    def adopt(self, served: Mapping[str, Iterable[Endpoint]]) -> None:
        """Know these endpoints beside those that are known: a figure that counts up does not forget."""
        for name, spoken in self._spoken.items():
            services: dict[bytes, dict[bytes, _Tries]] = {}
            for endpoint in served.get(name, ()):
                spoken.setdefault(endpoint, 0)
                lead = self._lead(self._seen[self._hidden[name].spec.encrypted_by], endpoint)
                if lead is not None:
                    shared = services.setdefault(endpoint[0], {})
                    shared.update(lead.clients or {})
                    lead.clients = shared

    def minds(self, known: Known) -> bool:
        """Whether it matters where flows of a protocol come from and lead to."""
        return known.name in self._seen or known.name in self._spoken

    def note(self, known: Known, client: bytes, endpoint: Endpoint, at_ns: int) -> tuple[Known, Event] | None:
        """A flow of a protocol leads from a client, 4 or 16 bytes, to an endpoint.

        Returns:
            what there is to say of it, and of which protocol; where tunnels are stated that is of every flow.
        """
        seen = self._seen.get(known.name)
        if seen is not None:
            hidden = self._encrypt(seen, client, endpoint, at_ns)
            leg = Leg.UNSTATED if hidden is None else self._tunnels.leg(client, endpoint[0], encrypted=True)
            if hidden is None or leg is Leg.UNSTATED:
                return None
            return hidden, _carried(encrypted=True, before=EncryptionBefore.NEVER, leg=leg)
        if known.name not in self._spoken:
            return None
        before = self._speak(known, client, endpoint, at_ns)
        leg = self._tunnels.leg(client, endpoint[0], encrypted=False)
        if before is EncryptionBefore.NEVER and leg is Leg.UNSTATED:
            return None
        return known, _carried(encrypted=False, before=before, leg=leg)

    def _encrypt(self, seen: dict[Endpoint, _Lead], client: bytes, endpoint: Endpoint, at_ns: int) -> Known | None:
        """Count an encrypted flow; gives the protocol that it hides, if any is known to be spoken there."""
        lead = seen.get(endpoint) or self._lead(seen, endpoint)
        if lead is None:
            return None
        lead.flows += 1
        if lead.clients is None:
            lead.client = client
            lead.at_ns = at_ns
            return None
        self._try(lead, lead.clients, client, at_ns)
        return next((one for one in self._hidden.values() if endpoint in self._spoken[one.name]), None)

    def _speak(self, known: Known, client: bytes, endpoint: Endpoint, at_ns: int) -> EncryptionBefore:
        """Count a flow in clear; says what the client did at that service before."""
        spoken = self._spoken[known.name]
        if endpoint in spoken or len(spoken) < MAX_ENDPOINTS:
            spoken[endpoint] = spoken.get(endpoint, 0) + 1
        else:
            self._stats.limits["flow.endpoints"] += 1
            return EncryptionBefore.NEVER
        seen = self._seen[known.spec.encrypted_by]
        lead = seen.get(endpoint) or self._lead(seen, endpoint)
        if lead is None:
            return EncryptionBefore.NEVER
        if lead.clients is None:
            lead.clients = {}
            if lead.flows:
                self._try(lead, lead.clients, lead.client, lead.at_ns)
        tries = lead.clients.get(client)
        if tries is None:
            return EncryptionBefore.NEVER
        if at_ns - tries.at_ns > FALLBACK_NS:
            return EncryptionBefore.EARLIER if tries.flows or tries.kept else EncryptionBefore.NEVER
        tries.lead.given_up += tries.flows
        tries.flows = 0
        return EncryptionBefore.JUST_NOW

    def _try(self, lead: _Lead, clients: dict[bytes, _Tries], client: bytes, at_ns: int) -> None:
        tries = clients.get(client)
        if tries is None:
            if self._clients < MAX_CLIENTS:
                self._clients += 1
                clients[client] = _Tries(lead, at_ns)
            else:
                self._stats.limits["flow.clients"] += 1
            return
        if tries.lead is not lead or at_ns - tries.at_ns > FALLBACK_NS:
            tries.lead = lead
            tries.kept = tries.kept or tries.flows > 0
            tries.flows = 0
        tries.flows += 1
        tries.at_ns = at_ns

    def _lead(self, seen: dict[Endpoint, _Lead], endpoint: Endpoint) -> _Lead | None:
        """Where flows to an endpoint are counted; None where there is no room."""
        found = seen.get(endpoint)
        if found is None:
            if len(seen) >= MAX_ENDPOINTS:
                self._stats.limits["flow.endpoints"] += 1
                return None
            found = seen[endpoint] = _Lead()
        return found

    def hidden(self, known: Known) -> Iterator[tuple[Endpoint, int]]:
        """The flows that hide a protocol, by where they lead."""
        seen = self._seen[known.spec.encrypted_by]
        for endpoint in self._spoken[known.name]:
            lead = seen.get(endpoint)
            if lead is not None and lead.flows:
                yield endpoint, lead.flows

    def report(self) -> None:
        """Bring the figures up to date."""
        for one in self._hidden.values():
            one.counters["encrypted_flows"] = sum(flows for _, flows in self.hidden(one))

    def services(self, naming: NamingPolicy) -> Iterator[ServiceUse]:
        """Every endpoint that was spoken to, as far as it may be shown; those that may not are one a zone and port."""
        for known in self._hidden.values():
            seen = self._seen[known.spec.encrypted_by]
            rows: dict[tuple[str, str, int], ServiceUse] = {}
            for endpoint, plain in self._spoken[known.name].items():
                lead = seen.get(endpoint)
                if not plain and not (lead and lead.flows):
                    continue
                shown = naming.endpoint(*endpoint)
                row = rows.setdefault(
                    (shown.address, shown.zone, shown.port),
                    ServiceUse(protocol=known.label, endpoint=shown, transport=known.spec.transport),
                )
                row.plain_flows += plain
                if lead is not None:
                    row.encrypted_flows += lead.flows
                    row.given_up_flows += lead.given_up
            yield from rows.values()


@cache
def _carried(*, encrypted: bool, before: EncryptionBefore, leg: Leg) -> FlowCarried:
    """The same object for the same fact; there are few."""
    return FlowCarried(encrypted=encrypted, before=before, leg=leg)
