"""Where the findings of a live run go: all sinks that the configuration asks for, each behind its own queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import NamedTuple

from monitor.cli import terminal
from monitor.cli.alerts import alert_sink, is_wanted
from monitor.cli.metrics import offered
from monitor.config.settings import (
    Carrier,
    Config,
    JournalSettings,
    LineFormat,
    LinesSettings,
    SinkSettings,
    SyslogSettings,
)
from monitor.model.contract import Outlet
from monitor.privacy.presence import Presence
from monitor.sinks.destinations.datagrams import Datagrams, to_local, to_server
from monitor.sinks.destinations.file import RotatedFile
from monitor.sinks.destinations.stream import Stream
from monitor.sinks.entries import compose_entry
from monitor.sinks.eve import compose_eve, compose_figures
from monitor.sinks.journal import compose_journal_entry
from monitor.sinks.lines import FindingLines
from monitor.sinks.outlets import Outlets
from monitor.sinks.statistics import StatisticsLines
from monitor.sinks.syslog import SyslogMessages

STDOUT = 1
MB = 1_000_000

Renewal = Callable[[Config], Callable[[], None]]
"""Reads a configuration for an outlet, and gives what puts it in place. Raises `MonitorError` if it cannot be used."""


class Opened(NamedTuple):
    """What was opened."""

    outlets: Outlets
    renewals: list[Renewal]
    """For a configuration that is read again."""


@contextmanager
def opened(config: Config, presence: Presence, nobody_reads: Callable[[], None]) -> Iterator[Opened]:
    """All of them, until the end of the ``with``.

    Args:
        config: says which; nothing else is opened but the lines on stderr that tell how the run goes, and findings go
            to stdout where it says nothing of them.
        presence: for the store, which asks which ends still show.
        nobody_reads: called from another thread when whoever read stdout has gone, and nothing was said of it.

    Raises:
        UsageError: one of them cannot be what it is asked to be.
    """
    with ExitStack() as stack:
        found: list[Outlet] = []
        renewals: list[Renewal] = []
        with ExitStack() as unfinished:
            for outlet in _all(config, presence, nobody_reads, renewals, stack):
                unfinished.callback(outlet.close)
                found.append(outlet)
            unfinished.pop_all()
        yield Opened(stack.enter_context(Outlets(found, terminal.complain)), renewals)


def _all(
    config: Config,
    presence: Presence,
    nobody_reads: Callable[[], None],
    renewals: list[Renewal],
    stack: ExitStack,
) -> Iterator[Outlet]:
    yield from _lines(config.sinks, nobody_reads)
    if config.store.path is not None:
        from monitor.sinks.store.sink import FindingStore  # noqa: PLC0415  (only where findings are kept)

        store = FindingStore(config.store.path, config.store, presence, terminal.complain)
        renewals.append(store.renew)
        yield store
        if is_wanted(config.alerts):
            alerts = alert_sink(config, config.store.path, terminal.complain)
            renewals.append(alerts.renew)
            yield alerts
    yield StatisticsLines(terminal.complain)
    metrics = stack.enter_context(offered(config.metrics))
    if metrics is not None:
        renewals.append(metrics.renew)
        yield metrics


def _lines(settings: tuple[SinkSettings, ...] | None, nobody_reads: Callable[[], None]) -> Iterator[FindingLines]:
    """The sinks that tell findings one by one. The second one of a kind has a number in its name."""
    if settings is None:
        yield _json("stdout", LinesSettings(format=LineFormat.ENTRY, path=None), nobody_reads)
        return
    used: Counter[str] = Counter()
    for one in settings:
        match one:
            case LinesSettings():
                name = _name(one.format.value, used)
                yield _json(name, one, partial(terminal.complain, f"{name}: nobody reads it any more"))
            case JournalSettings():
                yield _journal(_name("journal", used), one)
            case SyslogSettings():
                yield _syslog(_name("syslog", used), one)


def _name(kind: str, used: Counter[str]) -> str:
    used[kind] += 1
    return kind if used[kind] == 1 else f"{kind}-{used[kind]}"


def _json(name: str, settings: LinesSettings, nobody_reads: Callable[[], None]) -> FindingLines:
    destination = (
        Stream(STDOUT, "standard output", nobody_reads)
        if settings.path is None
        else RotatedFile(settings.path, max_bytes=settings.max_mb * MB, keep=settings.keep)
    )
    if settings.format is LineFormat.EVE:
        return FindingLines(name, compose_eve, destination, compose_figures)
    return FindingLines(name, compose_entry, destination)


def _journal(name: str, settings: JournalSettings) -> FindingLines:
    return FindingLines(name, compose_journal_entry, Datagrams(str(settings.path), to_local(str(settings.path))))


def _syslog(name: str, settings: SyslogSettings) -> FindingLines:
    messages, (carrier, host, port), shown = SyslogMessages(), settings.to, str(settings.to)
    match carrier:
        case Carrier.UNIX:
            return FindingLines(name, messages.compose_locally, Datagrams(shown, to_local(host)))
        case Carrier.UDP:
            return FindingLines(name, messages.compose, Datagrams(shown, to_server(host, port)))
    from monitor.sinks.destinations.connection import Connection  # noqa: PLC0415  (TLS takes a while to load)
    from monitor.sinks.destinations.trust import open_trust  # noqa: PLC0415  (the same)

    tls = open_trust(settings.ca, settings.certificate, settings.key) if carrier is Carrier.TLS else None
    return FindingLines(name, messages.compose, Connection(shown, host, port, tls))
