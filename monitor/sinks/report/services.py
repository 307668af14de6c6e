"""Tells of each service whose protocol can be carried encrypted how much of it was: as JSON types, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from monitor.model.stats import ServiceUse
from monitor.sinks.report.ends import name_end
from monitor.sinks.report.figures import count, make_legible

LISTED_SERVICES = 100
"""In the document: a consortium has dozens."""
SHOWN_SERVICES = 8
"""On the page."""

_DIGITS = 4


def busiest(services: Sequence[ServiceUse], most: int) -> list[ServiceUse]:
    """Those with the most flows, the busiest first."""
    return sorted(services, key=_busiest_first)[:most]


def _busiest_first(one: ServiceUse) -> tuple[int, str, str, str, int]:
    end = one.endpoint
    return -one.plain_flows - one.encrypted_flows, one.protocol, end.address, end.zone, end.port


def describe_service(one: ServiceUse) -> dict[str, Any]:
    """One entry of the report's ``services``."""
    end = one.endpoint
    return {
        "protocol": str(one.protocol),
        "address": str(end.address),
        "port": end.port,
        "transport": one.transport.word,
        "name": str(end.name),
        "zone": str(end.zone),
        "asset": str(end.asset),
        "plain_flows": one.plain_flows,
        "encrypted_flows": one.encrypted_flows,
        "given_up_flows": one.given_up_flows,
        "encrypted_share": round(one.encrypted_share, _DIGITS),
    }


def service_lines(services: Sequence[ServiceUse]) -> list[str]:
    """A line for each of the busiest services, and one for all others."""
    lines = [_line(one) for one in busiest(services, SHOWN_SERVICES)]
    more = len(services) - len(lines)
    return [*lines, f"+ {count(more, 'more service')}"] if more else lines


def _line(one: ServiceUse) -> str:
    kept = one.encrypted_flows - one.given_up_flows
    flows = count(one.plain_flows + kept, "flow")
    line = f"{one.encrypted_share:.0%} of {flows} of {make_legible(one.protocol).upper()} to {name_end(one.endpoint)}"
    return f"{line}; {count(one.given_up_flows, 'attempt')} given up" if one.given_up_flows else line
