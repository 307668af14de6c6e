"""Everything that a scrape shows, as it stood at one moment: made when time passes, read by whoever asks meanwhile.

Rule: nothing in it changes any more, so that other threads may read it while the run goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from monitor.model.data import DataClass
from monitor.model.finding import Finding
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label
from monitor.model.record import Record, field
from monitor.model.stats import Stats
from monitor.privacy.labels import file_label, typed
from monitor.sinks.report.doubts import Sight, judge_sight, raise_doubts


class Interface(NamedTuple):
    """What one interface brought."""

    name: Label
    packets: int
    drops: int
    screened: int | None
    """Left out by the kernel, about; None where it was not asked to."""


class Delivery(NamedTuple):
    """How one sink fares."""

    name: Label
    success: bool
    dropped: int


FindingKey = tuple[Label, Label, Label]
"""Rule, level, zone (empty: in none)."""


class Snapshot(Record):
    """One moment of a run. `Snapshot()` is the moment before it."""

    heartbeat_ns: int = 0
    """When time last passed through every room, by the clock, in nanoseconds since 1970 UTC; 0 for never."""
    last_packet_ns: int = 0
    interfaces: tuple[Interface, ...] = ()
    loss_ratio: float = 0.0
    sight: Sight = Sight.NOTHING_SEEN
    """The coverage verdict of the run so far."""
    tcp_flows: int = 0
    two_sided_flows: int = 0
    """Those of them of which both ends were seen to send. Unlike those of one side, they never become fewer."""
    flows: int = 0
    findings: Mapping[FindingKey, int] = field(default_factory=dict)
    """How many ever stood."""
    open_findings: Mapping[FindingKey, int] = field(default_factory=dict)
    """How many stand; with 0 where some did."""
    exposures: Mapping[tuple[Label, DataClass, Label], int] = field(default_factory=dict)
    sessions: Mapping[tuple[Label, bool, Label], int] = field(default_factory=dict)
    camera_upload_bytes: Mapping[tuple[Label, bool], int] = field(default_factory=dict)
    faults: Mapping[Label, int] = field(default_factory=dict)
    """By room; 0 for each protocol without any."""
    limits: Mapping[Label, int] = field(default_factory=dict)
    sinks: tuple[Delivery, ...] = ()
    reload_failed: bool = False


class Standing:
    """Which findings ever stood, and which do now. As many as the rule engine makes, which bounds their number."""

    def __init__(self) -> None:
        self._stands: dict[Label, FindingKey | None] = {}
        """By id, how a finding counts among those that stand; None where it does no longer."""
        self.ever: Counter[FindingKey] = Counter()
        self.now: Counter[FindingKey] = Counter()

    def receive(self, finding: Finding) -> None:
        """Take a finding or its new state; one that is withdrawn and comes back is the same."""
        key = (finding.rule, typed(finding.level.word), finding.about.zone)
        self.ever[key] += finding.id not in self._stands
        stood = self._stands.get(finding.id)
        if stood is not None:
            self.now[stood] -= 1
        self.now[key] += finding.count > 0
        self._stands[finding.id] = key if finding.count else None


def take_snapshot(stats: Stats, standing: Standing, *, heartbeat_ns: int, loss_ratio: float) -> Snapshot:
    """How a run stands now."""
    faults = dict.fromkeys(map(typed, stats.protocols), 0)
    for name, count in stats.faults.items():
        room = typed(name.partition(".")[0])
        faults[room] = faults.get(room, 0) + count
    return Snapshot(
        heartbeat_ns=heartbeat_ns,
        last_packet_ns=max((capture.last_ns or 0 for capture in stats.captures), default=0),
        interfaces=tuple(
            Interface(file_label(capture.path), capture.packets, capture.dropped, capture.screened)
            for capture in stats.captures
        ),
        loss_ratio=loss_ratio,
        sight=judge_sight(raise_doubts(stats)),
        tcp_flows=stats.coverage.tcp_flows,
        two_sided_flows=stats.coverage.tcp_flows - stats.coverage.one_sided_flows,
        flows=stats.followed_flows,
        findings=dict(standing.ever),
        open_findings=dict(standing.now),
        exposures=dict(stats.exposures),
        sessions=dict(stats.sessions),
        camera_upload_bytes=dict(stats.camera_upload_bytes),
        faults=faults,
        limits={typed(name): count for name, count in stats.limits.items()},
        sinks=tuple(Delivery(typed(name), not sink.failing, sink.dropped) for name, sink in stats.sinks.items()),
        reload_failed=stats.reload_failed,
    )
