"""Reads what is shipped of devices and hosts: policies of roles, vendor profiles, and hosts known for what they do.

Rule: a file is data that people maintain, so everything in it is checked, and it says where its facts come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path

from monitor.config.document import read_document
from monitor.config.expect_keys import HOST, LINE, PORTS, VENDOR, Day
from monitor.config.mistakes import Mistakes
from monitor.config.notation import ADDRESS_PATTERN, parse_address
from monitor.config.shapes import Word
from monitor.config.shipped import shipped
from monitor.config.structures import Fields, Key, ListOf, Section
from monitor.config.words import choice
from monitor.errors import ConfigError
from monitor.model.data import Role
from monitor.model.events import Trait
from monitor.model.flow import Reach
from monitor.privacy.expectations import Policies
from monitor.privacy.labels import typed
from monitor.privacy.places import Expectation
from monitor.privacy.services import Known

MAX_ITEMS = 1_000
"""Of one list of a file."""

_SAYS_SOURCE = (
    Key(name="title", shape=LINE, says="what it is about", required=True),
    Key(name="source", shape=LINE, says="where that is written", required=True),
    Key(name="date", shape=Day(), says="when that was read", required=True),
)
_EXPECTS = Section(
    (
        Key(name="role", shape=choice(Role), says="every asset with that role"),
        Key(name="reach", shape=choice(Reach), says="everything that lies there"),
    )
)
_POLICY = Section(
    (
        Key(name="role", shape=choice(Role), says="of which devices", required=True),
        *_SAYS_SOURCE,
        Key(name="expect", shape=ListOf(item=_EXPECTS, most=MAX_ITEMS), says="whom they may talk to", required=True),
    )
)
_ADDRESSES = ListOf(item=Word(parse_address, {"pattern": ADDRESS_PATTERN}), most=MAX_ITEMS, unique=True)
_KNOWN = Section(
    (
        Key(name="trait", shape=choice(Trait), says="what they are known for", required=True),
        *_SAYS_SOURCE,
        Key(name="names", shape=ListOf(item=HOST, most=MAX_ITEMS, unique=True), says="host names"),
        Key(name="addresses", shape=_ADDRESSES, says="addresses"),
        Key(name="address_ports", shape=PORTS, says="at which those addresses are it"),
        Key(name="ports", shape=PORTS, says="ports that have no other use"),
        Key(name="protocols", shape=ListOf(item=LINE, most=MAX_ITEMS, unique=True), says="protocols the same"),
    )
)


@cache
def shipped_policies() -> Policies:
    """The shipped policy of each role that has one.

    Raises:
        ConfigError: a file is wrong or missing.
    """
    found = {}
    for path in sorted(shipped("catalog", "roles").glob("*.yaml")):
        fields = _read(path, _POLICY)
        found[fields.get("role")] = tuple(
            Expectation(role=one.value.get("role"), reach=one.value.get("reach"), source=typed(path.stem))
            for one in fields.get("expect", ())
        )
    return found


@cache
def shipped_services() -> Sequence[Known]:
    """Hosts that are known for what they do.

    Raises:
        ConfigError: a file is wrong or missing.
    """
    found = []
    for path in sorted(shipped("catalog", "destinations").glob("*.yaml")):
        fields = _read(path, _KNOWN)
        lists = {
            name: tuple(one.value for one in fields.get(name, ()))
            for name in ("names", "addresses", "address_ports", "ports", "protocols")
        }
        lists["protocols"] = tuple(map(typed, lists["protocols"]))
        found.append(Known(trait=fields.get("trait"), **lists))
    return found


def vendor_names() -> list[str]:
    """The vendor profiles there are."""
    return sorted(path.stem for path in shipped("catalog", "vendors").glob("*.yaml"))


@cache
def vendor_expectations(name: str) -> tuple[Expectation, ...]:
    """The hosts of one vendor profile.

    Raises:
        ConfigError: its file is wrong.
    """
    fields = _read(shipped("catalog", "vendors", f"{name}.yaml"), VENDOR)
    return tuple(
        Expectation(
            name=one.value.get("name"),
            ports=tuple(port.value for port in one.value.get("ports")),
            source=typed(f"vendor profile {name}"),
        )
        for one in fields.get("expect")
    )


def _read(path: Path, section: Section) -> Fields:
    mistakes = Mistakes()
    table = read_document(path, mistakes)
    found = None if table is None else section.read(table, "", partial(mistakes.add, path))
    mistakes.raise_any(ConfigError)
    if found is None:
        raise ConfigError(f"{path.name}:1: this part of the package is damaged (hint: install the package again)")
    fields: Fields = found.value
    return fields
