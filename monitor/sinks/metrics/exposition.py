"""Snapshots in the terms of `prometheus_client`.

Rule: no metric has more than `MAX_SERIES` label sets by zone, and those that find no room share the zone ``other``. Who
came first keeps its place, so that no counter ever falls.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from monitor import __version__
from monitor.sinks.metrics.catalog import METRICS, PREFIX, Kind, Series
from monitor.sinks.metrics.snapshot import Snapshot

MAX_SERIES = 5_000
"""Of one metric: as many as there are findings at most. About 500 KB of text, and hundreds of times what a library has:
what a Prometheus server keeps without noticing."""
OTHER_ZONE = "other"

_FAMILIES: dict[Kind, type[CounterMetricFamily | GaugeMetricFamily]] = {
    Kind.COUNTER: CounterMetricFamily,
    Kind.GAUGE: GaugeMetricFamily,
}


class Exposition(Collector):
    """Tells the latest snapshot to whoever scrapes."""

    def __init__(self, latest: Callable[[], Snapshot]) -> None:
        """`latest` is asked once a scrape, in the thread that scrapes."""
        self._latest = latest

    def collect(self) -> Iterator[Metric]:
        """Every metric (`prometheus_client.registry.Collector`)."""
        now = self._latest()
        build = {"version": __version__, "python": platform.python_version()}
        yield InfoMetricFamily(f"{PREFIX}build", "What is running.", value=build)
        for metric in METRICS:
            family = _FAMILIES[metric.kind](PREFIX + metric.name, metric.help, labels=metric.labels)
            place = metric.labels.index("zone") if "zone" in metric.labels else None
            series = metric.series(now)
            for labels, value in series if place is None else _bounded(series, place):
                family.add_metric(labels, float(value))
            yield family


def registry(latest: Callable[[], Snapshot]) -> CollectorRegistry:
    """A registry of our own, with nothing else in it."""
    made = CollectorRegistry(auto_describe=False)
    made.register(Exposition(latest))
    return made


def _bounded(series: Iterable[Series], place: int) -> Iterable[Series]:
    """The first series as they are; of the others the sums over all zones. `place` is where the zone stands.

    An operator may name a zone as we call what is in none: they are one then.
    """
    sums: dict[tuple[str, ...], float] = {}
    for labels, value in series:
        if labels not in sums and len(sums) >= MAX_SERIES:
            key = (*labels[:place], OTHER_ZONE, *labels[place + 1 :])
        else:
            key = labels
        sums[key] = sums.get(key, 0.0) + value
    return sums.items()
