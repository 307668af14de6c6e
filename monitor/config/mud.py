"""Reads a MUD file (RFC 8520): whom the maker of a device says it talks to, as expectations.

Rules: what a file says that cannot be held here makes nothing expected, and is named; nothing is fetched from anywhere.
The file is one that the operator chose, so its words may be shown to the operator.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from monitor.config.expect_keys import MAX_PORTS
from monitor.config.notation import parse_host
from monitor.config.shapes import UnfitError
from monitor.model.flow import Reach, Transport
from monitor.model.opaque import Label
from monitor.model.record import Record
from monitor.privacy.labels import NOTHING, typed
from monitor.privacy.places import Expectation, Port

MAX_MUD_BYTES = 1_048_576
"""Makers' files have a few thousand; RFC 8520 16 warns of large ones."""
MAX_ENTRIES = 1_000
"""Of all access lists together, as of one list of expectations."""

_DNS, _NTP = "urn:ietf:params:mud:dns", "urn:ietf:params:mud:ntp"
_BASIC = {_DNS: 53, _NTP: 123}
"""RFC 8520 17.7: controllers that every network has."""
_TRANSPORTS = {"tcp": Transport.TCP, "udp": Transport.UDP}
_ALL_PORTS = 65_536


class Mud(Record):
    """What a file says."""

    url: Label
    """Where its maker keeps it, as the file says."""
    expectations: tuple[Expectation, ...]
    left_out: tuple[Label, ...]
    """What makes nothing expected here, and why; each once."""


class _LeftOutError(Exception):
    """An entry cannot be held."""


def read_mud(path: Path, controller: Label = NOTHING) -> Mud:
    """One file; `controller` is the asset that stands for the device's own controllers.

    Raises:
        UnfitError: it cannot be read, or is no MUD file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MUD_BYTES + 1)
        document = json.loads(data) if len(data) <= MAX_MUD_BYTES else None
    except OSError as error:
        raise UnfitError(f"the MUD file cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UnfitError("the MUD file is no JSON", "RFC 8520 says how one looks") from None
    mud = _table(_table(document).get("ietf-mud:mud"))
    if not mud:
        raise UnfitError("the file is no MUD file", 'it has "ietf-mud:mud" at its top (RFC 8520 3)')
    lists = {one.get("name"): one for one in _each(_table(document).get("ietf-access-control-list:acls"), "acl")}
    found: dict[Expectation, None] = {}
    left_out: dict[Label, None] = {}
    source = typed(path.name)
    for policy, toward in (("from-device-policy", "dst"), ("to-device-policy", "src")):
        for named in _each(_table(mud.get(policy)).get("access-lists"), "access-list"):
            for entry in _each(_table(lists.get(named.get("name"))).get("aces"), "ace"):
                if len(found) + len(left_out) >= MAX_ENTRIES:
                    raise UnfitError(f"the MUD file has more than {MAX_ENTRIES} entries")
                if _table(entry.get("actions")).get("forwarding") != "accept":
                    continue
                try:
                    found[_expectation(_table(entry.get("matches")), toward, controller, source)] = None
                except _LeftOutError as why:
                    left_out[typed(str(why))] = None
    url = mud.get("mud-url")
    return Mud(
        url=typed(url if isinstance(url, str) and url.isprintable() else ""),
        expectations=tuple(found),
        left_out=tuple(left_out),
    )


def _expectation(matches: Mapping[str, Any], toward: str, controller: Label, source: Label) -> Expectation:
    """One entry: the other end is the target of what the device sends (``dst``), and the source of what it gets."""
    ports = _ports(matches)
    for version in ("ipv4", "ipv6"):
        inner = _table(matches.get(version))
        name = inner.get(f"ietf-acldns:{toward}-dnsname")
        network = inner.get(f"{'destination' if toward == 'dst' else 'source'}-{version}-network")
        try:
            if isinstance(name, str):
                return Expectation(name=parse_host(name), ports=ports, source=source)
            if isinstance(network, str):
                return Expectation(network=ip_network(network), ports=ports, source=source)
        except (UnfitError, ValueError):
            raise _LeftOutError("a host or network that is none") from None
    told = _table(matches.get("ietf-mud:mud"))
    if "local-networks" in told:
        return Expectation(reach=Reach.LOCAL, ports=ports, source=source)
    basic = _BASIC.get(str(told.get("controller", "")))
    if basic is not None:
        service = (Port(basic, Transport.UDP), Port(basic, Transport.TCP))
        return Expectation(reach=Reach.LOCAL, ports=ports or service, source=source)
    if "controller" in told or "my-controller" in told:
        if controller:
            return Expectation(asset=controller, ports=ports, source=source)
        raise _LeftOutError("its controller, until 'controller' names the asset that is it")
    if told:
        raise _LeftOutError("other devices of a maker or model, which cannot be told apart")
    raise _LeftOutError("every host there is")


def _ports(matches: Mapping[str, Any]) -> tuple[Port, ...]:
    """The ports of an entry at either end, as the service may be; empty for any."""
    found: dict[Port, None] = {}
    for word, transport in _TRANSPORTS.items():
        for key in ("destination-port", "source-port"):
            limits = _table(_table(matches.get(word)).get(key))
            if limits:
                numbers = _range(limits)
                if len(numbers) > MAX_PORTS:
                    raise _LeftOutError(f"more than {MAX_PORTS} ports at once")
                found.update(dict.fromkeys(Port(number, transport) for number in numbers))
    protocols = {_table(matches.get(version)).get("protocol") for version in ("ipv4", "ipv6")}
    if not found and (protocols & {1, 58} or any(word in matches for word in ("icmp", "eth"))):
        raise _LeftOutError("traffic that is neither TCP nor UDP")
    return tuple(found)


def _range(limits: Mapping[str, Any]) -> range:
    """RFC 8519 4.1: an operator with a port, or two ports."""
    lower, upper, port = (limits.get(key) for key in ("lower-port", "upper-port", "port"))
    operator = limits.get("operator", "eq")
    if isinstance(lower, int):
        return _within(lower, upper if isinstance(upper, int) else lower)
    if not isinstance(port, int) or operator not in ("eq", "lte", "gte"):
        raise _LeftOutError("a port that is none, or all ports but one")
    return _within(0 if operator == "lte" else port, _ALL_PORTS if operator == "gte" else port)


def _within(first: int, last: int) -> range:
    return range(max(first, 1), min(last, _ALL_PORTS - 1) + 1)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _each(value: object, key: str) -> Iterator[Mapping[str, Any]]:
    items = _table(value).get(key)
    yield from (_table(one) for one in items) if isinstance(items, list) else ()
