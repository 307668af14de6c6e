"""Every metric: its name, what it means, its labels, and how a snapshot tells it.

Rule: labels are the operator's own words, those of rule files, and closed lists of ours. Nothing that was read off the
wire, no address and no name of a host or a device, becomes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from monitor.model.closed import Enum
from monitor.model.data import DataClass
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label
from monitor.sinks.metrics.snapshot import Snapshot
from monitor.sinks.report.doubts import Sight

PREFIX = "privacy_monitor_"
NO_ZONE = "none"
"""The zone of what is in none that is configured."""

Series = tuple[tuple[str, ...], float]
"""Values of the labels, and the value."""


class Kind(Enum):
    """The types of Prometheus that are used."""

    COUNTER = "counter"
    GAUGE = "gauge"


class Metric(NamedTuple):
    """One metric."""

    name: str
    """Without the prefix."""
    kind: Kind
    help: str
    labels: tuple[str, ...]
    """If one is ``zone``, it is the last or the one before."""
    series: Callable[[Snapshot], Iterable[Series]]


def _one(value: Callable[[Snapshot], float]) -> Callable[[Snapshot], Iterable[Series]]:
    return lambda now: (((), value(now)),)


def _by_name(counts: Callable[[Snapshot], Mapping[Label, int]]) -> Callable[[Snapshot], Iterable[Series]]:
    return lambda now: (((name,), count) for name, count in counts(now).items())


def _findings(counts: Mapping[tuple[Label, Label, Label], int]) -> Iterator[Series]:
    for (rule, level, zone), count in counts.items():
        yield (rule, level, zone or NO_ZONE), count


def _exposures(counts: Mapping[tuple[Label, DataClass, Label], int]) -> Iterator[Series]:
    for (protocol, data_class, zone), count in counts.items():
        yield (protocol, data_class.value, zone or NO_ZONE), count


def _sessions(counts: Mapping[tuple[Label, bool, Label], int]) -> Iterator[Series]:
    for (protocol, encrypted, zone), count in counts.items():
        yield (protocol, _word(encrypted), zone or NO_ZONE), count


def _uploads(counts: Mapping[tuple[Label, bool], int]) -> Iterator[Series]:
    for (zone, expected), count in counts.items():
        yield (zone or NO_ZONE, _word(expected)), count


def _word(flag: bool) -> str:  # noqa: FBT001 (its only argument)
    return "true" if flag else "false"


METRICS = (
    Metric(
        "capture_packets_total",
        Kind.COUNTER,
        "Packets that were read from the interface.",
        ("interface",),
        lambda now: (((one.name,), one.packets) for one in now.interfaces),
    ),
    Metric(
        "capture_drops_total",
        Kind.COUNTER,
        "Packets that the kernel dropped because the program was too slow.",
        ("interface",),
        lambda now: (((one.name,), one.drops) for one in now.interfaces),
    ),
    Metric(
        "capture_loss_ratio",
        Kind.GAUGE,
        "Share of the bytes of TCP connections that were missing, over the last five minutes.",
        (),
        _one(lambda now: now.loss_ratio),
    ),
    Metric(
        "capture_excluded_packets",
        Kind.GAUGE,
        "Packets that the kernel left out because they are not to be inspected, estimated.",
        ("interface",),
        lambda now: (((one.name,), one.screened) for one in now.interfaces if one.screened is not None),
    ),
    Metric(
        "coverage_verdict",
        Kind.GAUGE,
        "How much was seen since the start of the run: 1 for the verdict that holds, 0 for the others.",
        ("verdict",),
        lambda now: (((sight.value,), float(sight is now.sight)) for sight in Sight if now.heartbeat_ns),
    ),
    Metric(
        "last_packet_timestamp_seconds",
        Kind.GAUGE,
        "When the latest packet was received, in seconds since 1970; 0 before the first.",
        (),
        _one(lambda now: now.last_packet_ns / 1e9),
    ),
    Metric(
        "tcp_flows_total",
        Kind.COUNTER,
        "TCP flows that were seen.",
        (),
        _one(lambda now: now.tcp_flows),
    ),
    Metric(
        "tcp_flows_two_sided_total",
        Kind.COUNTER,
        "TCP flows of which both ends were seen to send.",
        (),
        _one(lambda now: now.two_sided_flows),
    ),
    Metric("flows", Kind.GAUGE, "Flows whose content is followed now.", (), _one(lambda now: now.flows)),
    Metric(
        "findings_total",
        Kind.COUNTER,
        "Findings that ever stood since the start.",
        ("rule", "level", "zone"),
        lambda now: _findings(now.findings),
    ),
    Metric(
        "findings_open",
        Kind.GAUGE,
        "Findings that stand.",
        ("rule", "level", "zone"),
        lambda now: _findings(now.open_findings),
    ),
    Metric(
        "exposures_total",
        Kind.COUNTER,
        "Messages, requests or flows in which this kind of patron data could be read.",
        ("protocol", "data_class", "zone"),
        lambda now: _exposures(now.exposures),
    ),
    Metric(
        "sessions_total",
        Kind.COUNTER,
        "Flows whose protocol was recognized.",
        ("protocol", "encrypted", "zone"),
        lambda now: _sessions(now.sessions),
    ),
    Metric(
        "camera_upload_bytes_total",
        Kind.COUNTER,
        "Bytes on the wire that cameras sent, by whether the receiver is expected.",
        ("zone", "expected"),
        lambda now: _uploads(now.camera_upload_bytes),
    ),
    Metric(
        "parser_faults_total",
        Kind.COUNTER,
        "Bugs of this program that cost a flow or a packet and not the run.",
        ("protocol",),
        _by_name(lambda now: now.faults),
    ),
    Metric(
        "limits_hit_total",
        Kind.COUNTER,
        "How often something found no room, by the limit.",
        ("limit",),
        _by_name(lambda now: now.limits),
    ),
    Metric(
        "sink_success",
        Kind.GAUGE,
        "Whether the last delivery of this sink succeeded, 1 or 0.",
        ("sink",),
        lambda now: (((one.name,), one.success) for one in now.sinks),
    ),
    Metric(
        "sink_dropped_total",
        Kind.COUNTER,
        "What this sink could not deliver and will not try again.",
        ("sink",),
        lambda now: (((one.name,), one.dropped) for one in now.sinks),
    ),
    Metric(
        "heartbeat_timestamp_seconds",
        Kind.GAUGE,
        "When time last passed through every room of the pipeline, in seconds since 1970; 0 before the first time.",
        (),
        _one(lambda now: now.heartbeat_ns / 1e9),
    ),
    Metric(
        "config_last_reload_successful",
        Kind.GAUGE,
        "Whether the configuration as it was last read is in use, 1 or 0.",
        (),
        _one(lambda now: not now.reload_failed),
    ),
)
"""All but ``build_info``, which no snapshot tells."""
