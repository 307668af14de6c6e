"""A snapshot of the figures shares nothing with them that changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass

from monitor.model.stats import CaptureStats, SinkStats, Stats


def changing(value: object, where: str) -> dict[str, object]:
    """Everything in figures that can be changed, by where it stands."""
    found = {where: value} if is_dataclass(value) or isinstance(value, list | dict) else {}
    if is_dataclass(value):
        for one in fields(value):
            found |= changing(getattr(value, one.name), f"{where}.{one.name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found |= changing(inner, f"{where}.{number}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            found |= changing(inner, f"{where}.{key}")
    return found


def test_a_snapshot_shares_nothing_that_changes() -> None:
    """It is equal, and every part of it that could be changed is a part of its own."""
    stats = Stats(captures=[CaptureStats(path="eth0")], sinks={"store": SinkStats()}, protocols={"sip2": Counter(a=1)})
    snapshot = stats.snapshot()
    mine, theirs = changing(stats, "stats"), changing(snapshot, "stats")

    assert stats == snapshot
    assert {"stats.captures.0", "stats.sinks.store.limits", "stats.protocols.sip2", "stats.coverage"} <= set(mine)
    assert set(mine) == set(theirs)
    assert [] == [name for name, value in mine.items() if theirs[name] is value]
