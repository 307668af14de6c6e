"""What the build read of the shipped rules is what reading them gives, and is used for nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from monitor.build import name_events
from monitor.config.mistakes import Mistakes
from monitor.config.shipped import shipped
from monitor.detect import ready
from monitor.detect.examples import check_examples
from monitor.detect.loading import load_rules
from monitor.detect.reading import read_rule
from monitor.detect.ready import prepare, ready_rule
from monitor.errors import RuleError
from monitor.model.events import Event
from monitor.model.record import fields, replace
from monitor.protocols.registry import specs
from tests.unit.detect.samples import EVENT_TYPES, FLOW, Said, rule, write

ONE = {"by": "device", "of": "events", "timespan": "1h", "gte": 3}
WAYS = [
    ONE,
    {**ONE, "until": "right"},
    {**ONE, "of": "patrons", "peers": {"times": 5, "least": 5, "alone": 300}, "until": "wrong"},
]
COUNTING = rule(
    event="talk.said",
    detection={"wrong": {"whole": "false"}, "right": {"whole": "true"}, "condition": "wrong"},
    counting=WAYS,
    examples={"match": [{"event": "talk.said", "whole": "false"}], "no_match": [{"event": "talk.said"}]},
)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where it is looked for what the build read; there is nothing yet."""
    path = tmp_path / "ready.jsonl"
    monkeypatch.setattr(ready, "RULES", path)
    ready._known.cache_clear()
    yield path
    ready._known.cache_clear()


def compare(path: Path, event_types: Mapping[str, type[Event]]) -> None:
    """Read a rule in both ways."""
    mistakes = Mistakes()
    slow, quick = read_rule(path, event_types, mistakes), ready_rule(path, event_types)
    assert slow is not None
    assert quick is not None
    for name in set(fields(type(slow))) - {"matchers", "counting", "match", "no_match"}:
        assert getattr(slow, name) == getattr(quick, name)
    assert list(slow.matchers) == list(quick.matchers)
    assert slow.counts_like(quick)
    check_examples(replace(quick, match=slow.match, no_match=slow.no_match), event_types, mistakes)
    mistakes.raise_any()


def test_shipped_rules(read: Path) -> None:
    """Every shipped rule says the same, and judges its examples as it should."""
    paths, event_types = sorted(shipped().glob("*.yaml")), name_events(specs())
    assert len(paths) > 0

    read.write_text(prepare(paths, event_types), "ascii")

    for path in paths:
        compare(path, event_types)


def test_counting(read: Path, tmp_path: Path) -> None:
    """What counts, and begins anew with something, does so here as well."""
    path = write(tmp_path / "rules", often=COUNTING) / "often.yaml"
    read.write_text(prepare([path], EVENT_TYPES), "ascii")
    compare(path, EVENT_TYPES)
    found = ready_rule(path, EVENT_TYPES)
    assert found is not None
    never, right, wrong = (one.until for one in found.counting)
    assert {} == never
    for whole in (True, False):
        event = Said(whole=whole)
        assert (whole, not whole) == (right[Said](0, event, FLOW), wrong[Said](0, event, FLOW))  # type: ignore[index, arg-type]  # a stand-in


def test_at_leisure(read: Path, tmp_path: Path) -> None:
    """Only a text that is the same to the last character is known; what is not known is read."""
    folder = write(tmp_path / "rules", one=rule(1), two=rule(2))
    paths = sorted(folder.iterdir())
    read.write_text(prepare(paths, EVENT_TYPES), "ascii")
    paths[1].write_text(paths[1].read_text("utf-8") + "# edited\n", "utf-8")
    assert [0, 1] == [len(one.match) for one in load_rules([folder], EVENT_TYPES, at_leisure=True).rules]
    assert [1, 1] == [len(one.match) for one in load_rules([folder], EVENT_TYPES).rules]


@pytest.mark.parametrize(
    "damage", [lambda _: "", lambda it: it[:-9], lambda it: it.replace("talk.", "walk."), str.upper]
)
def test_damage(read: Path, tmp_path: Path, damage: type[str]) -> None:
    """What is missing, cut off, or of another version is not known."""
    path = write(tmp_path / "rules", one=rule()) / "one.yaml"
    assert ready_rule(path, EVENT_TYPES) is None
    ready._known.cache_clear()
    read.write_text(damage(prepare([path], EVENT_TYPES)), "ascii")
    assert ready_rule(path, EVENT_TYPES) is None
    assert ready_rule(tmp_path, EVENT_TYPES) is None


def test_mistakes_end_the_build(tmp_path: Path) -> None:
    """What has a mistake would be taken for right."""
    folder = write(tmp_path / "rules", one=rule(level="loud"))
    with pytest.raises(RuleError, match="'level' is never 'loud'"):
        prepare([folder / "one.yaml"], EVENT_TYPES)
