"""How much watched devices exchange with whom, and which of them keep sending to somebody whom nobody expects.

Rules: the flow table counts, packet by packet, from the flow's first packet on; a flow that is told again, because an
attempt succeeded late, counts from then on for what it is now. What is gone from the table before it is told counts for
nobody: the table was full, which is a limit of its own, or its ends opened another flow within seconds. Here the sums
are read with every tick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

from monitor.flow.picks import Opening
from monitor.flow.table import ACCOUNTS, FlowTable
from monitor.model.finding import Observation
from monitor.model.flow import Traffic
from monitor.model.opaque import Label
from monitor.model.stats import Stats

WALK_NS = 5 * 10**9
"""How often all pairs are asked: ten thousand of them take some hundredths of a second."""
WINDOW_NS = 10 * 10**9
"""How often it is asked who keeps sending; cameras send a key frame every few seconds at least."""
UPLOAD_NS = 60 * 10**9
"""For how long it takes to be an upload: software updates and pictures of an event are over sooner."""
UPLOAD_BITS_PER_SECOND = 64_000
"""The poorest video has more; what devices say to keep a connection has a hundredth."""
GOING_ON_NS = 600 * 10**9
"""How often it is told that a flow which began long ago still goes on."""
MAX_TOLD = 64
"""Flows of a pair that are told again when it turns out to be an upload."""
FREED = ACCOUNTS // 16
"""Pairs that are given up at once when there is no account left, those first that were silent for longest."""
RECENT_NS = 3_600 * 10**9
"""Who was silent for so long before it was given up has most likely ended: that is no limit to tell of."""

Key = tuple[bytes, bytes, bool]
"""Addresses of a device and of the other end, 4 or 16 bytes each, and whether it is expected."""


class Pair:
    """A device and one other end, as far as their flows are expected, or are not."""

    __slots__ = (
        *("account", "expected", "heard_ns", "key", "received", "sent", "told", "told_ns"),
        *("traffic", "uploading", "window_ns", "window_received", "window_sent", "zone"),
        *("streak_ns", "streak_sent"),
    )

    def __init__(self, key: Key, account: int, traffic: Traffic, zone: Label | None, at_ns: int) -> None:
        self.key = key
        self.account = account
        self.traffic = traffic
        self.zone = zone
        """Of the device, where it is a camera."""
        self.expected = key[2]
        self.heard_ns = self.told_ns = self.window_ns = at_ns
        self.sent = self.received = 0
        """What the table counted when it was last asked."""
        self.window_sent = self.window_received = 0
        """What it had counted at that time."""
        self.streak_ns = self.streak_sent = 0
        """Since when it sends without a pause, and what it had sent by then."""
        self.told: list[tuple[Observation, int]] = []
        """Its flows that are not expected, as they were told, each with its slot; the latest last."""
        self.uploading = False


class Volumes:
    """All pairs."""

    def __init__(self, table: FlowTable, stats: Stats, zone_of: Callable[[bytes], Label]) -> None:
        """`zone_of` gives the zone of an address of 4 or 16 bytes, empty where it is in none."""
        self._table = table
        self._stats = stats
        self._zone_of = zone_of
        self._pairs: dict[Key, Pair] = {}
        self._traffics: dict[tuple[bytes, bytes], Traffic] = {}
        self._unused = iter(range(1, ACCOUNTS))
        """Accounts of the table that no pair ever had."""
        self._free: list[int] = []
        """Those that pairs gave back."""
        self._walked_ns = -WALK_NS

    def traffic(self, device: bytes, other: bytes) -> Traffic | None:
        """What a device exchanges with another end, if anything of it was told."""
        return self._traffics.get((device, other))

    def charge(self, opening: Opening, device: int, *, expected: bool, camera: bool) -> Pair:
        """Count what the two ends of a flow exchange; the device is the end with this number."""
        ends = opening.addresses[device], opening.addresses[1 - device]
        key = (*ends, expected)
        pair = self._pairs.get(key)
        if pair is None:
            account = self._open_account(opening.at_ns)
            traffic = self._traffics.get(ends)
            if traffic is None:
                traffic = self._traffics[ends] = Traffic(opening.at_ns)
            zone = self._zone_of(ends[0]) if camera else None
            pair = self._pairs[key] = Pair(key, account, traffic, zone, opening.at_ns)
            pair.sent, pair.received = self._counted(pair)
            pair.window_sent, pair.window_received = pair.sent, pair.received
        pair.traffic.since_ns = min(pair.traffic.since_ns, opening.at_ns)
        self._table.charge(opening.slot, opening.serial, device, pair.account)
        self._move(pair, opening.at_ns)
        return pair

    def _open_account(self, at_ns: int) -> int:
        if not self._free:
            unused = next(self._unused, None)
            if unused is not None:
                return unused
            self._give_up(at_ns)
        return self._free.pop()

    def tell(self, pair: Pair, observation: Observation, slot: int) -> None:
        """Remember a flow that is not expected, as it was told, with its place in the table."""
        if len(pair.told) >= MAX_TOLD:
            del pair.told[0]
        pair.told.append((observation, slot))

    def report(self, at_ns: int, *, last: bool = False) -> Iterator[tuple[Pair, Observation | None]]:
        """Bring the figures up to date, now and then and at the `last` time.

        Returns:
            every pair of which there is something to tell: that it has become an upload, or else which of its flows
            goes on and when it was heard last.
        """
        if at_ns - self._walked_ns < WALK_NS and not last:
            return
        self._walked_ns = at_ns
        for pair in self._pairs.values():
            self._move(pair, at_ns)
            if pair.expected:
                continue
            if at_ns - pair.window_ns >= WINDOW_NS and self._weigh(pair, at_ns):
                yield pair, None
            if at_ns - pair.told_ns >= GOING_ON_NS:
                pair.told_ns = at_ns
                for told, slot in pair.told:
                    heard_ns = self._table.heard_ns(slot, told.flow_serial)
                    if heard_ns - told.at_ns >= GOING_ON_NS:
                        yield pair, told._replace(at_ns=heard_ns)

    def _move(self, pair: Pair, at_ns: int) -> None:
        """Take over what the table has counted."""
        sent, received = self._counted(pair)
        if sent != pair.sent or received != pair.received:
            more = sent - pair.sent
            pair.traffic.sent_bytes += more
            pair.traffic.received_bytes += received - pair.received
            pair.sent, pair.received, pair.heard_ns = sent, received, at_ns
            if pair.zone is not None:
                self._stats.camera_upload_bytes[pair.zone, pair.expected] += more

    def _counted(self, pair: Pair) -> tuple[int, int]:
        counted, at = self._table.account_bytes, 2 * pair.account
        return counted[at], counted[at + 1]

    def _weigh(self, pair: Pair, at_ns: int) -> bool:
        """Whether a pair has become an upload: the device sent all the time, and more than it got."""
        sent, received = pair.sent - pair.window_sent, pair.received - pair.window_received
        began_ns, window_sent = pair.window_ns, pair.window_sent
        pair.window_ns, pair.window_sent, pair.window_received = at_ns, pair.sent, pair.received
        if sent <= received or sent * 8 * 10**9 < UPLOAD_BITS_PER_SECOND * (at_ns - began_ns):
            pair.streak_ns, pair.uploading = 0, False
            return False
        if not pair.streak_ns:
            pair.streak_ns, pair.streak_sent = began_ns, window_sent
        lasted_ns = at_ns - pair.streak_ns
        if lasted_ns < UPLOAD_NS:
            return False
        traffic, is_news = pair.traffic, not pair.uploading
        traffic.upload_since_ns = pair.streak_ns
        traffic.upload_bits_per_second = (pair.sent - pair.streak_sent) * 8 * 10**9 // lasted_ns
        pair.uploading = True
        return is_news

    def _give_up(self, at_ns: int) -> None:
        """Make room; a flow of a pair that is gone would count for the next one with its account."""
        for pair in sorted(self._pairs.values(), key=attrgetter("heard_ns"))[:FREED]:
            if at_ns - pair.heard_ns < RECENT_NS:
                self._stats.limits["flow.pairs"] += 1
            del self._pairs[pair.key]
            self._traffics.pop(pair.key[:2], None)
            self._free.append(pair.account)
