"""Finds the finding: runs the engine over the capture, and notes what counts in it.

Rule: what is noted of an observation is its place, its flow and the kinds of data in it, nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from monitor.build import build
from monitor.capture.files import CaptureFiles, Progress
from monitor.capture.trouble import Trouble
from monitor.config.settings import Config
from monitor.errors import CaptureError, UsageError
from monitor.model.events import Exposed
from monitor.model.finding import Finding, Observation
from monitor.model.flow import FlowView
from monitor.model.record import Record, field
from monitor.model.stats import Stats
from monitor.sinks.report.choice import choose
from monitor.sinks.report.ledger import Ledger

MAX_PLACES = 20_000
"""Messages noted of the finding: a busy day of one; about 6 MB when full."""


class Place(Record):
    """One observation that counts."""

    frame: int
    """That completed it, from 1."""
    at_ns: int
    exposed: tuple[Exposed, ...]


class FlowPlaces(Record, frozen=False):
    """What counts of one flow."""

    flow: FlowView
    places: list[Place] = field(default_factory=list)
    """In the order of the trace; never empty."""


class Sought(Record):
    """A finding with where it comes from."""

    finding: Finding
    flows: tuple[FlowPlaces, ...]
    """Every flow that counts in it, the first one first, as far as there was room."""
    limited: bool
    """Whether there was not room for all."""
    troubles: tuple[Trouble, ...]
    """What was wrong with the capture, though most of it could be read."""


class _Witness:
    """Notes what counts in findings whose id begins as asked."""

    def __init__(self, beginning: str) -> None:
        self.limited = False
        self.flows: dict[str, dict[int, FlowPlaces]] = {}
        self._beginning = beginning
        self._room = MAX_PLACES

    def __call__(self, ident: str, observation: Observation) -> None:
        if not ident.startswith(self._beginning):
            return
        if not self._room:
            self.limited = True
            return
        self._room -= 1
        flows = self.flows.setdefault(ident, {})
        known = flows.get(observation.flow_serial)
        if known is None:
            known = flows[observation.flow_serial] = FlowPlaces(flow=observation.flow)
        place = Place(frame=observation.frame, at_ns=observation.at_ns, exposed=observation.event.exposed)
        known.places.append(place)


class _Kept(Ledger):
    """The ledger of the report, as a sink of its own."""

    def finish(self, stats: Stats) -> None:
        """Nothing is left to do."""


def seek(
    path: Path,
    beginning: str,
    config: Config,
    rules: tuple[Path, ...] = (),
    progress: Callable[[Progress], None] | None = None,
) -> Sought:
    """Find the finding whose id begins so, in one capture.

    Raises:
        CaptureError: the capture cannot be read, or does not show such a finding.
        RuleError: a rule is wrong.
        UsageError: more than one finding begins so, or this is not one capture.
    """
    if str(path) == "-" or path.is_dir():
        raise UsageError("explain reads one capture, and it has to be a file: tshark reads it, too")
    stats = Stats()
    source = CaptureFiles((str(path),), stats, progress=progress)
    kept, witness = _Kept(), _Witness(beginning)
    pipeline = build(source, (kept,), stats, config, rules=rules, witness=witness)
    pipeline.run()
    pipeline.finish()
    if not source.captures_read:
        reasons = [f"{trouble.path}: {trouble.reason}" for trouble in source.troubles]
        raise CaptureError(reasons[0] if reasons else "this is not a capture")
    found: dict[str, Finding] = {one.id: one for one in kept.findings()}
    missing = CaptureError(f"this capture shows no finding whose id begins with '{beginning}'")
    finding = found[choose(found, beginning, missing)]
    flows = witness.flows.get(finding.id, {})
    return Sought(
        finding=finding, flows=tuple(flows.values()), limited=witness.limited, troubles=tuple(source.troubles)
    )
