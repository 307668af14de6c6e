"""Every key of the configuration, declared once: the reader, the JSON Schema and the reference all follow from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from monitor.config.alert_keys import ALERTS
from monitor.config.document import Form
from monitor.config.expect_keys import EXCEPTIONS, EXPECT, PORTS, ROLE, WHERE
from monitor.config.notation import (
    ADDRESS_PATTERN,
    INTERFACE_PATTERN,
    LISTEN_PATTERN,
    MAX_SITE_CHARS,
    NETWORK_PATTERN,
    PATH_PATTERN,
    parse_address,
    parse_full_path,
    parse_interface,
    parse_listen,
    parse_own_network,
    parse_site,
    parse_written,
)
from monitor.config.shapes import Flag, Number, Shape, Word
from monitor.config.sink_keys import SINKS
from monitor.config.structures import Key, ListOf, Section
from monitor.config.tunnel_keys import MAX_TUNNELS, TUNNEL
from monitor.config.words import BASIC_AUTH, FILE, NAME, REFERENCE, choice
from monitor.model.closed import Enum
from monitor.model.contract import ProtocolSpec
from monitor.model.data import Audience, Inspect, Role
from monitor.privacy.labels import typed

CONFIGURATION = Form(noun="configuration", opening="site: Main Library", max_bytes=1_048_576, max_nodes=100_000)
"""A consortium of 200 branches with five zones each has about 100,000 bytes and 10,000 values."""
MAX_ZONES = 1_000
"""Five zones for each of 200 branches; a zone is a label of metrics, and those cost memory wherever they are kept."""
MAX_ASSETS = 10_000
"""The cameras of a consortium one by one; the same."""
MAX_NETWORKS = 1_000
"""Of one zone, and of the library's own ones."""
MAX_ADDRESSES = 16
"""Of one asset."""
MAX_DAYS = 3_650
"""Ten years; what is older than any device is of no use."""
MAX_STORE_MB = 10_000
"""A database that is read in one go should not be larger."""
MAX_INTERFACES = 8
"""Taps and mirror ports of one sensor; each takes a ring of memory."""
MAX_OPTION_ITEMS = 1_000
"""Of one list among a protocol's options."""


OWN_NETWORK = Word(parse_own_network, {"pattern": NETWORK_PATTERN})
ADDRESS = Word(parse_address, {"pattern": ADDRESS_PATTERN})

ZONE = Section(
    (
        Key(name="name", shape=NAME, says="name of the zone, as reports and metrics show it", required=True),
        Key(name="audience", shape=choice(Audience), says="who uses these networks", required=True),
        Key(
            name="networks",
            shape=ListOf(item=OWN_NETWORK, least=1, most=MAX_NETWORKS),
            says="the zone's networks, IPv4 and IPv6, as in 10.30.0.0/24",
            required=True,
        ),
        Key(name="role", shape=choice(Role), says="what the zone's devices are, when they are all of one kind"),
        Key(
            name="inspect",
            shape=choice(Inspect),
            says="how much of the zone's traffic is looked at; library-only for public zones, else all",
        ),
        Key(
            name="show_addresses",
            shape=Flag(),
            says="whether addresses of the zone's devices are shown; true, but never for public zones",
        ),
        Key(name="inside", shape=REFERENCE, says="name of the zone within whose networks these lie on purpose"),
        Key(name="expect", shape=EXPECT, says="whom the zone's devices may talk to; everything else is unexpected"),
        Key(name="exceptions", shape=EXCEPTIONS, says="whom they may talk to as well, for a while"),
    )
)

ASSET = Section(
    (
        Key(name="name", shape=NAME, says="name of the device, as reports and metrics show it", required=True),
        Key(
            name="address",
            shape=ListOf(item=ADDRESS, least=1, most=MAX_ADDRESSES, bare=True, unique=True),
            says="its address, IPv4 or IPv6, or a list of them",
            required=True,
        ),
        Key(name="role", shape=choice(Role), says="what the device is for", required=True),
        Key(name="ports", shape=PORTS, says=WHERE),
        Key(name="expect", shape=EXPECT, says="whom it may talk to, beside what holds for its zone and its role"),
        Key(name="exceptions", shape=EXCEPTIONS, says="whom it may talk to as well, for a while"),
    )
)

STORE = Section(
    (
        Key(
            name="path",
            shape=Word(parse_full_path, {"pattern": PATH_PATTERN}),
            says="the database that keeps findings, as in /var/lib/privacy-monitor/findings.db; without it none does",
        ),
        Key(
            name="resolve_after_days",
            shape=Number(least=1, most=MAX_DAYS),
            says="days without a finding, though its place was seen, until it is resolved; 7",
        ),
        Key(
            name="retention_days",
            shape=Number(least=1, most=MAX_DAYS),
            says="days until a finding that was not seen again is removed; 400",
        ),
        Key(
            name="max_mb",
            shape=Number(least=1, most=MAX_STORE_MB),
            says="size of the database in MB; 64",
        ),
    )
)


