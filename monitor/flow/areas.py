"""What the flow table is to know of addresses: whom to watch, and whom not to look at, as the operator said.

Networks that lie inside each other become areas side by side, each from its first address up to the next area, so that
one binary search finds the longest prefix. IPv4 addresses stand as in IPv6 (``::ffff:10.0.0.1``, RFC 4291 2.5.5.2).
Rules: where an asset's role is known, it counts and not its zone's; an asset is looked at as its zone is.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address

from monitor.flow.picks import MARK_ASSET, MARK_LIBRARY_ONLY, MARK_NONE, MARK_WATCHED
from monitor.model.data import Inspect
from monitor.privacy.exclusion import IPV4, Span, lay_side_by_side, span
from monitor.privacy.expectations import Expectations
from monitor.privacy.places import Asset, Places, Zone, unmap

_INSPECT = {Inspect.ALL: 0, Inspect.LIBRARY_ONLY: MARK_LIBRARY_ONLY, Inspect.NONE: MARK_NONE}
_WORD = (1 << 64) - 1


class Areas:
    """Marks (``MARK_`` bits) of all addresses, for `FlowTable.mark`."""

    def __init__(
        self,
        zones: Sequence[Zone] = (),
        assets: Sequence[Asset] = (),
        watched: Callable[[Zone | None, Asset | None], bool] | None = None,
    ) -> None:
        """Take what the operator said, see `Places`; `watched` says whose flows are to be told, see `Expectations`."""
        self._watched = watched or Expectations(zones, assets).watches_at
        self._places = Places(zones, assets)
        self._spans: dict[Span, int] = {IPV4: 0}  # a network of IPv6 around it says nothing of IPv4
        for zone in zones:
            for network in zone.networks:
                self._spans[span(network)] = self._marks(zone)
        for asset in assets:
            for address in asset.addresses:
                zone_of = self._places.zone(address.packed)
                self._spans[span(address)] = MARK_ASSET | self._marks(zone_of, asset)
        self._lay_out()

    def watch(self, *addresses: bytes) -> None:
        """Watch more addresses, of 4 or 16 bytes each, beside what else they are marked with."""
        for address in addresses:
            plain = unmap(address)
            one = span(IPv4Address(plain) if len(plain) == 4 else IPv6Address(plain))  # noqa: PLR2004 (bytes)
            zone = self._places.zone(plain)
            self._spans[one] = self._spans.get(one, _inspected(zone)) | MARK_WATCHED
        self._lay_out()

    def _marks(self, zone: Zone | None, asset: Asset | None = None) -> int:
        return (MARK_WATCHED if self._watched(zone, asset) else 0) | _inspected(zone)

    def _lay_out(self) -> None:
        laid = lay_side_by_side(self._spans, 0) if len(self._spans) > 1 or self._spans[IPV4] else []
        self.high = array("Q", [first >> 64 for first, _ in laid])
        """Where each area begins: the first 8 bytes of its first address, and in `low` the last 8."""
        self.low = array("Q", [first & _WORD for first, _ in laid])
        self.marks = array("B", [marks for _, marks in laid])
        """Of each area; empty when nothing is marked at all."""


def _inspected(zone: Zone | None) -> int:
    return _INSPECT[zone.inspect] if zone else 0
