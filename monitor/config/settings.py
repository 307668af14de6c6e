"""The configuration as the program uses it: whole, typed, and unchangeable."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique
from ipaddress import IPv4Address
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from monitor.model.opaque import Label
from monitor.model.record import Record, field
from monitor.privacy.labels import NOTHING
from monitor.privacy.places import Address, Asset, Network, Zone

Options = Mapping[str, object]


class Listen(NamedTuple):
    """Where something is offered."""

    address: Address
    port: int

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if self.address.version == 6 else f"{self.address}:{self.port}"  # noqa: PLR2004 (IP's number)


METRICS_AT = Listen(IPv4Address("127.0.0.1"), 9477)
"""Where metrics are offered unless something else is said: to this machine alone."""


class Tls(Record):
    """What a server shows of itself; both files are PEM."""

    certificate: Path
    """With the chain behind it."""
    key: Path


class BasicAuth(Record):
    """Who may ask (RFC 7617)."""

    user: Label
    password_file: Path


class MetricsSettings(Record):
    """How metrics are offered."""

    listen: Listen = METRICS_AT
    tls: Tls | None = None
    basic_auth: BasicAuth | None = None

    @property
    def url(self) -> str:
        """Where to scrape."""
        return f"http{'s' if self.tls else ''}://{self.listen}/metrics"


class SensorSettings(Record):
    """What a sensor listens to."""

    interfaces: tuple[Label, ...] = ()
    """Network interfaces by name; empty when only the command line says it."""


class StoreSettings(Record):
    """Where findings are kept, and for how long. Days are days on which a sensor listened."""

    path: Path | None = None
    resolve_after_days: int = 7
    """A week has every opening hour of a library once."""
    retention_days: int = 400
    """A year, so that what comes back with the season is known, and a month to look at it."""
    max_mb: int = 64
    """Some ten thousand findings; a badly kept consortium has dozens at a time."""


@unique
class LineFormat(Enum):
    """How a finding is written as a line of JSON; the values are kinds of sinks."""

    EVE = "eve"
    """As Suricata writes alerts."""
    ENTRY = "lines"
    """As the report lists them."""


class LinesSettings(Record):
    """Findings as lines of JSON."""

    format: LineFormat
    path: Path | None
    """None for standard output."""
    max_mb: int = 50
    """A busy library writes a few MB in a year."""
    keep: int = 5
    """Older files beside it."""


class JournalSettings(Record):
    """Findings in the systemd journal."""

    path: Path = Path("/run/systemd/journal/socket")
    """Where it listens."""


@unique
class Carrier(Enum):
    """How syslog travels."""

    UNIX = "unix"
    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class Target(NamedTuple):
    """Whom to send to."""

    carrier: Carrier
    host: str
    """The path of a socket with `Carrier.UNIX`."""
    port: int
    """0 with `Carrier.UNIX`."""

    def __str__(self) -> str:
        if self.carrier is Carrier.UNIX:
            return self.host
        return f"{self.carrier.value}://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


LOCAL_SYSLOG = Target(Carrier.UNIX, "/dev/log", 0)
"""Where syslog goes unless something else is said: to the daemon of this machine."""


class SyslogSettings(Record):
    """Findings as messages of syslog."""

    to: Target = LOCAL_SYSLOG
    ca: Path | None = None
    """Whom to trust, PEM; None for whom this machine trusts."""
    certificate: Path | None = None
    """What is shown to a server that wants to know who sends, PEM, with `key`."""
    key: Path | None = None


SinkSettings = LinesSettings | JournalSettings | SyslogSettings


class Config(Record):
    """What the operator said. `Config()` is what holds where nothing was said."""

    site: Label = NOTHING
    separate_vlans: bool = False
    """True when the same addresses are used in several VLANs, so that the VLAN tells flows apart."""
    local: tuple[Network, ...] = ()
    """Networks of the library's own beside the zones' and the private ones."""
    zones: tuple[Zone, ...] = ()
    assets: tuple[Asset, ...] = ()
    sensor: SensorSettings = field(default_factory=SensorSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    protocols: Mapping[str, Options] = field(default_factory=lambda: MappingProxyType({}))
    """Options by protocol, defaults filled in; without the protocols that have none."""
    metrics: MetricsSettings | None = None
    """None when nobody asked for them."""
    sinks: tuple[SinkSettings, ...] | None = None
    """Where findings go as they come; None for standard output, as nothing was said."""
