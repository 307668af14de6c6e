"""A finding while it grows: counters that are cheap to move, turned into a `Finding` when somebody asks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from heapq import nsmallest

from monitor.detect.peers import PeerTally, volume_of
from monitor.detect.rule import Pages, Rule
from monitor.model.data import AboutKind, DataClass
from monitor.model.digest import blake2b
from monitor.model.events import Exposed
from monitor.model.finding import About, Evidence, Finding, Moment, Observation
from monitor.model.flow import Endpoint, FlowView, Reach, Side
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.labels import typed
from monitor.privacy.subjects import SubjectCounter

LISTED_PEERS = 50
"""Fixed by the report: more would not be read; the rest is counted."""
MAX_PEERS = 10_000
"""Ends told apart in one finding: more clients than any library has, about 4 MB."""
MAX_VLANS = 64
"""Shown of one finding; a mirror port carries a handful, a scan with made-up tags would show 4,094."""

_NO_VLAN = -1
_ID_BYTES = 5
"""Ten hexadecimal digits: 2^-21 is the chance that any two of 1,000 findings share one."""

Shown = Counter[tuple[Label, int]]
"""What a flow showed: occurrences by key and `DataClass.bit`."""

Identity = tuple[str, str, int, str, str]
"""What makes two findings of one rule the same: end, zone standing in for it, port, transport, destination."""


def ends(kind: AboutKind, flow: FlowView) -> tuple[Endpoint, Endpoint]:
    """Whom a finding is about, and the other end.

    A device is the watched one where there is one, else the local end, the originator if both or none are.
    """
    device = flow.camera if flow.device is None else flow.device
    if kind is AboutKind.SERVICE or device is Side.RESPONDER:
        return flow.responder, flow.originator
    if device is None and flow.originator.reach is not Reach.LOCAL and flow.responder.reach is Reach.LOCAL:
        return flow.responder, flow.originator
    return flow.originator, flow.responder


def identity(kind: AboutKind, flow: FlowView) -> Identity:
    """What makes two findings of one rule the same. A zone's name stands in for an address that is not shown."""
    end, other = ends(kind, flow)
    zone = "" if end.address else end.zone
    if kind is AboutKind.SERVICE:
        return end.address, zone, end.port, flow.transport.word, ""
    return end.address, zone, 0, "", other.name


