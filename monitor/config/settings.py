"""The configuration as the program uses it: whole, typed, and unchangeable."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address
from pathlib import Path
from types import MappingProxyType

from monitor.model.closed import Enum
from monitor.model.named import NamedTuple
from monitor.model.opaque import Label
from monitor.model.record import Record, field
from monitor.privacy.labels import NOTHING
from monitor.privacy.places import Address, Asset, Network, RolePolicy, Tunnel, Zone

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
    outgoing: bool = False
    """Whether what this machine itself sends over them is looked at, too."""


class StoreSettings(Record):
    """Where findings are kept, and for how long. Days are days on which a sensor listened."""

    path: Path | None = None
    resolve_after_days: int = 7
    """A week has every opening hour of a library once."""
    retention_days: int = 400
    """A year, so that what comes back with the season is known, and a month to look at it."""
    max_mb: int = 64
    """Some ten thousand findings; a badly kept consortium has dozens at a time."""


class Urgency(Enum):
    """What becomes of a finding."""

    PAGE = "page"
    """Somebody is told at once, whatever the hour."""
    TICKET = "ticket"
    """It stands in the next digest."""
    NEVER = "never"
    """Nobody is told; it is kept, and shown to whoever asks."""


class Alertmanager(Record):
    """One instance that alerts are pushed to."""

    url: str
    """Without a slash at its end; may have a path, where a proxy stands before it."""
    ca_file: Path | None = None
    """Authorities that its certificate may come from, PEM; None for those of the system."""
    basic_auth: BasicAuth | None = None


class AlertPolicy(Record):
    """What the operator decided for some rules and zones."""

    rule: str
    """Name of a rule, ``*`` for any characters; of conditions of the sensor, too."""
    zone: Label
    """Empty for all."""
    alert: Urgency


class Quiet(NamedTuple):
    """Hours in which nobody hears of what does not page; local time, minutes since midnight."""

    begin: int
    end: int


CONDITIONS = ("sensor-blind",)
"""What is told of beside findings, by the names that an alert policy may use for it."""
DIGEST_AT = 7 * 60 + 30
"""Before the doors open, so that it is read with the first coffee."""
FINDINGS = Path("/var/lib/privacy-monitor/findings.db")
"""Where a service keeps findings that alerts want kept, unless something else is said."""


class AlertSettings(Record):
    """Who is told of findings, of which, and when."""

    alertmanagers: tuple[Alertmanager, ...] = ()
    notify: tuple[Path, ...] = ()
    """Files that each hold the address of one outlet: mail, a webhook, a chat."""
    path: Path | None = None
    """The queue; None for one beside the findings."""
    sensor: Label = NOTHING
    """Name of this sensor; empty for the name of the machine."""
    digest_at: int = DIGEST_AT
    """Local time, minutes since midnight."""
    quiet: Quiet | None = None
    first_look_hours: int = 24
    """A whole day has every habit of a library once, its nightly jobs included."""
    reopen_days: int = 30
    """A monthly job that leaks is known, and nothing to wake up for again."""
    policy: tuple[AlertPolicy, ...] = ()
    """The first one that fits holds; without one what the rule says."""
    runbooks: str = ""
    """Where people can read the pages that say what to do; empty where only the command shows them."""

    @property
    def tells_anybody(self) -> bool:
        """Whether anybody is named."""
        return bool(self.alertmanagers or self.notify)


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
    roles: tuple[RolePolicy, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    sensor: SensorSettings = field(default_factory=SensorSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    protocols: Mapping[str, Options] = field(default_factory=lambda: MappingProxyType({}))
    """Options by protocol, defaults filled in; without the protocols that have none."""
    metrics: MetricsSettings | None = None
    """None when nobody asked for them."""
    alerts: AlertSettings | None = None
    """The same."""
    sinks: tuple[SinkSettings, ...] | None = None
    """Where findings go as they come; None for standard output, as nothing was said."""
