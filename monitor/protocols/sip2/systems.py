"""Tells whose library system answers, by the fields that it adds to those of the standard.

Rule: one tell settles it, and another system's tell unsettles it for good, for then what ids mean is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from monitor.model.lazy import lazy
from monitor.model.named import NamedTuple
from monitor.protocols.sip2.events import System

SPEAKING = frozenset({b"SV"})
"""Fields whose values tell, in whatever message they come."""
INSTITUTION = b"AO"
"""The field whose value tells of FOLIO, whose institutions go by UUID (RFC 9562)."""

_UUID = lazy(rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\s*\Z")
_GOSSIP = lazy(rb"(?i)gossip")
_FAMILY = {
    System.SYMPHONY: System.SIRSIDYNIX,
    System.HORIZON: System.SIRSIDYNIX,
    System.EVERGREEN: System.KOHA_OR_EVERGREEN,
}
"""What is known of a system before it is known which of the family it is."""


class _Tell(NamedTuple):
    """So many of these fields with a value in one message are a system's own."""

    system: System
    fields: frozenset[bytes]
    enough: int


def _tell(system: System, fields: str, enough: int) -> _Tell:
    return _Tell(system, frozenset(fields.encode().split()), enough)


_TELLS = (
    _tell(System.EVERGREEN, "XI", 1),
    _tell(System.FOLIO, "EA IN NB", 2),
    _tell(System.GOSSIP, "FB FD", 2),
    _tell(System.HORIZON, "DH DJ", 1),
    _tell(System.HORIZON, "PS ZY", 2),
    _tell(System.POLARIS, "BC PX PY PZ U1 U2 U3 U4 U5", 2),
    _tell(System.SIRSIDYNIX, "VN", 1),
    _tell(System.SYMPHONY, "DB DM", 2),
    _tell(System.WISE, "GG", 1),
)
_WEAK_TELLS = (_tell(System.KOHA_OR_EVERGREEN, "PB PC PI", 3),)
"""Other systems send the same: they count where nothing else tells."""


def infer(names: Iterable[bytes]) -> System:
    """Say whose message has these fields."""
    return _infer(frozenset(names))


def infer_from_value(name: bytes, value: bytes) -> System:
    """Say whose message has a field with this value."""
    if name == INSTITUTION and value[8:9] == b"-" and _UUID.match(value):
        return System.FOLIO
    return System.GOSSIP if name in SPEAKING and _GOSSIP.match(value) else System.UNKNOWN


def settle(known: System, seen: System) -> System:
    """Bring together what is known of a flow and what one more message tells.

    Sierra is told by the way it writes dates, which says less than a field: any other tell beats it.
    """
    if seen is System.UNKNOWN or seen is known or known is System.UNSURE:
        return known
    if known in (System.UNKNOWN, System.SIERRA) or _FAMILY.get(seen) is known:
        return seen
    if seen is System.SIERRA or _FAMILY.get(known) is seen:
        return known
    return System.UNSURE


@lru_cache(maxsize=1_024)  # sets of fields; a system shows some dozens
def _infer(names: frozenset[bytes]) -> System:
    found = System.UNKNOWN
    for tells in (_TELLS, _WEAK_TELLS):
        for tell in tells:
            if len(tell.fields & names) >= tell.enough:
                found = settle(found, tell.system)
        if found is not System.UNKNOWN:
            break
    return found
