"""The audit: marks through the installed pipeline with the site's own configuration, and a search of all that left.

Rule: nothing that the site really uses is touched: every sink writes into a private folder or to memory, and nobody is
told of what is found. The marks are new each time and are gone afterward.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random

from monitor.audit.marks import spellings
from monitor.audit.outlets import OUTLETS, Opener, Outlet, Site, open_outlets, read_files
from monitor.audit.planting import Planted, plant
from monitor.audit.process import caught
from monitor.audit.scenes import set_scenes
from monitor.audit.search import Search, Trace
from monitor.build import build
from monitor.capture.memory import MemoryCapture
from monitor.config.settings import Config
from monitor.model.record import Record
from monitor.model.stats import Stats
from monitor.privacy.presence import Presence
from monitor.protocols.registry import specs
from monitor.sinks.report.ledger import Ledger

PROCESS = "printed, logged, temporary files"
"""The way out that is no sink."""


class Reading(Record):
    """What became of one protocol."""

    protocol: str
    values: int
    """Different marks that travelled in it; 0 where nobody has written what to plant."""
    conversations: int
    flows: int
    """Conversations in which it was recognized."""
    exposures: int
    """Messages, requests and flows in which the program saw patron data, once for each kind of data."""
    findings: int


class Output(Record):
    """What one way out let out."""

    name: str
    size_bytes: int
    traces: tuple[Trace, ...]
    """Marks that were found in it."""


class Audit(Record):
    """What the audit shows."""

    readings: tuple[Reading, ...]
    outputs: tuple[Output, ...]
    packets: int
    excluded_packets: int
    """That the configuration leaves out."""
    addresses: int
    """Of patrons' devices, which were searched for, too."""
    tried: int
    """Spellings in which marks were shown to the search on purpose."""
    noticed: int
    """How many of those it found."""
    faults: int
    """Bugs that were met and guarded."""

    @property
    def leaks(self) -> int:
        """Marks found in outputs, each spelling once."""
        return sum(len(output.traces) for output in self.outputs)

    @property
    def findings(self) -> int:
        """That were made of what was planted."""
        return sum(reading.findings for reading in self.readings)

    @property
    def is_proof(self) -> bool:
        """Whether finding no mark means anything: what was planted was read, and the search finds what it is shown."""
        return self.findings > 0 and self.tried > 0 and self.noticed == self.tried


class _Findings(Ledger):
    """A sink that keeps what was found."""

    def tick(self, at_ns: int, stats: Stats) -> None:
        """Nobody is told."""

    def finish(self, stats: Stats) -> None:
        """The same."""


def audit(
    config: Config, rules: Sequence[Path] = (), *, openers: Sequence[Opener] = OUTLETS, random: Random | None = None
) -> Audit:
    """Plant, run, and search.

    Args:
        config: of the site; where its sinks write to does not matter.
        rules: folders of the site's own rules.
        openers: the ways out.
        random: draws the marks; by default nobody can foresee them.

    Raises:
        RuleError: a rule is wrong.
    """
    random = random or Random(secrets.randbits(128))  # noqa: S311  (seeded with what nobody can foresee)
    planted = plant(set_scenes(config, random), random, time.time_ns())
    search = Search(planted.values(), planted.addresses)
    stats, findings, presence = Stats(), _Findings(), Presence()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="privacy-monitor-audit-")))
        with caught(folder) as process, ExitStack() as sinks:
            outlets = open_outlets(Site(config=config, presence=presence, folder=folder, stack=sinks), openers)
            source = MemoryCapture("self-audit", planted.packets, stats)
            ways = (findings, *(outlet.sink for outlet in outlets))
            pipeline = build(source, ways, stats, config, rules=rules, presence=presence, live=True)
            pipeline.run()
            before = [outlet.left() for outlet in outlets]  # what is only there meanwhile: a log written ahead
            pipeline.finish()
            outputs = [_look(search, outlet, early) for outlet, early in zip(outlets, before, strict=True)]
        outputs.append(_judge(search, PROCESS, b"\n".join(read_files(process))))
    tried, noticed = _try(search, planted)
    return Audit(
        readings=_readings(planted, stats, findings),
        outputs=tuple(outputs),
        packets=stats.coverage.packets,
        excluded_packets=stats.coverage.excluded_packets,
        addresses=len(planted.addresses),
        tried=tried,
        noticed=noticed,
        faults=sum(stats.faults.values()),
    )


def _look(search: Search, outlet: Outlet, early: bytes) -> Output:
    return _judge(search, outlet.name, early + b"\n" + outlet.left())


def _judge(search: Search, name: str, left: bytes) -> Output:
    return Output(name=name, size_bytes=len(left), traces=tuple(search.find(left)))


def _try(search: Search, planted: Planted) -> tuple[int, int]:
    """Show the search one mark of each protocol in every spelling, among other bytes."""
    shown = [
        (Trace(place, name), spelled)
        for marks in planted.marks.values()
        if marks.drawn
        for place, mark in [next(item for item in planted.values().items() if item[1] in marks.all)]
        for name, spelled in spellings(mark)
    ]
    noticed = sum(trace in search.find(b"before " + spelled + b" behind") for trace, spelled in shown)
    return len(shown), noticed


def _readings(planted: Planted, stats: Stats, sink: _Findings) -> tuple[Reading, ...]:
    findings = Counter(str(finding.protocol) for finding in sink.findings())
    exposures: Counter[str] = Counter()
    for (protocol, _, _), number in stats.exposures.items():
        exposures[str(protocol)] += number
    names = [spec.name for spec in specs()]
    return tuple(
        Reading(
            protocol=name,
            values=len(planted.marks[name].drawn) if name in planted.marks else 0,
            conversations=planted.conversations.get(name, 0),
            flows=stats.protocols.get(name, Counter())["flows"],
            exposures=exposures[name],
            findings=findings[name],
        )
        for name in names
    )
