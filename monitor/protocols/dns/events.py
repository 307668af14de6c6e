"""What the DNS parser says: which addresses a name was given, and oddities.

Rule: a name leaves as an opaque `HostName`. What is asked for is told of watched devices, see the package.
"""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.events import Event
from monitor.model.opaque import HostName


class DnsQuestion(Event):
    """An address of a name was asked for."""

    name: HostName


class DnsAnswer(Event):
    """A name was resolved to addresses of one kind."""

    name: HostName
    """What was asked for, whatever aliases (CNAME) lay between."""
    addresses: tuple[int, ...]
    """As numbers, in the order of the answer."""
    version: int
    """4 or 6."""
    ttl_seconds: int
    """How long the whole answer holds: the shortest time of any of its records."""


class DnsWeird(Enum):
    """Oddities of DNS messages."""

    BAD_RESPONSE = "bad_response"
    """Malformed, or captured in part."""
    OVERSIZE = "oversize"
    """Longer than anybody sends; not read."""
