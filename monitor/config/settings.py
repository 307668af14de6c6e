"""The configuration as the program uses it: whole, typed, and unchangeable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from monitor.model.opaque import Label
from monitor.privacy.labels import NOTHING
from monitor.privacy.places import Asset, Network, Zone

Options = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where findings are kept, and for how long. Days are days on which a sensor listened."""

    path: Path | None = None
    resolve_after_days: int = 7
    """A week has every opening hour of a library once."""
    retention_days: int = 400
    """A year, so that what comes back with the season is known, and a month to look at it."""
    max_mb: int = 64
    """Some ten thousand findings; a badly kept consortium has dozens at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the operator said. `Config()` is what holds where nothing was said."""

    site: Label = NOTHING
    separate_vlans: bool = False
    """True when the same addresses are used in several VLANs, so that the VLAN tells flows apart."""
    local: tuple[Network, ...] = ()
    """Networks of the library's own beside the zones' and the private ones."""
    zones: tuple[Zone, ...] = ()
    assets: tuple[Asset, ...] = ()
    store: StoreSettings = field(default_factory=StoreSettings)
    protocols: Mapping[str, Options] = field(default_factory=lambda: MappingProxyType({}))
    """Options by protocol, defaults filled in; without the protocols that have none."""
