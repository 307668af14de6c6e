"""Ways out that no configuration names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from monitor.audit.ways import kept_in, own_ways, scraped
from monitor.config.settings import MetricsSettings
from monitor.model.contract import TimedSink
from monitor.sinks.metrics.server import MetricsServer
from monitor.sinks.metrics.sink import MetricsSink
from tests.unit.doctor.test_scraping import ANYWHERE
from tests.unit.sinks.samples import FIVE_NS, PIN, busy_stats


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """What has to be closed."""
    with ExitStack() as made:
        yield made


def test_what_left(tmp_path: Path, stack: ExitStack) -> None:
    """A finding leaves by each of them."""
    ways, stats = own_ways(tmp_path, stack), busy_stats()
    for _, sink in ways:
        sink.receive(PIN)
        if isinstance(sink, TimedSink):
            sink.tick(FIVE_NS, stats)
        sink.finish(stats)
    for way, _ in ways:
        assert (PIN.title.encode() if way.names_findings else b"1 finding") in way.left(), way.name
    assert 3 == len({way.name for way, _ in ways})


def test_metrics() -> None:
    """What whoever scrapes is told, headers included."""
    settings: MetricsSettings = ANYWHERE
    sink = MetricsSink()
    sink.receive(PIN)
    sink.tick(FIVE_NS, busy_stats())
    with MetricsServer(settings, sink) as server:
        left = scraped("metrics", server.port).left()
    assert (True, True) == (PIN.rule.encode() in left, b"Content-Type" in left)


def test_files(tmp_path: Path) -> None:
    """Names of files leave as well as what they hold; one that is searched elsewhere does not count."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "name").write_bytes(b"held")
    (tmp_path / "other").write_bytes(b"else")
    assert b"name\nheld\nother\nelse" == kept_in(tmp_path)()
    assert b"name\nheld" == kept_in(tmp_path, without="other")()
