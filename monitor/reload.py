"""A configuration that is read again while the sensor goes on.

Rules: it is read and made ready in a thread of its own and put in place between two batches, so no packet waits for
it; a configuration with a mistake changes nothing, and what held before goes on to hold; both is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from threading import Thread

from monitor.config.settings import Config
from monitor.errors import MonitorError
from monitor.model.contract import Source
from monitor.model.frames import Frames, Tick
from monitor.model.record import Record
from monitor.model.stats import Stats

Change = Callable[[], None]
"""Puts in place what was made ready."""

_ADOPTED = frozenset({"alerts", "assets", "local", "metrics", "protocols", "site", "store", "zones"})
"""Parts of a configuration that can change while the sensor goes on."""


class Rereading(Record):
    """How whoever runs the sensor wants it done."""

    wanted: Callable[[], bool]
    """Whether it was asked for since this was called before."""
    read: Callable[[], tuple[Config, Change]]
    """Reads what the operator says now; and gives a change to make, of what the sensor itself does not know. Called in
    another thread. Raises `MonitorError` where something is wrong."""
    begun: Callable[[], None]
    """Called when it begins."""
    ended: Callable[[], None]
    """Called when it has ended, whatever came of it."""


class Reload:
    """A source during which the configuration is read again, whenever that is wanted."""

    def __init__(
        self,
        source: Source,
        how: Rereading,
        *,
        prepare: Callable[[Config], Change],
        config: Config,
        stats: Stats,
        tell: Callable[[str], None],
    ) -> None:
        """Wait until it is asked for.

        Args:
            source: what is passed on.
            how: see there.
            prepare: makes a configuration ready for the rooms, in another thread. Raises `MonitorError`.
            config: what holds now.
            stats: takes whether the last attempt failed.
            tell: takes lines for people.
        """
        self._source = source
        self._how = how
        self._prepare = prepare
        self._config = config
        self._stats = stats
        self._tell = tell
        self._worker: Thread | None = None
        self._ready: tuple[Config, Change, Change] | None = None
        self._failure: Exception | None = None

    def __iter__(self) -> Iterator[Frames | Tick]:
        """Yield what the source yields; what is to be done is done between two items."""
        for item in self._source:
            yield item
            self._step()

    def _step(self) -> None:
        if self._worker is None:
            if self._how.wanted():
                self._how.begun()
                self._worker = Thread(target=self._make_ready, name="reload", daemon=True)
                self._worker.start()
        elif not self._worker.is_alive():
            self._worker = None
            self._settle()
            self._how.ended()

    def _make_ready(self) -> None:
        self._ready = self._failure = None
        try:
            config, change = self._how.read()
            self._ready = config, self._prepare(config), change
        except Exception as error:  # noqa: BLE001  (a bug in here must not end the run; it is counted)
            self._failure = error

    def _settle(self) -> None:
        if self._ready is None:
            self._refuse(self._failure)
            return
        config, *changes = self._ready
        for change in changes:
            change()
        self._stats.reload_failed = False
        self._tell("the configuration was read again, and holds from now on")
        fixed = list(_fixed(self._config, config))
        if fixed:
            self._tell(f"what has changed of {', '.join(fixed)} holds from the next start on")
        self._ready = None
        self._config = config

    def _refuse(self, failure: Exception | None) -> None:
        self._stats.reload_failed = True
        if isinstance(failure, MonitorError):
            for line in str(failure).splitlines():
                self._tell(line)
        else:
            self._stats.faults[f"reload.{type(failure).__name__}"] += 1
        self._tell("the configuration is not used; what held before still holds")


def _fixed(before: Config, after: Config) -> Iterator[str]:
    """Names of what differs and cannot change while the sensor goes on."""
    for one in fields(Config):
        if one.name not in _ADOPTED and getattr(before, one.name) != getattr(after, one.name):
            yield f"'{one.name}'"
    if before.store.path != after.store.path:
        yield "'store.path'"
    if (before.alerts and before.alerts.path) != (after.alerts and after.alerts.path):
        yield "'alerts.path'"
    if (before.alerts is None) != (after.alerts is None):
        yield "'alerts'"
    if (before.metrics and before.metrics.listen) != (after.metrics and after.metrics.listen):
        yield "'metrics.listen'"
