"""A finding as a line in the shape of Suricata's EVE alerts, for whatever reads those already.

Rules: keys that Suricata has mean what they mean there, or are left out: a finding stands for many flows, so it has no
``flow_id`` and no ``community_id``, and an end that may not be shown has no address. All that is ours stands under the
one key ``privacy``. ASCII only.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.model.data import AboutKind, Level
from monitor.model.finding import About, Finding, Peer
from monitor.model.lazy import lazy
from monitor.model.stats import Stats
from monitor.sinks.lines import Told
from monitor.sinks.report.document import describe_finding

GENERATOR_ID = 9_477
"""``gid``: tells our ``signature_id`` from those of Suricata's rules, which have 1."""
CATEGORY = "Potential Corporate Privacy Violation"
"""What Suricata's own classification ``policy-violation`` is called."""
REVISION = 1
"""``rev``: rules here have no revisions; a rule that means something else gets another id."""
SEVERITIES = {Level.CRITICAL: 1, Level.HIGH: 2, Level.MEDIUM: 3, Level.LOW: 4, Level.INFORMATIONAL: 4}
"""``severity``: 1 is the worst in Suricata, and consumers know four."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HEX = lazy("[0-9a-f]")
_SIGNATURE_DIGITS = 8
_SIGNATURE_BITS = 0x7FFF_FFFF
"""31 of them, as consumers keep the number in a signed one of 32."""


def compose_eve(told: Told) -> bytes:
    """One line, its newline included."""
    finding = told.finding
    about, peer = finding.about, finding.peers[0] if finding.peers else None
    client, server = (peer, about) if about.kind is AboutKind.SERVICE else (about, peer)
    return _line(
        {
            "timestamp": eve_time(finding.last_seen_ns),
            "event_type": "alert",
            **_end("src", client),
            **_end("dest", server),
            "proto": str(about.transport).upper(),
            "app_proto": str(finding.protocol),
            "alert": {
                "action": "allowed",
                "gid": GENERATOR_ID,
                "signature_id": signature_id(finding.rule_id),
                "rev": REVISION,
                "signature": str(finding.title),
                "category": CATEGORY,
                "severity": SEVERITIES[finding.level],
                "metadata": _metadata(finding),
            },
            "privacy": {"news": told.news.value, **describe_finding(finding)},
        }
    )


def compose_figures(at_ns: int, stats: Stats) -> bytes:
    """The figures of the run as a line of the type ``stats``, its newline included."""
    seen = stats.coverage
    return _line(
        {
            "timestamp": eve_time(at_ns),
            "event_type": "stats",
            "stats": {
                "capture": {
                    "kernel_packets": sum(one.arrived for one in stats.captures),
                    "kernel_drops": sum(one.dropped for one in stats.captures),
                },
                "decoder": {"pkts": seen.packets, "bytes": seen.bytes, "invalid": seen.undecoded_packets},
                "flow": {"total": seen.flows, "tcp": seen.tcp_flows, "udp": seen.udp_flows},
            },
            "privacy": {
                "gap_bytes": seen.gap_bytes,
                "limits": dict(sorted(stats.limits.items())),
                "faults": dict(sorted(stats.faults.items())),
                "sinks_failing": sorted(name for name, sink in stats.sinks.items() if sink.failing),
            },
        }
    )


def signature_id(rule_id: str) -> int:
    """A number for a rule that never changes: the first 32 bits of its UUID, without the very first one."""
    digits = "".join(_HEX.findall(rule_id))[:_SIGNATURE_DIGITS]
    return int(f"0{digits}", 16) & _SIGNATURE_BITS


def eve_time(at_ns: int) -> str:
    """A time as Suricata writes it, in UTC: the zone has no colon."""
    return f"{_EPOCH + timedelta(microseconds=at_ns // 1_000):%Y-%m-%dT%H:%M:%S.%f%z}"


def _end(role: str, end: About | Peer | None) -> dict[str, Any]:
    """What may be shown of an end, and nothing in place of what may not."""
    if end is None or not end.address:
        return {}
    return {f"{role}_ip": str(end.address), **({f"{role}_port": end.port} if end.port else {})}


def _metadata(finding: Finding) -> dict[str, list[str]]:
    return {
        "rule": [str(finding.rule)],
        "family": [str(finding.family)],
        "level": [finding.level.word],
        "data_class": [one.value for one in finding.data_classes],
    }


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=True).encode("ascii") + b"\n"
