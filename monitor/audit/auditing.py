"""The audit: marks through the installed pipeline with the site's own configuration, and a search of all that left.

Rule: nothing that the site really uses is touched: every sink leads to a private place of the audit, and nobody is told
of what is found. The marks are new each time and are gone afterward.
"""

from __future__ import annotations

import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random

from monitor.audit.marks import spellings
from monitor.audit.planting import Planted, plant
from monitor.audit.process import caught
from monitor.audit.receivers import MAX_BYTES
from monitor.audit.redirection import redirect
from monitor.audit.scenes import set_scenes
from monitor.audit.search import Search, Trace
from monitor.audit.ways import Way, kept_in, own_ways, scraped
from monitor.build import build
from monitor.capture.memory import MemoryCapture
from monitor.config.settings import Config
from monitor.model.contract import Sink, Source
from monitor.model.finding import Finding
from monitor.model.frames import Frames, Tick
from monitor.model.record import Record
from monitor.model.stats import Stats
from monitor.outlets import opened
from monitor.privacy.presence import Presence
from monitor.protocols.registry import specs
from monitor.sinks.outlets import Outlets
from monitor.sinks.report.ledger import Ledger

PATIENCE_SECONDS = 30.0
"""For all sinks to do what there is to do: longer than they take, and shorter than anybody waits."""
SECOND_NS = 10**9
LATER_NS = 25 * 3_600 * SECOND_NS
"""Within it a day ends, whatever the clocks do in that night, so that a digest is due."""
TICKS = 40
"""After that, a second each: outlets of alerts take a few messages at a time."""
NOTHING, TOO_MUCH = "nothing arrived", "more arrived than is searched"
"""What keeps a way out from being proven."""

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
    doubt: str = ""
    """Why finding no mark in it means nothing; empty where it does."""


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
        """Whether finding no mark means anything: values were read, arrived everywhere, and the search finds them."""
        return self.findings > 0 and self.is_seeing and not self.doubts

    @property
    def is_seeing(self) -> bool:
        """Whether the search finds what it is shown."""
        return self.noticed == self.tried > 0

    @property
    def doubts(self) -> int:
        """Ways out of which finding no mark says nothing."""
        return sum(bool(output.doubt) for output in self.outputs)


class _Findings(Ledger):
    """A sink that keeps what was found."""

    def finish(self, stats: Stats) -> None:
        """Nobody is told."""


class _Patient:
    """A source that lets all sinks do what there is to do, whenever time has passed, and then a night pass."""

    def __init__(self, source: Source, outlets: Outlets) -> None:
        self._source = source
        self._outlets = outlets

    def __iter__(self) -> Iterator[Frames | Tick]:
        at_ns = 0
        for item in self._source:
            yield item
            if isinstance(item, Tick):
                at_ns = item.at_ns
                self._outlets.settle(PATIENCE_SECONDS)
        later = (at_ns + LATER_NS + second * SECOND_NS for second in range(TICKS))
        for then_ns in (at_ns + SECOND_NS, *later):
            yield Tick(at_ns=then_ns)
            self._outlets.settle(PATIENCE_SECONDS)


def audit(config: Config, rules: Sequence[Path] = (), *, random: Random | None = None) -> Audit:
    """Plant, run, and search.

    Args:
        config: of the site; its sinks are opened, and lead elsewhere.
        rules: folders of the site's own rules.
        random: draws the marks; by default nobody can foresee them.

    Raises:
        RuleError: a rule is wrong.
    """
    random = random or Random(secrets.randbits(128))  # noqa: S311  (seeded with what nobody can foresee)
    planted = plant(set_scenes(config, random), random, time.time_ns() - LATER_NS)
    search = Search(planted.values(), planted.addresses)
    stats, findings, presence = Stats(), _Findings(), Presence()
    said: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="privacy-monitor-audit-")))
        process = stack.enter_context(caught(folder))
        private = redirect(config, folder, process, stack)
        own = own_ways(folder, stack)
        outlets, _, port = stack.enter_context(opened(private.config, presence, said.append, lambda: None))
        source = _Patient(MemoryCapture("self-audit", planted.packets, stats), outlets)
        sinks: list[Sink] = [findings, outlets, *(sink for _, sink in own)]
        pipeline = build(source, sinks, stats, config, rules=rules, presence=presence, live=True)
        pipeline.run()
        ways = [
            *private.ways,
            *([] if port is None else [scraped(private.scrape, port)]),
            Way(name="figures and complaints, on standard error", left=_joined(said), names_findings=False),
            *(way for way, _ in own),
            Way(name=PROCESS, left=kept_in(process, without=private.searched), names_findings=False),
        ]
        before = [way.left() for way in ways]  # what is only there meanwhile: a log written ahead
        pipeline.finish()
        words = _words(findings.findings())
        outputs = [_judge(search, way, [early, way.left()], words) for way, early in zip(ways, before, strict=True)]
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


def _joined(said: list[str]) -> Callable[[], bytes]:
    return lambda: "\n".join(said).encode()


def _words(findings: Iterable[Finding]) -> set[bytes]:
    """By which findings are recognized: the report for people has titles only, and metrics have rules only."""
    return {word.encode() for one in findings for word in (one.id, one.rule, one.title)}


def _judge(search: Search, way: Way, lefts: Sequence[bytes], words: set[bytes]) -> Output:
    left = b"\n".join(lefts)
    doubt = ""
    if max(map(len, lefts)) >= MAX_BYTES:
        doubt = TOO_MUCH
    elif not any(lefts) or (way.names_findings and not any(word in left for word in words)):
        doubt = NOTHING
    traces = tuple(search.find(left))
    return Output(name=way.name, size_bytes=len(left), traces=traces, doubt="" if traces else doubt)


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
