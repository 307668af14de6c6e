"""One protocol as every flow of it needs it: its specification with what is worked out once a run."""

from __future__ import annotations

from monitor.model.contract import ProtocolSpec
from monitor.model.events import DeviceLease, DeviceSign, PortMapping
from monitor.model.stats import Stats
from monitor.privacy.labels import typed


class Known:
    """A protocol that flows are asked for."""

    __slots__ = ("counted", "counters", "heard", "label", "may_name", "name", "opens", "shows", "spec")

    def __init__(self, spec: ProtocolSpec, stats: Stats, *, heard: bool = True) -> None:
        """Start its counters at zero; `heard` is False where nobody wants to know what its flows say."""
        self.name = spec.name
        self.label = typed(spec.name)
        self.counters = stats.protocol(spec.name)
        """Its section of the report."""
        self.counters.update(dict.fromkeys(("flows", *spec.report), 0))
        self.adopt(spec, heard=heard)
        self.counted = {event: name for name, event in spec.report.items()}
        """Which events count, and as what."""

    def adopt(self, spec: ProtocolSpec, *, heard: bool) -> None:
        """Treat flows that begin from here on by this specification, which is the same but for its options."""
        self.spec = spec
        self.opens = spec.opens
        self.may_name = bool(spec.names) or set(spec.events) <= {DeviceSign, DeviceLease, PortMapping}
        """A flow of it may yet say what it calls the other end, or what the catalog of devices calls its protocol."""
        self.shows = any(spec.parties)
        """That a flow speaks it tells what one of its ends is."""
        self.heard = heard or bool(spec.report)
        """Somebody wants what every flow of it says, or at least how much; else flows are recognized and counted."""
