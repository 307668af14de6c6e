"""Every way out of the program, with what leaves by it: the real sinks, which write to where only the audit looks.

To audit a new sink, add a function that opens it to `OUTLETS`.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from io import StringIO
from ipaddress import ip_address
from pathlib import Path

from monitor.config.settings import Config, Listen, MetricsSettings
from monitor.model.contract import Sink
from monitor.model.record import Record, replace
from monitor.privacy.presence import Presence
from monitor.sinks.entries import compose_entry
from monitor.sinks.eve import compose_eve, compose_figures
from monitor.sinks.journal import compose_journal_entry
from monitor.sinks.lines import FindingLines
from monitor.sinks.metrics.server import MetricsServer
from monitor.sinks.metrics.sink import MetricsSink
from monitor.sinks.report.json import JsonReport
from monitor.sinks.report.text import Appearance, TextReport
from monitor.sinks.statistics import StatisticsLines
from monitor.sinks.store.sink import FindingStore
from monitor.sinks.syslog import SyslogMessages

PATIENCE_SECONDS = 10.0
"""For a scrape on this machine."""


class Outlet(Record):
    """One sink, and everything that has left by it so far."""

    name: str
    sink: Sink
    left: Callable[[], bytes]


class Site(Record):
    """What sinks are opened with."""

    config: Config
    presence: Presence
    folder: Path
    """Empty, private, and gone afterward."""
    stack: ExitStack
    """Closes what has to be closed."""


class Said:
    """A destination that keeps every message."""

    def __init__(self) -> None:
        self._messages: list[bytes] = []

    def check(self) -> None:
        """It always can."""

    def send(self, message: bytes) -> bool:
        """Keep it."""
        self._messages.append(message)
        return True

    def close(self) -> None:
        """Nothing is open."""

    def all(self) -> bytes:
        """All of them."""
        return b"".join(self._messages)


Opener = Callable[[Site], Outlet]


def open_outlets(site: Site, openers: Sequence[Opener]) -> list[Outlet]:
    """Open all of them, in order."""
    return [opener(site) for opener in openers]


def _lines(_: Site) -> Outlet:
    said = Said()
    sink = FindingLines("lines", compose_entry, said)
    return Outlet(name="findings, lines of JSON", sink=sink, left=said.all)


def _eve(_: Site) -> Outlet:
    said = Said()
    return Outlet(name="findings as EVE", sink=FindingLines("eve", compose_eve, said, compose_figures), left=said.all)


def _journal(_: Site) -> Outlet:
    said = Said()
    return Outlet(
        name="findings in the journal", sink=FindingLines("journal", compose_journal_entry, said), left=said.all
    )


def _syslog(_: Site) -> Outlet:
    said = Said()
    return Outlet(name="findings as syslog", sink=FindingLines("syslog", SyslogMessages().compose, said), left=said.all)


def _statistics(_: Site) -> Outlet:
    said: list[str] = []
    return Outlet(name="statistics", sink=StatisticsLines(said.append), left=lambda: "\n".join(said).encode())


def _text_report(_: Site) -> Outlet:
    sheet = StringIO()
    return Outlet(
        name="report for people", sink=TextReport(sheet, Appearance()), left=lambda: sheet.getvalue().encode()
    )


def _json_report(_: Site) -> Outlet:
    sheet = StringIO()
    return Outlet(name="report for programs", sink=JsonReport(sheet), left=lambda: sheet.getvalue().encode())


def _store(site: Site) -> Outlet:
    folder = site.folder / "store"
    folder.mkdir()
    said: list[str] = []
    path = folder / "findings.db"
    settings = replace(site.config.store, path=path)
    store = site.stack.enter_context(closing(FindingStore(path, settings, site.presence, said.append)))

    def left() -> bytes:
        return b"".join(read_files(folder)) + "\n".join(said).encode()

    return Outlet(name="database of findings and its log", sink=store, left=left)


def _metrics(site: Site) -> Outlet:
    sink = MetricsSink()
    settings = MetricsSettings(listen=Listen(ip_address("127.0.0.1"), 0))
    server = site.stack.enter_context(MetricsServer(settings, sink))

    def left() -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            return answer.read() + str(answer.headers).encode()
        finally:
            connection.close()

    return Outlet(name="metrics, scraped", sink=sink, left=left)


def read_files(folder: Path) -> list[bytes]:
    """What all files below a folder hold, and how they are named."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [part for path in files for part in (path.name.encode(errors="surrogateescape"), path.read_bytes())]


OUTLETS: tuple[Opener, ...] = (
    _lines,
    _eve,
    _journal,
    _syslog,
    _statistics,
    _text_report,
    _json_report,
    _store,
    _metrics,
)
"""All there are; the last one's heartbeat says that all others were served."""
