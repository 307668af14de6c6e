"""What the rules make of one event in flows of one view, worked out once: most of what is said was said before.

A case notes how often it came up and when first and last; the findings are told when time passes, or when it would
matter which of those times came first. Compiled; uncompiled it does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cython

if cython.compiled:
    from cython.cimports.monitor.privacy.subjects import SubjectCounter

from monitor.detect.peers import PeerTally
from monitor.detect.recurrence import Recurrence
from monitor.detect.tally import Tally
from monitor.model.events import Event
from monitor.model.finding import Moment, Observation
from monitor.model.flow import FlowView
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label, Sighting
from monitor.privacy.subjects import SubjectCounter

FlowStep = Callable[[Observation], None]
"""Counts the flow of an observation."""
TimeStep = tuple[Recurrence, Callable[[Sequence[Observation], FlowView], None]]
"""Counts over time; and who takes what is in a finding from now on, with the flow that led to it."""

MAX_OPEN = 16_384
"""Cases that are not told; as many come up within a second at a busy consortium. Over it all are told early."""


class Verdict(NamedTuple):
    """What is done each time."""

    classes: int
    """Sum of `DataClass.bit` over what the event exposed."""
    lines: tuple[tuple[Tally, PeerTally], ...]
    """The findings in which it counts, and the counter of the other end in each."""
    of_patrons: tuple[Label, ...]
    """Ids of those of them that count patrons."""
    renewed: tuple[Recurrence, ...]
    """What is counted over time and begins anew with it."""
    flows: tuple[FlowStep, ...]
    """For rules that count flows."""
    over_time: tuple[TimeStep, ...]
    """For rules that count this over time."""


def pass_over(moment: Moment, flow_serial: int, sightings: tuple[Sighting, ...]) -> None:
    """Do nothing about an event that counts in nothing (`monitor.model.finding.Again`)."""


@cython.final
@cython.cclass
class Case:
    """One event in flows of one view."""

    event: Event = cython.declare(object, visibility="readonly")
    view: FlowView = cython.declare(object, visibility="readonly")
    verdict: Verdict = cython.declare(object, visibility="readonly")
    times: int = cython.declare(cython.longlong, visibility="readonly")
    """How often it came up since it was last told; all were seen in the same capture and VLAN."""
    first: Moment = cython.declare(object, visibility="readonly")
    """Earliest of those times, which is not always told first: what waited in another flow is as old as that; as `last`
    is the latest."""
    last: Moment = cython.declare(object, visibility="readonly")
    _cases: Cases
    _subjects: SubjectCounter
    _of_patrons: tuple[Label, ...]
    _renewed: tuple[Recurrence, ...]
    _flows: tuple[FlowStep, ...]
    _over_time: tuple[TimeStep, ...]
    _last_ns: cython.longlong
    _capture: cython.longlong
    _vlan: cython.longlong

    def __init__(self, cases: Cases, event: Event, view: FlowView, verdict: Verdict, subjects: SubjectCounter) -> None:
        """Take note of none yet; `cases` tells the findings, and `subjects` counts the patrons of each."""
        self.event = event
        self.view = view
        self.verdict = verdict
        self._cases = cases
        self._subjects = subjects
        self._of_patrons, self._renewed = verdict.of_patrons, verdict.renewed
        self._flows, self._over_time = verdict.flows, verdict.over_time
        self.times = 0
        self.first = self.last = (0, -1, 0, -1)
        self._last_ns = 0
        self._capture = self._vlan = -1

    def again(self, moment: Moment, flow_serial: int, sightings: tuple[Sighting, ...]) -> None:
        """Count it once more (`monitor.model.finding.Again`)."""
        at_ns, told_capture, frame, told_vlan = cython.cast(tuple, moment)
        capture: cython.longlong = told_capture
        vlan: cython.longlong = told_vlan
        if not self.times or vlan != self._vlan or capture != self._capture:
            self._cases.open(self)
            self._capture, self._vlan, self.first = capture, vlan, moment
            self.last, self._last_ns = moment, at_ns
        elif at_ns > self._last_ns:
            self.last, self._last_ns = moment, at_ns
        else:
            self.first, self.last = min(self.first, moment), max(self.last, moment)
        self.times += 1
        for recurrence in self._renewed:
            recurrence.renew(at_ns, sightings)
        if self._flows:
            observation = Observation(
                at_ns, self.view, flow_serial, self.event, told_capture, frame, told_vlan, sightings
            )
            for step in self._flows:
                step(observation)
        for recurrence, count in self._over_time:
            found = recurrence.take(moment, flow_serial, sightings)
            if found:
                count(found, self.view)
        if sightings:
            for finding in self._of_patrons:
                self._subjects.count(finding, sightings, at_ns)

    def settle(self) -> None:
        """All its times were told."""
        self.times = 0


@cython.final
@cython.cclass
class Cases:
    """The cases that came up since their findings were told."""

    _tell: Callable[[Case], None]
    _open: list[Case]

    def __init__(self, tell: Callable[[Case], None]) -> None:
        """`tell` tells the findings of a case with all its times."""
        self._tell = tell
        self._open = []

    def open(self, case: Case) -> None:
        """Tell what a case noted before; it notes anew."""
        if case.times:
            self._tell(case)
            case.settle()
            return
        if len(self._open) >= MAX_OPEN:
            self.settle()
        self._open.append(case)

    def settle(self) -> None:
        """Tell all findings."""
        opened: Sequence[Case] = self._open
        self._open = []
        for case in opened:
            self._tell(case)
            case.settle()
