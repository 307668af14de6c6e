"""What the rules make of one event in one flow, worked out once: most of what a flow says was said in it before.

A case notes how often it came up and when first and last; the findings are told when time passes, or when it would
matter which of its observations came first.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.detect.peers import PeerTally
from monitor.detect.tally import Tally
from monitor.model.finding import Observation

Step = Callable[[Observation], None]

MAX_CASES = 16_384
"""Flows with what each of them says; a busy consortium has some thousands of both together. About 10 MB when full; then
all are forgotten, which costs time only."""


class Case:
    """One event in one flow. Events are known by identity, so the case keeps its own alive."""

    __slots__ = (
        *("capture", "classes", "event", "first", "flow", "last", "lines", "of_patrons", "steps", "times", "vlan"),
    )

    def __init__(
        self,
        observation: Observation,
        classes: int,
        lines: tuple[tuple[Tally, PeerTally], ...],
        of_patrons: tuple[Tally, ...],
        steps: tuple[Step, ...],
    ) -> None:
        self.event = observation.event
        self.flow = observation.flow
        """A flow is described anew when one of its ends turns out to be a camera; then it is judged anew, too."""
        self.classes = classes
        """Sum of `DataClass.bit` over what the event exposed."""
        self.lines = lines
        """The findings in which it counts, and the counter of the other end in each."""
        self.of_patrons = of_patrons
        """Those of them that count patrons."""
        self.steps = steps
        """What is to be done each time: for rules that count flows, or over time."""
        self.times = 0
        """How often it came up since it was last settled."""
        self.first: Observation | None = None
        self.last: Observation | None = None
        """Of those times; all were seen in the same capture and VLAN."""
        self.capture = self.vlan = -1


class Cases:
    """The cases that came up, by flow and event."""

    def __init__(self, settle: Callable[[Case], None]) -> None:
        """`settle` tells the findings of a case with all its times."""
        self._settle = settle
        self._cases: dict[tuple[int, int], Case] = {}
        self._open: list[Case] = []

    def count(self, observation: Observation) -> Case | None:
        """Count what came up before, and return its case; None for what is new."""
        _, flow, serial, event, capture, _, vlan, _ = observation
        case = self._cases.get((serial, id(event)))
        if case is None or case.flow is not flow:
            return None
        if not case.times:
            self._begin(case, observation)
        elif vlan != case.vlan or capture != case.capture:
            self._settle(case)
            case.first, case.capture, case.vlan = observation, capture, vlan
        case.last = observation
        case.times += 1
        return case

    def open(self, observation: Observation, case: Case, *, keep: bool) -> None:
        """Count what is new, and remember it if it is to be kept."""
        if keep:
            if len(self._cases) >= MAX_CASES:
                self.forget()
            self._cases[observation.flow_serial, id(observation.event)] = case
        self._begin(case, observation)
        case.last = observation
        case.times = 1

    def settle(self) -> None:
        """Tell all findings."""
        for case in self._open:
            self._settle(case)
            case.first = case.last = None
        self._open.clear()

    def forget(self) -> None:
        """Tell all findings, and meet every case anew."""
        self.settle()
        self._cases.clear()

    def _begin(self, case: Case, observation: Observation) -> None:
        case.first = observation
        case.capture = observation.capture
        case.vlan = observation.vlan
        self._open.append(case)
