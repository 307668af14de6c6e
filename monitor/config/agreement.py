"""Checks what the parts of a configuration say of each other: names, references, addresses, networks, sinks.

Rule: one mistake, one line. What refers to a name that is itself written wrongly is not complained about as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import normalize

from monitor.config.document import Items
from monitor.config.mistakes import nearest, quoted
from monitor.config.overlaps import Claim, check_overlaps
from monitor.config.settings import CONDITIONS, LOCAL_SYSLOG, Carrier, JournalSettings
from monitor.config.shapes import Found, Note
from monitor.config.structures import KIND, Fields
from monitor.model.data import Audience


def check_agreement(config: Fields, note: Note) -> None:
    """Note everything in which two parts of a configuration do not agree."""
    zones = tuple(found.value for found in config.get("zones", ()))
    assets = tuple(found.value for found in config.get("assets", ()))
    _check_names(zones, "zone", note)
    _check_names(assets, "asset", note)
    roles = tuple(found.value for found in config.get("roles", ()))
    _check_references(zones, note)
    _check_expected((*zones, *assets, *roles), assets, note)
    _check_roles(roles, note)
    _check_tunnels(tuple(found.value for found in config.get("tunnels", ())), zones, assets, note)
    _check_addresses(assets, note)
    _check_networks(zones, note)
    _check_alerts(config.get("alerts"), zones, note)
    _check_sinks(tuple(found.value for found in config.get("sinks", ())), note)
    for zone in zones:
        if zone.get("audience") is Audience.PUBLIC and zone.get("show_addresses"):
            what = "addresses in a public zone are never shown: they are patrons' devices"
            note(
                zone.values["show_addresses"].line, what, "leave it out; the library's own devices there can be assets"
            )


def _check_names(sections: tuple[Fields, ...], kind: str, note: Note) -> None:
    """Two things of one kind have different names, and not only in their capitals."""
    first: dict[str, Found] = {}
    for section in sections:
        name = section.values.get("name")
        if name is None:
            continue
        twin = first.setdefault(name.value.casefold(), name)
        if twin is not name:
            note(name.line, f"there are two {kind}s named {quoted(name.value)}, the first in line {twin.line}", "")


def _check_references(zones: tuple[Fields, ...], note: Note) -> None:
    known_zones = {_named(zone) for zone in zones}
    for zone in zones:
        inside = zone.values.get("inside")
        if inside is not None and inside.value == _named(zone):
            note(
                inside.line, f"zone {quoted(inside.value)} is inside itself", "name the zone around it, or leave it out"
            )
        elif inside is not None:
            _check_reference(inside, "zone", known_zones, note)


def _check_expected(sections: tuple[Fields, ...], assets: tuple[Fields, ...], note: Note) -> None:
    """Assets that are expected exist."""
    known = {_named(asset) for asset in assets}
    for section in sections:
        for expectation in (*_each(section, "expect"), *_each(section, "exceptions")):
            for key in ("asset", "controller"):
                asset = expectation.value.values.get(key)
                if asset is not None:
                    _check_reference(asset, "asset", known, note)


def _check_roles(roles: tuple[Fields, ...], note: Note) -> None:
    """A role stands once."""
    seen: dict[object, Found] = {}
    for one in roles:
        role = one.values.get("role")
        if role is not None and seen.setdefault(role.value, role) is not role:
            note(role.line, f"role '{role.value.value}' stands twice, first in line {seen[role.value].line}", "")


def _check_tunnels(
    tunnels: tuple[Fields, ...], zones: tuple[Fields, ...], assets: tuple[Fields, ...], note: Note
) -> None:
    """Whom a tunnel names exists, and is named once in a list; encryption needs two hosts."""
    _check_names(tunnels, "tunnel", note)
    known = {"asset": {_named(one) for one in assets}, "zone": {_named(one) for one in zones}}
    for tunnel in tunnels:
        ends = list(_each(tunnel, "ends"))
        for parties in (ends, *(list(_each(end.value, "plain")) for end in ends)):
            seen: dict[tuple[str, str], Found] = {}
            for party in parties:
                kind = "asset" if "asset" in party.value.values else "zone"
                name = party.value.values.get(kind)
                if name is None:
                    continue
                _check_reference(name, kind, known[kind], note)
                twin = seen.setdefault((kind, name.value), name)
                if twin is not name:
                    note(name.line, f"{kind} {quoted(name.value)} is named twice, first in line {twin.line}", "")
        written = tunnel.table.nodes.get("ends")
        if isinstance(written, Items) and len(written.nodes) == len(ends) == 1 and "asset" in ends[0].value.values:
            note(ends[0].line, "a tunnel has two ends, and this is one asset", "name the other end, an asset or a zone")


def _check_alerts(alerts: Fields | None, zones: tuple[Fields, ...], note: Note) -> None:
    """Zones that are named exist, and nothing is told twice to the same."""
    if alerts is None:
        return
    for item in _each(alerts, "policy"):
        zone = item.value.values.get("zone")
        if zone is not None and item.value.get("rule") in CONDITIONS:
            note(
                zone.line,
                f"{quoted(item.value.get('rule'))} is about the sensor, which is in no zone",
                "leave 'zone' out",
            )
        elif zone is not None:
            _check_reference(zone, "zone", {_named(one) for one in zones}, note)
    for key, name in (("alertmanagers", "url"), ("notify", "url_file")):
        seen = set()
        for item in _each(alerts, key):
            value = item.value.get(name)
            if value is not None and value in seen:
                note(item.line, f"'{key}' has {quoted(str(value))} twice", "")
            seen.add(value)
    quiet: Fields | None = alerts.get("quiet")
    if quiet and quiet.get("from") is not None and quiet.get("from") == quiet.get("to"):
        note(quiet.table.line, "'quiet' begins and ends at the same time", "leave it out, or correct one of them")


def _named(section: Fields) -> str:
    return normalize("NFC", section.written("name"))


def _each(section: Fields, key: str) -> Iterator[Found]:
    yield from section.get(key, ())


def _check_reference(name: Found, kind: str, known: set[str], note: Note) -> None:
    if name.value not in known:
        note(name.line, f"there is no {kind} {quoted(name.value)} to name here", nearest(name.value, known - {""}))


def _check_addresses(assets: tuple[Fields, ...], note: Note) -> None:
    """One address, one asset."""
    first: dict[object, tuple[Fields, int]] = {}
    for asset in assets:
        for address in _each(asset, "address"):
            twin, line = first.setdefault(address.value, (asset, address.line))
            if twin is not asset:
                what = f"'{address.value}' is already the address of asset {quoted(twin.written('name'))}, line {line}"
                note(address.line, what, "a device is one asset")


def _check_networks(zones: tuple[Fields, ...], note: Note) -> None:
    by_name = {_title(zone): zone for zone in zones}
    inside = {name: str(zone.get("inside", "")) for name, zone in by_name.items()}
    claims = [Claim(network.value, _title(zone), network.line) for zone in zones for network in _each(zone, "networks")]
    pairs = check_overlaps(claims, inside, note)
    for name, zone in by_name.items():
        outer = by_name.get(inside[name])
        if outer is None or outer is zone or not (_whole(zone) and _whole(outer)):
            continue
        if (name, inside[name]) not in pairs:
            what = f"no network of zone {quoted(name)} lies in one of zone {quoted(inside[name])}"
            note(zone.values["inside"].line, what, "leave 'inside' out, or correct the networks")


def _title(zone: Fields) -> str:
    return _named(zone) or f"in line {zone.table.line}"


def _whole(zone: Fields) -> bool:
    """True when every network that was written could be read."""
    node = zone.table.nodes.get("networks")
    return isinstance(node, Items) and len(node.nodes) == len(list(_each(zone, "networks")))


def _check_sinks(sinks: tuple[Fields, ...], note: Note) -> None:
    """Findings go to one place once, and the keys of a sink fit each other."""
    first: dict[str, Found] = {}
    for sink in sinks:
        kind = sink.values[KIND]
        if kind.value == "syslog":
            _check_syslog(sink, note)
        elif sink.written("path") == "-":
            for name in ("max_mb", "keep"):
                if name in sink.values:
                    note(sink.values[name].line, f"'{name}' is for files, and '-' is standard output", "leave it out")
        place = _sink_place(sink)
        twin = first.setdefault(place, kind)
        if twin is not kind:
            note(kind.line, f"two sinks go to {quoted(place)}, the first in line {twin.line}", "")


def _sink_place(sink: Fields) -> str:
    """Where findings go, as far as that is known."""
    to = sink.get("to", LOCAL_SYSLOG if sink.get(KIND) == "syslog" else JournalSettings().path)
    return sink.written("path") or (sink.written("to") if "to" not in sink.values else "") or str(to)


def _check_syslog(sink: Fields, note: Note) -> None:
    is_known = "to" in sink.values or not sink.written("to")
    target = sink.get("to", LOCAL_SYSLOG)
    for name, other in (("ca", ""), ("certificate", "key"), ("key", "certificate")):
        found = sink.values.get(name)
        if found is None:
            continue
        if is_known and target.carrier is not Carrier.TLS:
            note(found.line, f"'{name}' is for tls://, and these findings go to {quoted(str(target))}", "")
        elif other and other not in sink.table.nodes:
            note(found.line, f"'{name}' wants '{other}' beside it", "")
