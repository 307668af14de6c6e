"""Finds networks that stand twice, and networks that lie inside those of another zone without saying so.

Rule: two networks are apart, the same, or one inside the other; there is nothing between (RFC 4632). The same one in
two places is always a mistake. One inside another zone's is a mistake unless its zone says ``inside:`` with that zone's
name, or with a zone that is inside it in turn; then the longest prefix wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from monitor.config.shapes import Note
from monitor.model.named import NamedTuple
from monitor.privacy.places import Network


class Claim(NamedTuple):
    """A zone says that a network is its own."""

    network: Network
    zone: str
    line: int


def check_overlaps(claims: Iterable[Claim], inside: Mapping[str, str], note: Note) -> set[tuple[str, str]]:
    """Note every overlap that is not meant.

    Args:
        claims: networks of all zones.
        inside: name of a zone to the name of the zone that it says it is inside of.
        note: takes the mistakes.

    Returns:
        The pairs of zones of which the first has a network inside one of the second.
    """
    pairs: set[tuple[str, str]] = set()
    around: list[Claim] = []
    for claim in sorted(claims, key=_position):
        while around and not _within(claim.network, around[-1].network):
            around.pop()
        pairs.update((claim.zone, outer.zone) for outer in around)
        if around and _judge(claim, around[-1], inside, note):
            continue
        around.append(claim)
    return pairs


def _position(claim: Claim) -> tuple[int, int, int, int]:
    """Sorts a network before those inside it, and the same ones by line."""
    network = claim.network
    return network.version, int(network.network_address), network.prefixlen, claim.line


def _within(inner: Network, outer: Network) -> bool:
    shift = outer.max_prefixlen - outer.prefixlen
    return inner.version == outer.version and (int(inner.network_address) ^ int(outer.network_address)) >> shift == 0


def _judge(claim: Claim, outer: Claim, inside: Mapping[str, str], note: Note) -> bool:
    """Note what is wrong with a network inside another. True when both are the same."""
    same = claim.network == outer.network
    if claim.zone == outer.zone:
        what = "stands twice, first" if same else f"is part of '{outer.network}' of the same zone"
        note(claim.line, f"'{claim.network}' {what} in line {outer.line}", "leave one of them out")
    elif same:
        what = f"'{claim.network}' is already in zone '{outer.zone}', line {outer.line}"
        note(claim.line, what, "a network is in one zone")
    elif outer.zone not in enclosing(claim.zone, inside):
        what = f"'{claim.network}' overlaps '{outer.network}' of zone '{outer.zone}', line {outer.line}"
        note(claim.line, what, f"if it is part of it on purpose, add 'inside: {outer.zone}' to zone '{claim.zone}'")
    return same


def enclosing(zone: str, inside: Mapping[str, str]) -> Iterator[str]:
    """The zones that a zone says it is inside of, step by step; ends where they go round in a circle."""
    seen = {zone}
    while (zone := inside.get(zone, "")) and zone not in seen:
        seen.add(zone)
        yield zone
