"""Brings the figures of a run up to date with what the flow table has counted."""

from __future__ import annotations

from monitor.flow.picks import (
    TOTAL_BACKWARDS,
    TOTAL_BYTES,
    TOTAL_DUPLICATES,
    TOTAL_EVICTED,
    TOTAL_EXCLUDED,
    TOTAL_KINDS,
    TOTAL_ONE_SIDED,
    TOTAL_PACKETS,
    TOTAL_SPOKEN,
    TOTAL_TCP_FLOWS,
    TOTAL_TRUNCATED,
    TOTAL_UDP_FLOWS,
    TOTAL_UNSEEN,
)
from monitor.flow.table import FlowTable
from monitor.model.columns import UNDECODED, Kind
from monitor.model.frames import Frames
from monitor.model.stats import Stats


class Figures:
    """Copies what was counted into `Stats`."""

    def __init__(self, table: FlowTable, stats: Stats) -> None:
        self._table = table
        self._stats = stats
        self._unknown_linktypes = 0

    def note_linktypes(self, frames: Frames) -> None:
        """Say which link types of a batch could not be decoded; costs nothing while all can."""
        unknown = self._table.total[TOTAL_KINDS + Kind.UNKNOWN_LINKTYPE]
        if unknown == self._unknown_linktypes:
            return
        self._unknown_linktypes = unknown
        for packet in range(frames.count):
            if frames.columns.kind[packet] == Kind.UNKNOWN_LINKTYPE:
                self._stats.undecoded_by_linktype[frames.linktypes[frames.interface[packet]]] += 1

    def report(self) -> None:
        """Copy all figures."""
        total = self._table.total
        stats = self._stats
        coverage = stats.coverage
        coverage.packets = total[TOTAL_PACKETS]
        coverage.bytes = total[TOTAL_BYTES]
        coverage.tcp_flows = total[TOTAL_TCP_FLOWS]
        coverage.udp_flows = total[TOTAL_UDP_FLOWS]
        coverage.flows = coverage.tcp_flows + coverage.udp_flows
        coverage.one_sided_flows = total[TOTAL_ONE_SIDED]
        coverage.duplicate_packets = total[TOTAL_DUPLICATES]
        coverage.excluded_packets = total[TOTAL_EXCLUDED]
        coverage.truncated_packets = total[TOTAL_TRUNCATED]
        coverage.undecoded_packets = sum(total[TOTAL_KINDS + kind] for kind in UNDECODED)
        kinds = {kind.name.lower(): total[TOTAL_KINDS + kind] for kind in Kind}
        stats.packets_by_kind.update({name: n - stats.packets_by_kind[name] for name, n in kinds.items()})
        stats.spoken_bytes, stats.unseen_bytes = total[TOTAL_SPOKEN], total[TOTAL_UNSEEN]
        if total[TOTAL_BACKWARDS]:
            stats.weirds["time.backwards"] = total[TOTAL_BACKWARDS]
        if total[TOTAL_EVICTED]:
            stats.limits["flow.table"] = total[TOTAL_EVICTED]
        stats.now_ns = self._table.now()
