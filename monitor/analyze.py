"""Offline: what leaked in recorded captures?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from monitor.build import build
from monitor.capture.files import CaptureFiles, Progress
from monitor.capture.trouble import Note, Trouble
from monitor.config.settings import Config
from monitor.flow.encounters import Learner
from monitor.model.contract import Sink
from monitor.model.data import Level
from monitor.model.finding import Finding
from monitor.model.record import Record, field
from monitor.model.stats import Stats


class Request(Record):
    """What to read and where the answer goes."""

    paths: tuple[str, ...]
    """Files, folders, FIFOs, or ``-`` for stdin."""
    sinks: tuple[Sink, ...]
    config: Config = field(default_factory=Config)
    """What the operator said."""
    rules: tuple[Path, ...] = ()
    """Folders of the site's own rules."""
    progress: Callable[[Progress], None] | None = None
    learner: Learner | None = None
    """Is told of every flow of a watched device."""
    started: Callable[[], None] = lambda: None
    """Called once, when everything is in place and nothing is read yet."""


class Outcome(Record):
    """How the run went; the findings themselves went to the sinks."""

    worst: Level | None
    """Level of the worst finding, None where nothing was found."""
    troubles: Sequence[Trouble]
    """Captures that could not be read, or not whole."""
    notes: Sequence[Note]
    captures_read: int
    interrupted: bool


class _Worst:
    """A sink that remembers the worst level."""

    def __init__(self) -> None:
        self.level: Level | None = None

    def receive(self, finding: Finding) -> None:
        """Compare one finding; one that has moved up to a worse one comes with a count of 0."""
        if finding.count and (self.level is None or finding.level > self.level):
            self.level = finding.level

    def finish(self, stats: Stats) -> None:
        """Nothing is left to do."""


def analyze(request: Request) -> Outcome:
    """Read every capture, deliver findings and figures to the sinks, and say how it went.

    Ctrl-C ends the reading; what was read until then is reported.

    Raises:
        RuleError: a rule is wrong.
    """
    stats = Stats()
    source = CaptureFiles(request.paths, stats, progress=request.progress)
    worst = _Worst()
    pipeline = build(
        source,
        (*request.sinks, worst),
        stats,
        request.config,
        rules=request.rules,
        ahead=source.is_patient,
        learner=request.learner,
    )
    interrupted = False
    request.started()
    try:
        pipeline.run()
    except KeyboardInterrupt:
        interrupted = True
    pipeline.finish()
    return Outcome(
        worst=worst.level,
        troubles=source.troubles,
        notes=source.notes,
        captures_read=source.captures_read,
        interrupted=interrupted,
    )
