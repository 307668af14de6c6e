"""Where each flow counts, for families that count flows: in the worst finding it has reached, and only there.

Moving a flow takes its count, its peer's count and its fields along. Times, frames and patrons stay where they were
seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from monitor.detect.peers import PeerTally
from monitor.detect.tally import Shown, Tally
from monitor.model.events import Exposed
from monitor.model.opaque import Label
from monitor.model.stats import Stats

MAX_STAKES = 65_536
"""Flows remembered; about 40 MB when full. Who was silent for longest is forgotten first, and counts again if it still
speaks."""
SILENT_NS = 3_600 * 10**9
"""Who was silent for so long before it was forgotten has most likely ended: that is no limit to tell of."""


class Stake:
    """What one flow has added to its family."""

    __slots__ = ("_peer", "_shown", "_traits", "heard_ns", "rung", "tally")

    def __init__(self, rung: int, tally: Tally, peer: PeerTally) -> None:
        self.rung = rung
        """Number of the rule it counts for; smaller is worse."""
        self.tally = tally
        self._peer = peer
        self._shown: Shown | None = None
        """None while it exposed nothing, as flows do that are merely counted."""
        self._traits: frozenset[Label] = frozenset()
        self.heard_ns = 0
        """When the flow last said anything that counts."""
        self._join()

    def move(self, rung: int, tally: Tally, peer: PeerTally) -> None:
        """Count in another finding instead."""
        self.tally.count -= 1
        self._peer.count -= 1
        if self._shown is not None:
            self.tally.remove(self._shown)
        if self._traits:
            self.tally.traits -= Counter(self._traits)
        self.rung, self.tally, self._peer = rung, tally, peer
        self._join()

    def show(self, exposed: Collection[Exposed], at_ns: int) -> None:
        """Add what an event of the flow exposed."""
        self.heard_ns = at_ns
        if exposed:
            shown: Shown = Counter((one.key, one.data_class.bit) for one in exposed)
            self._shown = shown if self._shown is None else self._shown + shown
            self.tally.add(shown)

    def mark(self, traits: Iterable[Label]) -> None:
        """Add what is known of the flow."""
        for one in traits:
            if one not in self._traits:
                self._traits |= {one}
                self.tally.traits[one] += 1

    def adopt(self, rung: int, joined: Mapping[PeerTally, PeerTally]) -> None:
        """Go on under another number of the rule, with the peer that its own has become a part of."""
        self.rung = rung
        self._peer = joined.get(self._peer, self._peer)

    def _join(self) -> None:
        self.tally.count += 1
        self._peer.count += 1
        if self._shown is not None:
            self.tally.add(self._shown)
        if self._traits:
            self.tally.traits.update(self._traits)


class Ladder:
    """The stakes of all flows, by flow and family."""

    def __init__(self, stats: Stats) -> None:
        self._stats = stats
        self._stakes: dict[tuple[int, str], Stake] = {}

    def stake(self, flow_serial: int, family: str) -> Stake | None:
        """What the flow has added to the family, if anything."""
        key = flow_serial, family
        stake = self._stakes.pop(key, None)
        if stake is not None:
            self._stakes[key] = stake  # behind all that were silent for longer
        return stake

    def adopt(self, rungs: Mapping[Tally, int], joined: Mapping[PeerTally, PeerTally]) -> None:
        """Keep the stakes in these findings, each with the number of its rule, and forget all others."""
        self._stakes = {key: stake for key, stake in self._stakes.items() if stake.tally in rungs}
        for stake in self._stakes.values():
            stake.adopt(rungs[stake.tally], joined)

    def enter(self, flow_serial: int, family: str, stake: Stake, at_ns: int) -> None:
        """Remember a flow's first stake in a family."""
        if len(self._stakes) >= MAX_STAKES:
            oldest = self._stakes.pop(next(iter(self._stakes)))
            if at_ns - oldest.heard_ns < SILENT_NS:
                self._stats.limits["detect.flows"] += 1
        self._stakes[flow_serial, family] = stake
