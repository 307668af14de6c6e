"""Says a configuration back in plain lines: what was understood, what holds by default, what may have been forgotten.

Rule: text that the operator typed and nothing else, so it may be shown anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, ip_address
from textwrap import wrap

from monitor.config.alert_summary import alert_lines, alert_notes
from monitor.config.expect_summary import expectation_blocks, expectation_notes
from monitor.config.keys import in_words
from monitor.config.loading import default_inspect
from monitor.config.secret_notes import secret_notes
from monitor.config.settings import (
    FINDINGS,
    Carrier,
    Config,
    LinesSettings,
    MetricsSettings,
    SinkSettings,
    SyslogSettings,
)
from monitor.model.closed import Enum
from monitor.model.data import Audience, Inspect, Role
from monitor.model.flow import Reach
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING, file_label
from monitor.privacy.naming import reach
from monitor.privacy.places import Places, Tunnel, TunnelEnd, Zone

WIDTH = 100
"""Columns of a line where nobody says how many there are; a table whose names alone are longer is wider."""

_NONE = "-"
_GAP = 2
_LAST_COLUMNS = 24
"""At least, for the last column of a table: an IPv6 network."""
_IP_VERSIONS = frozenset({4, 6})
_PRIVATE = tuple(IPv4Network(network) for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


class Kind(Enum):
    """What a line is, for those who show it in color."""

    HEAD = "head"
    """The first of a block."""
    BODY = "body"
    NOTE = "note"
    """Something that may not be meant."""


class Line(NamedTuple):
    """One line of the summary."""

    kind: Kind
    text: Label


def summarize(config: Config, width: int = WIDTH) -> list[Line]:
    """Lines for a terminal or a log: zones, assets, expectations, tunnels, protocol options, then notes.

    Args:
        config: what was understood.
        width: columns that a line should have at most.
    """
    general = [f"{config.site or 'no site name'}: {_count(config.zones, 'zone')}, {_count(config.assets, 'asset')}"]
    if config.separate_vlans:
        general.append("the same addresses in another VLAN are another device")
    if config.local:
        general.append(f"own networks beside the private ones: {_join(config.local)}")
    if config.metrics:
        general.append(_metrics(config.metrics))
    if config.sensor.interfaces:
        own = ", and to what this machine itself sends there" if config.sensor.outgoing else ""
        general.append(f"the sensor listens to {_join(config.sensor.interfaces)}{own}")
    if config.sinks is not None:
        general.append(f"findings are told to {', '.join(map(_sink, config.sinks)) or 'nobody'}")
    general += _store(config)
    if config.alerts:
        general += alert_lines(config.alerts)
    options = [f"  {name}: {said}" for name, options in config.protocols.items() if (said := _options(options))]
    blocks = [
        general,
        _zone_table(config.zones, width),
        _asset_table(config, width),
        *expectation_blocks(config),
        [line for tunnel in config.tunnels for line in _tunnel(tunnel)],
        ["options of protocols", *options] if options else [],
    ]
    remarks = [f"note: {note}" for note in notes(config)]
    lines: list[Line] = []
    for first, rest, block in (*((Kind.HEAD, Kind.BODY, block) for block in blocks), (Kind.NOTE, Kind.NOTE, remarks)):
        if block and lines:
            lines.append(Line(Kind.BODY, NOTHING))
        lines += [Line(rest if number else first, file_label(text)) for number, text in enumerate(block)]
    return lines


def notes(config: Config) -> Iterator[str]:
    """What is allowed but may not be meant."""
    places = Places(config.zones, config.assets, config.local)
    for zone in config.zones:
        yield from _zone_notes(zone, config)
    for asset in config.assets:
        for address in asset.addresses:
            zoned = places.zone(address.packed)
            if zoned is None and (reach(address.packed) is Reach.LOCAL or places.owns(address.packed)):
                yield f"asset '{asset.name}' ({address}) is in no zone, so its audience is unassigned"
            elif zoned is not None and zoned.inspect is Inspect.NONE:
                yield f"asset '{asset.name}' ({address}) is in zone '{zoned.name}', of which nothing is looked at"
        if asset.role is Role.ILS and not asset.ports:
            yield f"asset '{asset.name}' has no 'ports', so encrypted SIP2 to it cannot be told from other TLS"

    yield from expectation_notes(config)
    if config.metrics:
        yield from metrics_notes(config.metrics)
    if config.alerts:
        yield from alert_notes(config.alerts)
    yield from _sink_notes(config.sinks or ())
    yield from secret_notes(config)


def metrics_notes(metrics: MetricsSettings) -> Iterator[str]:
    """What is allowed but may not be meant of how metrics are offered."""
    if metrics.listen.address.is_loopback:
        return
    if metrics.basic_auth is None:
        yield f"metrics are offered beyond this machine ({metrics.listen}) to everybody: add 'basic_auth'"
    if metrics.tls is None:
        what = "the password of the metrics crosses" if metrics.basic_auth else "metrics cross"
        yield f"{what} the network readable ({metrics.listen}): add 'tls'"


def _sink_notes(sinks: Sequence[SinkSettings]) -> Iterator[str]:
    for sink in sinks:
        if isinstance(sink, SyslogSettings) and sink.to.carrier in {Carrier.UDP, Carrier.TCP} and _leaves(sink.to.host):
            yield f"findings go to {sink.to} in the clear; they name weak places, so use tls:// or a protected network"


def _zone_notes(zone: Zone, config: Config) -> Iterator[str]:
    if zone.inspect is Inspect.LIBRARY_ONLY and not config.assets:
        yield f"zone '{zone.name}' is looked at toward assets only, and there are no assets"
    versions = {network.version for network in zone.networks}
    if zone.audience is Audience.PUBLIC:
        for version in sorted(_IP_VERSIONS - versions):
            yield (
                f"public zone '{zone.name}' has no IPv{version} network: "
                f"if its devices use IPv{version}, those addresses are shown"
            )
        if zone.inspect is Inspect.ALL:
            yield f"public zone '{zone.name}' is looked at as a whole: what patrons' own devices do is seen"
    for network in zone.networks:
        if isinstance(network, IPv4Network) and any(one != network and one.subnet_of(network) for one in _PRIVATE):
            yield f"zone '{zone.name}' holds addresses of the internet: {network} is more than what is private"
    if zone.inspect is Inspect.NONE and (zone.role is Role.CAMERA or zone.expect is not None):
        yield f"zone '{zone.name}' is not looked at, so whom its devices talk to is not seen"
    elif zone.role is Role.CAMERA and zone.expect is None:
        yield f"zone '{zone.name}' does not say whom its cameras may talk to ('expect')"


def _store(config: Config) -> Iterator[str]:
    store = config.store
    wanted = config.alerts is not None and config.alerts.tells_anybody
    if store.path or wanted:
        why = "" if store.path else ", because alerts want that"
        yield f"findings are kept in {store.path or FINDINGS}, of at most {store.max_mb} MB{why}"
        resolved, removed = _days(store.resolve_after_days), _days(store.retention_days)
        yield f"findings are resolved after {resolved} without them, and removed after {removed}"


def _metrics(metrics: MetricsSettings) -> str:
    who = f"user {metrics.basic_auth.user}, with a password" if metrics.basic_auth else "whoever can reach it"
    return f"metrics for {who}: {metrics.url}"


def _leaves(host: str) -> bool:
    """Whether this is another machine, as far as that can be seen."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _sink(sink: SinkSettings) -> str:
    match sink:
        case LinesSettings(path=None):
            return f"standard output ({sink.format.value})"
        case LinesSettings():
            return f"{sink.path} ({sink.format.value}, {sink.max_mb} MB, {sink.keep} older)"
        case SyslogSettings():
            return f"syslog at {sink.to}"
    return "the journal"


