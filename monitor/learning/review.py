"""Says of each thing that devices were seen to do whether it can be proposed as an expectation, and why not.

Rule: what leads past the firewall, comes in from the internet or looks around is never proposed, however often it was
seen; what is proposed holds only when a person has put it into the configuration.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.config.expect_keys import MAX_PORTS
from monitor.learning.notebook import Destination, Entry
from monitor.model.events import Trait
from monitor.model.named import NamedTuple
from monitor.privacy.places import Port

_REFUSED = {
    Trait.RELAY: "a relay, or a way past the firewall",
    Trait.MAPPING: "a way in through the router",
    Trait.INBOUND: "opened from the internet",
    Trait.SCAN: "part of a scan of the library's devices",
    Trait.ENCRYPTED_DNS: "encrypted DNS, past the library's own name server",
}


_TOO_MANY = f"more than {MAX_PORTS} ports, which are no service"


class Proposal(NamedTuple):
    """One host with the ports that were used; none for any."""

    whom: Destination
    """One of its places; the port does not count."""
    ports: tuple[Port, ...]
    entries: tuple[Entry, ...]
    refused: str
    """Why it is not proposed; empty if it is."""


def review(entries: Iterable[tuple[Destination, Entry]]) -> list[Proposal]:
    """All that one group of devices did, by host, proposed before refused; within that by what was sent."""
    hosts: dict[tuple[str, ...], list[tuple[Destination, Entry]]] = {}
    for place, entry in entries:
        reason = _reason(place, entry)
        hosts.setdefault((place.asset or place.name or place.address or place.zone, reason), []).append((place, entry))
    proposals = []
    for (_, why), found in hosts.items():
        whom, reason = found[0][0], why
        ports = tuple(sorted({Port(place.port, place.transport) for place, _ in found}))
        if len(ports) > MAX_PORTS:
            reason, ports = reason or ("" if whom.asset else _TOO_MANY), () if whom.asset else ports[:MAX_PORTS]
        proposals.append(Proposal(whom, ports, tuple(entry for _, entry in found), reason))
    return sorted(proposals, key=lambda one: (bool(one.refused), -_sent(one), one.whom[:4]))


def _sent(proposal: Proposal) -> int:
    return sum(entry.sent_bytes for entry in proposal.entries)


def _reason(place: Destination, entry: Entry) -> str:
    for trait, reason in _REFUSED.items():
        if trait in entry.traits:
            return reason
    if not entry.flows:
        return "only attempted: nothing answered"
    if Trait.UNNAMED in entry.traits and not place.name:
        return "an address on the internet for which no name was seen"
    return "" if place.asset or place.name or place.address else "devices of patrons, which have no names here"
