"""The keys that say whom devices may talk to: of zones, of assets, of roles, and of vendor profiles."""

from __future__ import annotations

from monitor.config.document import Node
from monitor.config.notation import (
    HOST_PATTERN,
    MAX_SITE_CHARS,
    NETWORK_PATTERN,
    PORT_PATTERN,
    parse_day,
    parse_host,
    parse_line,
    parse_network,
    parse_port,
)
from monitor.config.shapes import Found, Note, Schema, UnfitError, Word, read_scalar
from monitor.config.structures import Forms, Key, ListOf, Section
from monitor.config.words import FILE, REFERENCE, choice
from monitor.model.data import Role
from monitor.model.named import NamedTuple

MAX_EXPECTATIONS = 1_000
"""Of one zone."""
MAX_EXCEPTIONS = 100
"""Of one zone; more of them are the rule."""
MAX_PORTS = 100
"""Of one service; more of them is no service."""

NETWORK = Word(parse_network, {"pattern": NETWORK_PATTERN})
HOST = Word(parse_host, {"pattern": HOST_PATTERN})
PORTS = ListOf(item=Word(parse_port, {"pattern": PORT_PATTERN}), least=1, most=MAX_PORTS, unique=True)
LINE = Word(parse_line, {"minLength": 1, "maxLength": MAX_SITE_CHARS})
WHERE = "ports of the service with their transport, as in 443/tcp"


class Day:
    """A day of the calendar, in quotes or without."""

    def read(self, node: Node, key: str, note: Note) -> Found | None:
        """See `Shape`."""
        scalar = read_scalar(node, key, note)
        if scalar is None:
            return None
        try:
            return Found(parse_day(scalar.text), scalar.line)
        except UnfitError as unfit:
            note(scalar.line, unfit.what, unfit.hint)
        return None

    def schema(self) -> Schema:
        """See `Shape`."""
        return {"type": "string", "format": "date"}


class _Form(NamedTuple):
    """One way to say whom: its key, and whether it wants ports."""

    key: Key
    wants_ports: bool = False


_PLAIN = {
    "asset": _Form(Key(name="asset", shape=REFERENCE, says="name of an asset", required=True)),
    "network": _Form(
        Key(name="network", shape=NETWORK, says="a network, as in 10.1.0.0/24", required=True), wants_ports=True
    ),
    "name": _Form(
        Key(name="name", shape=HOST, says='a host name, or "*.example.org" for all names below', required=True),
        wants_ports=True,
    ),
    "role": _Form(Key(name="role", shape=choice(Role), says="every asset with that role", required=True)),
}
_TERMS = (
    Key(name="owner", shape=LINE, says="who answers for it", required=True),
    Key(name="reason", shape=LINE, says="why", required=True),
    Key(name="until", shape=Day(), says="last day on which it holds, as in 2027-03-31", required=True),
)


def _section(form: _Form, *more: Key) -> Section:
    says = WHERE if form.wants_ports else f"{WHERE}; without it all ports"
    return Section((form.key, Key(name="ports", shape=PORTS, says=says, required=form.wants_ports), *more))


EXPECTATION = Forms(
    {
        **{name: _section(form) for name, form in _PLAIN.items()},
        "mud": Section(
            (
                Key(name="mud", shape=FILE, says="a MUD file of the device's maker (RFC 8520)", required=True),
                Key(name="controller", shape=REFERENCE, says="the asset that the file calls the device's controller"),
            )
        ),
        "vendor": Section(
            (
                Key(
                    name="vendor",
                    shape=REFERENCE,
                    says="all hosts of a vendor's cloud, by the profile with that name that comes along",
                    required=True,
                ),
            )
        ),
    }
)
EXCEPTION = Forms({name: _section(form, *_TERMS) for name, form in _PLAIN.items()})
EXPECT = ListOf(item=EXPECTATION, most=MAX_EXPECTATIONS)
EXCEPTIONS = ListOf(item=EXCEPTION, most=MAX_EXCEPTIONS)

ROLE = Section(
    (
        Key(name="role", shape=choice(Role), says="of which devices", required=True),
        Key(name="expect", shape=EXPECT, says="whom they may talk to, beside what is said of their zones"),
        Key(name="exceptions", shape=EXCEPTIONS, says="whom they may talk to as well, for a while"),
    )
)

VENDOR = Section(
    (
        Key(name="vendor", shape=LINE, says="name of the profile, the file's own", required=True),
        Key(name="title", shape=LINE, says="what it is for", required=True),
        Key(name="source", shape=LINE, says="where that is written", required=True),
        Key(name="date", shape=Day(), says="when that was read", required=True),
        Key(
            name="expect",
            shape=ListOf(item=Forms({"name": _section(_PLAIN["name"])}), least=1, most=MAX_EXPECTATIONS),
            says="the hosts",
            required=True,
        ),
    )
)
