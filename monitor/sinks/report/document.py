"""Builds the report ``privacy-monitor/report/1`` (docs/reference/report.md) out of findings and statistics.

Rules: only JSON types come out; every key of the schema is always there; times are RFC 3339 in UTC with microseconds;
keys that the schema does not name are additions which readers may ignore.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.model.finding import Finding, Peer, Volume
from monitor.model.stats import CaptureStats, Stats
from monitor.privacy.labels import file_label
from monitor.sinks.report.doubts import judge_sight, raise_doubts
from monitor.sinks.report.ledger import worst_first
from monitor.sinks.report.services import LISTED_SERVICES, busiest, describe_service

SCHEMA = "privacy-monitor/report/1"

_COUNTERS = {
    "sip2": ("flows", "encrypted_flows", "messages"),
    "http": ("flows", "requests", "responses"),
    "tls": ("flows",),
}
"""Protocols and counters that every report names, seen or not."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def build_document(findings: Sequence[Finding], stats: Stats) -> dict[str, Any]:
    """The whole report.

    Args:
        findings: the latest state of each finding, in any order.
        stats: our own figures at the end of the trace.

    Returns:
        A document of `dict`, `list`, `str`, `int`, `bool` and `None` only; findings worst first.
    """
    return {
        "schema": SCHEMA,
        "captures": [_capture(capture) for capture in stats.captures],
        "coverage": _coverage(stats),
        "protocols": _protocols(stats.protocols),
        "services": [describe_service(one) for one in busiest(stats.services, LISTED_SERVICES)],
        "services_total": len(stats.services),
        "findings": [describe_finding(finding) for finding in worst_first(findings)],
    }


def format_time(at_ns: int) -> str:
    """RFC 3339 in UTC.

    Args:
        at_ns: nanoseconds since 1970 UTC, within 64 bits; what is below a microsecond is cut off.
    """
    at = _EPOCH + timedelta(microseconds=at_ns // 1_000)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _capture(capture: CaptureStats) -> dict[str, Any]:
    return {
        "path": str(file_label(capture.path)),
        "packets": capture.packets,
        "bytes": capture.bytes,
        "first_packet": None if capture.first_ns is None else format_time(capture.first_ns),
        "last_packet": None if capture.last_ns is None else format_time(capture.last_ns),
    }


def _coverage(stats: Stats) -> dict[str, Any]:
    seen = stats.coverage
    doubts = raise_doubts(stats)
    return {
        "packets": seen.packets,
        "flows": seen.flows,
        "one_sided_flows": seen.one_sided_flows,
        "gap_bytes": seen.gap_bytes,
        "undecoded_packets": seen.undecoded_packets,
        "duplicate_packets": seen.duplicate_packets,
        "excluded_packets": seen.excluded_packets,
        "truncated_packets": seen.truncated_packets,
        "weirds": _counts(stats.weirds),
        "bytes": seen.bytes,
        "tcp_flows": seen.tcp_flows,
        "udp_flows": seen.udp_flows,
        "packets_by_kind": _counts(stats.packets_by_kind),
        "undecoded_by_linktype": {
            str(kind): stats.undecoded_by_linktype[kind] for kind in sorted(stats.undecoded_by_linktype)
        },
        "limits": _counts(stats.limits),
        "faults": _counts(stats.faults),
        "skipped_files": stats.skipped_files,
        "reassembled_packets": seen.reassembled_packets,
        "followed_bytes": stats.followed_bytes,
        "lost_bytes": stats.lost_bytes,
        "spoken_bytes": stats.spoken_bytes,
        "unseen_bytes": stats.unseen_bytes,
        "verdict": judge_sight(doubts).value,
        "reasons": [doubt.text for doubt in doubts],
    }


def _protocols(seen: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    counted = {name: dict.fromkeys(counters, 0) for name, counters in _COUNTERS.items()}
    for name in sorted(seen):
        counted.setdefault(name, {"flows": 0}).update(_counts(seen[name]))
    return counted


def describe_finding(finding: Finding) -> dict[str, Any]:
    """One entry of the report's ``findings``."""
    about = finding.about
    return {
        "id": str(finding.id),
        "rule": str(finding.rule),
        "rule_id": str(finding.rule_id),
        "family": str(finding.family),
        "title": str(finding.title),
        "level": finding.level.word,
        "protocol": str(finding.protocol),
        "about": {
            "kind": about.kind.value,
            "address": str(about.address),
            "port": about.port,
            "transport": str(about.transport),
            "name": str(about.name),
            "zone": str(about.zone),
            "asset": str(about.asset),
        },
        "peers": [_peer(peer, counted=finding.volume is not None) for peer in finding.peers],
        "peers_total": finding.peers_total,
        "vlan": list(finding.vlan),
        "data_classes": [data_class.value for data_class in finding.data_classes],
        "fields": {str(key): count for key, count in finding.fields.items()},
        "count": finding.count,
        "subjects": finding.subjects,
        "first_seen": format_time(finding.first_seen_ns),
        "last_seen": format_time(finding.last_seen_ns),
        "evidence": [{"capture": place.capture, "frame": place.frame} for place in finding.evidence],
        "remediation": str(finding.remediation),
        "references": [str(reference) for reference in finding.references],
        "checklist": [str(item) for item in finding.checklist],
        "subjects_limited": finding.subjects_limited,
        "volume": None if finding.volume is None else _volume(finding.volume),
        "traits": {str(trait): count for trait, count in finding.traits.items()},
    }


def _peer(peer: Peer, *, counted: bool) -> dict[str, Any]:
    return {
        "address": str(peer.address),
        "port": peer.port,
        "name": str(peer.name),
        "zone": str(peer.zone),
        "asset": str(peer.asset),
        "count": peer.count,
        **({"sent_bytes": peer.sent_bytes, "received_bytes": peer.received_bytes} if counted else {}),
    }


def _volume(volume: Volume) -> dict[str, Any]:
    return {
        "sent_bytes": volume.sent_bytes,
        "received_bytes": volume.received_bytes,
        "since": format_time(volume.since_ns),
        "upload_since": format_time(volume.upload_since_ns) if volume.upload_since_ns else None,
        "upload_bits_per_second": volume.upload_bits_per_second,
    }


def _counts(counter: Mapping[str, int]) -> dict[str, int]:
    return {name: counter[name] for name in sorted(counter)}
