"""The site's own configuration with every destination replaced by a private one, where only the audit looks.

Rules: what a configuration names of sinks is opened as it stands, but for where it leads, and with it the certificates
and passwords that only that destination wants; no place of the site is read, written or connected to. Of what it does
not name, every kind is tried.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from ipaddress import ip_address
from itertools import count
from pathlib import Path

from monitor.audit.process import STDOUT
from monitor.audit.receivers import HOST, Mailbox, WebServer, short_name
from monitor.audit.ways import Way, kept_in
from monitor.config.settings import (
    Alertmanager,
    AlertSettings,
    Carrier,
    Config,
    JournalSettings,
    LineFormat,
    LinesSettings,
    Listen,
    MetricsSettings,
    SinkSettings,
    SyslogSettings,
    Target,
)
from monitor.model.named import NamedTuple
from monitor.model.record import replace
from monitor.outlets import UNSAID
from monitor.privacy.labels import file_label
from monitor.sinks.alerts.digest import SLUG

_ANY = Target(Carrier.UDP, HOST, 0)
EVERY_SINK: tuple[SinkSettings, ...] = (
    UNSAID,
    LinesSettings(format=LineFormat.EVE, path=Path("eve.json")),
    JournalSettings(),
    SyslogSettings(),
    SyslogSettings(to=_ANY),
    SyslogSettings(to=_ANY._replace(carrier=Carrier.TCP)),
)
"""One of each kind."""
EVERY_ALERT = AlertSettings(alertmanagers=(Alertmanager(url=""),), notify=(Path("outlet"),))

_FORMATS = {LineFormat.EVE: "findings as EVE", LineFormat.ENTRY: "findings, lines of JSON"}
_CARRIERS = {
    Carrier.UNIX: "findings as syslog, on this machine",
    Carrier.UDP: "findings as syslog, by UDP",
    Carrier.TCP: "findings as syslog, by TCP",
    Carrier.TLS: "findings as syslog, by TCP without TLS",
}
_PAGE, _DIGEST = b'"severity": "page"', SLUG.encode()
"""By what an alert to Alertmanager is known as a page, and any message as a digest."""


class Redirected(NamedTuple):
    """What became of a configuration."""

    config: Config
    ways: list[Way]
    searched: str
    """The file of the process that is one of them; empty where findings do not go to standard output."""
    scrape: str
    """What to call the metrics, whose port is known when they are offered."""


def redirect(config: Config, folder: Path, process: Path, stack: ExitStack) -> Redirected:
    """Replace every destination.

    Args:
        config: of the site.
        folder: empty, private, and gone afterward.
        process: the folder into which go the standard streams.
        stack: closes what has to be closed.
    """
    move = _Move(folder, process / STDOUT, stack)
    named, metrics, store = config.sinks, config.metrics, config.store
    tells = config.alerts is not None and config.alerts.tells_anybody
    alerts = config.alerts if config.alerts is not None and tells else EVERY_ALERT
    tried = EVERY_SINK if sys.platform == "linux" else (UNSAID,)  # elsewhere there is no run, and no daemons of Linux
    sinks = tuple([move.sink(one, is_named=named is not None) for one in (tried if named is None else named)])
    place = move.folder("database of findings, and its log", store.path)
    return Redirected(
        replace(
            config,
            sinks=sinks,
            store=replace(store, path=place / "findings.db"),
            alerts=move.alerts(alerts, is_named=tells),
            metrics=MetricsSettings(listen=Listen(ip_address(HOST), 0)),
        ),
        move.ways,
        STDOUT if any(isinstance(one, LinesSettings) and one.path is None for one in sinks) else "",
        _name("metrics, scraped", metrics and metrics.url),
    )


class _Move:
    """Makes private places."""

    def __init__(self, folder: Path, stdout: Path, stack: ExitStack) -> None:
        self.ways: list[Way] = []
        self._folder = folder
        self._short = short_name(folder, stack)
        self._stdout = stdout
        self._stack = stack
        self._number = count(1)

    def sink(self, settings: SinkSettings, *, is_named: bool) -> SinkSettings:
        """One that tells findings one by one."""
        match settings:
            case LinesSettings(path=None):
                way = Way(name=f"{_FORMATS[settings.format]}, on standard output", left=self._stdout.read_bytes)
                self.ways.append(way)
                return settings
            case LinesSettings():
                place = self.folder(_FORMATS[settings.format], settings.path if is_named else None)
                return replace(settings, path=place / "findings")
            case JournalSettings():
                path = self._socket("findings in the journal", settings.path if is_named else None)
                return replace(settings, path=Path(path))
        name, instead = _CARRIERS[settings.to.carrier], settings.to if is_named else None
        if settings.to.carrier is Carrier.UNIX:
            return SyslogSettings(to=Target(Carrier.UNIX, self._socket(name, instead), 0))
        is_udp = settings.to.carrier is Carrier.UDP
        mailbox = self._stack.enter_context(Mailbox.on(socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM))
        self.ways.append(Way(name=_name(name, instead), left=mailbox.arrived))
        return SyslogSettings(to=Target(Carrier.UDP if is_udp else Carrier.TCP, HOST, mailbox.port))

    def alerts(self, settings: AlertSettings, *, is_named: bool) -> AlertSettings:
        """Everybody who is told, at once and of everything: no first look, no quiet hours, no decisions of the site."""
        managers = [
            Alertmanager(url=f"http://{HOST}:{self._web('Alertmanager', one.url if is_named else None)}")
            for one in settings.alertmanagers
        ]
        outlets = [
            self._write(f"json://{HOST}:{self._web('an outlet', one if is_named else None)}/")
            for one in settings.notify
        ]
        place = self.folder("ledger of alerts", settings.path)
        return replace(
            settings,
            alertmanagers=tuple(managers),
            notify=tuple(outlets),
            path=place / "alerts.db",
            quiet=None,
            first_look_hours=0,
            policy=(),
        )

    def folder(self, name: str, instead: Path | None) -> Path:
        """A folder of files."""
        place = self._next()
        place.mkdir()
        self.ways.append(Way(name=_name(name, instead), left=kept_in(place)))
        return place

    def _socket(self, name: str, instead: object) -> str:
        path = f"{self._short}/{next(self._number)}"
        mailbox = self._stack.enter_context(Mailbox.at(path))
        self.ways.append(Way(name=_name(name, instead), left=mailbox.arrived))
        return path

    def _web(self, name: str, instead: object) -> int:
        """The port of a server, where pages and digests are told apart."""
        server = self._stack.enter_context(WebServer())
        for kind, belongs in (("pages", _is_page), ("digests", _is_digest)):
            left = _joined(server, belongs)
            self.ways.append(Way(name=_name(f"alerts: {kind} to {name}", instead), left=left))
        return server.port

    def _write(self, line: str) -> Path:
        path = self._next()
        path.write_text(f"{line}\n", "utf-8")
        return path

    def _next(self) -> Path:
        return self._folder / f"{next(self._number)}"


def _name(name: str, instead: object) -> str:
    return f"{name}, instead of {file_label(str(instead))}" if instead else name


def _joined(server: WebServer, belongs: Callable[[bytes], bool]) -> Callable[[], bytes]:
    return lambda: b"\n".join(request for request in server.requests() if belongs(request))


def _is_digest(request: bytes) -> bool:
    return _DIGEST in request


def _is_page(request: bytes) -> bool:
    """Whether there is a page in it, or nothing that is known."""
    return _PAGE in request or not _is_digest(request)
