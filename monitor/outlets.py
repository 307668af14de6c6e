"""Where the findings of a live run go: all sinks that the configuration asks for, each behind its own queue.

Rule: this is the one place that makes sinks of a configuration; whoever wants them elsewhere changes the configuration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.config.settings import (
    AlertSettings,
    Carrier,
    Config,
    JournalSettings,
    LineFormat,
    LinesSettings,
    MetricsSettings,
    SinkSettings,
    SyslogSettings,
)
from monitor.model.contract import Outlet
from monitor.model.named import NamedTuple
from monitor.privacy.presence import Presence
from monitor.sinks.destinations.datagrams import Datagrams, to_local, to_server
from monitor.sinks.destinations.file import RotatedFile
from monitor.sinks.destinations.stream import Stream
from monitor.sinks.entries import compose_entry
from monitor.sinks.eve import compose_eve, compose_figures
from monitor.sinks.journal import compose_journal_entry
from monitor.sinks.lines import Destination, FindingLines, Told
from monitor.sinks.outlets import Outlets
from monitor.sinks.statistics import StatisticsLines
from monitor.sinks.syslog import SyslogMessages

if TYPE_CHECKING:
    from monitor.sinks.alerts.sink import AlertSink
    from monitor.sinks.metrics.sink import MetricsSink

STDOUT = 1
MB = 1_000_000

UNSAID = LinesSettings(format=LineFormat.ENTRY, path=None)
"""Where findings go as they come while nothing is said of it."""

_LEDGER = "alerts.db"

Complain = Callable[[str], None]
"""Tells the operator a line; called from any thread."""
Renewal = Callable[[Config], Callable[[], None]]
"""Reads a configuration for an outlet, and gives what puts it in place. Raises `MonitorError` if it cannot be used."""


class Opened(NamedTuple):
    """What was opened."""

    outlets: Outlets
    renewals: list[Renewal]
    """For a configuration that is read again."""
    metrics_port: int | None
    """Where metrics are offered; of interest where any port was asked for."""


@contextmanager
def opened(
    config: Config, presence: Presence, complain: Complain, nobody_reads: Callable[[], None]
) -> Iterator[Opened]:
    """All of them, until the end of the ``with``.

    Args:
        config: says which; nothing else is opened but the lines that tell how the run goes, and findings go to stdout
            where it says nothing of them. Alerts need a place of the store.
        presence: for the store, which asks which ends still show.
        complain: takes those lines, and what goes wrong.
        nobody_reads: called from another thread when whoever read stdout has gone, and nothing was said of it.

    Raises:
        UsageError: one of them cannot be what it is asked to be.
    """
    with ExitStack() as stack:
        found: list[Outlet] = []
        renewals: list[Renewal] = []
        with ExitStack() as unfinished:
            for outlet in _kept(config, presence, complain, renewals, _lines(config.sinks, complain, nobody_reads)):
                unfinished.callback(outlet.close)
                found.append(outlet)
            port = None
            if config.metrics is not None:
                metrics, port = stack.enter_context(_offered(config.metrics))
                renewals.append(metrics.renew)
                found.append(metrics)
            unfinished.pop_all()
        yield Opened(stack.enter_context(Outlets(found, complain)), renewals, port)


def name_sinks(settings: Sequence[SinkSettings]) -> Iterator[tuple[str, SinkSettings]]:
    """What each is called in figures and messages. The second one of a kind has a number in its name."""
    used: Counter[str] = Counter()
    for one in settings:
        match one:
            case LinesSettings():
                kind = one.format.value
            case JournalSettings():
                kind = "journal"
            case SyslogSettings():
                kind = "syslog"
        used[kind] += 1
        yield (kind if used[kind] == 1 else f"{kind}-{used[kind]}"), one


def open_destination(settings: SinkSettings, nobody_reads: Callable[[], None] = lambda: None) -> Destination:
    """Who takes the messages of a sink; nothing is written or connected yet.

    Raises:
        UsageError: a file that `settings` names is unfit.
    """
    match settings:
        case LinesSettings():
            if settings.path is None:
                return Stream(STDOUT, "standard output", nobody_reads)
            return RotatedFile(settings.path, max_bytes=settings.max_mb * MB, keep=settings.keep)
        case JournalSettings(path=path):
            return Datagrams(str(path), to_local(str(path)))
    (carrier, host, port), shown = settings.to, str(settings.to)
    match carrier:
        case Carrier.UNIX:
            return Datagrams(shown, to_local(host))
        case Carrier.UDP:
            return Datagrams(shown, to_server(host, port))
    from monitor.sinks.destinations.connection import Connection  # noqa: PLC0415  (TLS takes a while to load)
    from monitor.sinks.destinations.trust import open_trust  # noqa: PLC0415  (the same)

    tls = open_trust(settings.ca, settings.certificate, settings.key) if carrier is Carrier.TLS else None
    return Connection(shown, host, port, tls)


def alert_sink(config: Config, findings: Path, complain: Complain) -> AlertSink:
    """The sink that tells people.

    Args:
        config: names them.
        findings: the database of findings.
        complain: tells the operator a line.

    Raises:
        UsageError: a file that the configuration names is not what it should be.
    """
    from monitor.sinks.alerts.notice import introduce  # noqa: PLC0415  (most runs tell nobody)
    from monitor.sinks.alerts.sink import AlertSink  # noqa: PLC0415  (the same)

    alerts = config.alerts or AlertSettings()
    return AlertSink(alerts, introduce(config), ledger_path(alerts, findings), findings, complain)


def ledger_path(alerts: AlertSettings, findings: Path) -> Path:
    """The database of alerts, by what is said of it, or else by that of findings."""
    return alerts.path or findings.with_name(_LEDGER)


def _kept(
    config: Config, presence: Presence, complain: Complain, renewals: list[Renewal], lines: Iterator[FindingLines]
) -> Iterator[Outlet]:
    yield from lines
    if config.store.path is not None:
        from monitor.sinks.store.sink import FindingStore  # noqa: PLC0415  (only where findings are kept)

        store = FindingStore(config.store.path, config.store, presence, complain)
        renewals.append(store.renew)
        yield store
        if config.alerts is not None and config.alerts.tells_anybody:
            alerts = alert_sink(config, config.store.path, complain)
            renewals.append(alerts.renew)
            yield alerts
    yield StatisticsLines(complain)


@contextmanager
def _offered(settings: MetricsSettings) -> Iterator[tuple[MetricsSink, int]]:
    """The sink whose figures are offered until the end of the ``with``, and at which port."""
    from monitor.sinks.metrics.server import MetricsServer  # noqa: PLC0415  (most runs need no HTTP server)
    from monitor.sinks.metrics.sink import MetricsSink  # noqa: PLC0415  (the same)

    sink = MetricsSink()
    with MetricsServer(settings, sink) as server:
        yield sink, server.port


def _lines(
    settings: tuple[SinkSettings, ...] | None, complain: Complain, nobody_reads: Callable[[], None]
) -> Iterator[FindingLines]:
    """The sinks that tell findings one by one."""
    if settings is None:
        yield _tell("stdout", UNSAID, nobody_reads)
        return
    for name, one in name_sinks(settings):
        yield _tell(name, one, partial(complain, f"{name}: nobody reads it any more"))


def _tell(name: str, settings: SinkSettings, nobody_reads: Callable[[], None]) -> FindingLines:
    figures = compose_figures if isinstance(settings, LinesSettings) and settings.format is LineFormat.EVE else None
    return FindingLines(name, _format(settings), open_destination(settings, nobody_reads), figures)


def _format(settings: SinkSettings) -> Callable[[Told], bytes]:
    match settings:
        case LinesSettings():
            return compose_eve if settings.format is LineFormat.EVE else compose_entry
        case JournalSettings():
            return compose_journal_entry
    messages = SyslogMessages()
    return messages.compose_locally if settings.to.carrier is Carrier.UNIX else messages.compose
