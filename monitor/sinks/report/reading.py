"""Composes what was read: captures, packets, flows, losses and the protocols seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.model.stats import Stats
from monitor.privacy.labels import file_label
from monitor.sinks.report.doubts import name_counts
from monitor.sinks.report.figures import count, make_legible, span, volume
from monitor.sinks.report.layout import Block, Run, inset, rows, stack, words
from monitor.sinks.report.services import service_lines

_SHOWN_CAPTURES = 8
"""A day in hourly files fits; the JSON report lists all."""


def compose_reading(stats: Stats) -> Block:
    """The section."""
    body = rows([((label, "dim"), value) for label, value in _rows(stats)], width=10)
    return inset(words("What was read", "bold"), words(), body, words())


def _rows(stats: Stats) -> Iterator[tuple[str, Block]]:
    seen = stats.coverage
    yield "Captures", _captures(stats)
    firsts = [capture.first_ns for capture in stats.captures if capture.first_ns is not None]
    lasts = [capture.last_ns for capture in stats.captures if capture.last_ns is not None]
    if firsts and lasts:
        yield "Recorded", words(span(min(firsts), max(lasts)))
    yield "Packets", words(", ".join(_packets(stats)))
    yield "Flows", words(", ".join(_flows(stats)))
    yield "Protocols", _protocols(stats.protocols)
    if stats.services:
        yield "Encrypted", stack(map(words, service_lines(stats.services)))
    if seen.gap_bytes:
        yield "Lost", words(f"{volume(seen.gap_bytes)} of TCP data")
    if any(stats.weirds.values()):
        yield "Oddities", words(name_counts(stats.weirds))


def _packets(stats: Stats) -> Iterator[str]:
    seen = stats.coverage
    yield f"{seen.packets:,} ({volume(seen.bytes)})"
    for number, how in (
        (seen.duplicate_packets, "seen twice and counted once"),
        (seen.truncated_packets, "cut short"),
        (seen.undecoded_packets, "not readable"),
        (seen.excluded_packets, "not inspected"),
    ):
        if number:
            yield f"{number:,} {how}"


def _flows(stats: Stats) -> Iterator[str]:
    seen = stats.coverage
    yield f"{seen.flows:,} ({seen.tcp_flows:,} TCP, {seen.udp_flows:,} UDP)"
    if seen.one_sided_flows:
        yield f"{seen.one_sided_flows:,} of them one-sided"


def _captures(stats: Stats) -> Block:
    shown = stats.captures[:_SHOWN_CAPTURES]
    lines = [f"{file_label(capture.path)}, {count(capture.packets, 'packet')}" for capture in shown] or ["none"]
    left_out = stats.captures[_SHOWN_CAPTURES:]
    if left_out:
        lines.append(f"+ {len(left_out):,} more, {count(sum(one.packets for one in left_out), 'packet')}")
    if stats.skipped_files:
        lines.append(f"{count(stats.skipped_files, 'file')} skipped: not a capture")
    return stack(map(words, lines))


def _protocols(protocols: Mapping[str, Mapping[str, int]]) -> Block:
    named: list[tuple[Run, Block]] = []
    for name in sorted(protocols):
        counted = [f"{number:,} {_unit(key, number)}" for key, number in protocols[name].items() if number]
        if counted:
            named.append(((make_legible(name).upper(), ""), words(", ".join(counted))))
    return rows(named) if named else words("none that this program knows")


def _unit(key: str, number: int) -> str:
    told = make_legible(key).replace("_", " ")
    return told.removesuffix("s") if number == 1 else told
