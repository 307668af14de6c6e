"""Says what a configuration would have said of what devices were seen to do: a line for each host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.learning.notebook import Destination, Entry, Notebook
from monitor.privacy.expectations import Verdict
from monitor.privacy.places import Port
from monitor.sinks.report.figures import count, volume
from monitor.sinks.report.words import TRAITS

SHOWN_PORTS = 3
"""Of one host; who uses more uses whatever is free."""

_WORDS = {Verdict.EXPECTED: "expected", Verdict.LAPSED: "EXPIRED", Verdict.UNEXPECTED: "UNEXPECTED"}


def compare(notebook: Notebook) -> list[str]:
    """Lines for a terminal, by group of devices; what is not expected first. Made of names that may be shown."""
    lines: list[str] = []
    for group, entries in sorted(notebook.groups.items(), key=lambda one: one[0].title):
        hosts: dict[tuple[Verdict, str], dict[Destination, Entry]] = {}
        for place, entry in entries.items():
            where = place.asset or place.name or place.address or f"a device of zone {place.zone}"
            hosts.setdefault((entry.verdict, where), {})[place] = entry
        wrong = sum(verdict is not Verdict.EXPECTED for verdict, _ in hosts)
        lines.append(f"{group.title}: {count(len(hosts), 'destination')}, {wrong} of them not expected")
        ordered = sorted(hosts.items(), key=lambda one: (one[0][0], -_flows(one[1]), one[0][1]))
        lines += [_line(verdict, where, found) for (verdict, where), found in ordered]
    return lines or ["no device is watched here, or none of them spoke"]


def _flows(found: Mapping[Destination, Entry]) -> int:
    return sum(entry.flows for entry in found.values())


def _line(verdict: Verdict, where: str, found: Mapping[Destination, Entry]) -> str:
    flows, attempts = _flows(found), sum(entry.attempts for entry in found.values())
    traffics = {one for entry in found.values() for one in entry.traffics}
    sent, received = sum(one.sent_bytes for one in traffics), sum(one.received_bytes for one in traffics)
    told = [
        count(flows, "connection") if flows else count(attempts, "attempt"),
        f"{volume(sent)} sent, {volume(received)} received",
        *sorted({TRAITS[trait.value] for entry in found.values() for trait in entry.traits}),
    ]
    return f"  {_WORDS[verdict]:<10}  {where} {', '.join(_ports(found))}: {'; '.join(told)}"


def _ports(found: Mapping[Destination, Entry]) -> Iterator[str]:
    ports = sorted({Port(place.port, place.transport) for place in found})
    yield from map(str, ports[:SHOWN_PORTS])
    if len(ports) > SHOWN_PORTS:
        yield f"and {len(ports) - SHOWN_PORTS} more ports"