def _days(number: int) -> str:
    return f"{number} day" + ("" if number == 1 else "s")


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}" + ("" if len(things) == 1 else "s")


def _join(things: Sequence[object]) -> str:
    return " ".join(str(thing) for thing in things)


def _zone_table(zones: Sequence[Zone], width: int) -> list[str]:
    rows = [
        (
            zone.name + (f" (inside {zone.inside})" if zone.inside else ""),
            zone.audience.value,
            zone.role.value if zone.role else _NONE,
            zone.inspect.value + (" (default)" if zone.inspect is default_inspect(zone.audience) else ""),
            "shown" if zone.show_addresses else "hidden",
            _join(zone.networks),
        )
        for zone in zones
    ]
    return _table(("zone", "audience", "role", "inspect", "addresses", "networks"), rows, width)


def _asset_table(config: Config, width: int) -> list[str]:
    places = Places(config.zones)
    rows = []
    for asset in config.assets:
        zones = dict.fromkeys(
            zone.name if (zone := places.zone(address.packed)) else _NONE for address in asset.addresses
        )
        row = (asset.name, asset.role.value, _join(asset.addresses), _join(asset.ports) or _NONE, ", ".join(zones))
        rows.append(row)
    return _table(("asset", "role", "address", "ports", "zone"), rows, width)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], width: int) -> list[str]:
    """The rows in columns; what is too long for the last column goes on below."""
    if not rows:
        return []
    rows = (head, *rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    begun = sum(widths[:-1]) + _GAP * len(widths[:-1])
    lines = []
    for row in rows:
        beginning = "".join(cell.ljust(size + _GAP) for cell, size in zip(row, widths[:-1], strict=False))
        for part in wrap(row[-1], max(width - begun, _LAST_COLUMNS), break_long_words=False, break_on_hyphens=False):
            lines.append(beginning + part)
            beginning = " " * begun
    return lines


def _tunnel(tunnel: Tunnel) -> list[str]:
    return [f"SIP2 is encrypted between the ends of {tunnel.name}", *map(_tunnel_end, tunnel.ends)]


def _tunnel_end(end: TunnelEnd) -> str:
    return f"  {end.party}" + (f", in clear with {', '.join(map(str, end.plain))}" if end.plain else "")


def _options(options: Mapping[str, object]) -> str:
    """All but lists of nothing, which is what is said where nobody says anything."""
    return ", ".join(f"{name} {in_words(value)}" for name, value in options.items() if value != ())
