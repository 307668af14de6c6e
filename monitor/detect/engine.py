"""The rule engine: matches each observation against the rules of its event type and keeps the findings.

Rules: within a family an observation counts in the worst matching rule only. Every table is bounded; what a limit costs
is counted in `Stats.limits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from monitor.detect.cases import Case, Cases, TimeStep, Verdict, pass_over
from monitor.detect.exposures import Exposures
from monitor.detect.judgement import Judgement
from monitor.detect.ladder import Ladder, Stake
from monitor.detect.peers import PeerTally
from monitor.detect.recurrence import Recurrence, Recurrences
from monitor.detect.rule import Rule, RuleSet
from monitor.detect.tally import Identity, Tally, identity
from monitor.model.data import DataClass
from monitor.model.events import Event, FlowOpened, Sights, Trait
from monitor.model.finding import Again, Finding, Observation
from monitor.model.flow import Endpoint, FlowView
from monitor.model.opaque import Label
from monitor.model.stats import Stats
from monitor.privacy.labels import typed
from monitor.privacy.subjects import SubjectCounter

MAX_FINDINGS = 5_000
"""A badly kept consortium has dozens; keeps a scan of the whole network from filling memory (about 2 KB each)."""
MAX_ALL_PEERS = 100_000
"""Over all findings; about 40 MB when full."""

MAX_SEATS = 16_384
"""Views of flows, each with the rules that found something in them. About 5 MB when full; then all are forgotten, which
costs time only."""

Witness = Callable[[Label, Observation], None]
"""Is told of every observation that counts, with the id of the finding in which it does at that time."""

Place = tuple[Tally, PeerTally]
"""The finding that something belongs to, and the counter of the other end in it."""

_TRAITS = {one: typed(one.value) for one in Trait}
_PATRON = DataClass.PATRON_IDENTIFIER.bit
_PATRONS = Sights.PATRONS


class Engine:
    """Judges observations. Implements `Detector`."""

    def __init__(self, rules: RuleSet, subjects: SubjectCounter, stats: Stats, witness: Witness | None = None) -> None:
        self._subjects = subjects
        self._witness = witness
        self._stats = stats
        self._judgement = Judgement(rules.active)
        self._tallies: dict[tuple[int, Identity], Tally] = {}
        self._seats: dict[tuple[int, int], tuple[Place, FlowView]] = {}
        """Where a rule, by its rank, counts what comes in flows of one view, which is known by its identity."""
        self._changed: list[Tally] = []
        self._peers = 0
        self._cases = Cases(self._tell)
        self._ladder = Ladder(stats)
        self._exposures = Exposures(stats)
        self._recurrences = Recurrences(stats)

    def adopt(self, rules: RuleSet, again: Callable[[Endpoint], Endpoint | None]) -> None:
        """Judge by other rules, and show ends otherwise, from the next observation on.

        A finding goes on if its rule still is there and counts the same, and if what it is about is still told apart;
        else it stands no more, and what is seen from here on makes others. All are told again.

        Args:
            rules: all rules.
            again: see `NamingPolicy.again`.
        """
        self._cases.settle()
        self._seats.clear()
        self._judgement = Judgement(rules.active)
        self._recurrences = Recurrences(self._stats)
        ranks = {rule.id: rank for rank, rule in enumerate(rules.active)}
        joined: dict[PeerTally, PeerTally] = {}
        tallies, self._tallies, self._peers = self._tallies, {}, 0
        rungs: dict[Tally, int] = {}
        for (_, who), tally in tallies.items():
            self._mark(tally)
            is_same = tally.describe(again, joined)
            rank = ranks.get(tally.rule.id)
            if rank is not None and is_same and tally.rule.counts_like(rules.active[rank]):
                tally.rule = rules.active[rank]
                self._tallies[rank, who] = tally
                self._peers += tally.peers_total
                rungs[tally] = rank
            else:
                tally.count = 0
                self._subjects.forget(tally.id)
        self._ladder.adopt(rungs, joined)

    @property
    def judged(self) -> frozenset[type[Event]]:
        """The types of events that rules look at; others need not be observed."""
        return self._judgement.judged

    @property
    def apart(self) -> bool:
        """Whether somebody asks which port a client uses, which every connection of it changes."""
        return self._witness is not None or self._judgement.asks("originator.port")

    def observe(self, observation: Observation) -> Again | None:
        """Take one fact; see `Detector`. With a witness every fact is to be observed."""
        at_ns, view, serial, event, capture, frame, vlan, sightings = observation
        met = self._meet(observation)
        if met is None:
            return None
        verdict, is_placed = met
        if not any(verdict):
            return pass_over if is_placed else None
        case = Case(self._cases, event, view, verdict, self._subjects)
        case.again((at_ns, capture, frame, vlan), serial, sightings)
        if self._witness is not None:
            for tally, _ in verdict.lines:
                self._witness(tally.id, observation)
            return None
        return case.again if is_placed else None

    def tick(self, at_ns: int) -> list[Finding]:  # noqa: ARG002 (the contract's; what time does to a count is seen with the next event)
        """Findings that are new or have changed since the last call, in the order of `finish`.

        A finding whose flows have all moved to worse ones is given one last time, with `count` 0.
        """
        self._cases.settle()
        self._exposures.report()
        changed, self._changed = self._changed, []
        return self._findings(changed)

    def finish(self) -> list[Finding]:
        """All findings: worst level first, then the largest count, then rule and place; withdrawals as in `tick`."""
        self._cases.settle()
        self._exposures.report()
        changed, self._changed = self._changed, []
        return self._findings(dict.fromkeys((*self._tallies.values(), *changed)))

    def _findings(self, tallies: Iterable[Tally]) -> list[Finding]:
        found: list[Finding] = []
        for tally in tallies:
            tally.changed = False
            if tally.count or tally.reported:
                found.append(tally.finding(self._subjects))
                tally.reported = tally.count > 0
        return sorted(found, key=_worst_first)

    def _meet(self, observation: Observation) -> tuple[Verdict, bool] | None:
        """Judge what did not come up before; None if no rule looks at such events.

        Returns:
            what is done about it, and whether every finding that it belongs to has room for it.
        """
        event, flow = observation.event, observation.flow
        judged = self._judgement.judge(event, flow)
        if judged is None:
            return None
        places = [self._place(rank, rule, observation) for rank, rule in judged.events]
        lines = tuple([place for place in places if place is not None])
        flows = tuple([partial(self._count_flow, rank, rule) for rank, rule in judged.flows])
        over_time: list[TimeStep] = []
        renewed: list[Recurrence] = []
        for one, counts, anew in judged.counting:
            recurrence = Recurrence(self._recurrences, flow, event, one.meters if counts else (), anew)
            if counts:
                over_time.append((recurrence, partial(self._recur, one.rank, one.rule, [])))
            else:
                renewed.append(recurrence)
        of_patrons: tuple[Label, ...] = ()
        if event.sights is _PATRONS:
            of_patrons = tuple([tally.id for tally, _ in lines if tally.rule.reports & _PATRON])
        verdict = Verdict(judged.classes, lines, of_patrons, tuple(renewed), flows, tuple(over_time))
        return verdict, len(lines) == len(places)

    def _tell(self, case: Case) -> None:
        """Tell the findings of a case with all its times."""
        view, times, verdict = case.view, case.times, case.verdict
        if verdict.classes:
            self._exposures.count(view, verdict.classes, times)
        for tally, peer in verdict.lines:
            tally.count += times
            peer.count += times
            tally.show(case.event.exposed, times)
            tally.see(view, case.first)
            if times > 1:
                tally.see(view, case.last)
            self._mark(tally)

    def _count_flow(self, rank: int, rule: Rule, observation: Observation) -> None:
        stake = self._ladder.stake(observation.flow_serial, rule.family)
        if stake is None or rank < stake.rung:
            place = self._place(rank, rule, observation)
            if place is not None and stake is not None:
                self._mark(stake.tally)
                stake.move(rank, *place)
            elif place is not None:
                stake = Stake(rank, *place)
                self._ladder.enter(observation.flow_serial, rule.family, stake, observation.at_ns)
        if stake is not None:
            stake.show(observation.event.exposed, observation.at_ns)
            if isinstance(observation.event, FlowOpened) and observation.event.traits:
                stake.mark(_TRAITS[one] for one in observation.event.traits)
            self._count_patrons(stake.tally, observation)
            _see(stake.tally, observation)
            if self._witness is not None:
                self._witness(stake.tally.id, observation)
            self._mark(stake.tally)

    def _recur(
        self,
        rank: int,
        rule: Rule,
        placed: list[Place],
        found: Sequence[Observation],
        flow: FlowView,
    ) -> None:
        """Count what counts in the rule's findings from now on; `placed` keeps where this flow's do."""
        for one in found:
            is_here = one.flow is flow
            place = placed[0] if is_here and placed else self._place(rank, rule, one)
            if place is None:
                continue
            if is_here and not placed:
                placed.append(place)
            tally, peer = place
            tally.count += 1
            peer.count += 1
            tally.show(one.event.exposed, 1)
            _see(tally, one)
            self._count_patrons(tally, one)
            if self._witness is not None:
                self._witness(tally.id, one)
            self._mark(tally)

    def _count_patrons(self, tally: Tally, observation: Observation) -> None:
        if observation.sightings and tally.rule.reports & _PATRON and observation.event.sights is _PATRONS:
            self._subjects.count(tally.id, observation.sightings, observation.at_ns)

    def _mark(self, tally: Tally) -> None:
        if not tally.changed:
            tally.changed = True
            self._changed.append(tally)

    def _place(self, rank: int, rule: Rule, observation: Observation) -> Place | None:
        """The finding that `observation` belongs to, and the other end's counter in it; None when there is no room."""
        flow = observation.flow
        seat = self._seats.get((rank, id(flow)))
        if seat is not None:
            return seat[0]
        who = identity(rule.about, flow)
        tally = self._tallies.get((rank, who))
        if tally is None:
            if len(self._tallies) >= MAX_FINDINGS:
                self._stats.limits["detect.findings"] += 1
                return None
            tally = self._tallies[rank, who] = Tally(rule, who, observation, self._stats)
        peers_before = tally.peers_total
        peer = tally.peer(flow, room=self._peers < MAX_ALL_PEERS)
        self._peers += tally.peers_total - peers_before
        if peer is None:
            self._stats.limits["detect.peers"] += 1
            return tally, PeerTally(flow.originator, 0, 0)  # counts for nobody
        if len(self._seats) >= MAX_SEATS:
            self._seats.clear()
        place = tally, peer
        self._seats[rank, id(flow)] = place, flow
        return place


def _see(tally: Tally, observation: Observation) -> None:
    tally.see(observation.flow, (observation.at_ns, observation.capture, observation.frame, observation.vlan))


def _worst_first(finding: Finding) -> tuple[int, int, str, str, str, int, str]:
    about = finding.about
    return (-finding.level, -finding.count, finding.rule, about.address, about.zone, about.port, finding.id)
