"""Where the findings of a live run go: all sinks that the configuration asks for, each behind its own queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from monitor.cli import terminal
from monitor.cli.alerts import alert_sink, is_wanted
from monitor.cli.metrics import offered
from monitor.config.settings import Config
from monitor.model.contract import Outlet
from monitor.privacy.presence import Presence

if TYPE_CHECKING:
    from monitor.sinks.outlets import Outlets


@contextmanager
def opened(config: Config, presence: Presence, nobody_reads: Callable[[], None]) -> Iterator[Outlets]:
    """All of them, until the end of the ``with``.

    Args:
        config: says which; nothing else is opened, but the lines on stderr that tell how the run goes.
        presence: for the store, which asks which ends still show.
        nobody_reads: called from another thread when whoever read stdout has gone.

    Raises:
        UsageError: one of them cannot be what it is asked to be.
    """
    from monitor.sinks.outlets import Outlets  # noqa: PLC0415  (help and complaints need no sinks)

    with ExitStack() as stack:
        found: list[Outlet] = []
        with ExitStack() as unfinished:
            for outlet in _all(config, presence, nobody_reads, stack):
                unfinished.callback(outlet.close)
                found.append(outlet)
            unfinished.pop_all()
        yield stack.enter_context(Outlets(found, terminal.complain))


def _all(config: Config, presence: Presence, nobody_reads: Callable[[], None], stack: ExitStack) -> Iterator[Outlet]:
    from monitor.sinks.lines import FindingLines  # noqa: PLC0415  (help and complaints need no sinks)
    from monitor.sinks.statistics import StatisticsLines  # noqa: PLC0415  (the same)

    def publish(line: str) -> bool:
        is_read = terminal.deliver(line)
        if not is_read:
            nobody_reads()
        return is_read

    yield FindingLines(publish)
    if config.store.path is not None:
        from monitor.sinks.store.sink import FindingStore  # noqa: PLC0415  (only where findings are kept)

        yield FindingStore(config.store.path, config.store, presence, terminal.complain)
        if is_wanted(config.alerts):
            yield alert_sink(config, config.store.path, terminal.complain)
    yield StatisticsLines(terminal.complain)
    metrics = stack.enter_context(offered(config.metrics))
    if metrics is not None:
        yield metrics
