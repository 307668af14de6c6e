"""Rules that count, by the events they look at."""

from __future__ import annotations

from pathlib import Path

from monitor.detect.metering import MAX_OF_GROUP, metered
from tests.unit.detect.samples import FLOW, Said, load, rule

ONE = {"by": "device", "of": "patrons", "timespan": "1h", "gte": 3}


def test_only_those_that_count(tmp_path: Path) -> None:
    """With their rank among all, and meters that no two of them share."""
    rules = load(
        tmp_path / "rules",
        worst=rule(1, level="critical"),
        often=rule(2, family="a", counting=ONE, level="high"),
        seldom=rule(3, family="b", counting=[ONE, {**ONE, "of": "events"}], level="low"),
    )
    found = metered(rules.active)(Said)
    assert [1, 2] == [one.rank for one in found]
    assert [[0], [1, 2]] == [[meter.number for meter in one.meters] for one in found]


def test_ways_that_begin_anew_together(tmp_path: Path) -> None:
    """The same words are one condition, which is asked once."""
    detection = {"wrong": {"whole": "false"}, "right": {"whole": "true"}, "condition": "wrong"}
    ways = [{**ONE, "until": "right"}, {**ONE, "of": "events", "until": "right"}, ONE]
    examples = {
        "match": [{"event": "talk.said", "whole": "false"}],
        "no_match": [{"event": "talk.said", "whole": "true"}],
    }
    rules = load(
        tmp_path / "rules", often=rule(event="talk.said", detection=detection, counting=ways, examples=examples)
    )
    (found,) = metered(rules.active)(Said)
    ((until, meters),) = found.anew.items()
    assert [0, 1] == [meter.number for meter in meters]
    assert until(0, Said(whole=True), FLOW)  # type: ignore[arg-type]  # a stand-in


def test_what_a_meter_keeps(tmp_path: Path) -> None:
    """As many as it takes; more where devices are compared."""
    peers = {"times": 2, "least": 2, "alone": 9}
    rules = load(tmp_path / "rules", often=rule(counting=[ONE, {**ONE, "peers": peers}]))
    assert [3, MAX_OF_GROUP] == [meter.keep for meter in metered(rules.active)(Said)[0].meters]
