"""Writes what devices were seen to do as a MUD file (RFC 8520), for a person to review.

Rule: it holds what `review` proposes and nothing else; whoever uses it has to sign it (RFC 8520 13).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from monitor.config.settings import Config
from monitor.learning.notebook import Destination, Entry, Group
from monitor.learning.review import Proposal, review
from monitor.privacy.places import Address, Port
from monitor.sinks.report.document import format_time

CACHE_HOURS = 48
"""RFC 8520 3.5: how long nobody needs to ask for a newer one; its example."""
_SYSTEM_CHARS = 60
"""RFC 8520 3.6: what the device is, in so many characters."""
_VERSIONS = (4, 6)


def write_mud(group: Group, entries: Mapping[Destination, Entry], config: Config) -> str:
    """The text of the file for one group of devices."""
    name = slug(group)
    proposed = [one for one in review(entries.items()) if not one.refused]
    addresses = {str(asset.name): asset.addresses for asset in config.assets}
    acls = {
        (way, version): list(_entries(proposed, addresses, way=way, version=version))
        for way in ("from", "to")
        for version in _VERSIONS
    }
    last_ns = max((entry.last_ns for entry in entries.values()), default=0)
    document = {
        "ietf-mud:mud": {
            "mud-version": 1,
            "mud-url": f"https://mud.library.invalid/{name}.json",
            "last-update": format_time(last_ns).partition(".")[0] + "+00:00",
            "cache-validity": CACHE_HOURS,
            "is-supported": True,
            "systeminfo": group.title[:_SYSTEM_CHARS],
            "from-device-policy": _lists(name, "from", acls),
            "to-device-policy": _lists(name, "to", acls),
        },
        "ietf-access-control-list:acls": {
            "acl": [
                {"name": _list_name(name, way, version), "type": f"ipv{version}-acl-type", "aces": {"ace": found}}
                for (way, version), found in acls.items()
                if found
            ]
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def slug(group: Group) -> str:
    """The name of a group as a file's name can be."""
    return re.sub(r"[^a-z0-9]+", "-", group.title.lower()).strip("-") or "devices"


def _lists(name: str, way: str, acls: Mapping[tuple[str, int], list[Any]]) -> dict[str, Any]:
    named = [{"name": _list_name(name, way, version)} for version in _VERSIONS if acls[way, version]]
    return {"access-lists": {"access-list": named}}


def _list_name(name: str, way: str, version: int) -> str:
    return f"{name}-{way}-ipv{version}"


def _entries(
    proposals: Iterable[Proposal], assets: Mapping[str, Iterable[Address]], *, way: str, version: int
) -> Iterator[dict[str, Any]]:
    """Access control entries (RFC 8519), one for each host, port and direction."""
    number = 0
    for proposal in proposals:
        for whom in _hosts(proposal.whom, assets, way, version):
            for port in proposal.ports:
                number += 1
                yield {
                    "name": f"{way}-{number}",
                    "matches": {
                        f"ipv{version}": {**whom, "protocol": int(port.transport)},
                        port.transport.word: _port(port, way),
                    },
                    "actions": {"forwarding": "accept"},
                }


def _port(port: Port, way: str) -> dict[str, Any]:
    """The service's port at its own end: where the device sends to, and where it gets from."""
    key = "destination-port" if way == "from" else "source-port"
    return {key: {"operator": "eq", "port": port.number}}


def _hosts(
    whom: Destination, assets: Mapping[str, Iterable[Address]], way: str, version: int
) -> Iterator[dict[str, str]]:
    if whom.name and not whom.asset:
        yield {f"ietf-acldns:{'dst' if way == 'from' else 'src'}-dnsname": str(whom.name)}
        return
    addresses = assets.get(whom.asset, ()) if whom.asset else [ip_address(whom.address)] if whom.address else []
    for address in addresses:
        if address.version == version:
            side = "destination" if way == "from" else "source"
            yield {f"{side}-ipv{version}-network": f"{address}/{address.max_prefixlen}"}
