"""Between which ends nothing is looked at, as the operator said: for the kernel, and for whoever opens tunnels.

Networks that lie inside each other become areas side by side, each from its first address up to the next area. IPv4
addresses stand as in IPv6 (``::ffff:10.0.0.1``, RFC 4291 2.5.5.2).
Rule: nothing is looked at where an end lies in a zone with ``inspect: none``, nor where one lies in a zone with
``library-only`` and neither is a configured asset. The flow table decides alike, by marks of its own.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address

from monitor.model.closed import IntEnum
from monitor.model.data import Inspect
from monitor.privacy.places import Address, Asset, Network, Places, Zone

_MAPPED = 0xFFFF << 32
_END = 1 << 128

Span = tuple[int, int]
"""First address and the one behind the last, as IPv6 numbers."""
IPV4: Span = (_MAPPED, _MAPPED + (1 << 32))


class Treatment(IntEnum):
    """How the traffic of an address is treated."""

    ALL = 0
    LIBRARY_ONLY = 1
    NONE = 2
    ASSET = 3
    """It is a configured asset, and nobody said ``none`` of where it stands."""


class Exclusion:
    """Says of two addresses whether what they exchange is excluded."""

    def __init__(self, zones: Sequence[Zone] = (), assets: Sequence[Asset] = ()) -> None:
        """Take what the operator said; see `Places`."""
        places = Places(zones, assets)
        spans = {IPV4: Treatment.ALL}  # a network of IPv6 around it says nothing of IPv4
        for zone in zones:
            for network in zone.networks:
                spans[span(network)] = _treatment(zone)
        for asset in assets:
            for address in asset.addresses:
                zone_of = places.zone(address.packed)
                none = zone_of is not None and zone_of.inspect is Inspect.NONE
                spans[span(address)] = Treatment.NONE if none else Treatment.ASSET
        if Treatment.LIBRARY_ONLY not in spans.values():  # elsewhere an asset is nothing special
            spans = {one: Treatment.ALL if how is Treatment.ASSET else how for one, how in spans.items()}
        laid = lay_side_by_side(spans, Treatment.ALL)
        self.areas = tuple(
            (first, Treatment(how)) for place, (first, how) in enumerate(laid) if not place or laid[place - 1][1] != how
        )
        """Where each area begins, and how it is treated; neighbors differ."""
        self._firsts = [first for first, _ in self.areas]

    def __bool__(self) -> bool:
        """Whether anything is excluded at all."""
        return any(how in (Treatment.LIBRARY_ONLY, Treatment.NONE) for _, how in self.areas)

    def treatment(self, address: int) -> Treatment:
        """How an address is treated, given as an IPv6 number."""
        return self.areas[bisect(self._firsts, address) - 1][1]

    def bars(self, v6: bool, one_high: int, one_low: int, other_high: int, other_low: int) -> bool:  # noqa: FBT001 (columns)
        """Whether what two ends exchange is excluded; their addresses in halves, as `Columns.ends` has them."""
        mapped = 0 if v6 else _MAPPED
        return excludes(
            self.treatment(one_high << 64 | one_low | mapped), self.treatment(other_high << 64 | other_low | mapped)
        )


def excludes(one: Treatment, other: Treatment) -> bool:
    """Whether nothing is looked at between two ends that are treated so."""
    both = (one, other)
    return Treatment.NONE in both or (Treatment.LIBRARY_ONLY in both and Treatment.ASSET not in both)


def span(place: Network | Address) -> Span:
    """The addresses of a network, or the one."""
    if isinstance(place, IPv4Address | IPv6Address):
        first, size = int(place), 1
    else:
        first, size = int(place.network_address), place.num_addresses
    if place.version == 4:  # noqa: PLR2004 (of IP)
        first += _MAPPED
    return first, first + size


def lay_side_by_side(spans: Mapping[Span, int], elsewhere: int) -> Sequence[tuple[int, int]]:
    """Flatten what lies inside each other: an inner area begins later or ends sooner than the one around it.

    Returns:
        where each area begins, in order from 0 on, and what was said of the innermost span there.
    """
    begins = {0: elsewhere}
    around: list[tuple[int, int]] = [(_END, elsewhere)]
    for (first, behind), said in _outer_first(spans.items()):
        while around[-1][0] <= first:
            end, _ = around.pop()
            begins[end] = around[-1][1]
        begins[first] = said
        around.append((behind, said))
    while len(around) > 1:
        end, _ = around.pop()
        begins[end] = around[-1][1]
    begins.pop(_END, None)
    return sorted(begins.items())


def _outer_first(spans: Iterable[tuple[Span, int]]) -> list[tuple[Span, int]]:
    return sorted(spans, key=lambda one: (one[0][0], -one[0][1]))


def _treatment(zone: Zone) -> Treatment:
    if zone.inspect is Inspect.NONE:
        return Treatment.NONE
    return Treatment.LIBRARY_ONLY if zone.inspect is Inspect.LIBRARY_ONLY else Treatment.ALL
