"""Writes what devices were seen to do as a configuration for a person to review.

Rule: the file is right as it stands (``privacy-monitor check``), but nobody uses it before a person does; what is not
proposed stands in it as a comment with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address

from monitor.config.settings import Config
from monitor.learning.notebook import Destination, Entry, Group, Kind, Notebook
from monitor.learning.review import Proposal, review
from monitor.model.data import Role
from monitor.privacy.places import Asset, Port, Zone
from monitor.sinks.report.document import format_time
from monitor.sinks.report.figures import count, volume

_HEAD = """\
# What devices were seen to do from {first} to {last}, written by 'privacy-monitor learn'.
# Nothing in here holds yet. Read it line by line: for each host, somebody should be able to say what it is for.
# Delete what nobody can explain, and copy the rest into your configuration. What stands behind '# -' is not proposed,
# for the reason that is given.
"""


def write_expectations(notebook: Notebook, config: Config) -> str:
    """The text of the file."""
    lines: list[str] = []
    used = {place.asset for entries in notebook.groups.values() for place in entries if place.asset}
    for kind in Kind:
        groups = {group: entries for group, entries in notebook.groups.items() if group.kind is kind}
        others = [one for one in config.assets if one.name in used] if kind is Kind.ASSET else []
        if groups or others:
            lines += _section(kind, groups, config, others)
    times = [at for found in notebook.groups.values() for one in found.values() for at in (one.first_ns, one.last_ns)]
    head = _HEAD.format(first=format_time(min(times)) if times else "-", last=format_time(max(times)) if times else "-")
    return head + "".join(f"{line}\n" for line in lines or ["{}"])


def _section(
    kind: Kind, groups: Mapping[Group, Mapping[Destination, Entry]], config: Config, others: Iterable[Asset]
) -> Iterator[str]:
    yield f"{kind.value}:"
    zones, assets = {one.name: one for one in config.zones}, {one.name: one for one in config.assets}
    written = set()
    for group, entries in groups.items():
        written.add(group.name)
        if isinstance(group.name, Role):
            yield f"  - role: {group.name.value}"
        elif kind is Kind.ZONE:
            yield from _zone(zones[group.name])
        else:
            yield from _asset(assets[group.name])
        yield from _expect(review(entries.items()))
    for asset in others:
        if asset.name not in written:
            yield from _asset(asset)


def _zone(zone: Zone) -> Iterator[str]:
    yield f"  - name: {_text(zone.name)}"
    yield f"    audience: {zone.audience.value}"
    if zone.role is not None:
        yield f"    role: {zone.role.value}"
    yield f"    networks: [{', '.join(_text(str(network)) for network in zone.networks)}]"


def _asset(asset: Asset) -> Iterator[str]:
    yield f"  - name: {_text(asset.name)}"
    yield f"    address: [{', '.join(_text(str(address)) for address in asset.addresses)}]"
    yield f"    role: {asset.role.value}"


def _expect(proposals: Iterable[Proposal]) -> Iterator[str]:
    lines = [line for proposal in proposals for line in _proposal(proposal)]
    is_empty = all(line.lstrip().startswith("#") for line in lines)
    yield "    expect: []" if is_empty else "    expect:"
    yield from lines


def _proposal(proposal: Proposal) -> Iterator[str]:
    entries = proposal.entries
    devices = {device for entry in entries for device in entry.devices}
    traffics = {traffic for entry in entries for traffic in entry.traffics}
    told = [
        count(len(devices), "device"),
        count(sum(entry.flows for entry in entries), "connection"),
        f"{volume(sum(one.sent_bytes for one in traffics))} sent",
        f"{volume(sum(one.received_bytes for one in traffics))} received",
    ]
    yield f"      # {', '.join(told)}"
    item = _item(proposal.whom, proposal.ports)
    if proposal.refused:
        yield f"      # not proposed: {proposal.refused}"
        yield f"      # - {item}"
    else:
        yield f"      - {item}"


def _item(whom: Destination, ports: Iterable[Port]) -> str:
    listed = ", ".join(map(str, ports))
    where = f", ports: [{listed}]" if listed else ""
    if whom.asset:
        return f"{{asset: {_text(whom.asset)}{where}}}"
    if whom.name:
        return f"{{name: {_text(whom.name)}{where}}}"
    if whom.address:
        address = ip_address(whom.address)
        return f"{{network: {_text(f'{address}/{address.max_prefixlen}')}{where}}}"
    return f"{{zone: {_text(whom.zone)}{where}}}"


def _text(value: str) -> str:
    """A text in quotes, which YAML reads as JSON does."""
    return json.dumps(value, ensure_ascii=False)
