"""The list of metrics keeps to Prometheus' conventions."""

from __future__ import annotations

import pytest

from monitor.sinks.metrics.catalog import METRICS, Kind, Metric

LABELS = {
    "verdict",
    *("interface", "rule", "level", "zone", "protocol", "data_class"),
    *("encrypted", "expected", "limit", "sink"),
}
"""All there are. None of them says which device, which host or who."""


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_conventions(metric: Metric) -> None:
    """Counters and only they end in ``_total``; help is a sentence; labels are known ones."""
    assert (metric.kind is Kind.COUNTER) == metric.name.endswith("_total")
    assert metric.help.endswith(".")
    assert set(metric.labels) <= LABELS


def test_names_differ() -> None:
    """No metric stands twice."""
    assert len(METRICS) == len({metric.name for metric in METRICS})
