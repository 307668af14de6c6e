"""Hosts that are known for what they do: servers of encrypted DNS, and relays past the firewall.

Rules: data, see ``rules/catalog/destinations``; a name or address makes such a host, never a port alone but for DNS
over TLS, which has one of its own (RFC 7858 3.1). Names off the wire are opened here, and only traits come out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from monitor.model.events import Trait
from monitor.model.flow import Transport
from monitor.model.opaque import HostName, Label
from monitor.model.record import Record
from monitor.privacy.places import Address, Port, unmap


class Known(Record):
    """Hosts with the same trait."""

    trait: Trait
    names: tuple[Label, ...] = ()
    """In lower case; ``*.`` and a name for all names below."""
    addresses: tuple[Address, ...] = ()
    address_ports: tuple[Port, ...] = ()
    """At which those addresses are such a service; all hosts with these names are it at any port."""
    ports: tuple[Port, ...] = ()
    """That have no other use."""
    protocols: tuple[Label, ...] = ()
    """That have no other use, as they are recognized."""


class Services:
    """All of them."""

    def __init__(self, known: Callable[[], Sequence[Known]] = tuple) -> None:
        """Take who knows; it is asked once, when the first flow is to be judged."""
        self._load = known

    def adopt(self, other: Services) -> None:
        """Say from now on what `other` says."""
        self._load = other._load
        self.__dict__.pop("_tables", None)

    def traits(
        self, other: bytes, port: int, transport: Transport, protocol: Label, names: Iterable[HostName]
    ) -> set[Trait]:
        """What is known of the other end, with an address of 4 or 16 bytes, of a flow."""
        by_name, by_address, by_port, by_protocol = self._tables
        service = Port(port, transport)
        found = {by_port.get(service), by_protocol.get(protocol), by_address.get((unmap(other), service))}
        for name in names:
            rest = name.reveal()
            found.add(by_name.get(rest))
            while dot := rest.find(".") + 1:
                found.add(by_name.get(rest[dot - 1 :]))
                rest = rest[dot:]
        return {one for one in found if one is not None}

    @cached_property
    def _tables(
        self,
    ) -> tuple[dict[str, Trait], dict[tuple[bytes, Port], Trait], dict[Port, Trait], dict[str, Trait]]:
        """Traits by name (those of wildcards begin with a dot), by address and port, by port, and by protocol."""
        by_name: dict[str, Trait] = {}
        by_address: dict[tuple[bytes, Port], Trait] = {}
        by_port: dict[Port, Trait] = {}
        by_protocol: dict[str, Trait] = {}
        for one in self._load():
            by_name.update((name.removeprefix("*"), one.trait) for name in one.names)
            by_address.update(
                ((address.packed, port), one.trait) for address in one.addresses for port in one.address_ports
            )
            by_port.update((port, one.trait) for port in one.ports)
            by_protocol.update((protocol, one.trait) for protocol in one.protocols)
        return by_name, by_address, by_port, by_protocol