TLS = Section(
    (
        Key(name="certificate", shape=FILE, says="file with the certificate and its chain, PEM", required=True),
        Key(name="key", shape=FILE, says="file with its private key, PEM, without a password", required=True),
    )
)

METRICS = Section(
    (
        Key(
            name="listen",
            shape=Word(parse_listen, {"pattern": LISTEN_PATTERN}),
            says="address and port, as in 127.0.0.1:9477, which holds without it, or [::1]:9477",
        ),
        Key(name="tls", shape=TLS, says="offer them over TLS, with this certificate"),
        Key(name="basic_auth", shape=BASIC_AUTH, says="want a user and a password"),
    )
)


SENSOR = Section(
    (
        Key(
            name="interfaces",
            shape=ListOf(
                item=Word(parse_interface, {"pattern": INTERFACE_PATTERN}), least=1, most=MAX_INTERFACES, unique=True
            ),
            says="what 'run' listens to unless its command line says so: a list of network interfaces, as in [eth1]",
            required=True,
        ),
        Key(
            name="outgoing",
            shape=Flag(),
            says="true on a server or a router that listens to its own connections; false: a mirror sends nothing",
        ),
    )
)


def root(specs: Iterable[ProtocolSpec]) -> Section:
    """The whole file, with the options of these protocols."""
    return Section(
        (
            Key(
                name="site",
                shape=Word(parse_site, {"minLength": 1, "maxLength": MAX_SITE_CHARS}),
                says="name of the library, for the head of reports",
            ),
            Key(
                name="separate_vlans",
                shape=Flag(),
                says="true where several VLANs use the same addresses for different devices; false",
            ),
            Key(
                name="local",
                shape=ListOf(item=OWN_NETWORK, most=MAX_NETWORKS, unique=True),
                says="networks of your own with public addresses that are in no zone; private ones are known",
            ),
            Key(name="zones", shape=ListOf(item=ZONE, most=MAX_ZONES), says="the parts of your network"),
            Key(name="assets", shape=ListOf(item=ASSET, most=MAX_ASSETS), says="devices with a name"),
            Key(
                name="roles",
                shape=ListOf(item=ROLE, most=len(Role)),
                says="whom the devices of a role may talk to, wherever they are",
            ),
            Key(
                name="tunnels",
                shape=ListOf(item=TUNNEL, most=MAX_TUNNELS),
                says="between whom SIP2 is encrypted; with one of them, SIP2 anywhere else is a finding",
            ),
            Key(name="sensor", shape=SENSOR, says="what the sensor listens to"),
            Key(name="store", shape=STORE, says="where findings are kept, and for how long"),
            Key(name="protocols", shape=_protocols(specs), says="options of protocols, by protocol"),
            Key(name="sinks", shape=SINKS, says="where findings go as they come; without it standard output, as lines"),
            Key(name="metrics", shape=METRICS, says="offer metrics to Prometheus while listening; {} for the defaults"),
            Key(name="alerts", shape=ALERTS, says="who is told of findings, of which, and when"),
        )
    )


def _protocols(specs: Iterable[ProtocolSpec]) -> Section:
    return Section(
        tuple(
            Key(name=spec.name, shape=_options(spec.options, spec.patterns), says=f"options of {spec.name}")
            for spec in sorted(specs, key=lambda spec: spec.name)
            if spec.options
        )
    )


def _options(defaults: Mapping[str, object], patterns: Mapping[str, str]) -> Section:
    return Section(
        tuple(
            Key(name=name, shape=shape_of(default, patterns.get(name)), says=f"without it {in_words(default)}")
            for name, default in sorted(defaults.items())
        )
    )


def shape_of(default: object, pattern: str | None = None) -> Shape:
    """The shape of a protocol's option, from its default, and from how its texts are written.

    Raises:
        TypeError: nobody can write such a value.
    """
    match default:
        case bool():
            return Flag()
        case int():
            return Number()
        case Enum():
            return choice(type(default))
        case str():
            return Word(typed) if pattern is None else Word(partial(parse_written, pattern), {"pattern": pattern})
        case tuple():
            item = shape_of(default[0] if default else "", pattern)
            return ListOf(item=item, most=MAX_OPTION_ITEMS, unique=True)
    raise TypeError(f"an option cannot be a {type(default).__name__}")


def in_words(default: object) -> str:
    """The value of an option as it would be written."""
    match default:
        case bool():
            return str(default).lower()
        case Enum():
            return str(default.value)
        case tuple():
            return f"[{', '.join(in_words(one) for one in default)}]"
    return str(default)
