"""Names an end of a finding, or a service, on one line."""

from __future__ import annotations

from monitor.model.finding import About, Peer
from monitor.model.flow import Endpoint
from monitor.sinks.report.figures import make_legible


def name_end(end: About | Peer | Endpoint) -> str:
    """An end by its address and its names, on one legible line."""
    address = str(end.address)
    if address and end.port:
        address = f"[{address}]:{end.port}" if ":" in address else f"{address}:{end.port}"
        address += f"/{end.transport}" if isinstance(end, About) else ""
    names = dict.fromkeys((end.asset, end.name, f"zone {end.zone}" if end.zone else ""))
    named = ", ".join(name for name in names if name)
    return make_legible("  ".join(part for part in (address, named) if part) or "an end that is not named")