class Tally:
    """One finding of one rule."""

    __slots__ = (
        "_end",
        "_first",
        "_first_ns",
        "_last",
        "_last_ns",
        "_peers",
        "_protocol",
        "_shown",
        "_stats",
        "_vlans",
        "_who",
        "changed",
        "classes",
        "count",
        "fields",
        "id",
        "reported",
        "rule",
        "traits",
    )

    def __init__(self, rule: Rule, who: Identity, observation: Observation, stats: Stats) -> None:
        flow = observation.flow
        self._end, _ = ends(rule.about, flow)
        self._who = who
        text = "\n".join((rule.id, rule.about.value, *map(str, who)))
        self.id: Label = typed(blake2b(text.encode(), digest_size=_ID_BYTES).hexdigest())
        self.rule = rule
        self.count = 0
        self.classes = 0
        """Sum of `DataClass.bit` over what the finding shows."""
        self.fields: defaultdict[Label, int] = defaultdict(int)
        """Not bounded here: keys come from closed lists of the protocols and the catalogue."""
        self.traits: Counter[Label] = Counter()
        """Flows of which something is known beside that they count, by what that is."""
        self.changed = False
        self.reported = False
        """True once somebody asked for the finding and got it."""
        self._shown: Shown = Counter()
        self._stats = stats
        self._protocol = flow.protocol
        self._peers: dict[tuple[str, int], PeerTally] = {}
        self._vlans: set[int] = set()
        self._first_ns = self._last_ns = observation.at_ns
        self._first = self._last = (observation.capture, observation.frame)

    @property
    def peers_total(self) -> int:
        """Other ends told apart."""
        return len(self._peers)

    def peer(self, flow: FlowView, *, room: bool) -> PeerTally | None:
        """The counter of the other end of `flow`, or None when it is new and there is no room for more.

        A host that a device meets on many ports is one: what to do about it is the same for all of them.
        """
        _, other = ends(self.rule.about, flow)
        port = other.port if other is flow.responder else 0
        key = (other.address or other.zone, 0 if self.rule.about is AboutKind.DEVICE else port)
        found = self._peers.get(key)
        if found is not None and found.port != port:
            found.port = 0
        if found is None and room and len(self._peers) < MAX_PEERS:
            found = self._peers[key] = PeerTally(other, port, len(self._peers))
        if found is not None and flow.traffic is not None and self.rule.about is AboutKind.DEVICE:
            found.traffics.add(flow.traffic)
        return found

    def see(self, view: FlowView, moment: Moment) -> None:
        """Note when, where and under which tag it was seen."""
        at_ns, capture, frame, vlan = moment
        where = (capture, frame)
        if at_ns > self._last_ns or (at_ns == self._last_ns and where > self._last):
            self._last_ns, self._last = at_ns, where
        elif at_ns < self._first_ns or (at_ns == self._first_ns and where < self._first):
            self._first_ns, self._first = at_ns, where
            self._protocol = view.protocol
        if vlan not in self._vlans and vlan != _NO_VLAN:
            if len(self._vlans) < MAX_VLANS:
                self._vlans.add(vlan)
            else:
                self._stats.limits["detect.vlans"] += 1

    def show(self, exposed: tuple[Exposed, ...], times: int) -> None:
        """Count what an event showed that came so many times, as far as the rule reports it."""
        for one in exposed:
            if one.data_class.bit & self.rule.reports:
                self.fields[one.key] += times
                self.classes |= one.data_class.bit

    def add(self, shown: Shown) -> None:
        """Count what a flow showed, as far as the rule reports it."""
        for (key, bit), occurrences in shown.items():
            if bit & self.rule.reports:
                self._shown[key, bit] += occurrences
                self.fields[key] += occurrences
                self.classes |= bit

    def remove(self, shown: Shown) -> None:
        """Forget what a flow showed, because it counts in a worse finding now. All of it was added before."""
        for (key, bit), occurrences in shown.items():
            if bit & self.rule.reports:
                self._shown[key, bit] -= occurrences
                self.fields[key] -= occurrences
                if not self.fields[key]:
                    del self.fields[key]
        self._shown = +self._shown
        self.classes = 0
        for _, bit in self._shown:
            self.classes |= bit

    def finding(self, subjects: SubjectCounter) -> Finding:
        """As it stands now."""
        rule = self.rule
        peers = [peer for peer in self._peers.values() if peer.count]
        listed = nsmallest(LISTED_PEERS, peers, key=lambda peer: (-peer.count, peer.order))
        return Finding(
            id=self.id,
            rule=rule.slug,
            rule_id=rule.id,
            family=rule.family,
            title=rule.title,
            level=rule.level,
            protocol=self._protocol,
            about=self._about(),
            peers=tuple(peer.peer() for peer in listed),
            peers_total=len(peers),
            vlan=tuple(sorted(self._vlans)),
            data_classes=tuple(one for one in DataClass if one.bit & self.classes),
            fields=dict(sorted(self.fields.items())),
            count=self.count,
            subjects=subjects.total(self.id),
            subjects_limited=subjects.limited(self.id),
            first_seen_ns=self._first_ns,
            last_seen_ns=self._last_ns,
            evidence=tuple(self._evidence()),
            remediation=rule.remediation,
            references=rule.references,
            checklist=rule.checklist,
            pages=self._pages(peers),
            volume=volume_of(peers),
            traits=dict(sorted(self.traits.items())),
        )

    def _about(self) -> About:
        end = self._end
        _, _, port, transport, _ = self._who
        return About(
            kind=self.rule.about,
            address=end.address,
            port=port,
            transport=typed(transport),
            name=end.name,
            zone=end.zone,
            asset=end.asset,
        )

    def describe(self, again: Callable[[Endpoint], Endpoint | None], joined: dict[PeerTally, PeerTally]) -> bool:
        """Show the ends as the naming policy now wants it; peers that nobody may tell apart any more become one.

        Args:
            again: see `NamingPolicy.again`.
            joined: gets the peers that are gone, each with the one that it has become a part of.

        Returns:
            whether it is the same finding as before: what is seen from here on belongs to it.
        """
        address, zone, _, _, other = self._who
        now = again(self._end)
        same = now is not None and (now.address, "" if now.address else now.zone) == (address, zone)
        self._end = now or self._end
        peers, self._peers = self._peers, {}
        for (_, port), peer in peers.items():
            peer.end = again(peer.end) or peer.end
            if self.rule.about is AboutKind.DEVICE and peer.end.name != other:
                same = False
            twin = self._peers.setdefault((peer.end.address or peer.end.zone, port), peer)
            if twin is not peer:
                twin.count += peer.count
                twin.traffics |= peer.traffics
                joined[peer] = twin
        return same

    def _pages(self, peers: Iterable[PeerTally]) -> bool:
        if self.rule.pages is Pages.INTERNET:
            return self._end.reach is Reach.INTERNET or any(peer.is_outside for peer in peers)
        return self.rule.pages is Pages.ALWAYS

    def _evidence(self) -> Iterator[Evidence]:
        for capture, frame in dict.fromkeys((self._first, self._last)):
            yield Evidence(capture=capture, frame=frame)
